import { statementLines } from '../guest/script/compile.ts';
import { runScript } from '../guest/script/run.ts';
import type { VcpuReply, VcpuRequest } from '../protocol/messages.ts';
import { SharedHal } from './channel/shared-hal.ts';
import { describe } from './describe.ts';

/** Answers the page: runs one script on the machine behind `memory`, to its end. Never throws. */
export function runVcpu(request: VcpuRequest): VcpuReply {
  if (request.kind === 'lines') return { kind: 'lines', lines: statementLines(request.source) };
  const { source, memory, chance } = request;
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
