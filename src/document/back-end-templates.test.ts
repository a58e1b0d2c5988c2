import { expect, test } from 'vitest';
import { machineOf } from '../testing/built-machine.ts';
import { addBackEnd, BACK_END_TEMPLATES } from './back-end-templates.ts';
import { optionIdOf } from './entries.ts';
import { lineOf, readDocument } from './read.ts';

test.each(BACK_END_TEMPLATES.map((template) => [template.kind, template.type, template] as const))(
  '%s %s is taken by QEMU, also a second time, and stands before the devices',
  (kind, _, template) => {
    const doc = readDocument('-M pc -device virtio-rng-pci');
    const first = addBackEnd(doc, template);
    const { doc: both, id } = addBackEnd(first.doc, template);
    expect(id).not.toBe(first.id);
    const made = both.options.filter(({ name }) => name === kind);
    expect(made.map(optionIdOf)).toEqual([first.id, id]);
    expect(both.options.at(-1)?.name).toBe('device');
    const { backEnds } = machineOf(lineOf(both)).topology();
    expect(backEnds.map((one) => one.id)).toEqual(expect.arrayContaining([first.id, id]));
  },
);
