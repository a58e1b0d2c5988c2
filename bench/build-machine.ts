import { Machine } from '../src/engine/machine/machine.ts';
import type { JournalWriter } from '../src/journal/writer.ts';
import { commandLine, QUEUE_SIZE, registerBench, VirtioBench } from './bench-device.ts';

/** RAM of the benchmark's machine, in bytes. */
export const RAM_BYTES = 64 * 1024 * 1024;

/** What a machine has in it beside one bench device with a queue of the usual size. */
export interface MachineOptions {
  readonly queueSize?: number;
  readonly otherDevices?: number;
}

/** The real machine with the bench device in it, on `ram`. */
export function buildMachine(
  journal: JournalWriter,
  ram: SharedArrayBuffer,
  { queueSize = QUEUE_SIZE, otherDevices = 0 }: MachineOptions = {},
): Machine {
  VirtioBench.queueSize = queueSize;
  return Machine.build(commandLine(otherDevices), {
    journal,
    allocateRam: () => ram,
    openImage: () => undefined,
    random: (into) => into.fill(0),
    registerTypes: registerBench,
  });
}
