import { Machine } from '../src/engine/machine/machine.ts';
import type { JournalWriter } from '../src/journal/writer.ts';
import { COMMAND_LINE, registerBench } from './bench-device.ts';

/** RAM of the benchmark's machine, in bytes. */
export const RAM_BYTES = 64 * 1024 * 1024;

/** The real machine with the bench device in it, on `ram`. */
export function buildMachine(journal: JournalWriter, ram: SharedArrayBuffer): Machine {
  return Machine.build(COMMAND_LINE, {
    journal,
    allocateRam: () => ram,
    openImage: () => undefined,
    random: (into) => into.fill(0),
    registerTypes: registerBench,
  });
}
