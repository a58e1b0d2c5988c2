import { runScript } from '../guest/script/run.ts';
import type { VcpuReply, VcpuRequest } from '../protocol/messages.ts';
import { SharedHal } from './channel/shared-hal.ts';
import { describe } from './describe.ts';

/** Runs one script on the machine behind `memory`, to its end. Never throws. */
export function runVcpu({ source, memory, chance }: VcpuRequest): VcpuReply {
  let hal: SharedHal | undefined;
  try {
    hal = new SharedHal(memory);
    const outcome = runScript(source, hal, chance);
    return outcome.kind === 'failed' ? outcome : { kind: 'ended' };
  } catch (error) {
    return { kind: 'failed', phase: 'run', message: describe(error) };
  } finally {
    hal?.close();
  }
}
