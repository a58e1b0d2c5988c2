import { parentPort, workerData } from 'node:worker_threads';
import type { MachineMemory } from '../../protocol/messages.ts';
import { SharedHal } from '../../worker/channel/shared-hal.ts';
import { PROGRAMS, type ProgramName } from './guest-programs.ts';

const { memory, program } = workerData as { memory: MachineMemory; program: ProgramName };
const hal = new SharedHal(memory);
let outcome = 'ended';
try {
  PROGRAMS[program](hal);
} catch (error) {
  outcome = error instanceof Error ? error.name : String(error);
}
hal.close();
parentPort?.postMessage(outcome);
