import { describe, expect, it } from 'vitest';
import { startMachine } from '../engine/machine/start.ts';
import { silentJournal } from '../journal/writer.ts';
import { MACHINES } from '../lessons/machines.ts';
import { openImage } from './files.ts';

describe('every machine of the menu', () => {
  it.each(MACHINES.map((machine) => [machine.id, machine] as const))('%s starts', (_, machine) => {
    const result = startMachine(machine.commandLine, {
      journal: silentJournal(),
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage,
      random: (into) => into.fill(0),
    });
    if (!('machine' in result)) throw new Error(result.stderr);
    expect(result.machine.warnings).toEqual([]);
    const asked = [...machine.commandLine.matchAll(/-device [^ ]*\bid=([^ ,]+)/g)];
    const ids = result.machine.devices.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(asked.map(([, id]) => id)));
  });
});
