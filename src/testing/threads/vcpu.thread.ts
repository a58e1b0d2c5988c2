import { parentPort } from 'node:worker_threads';
import type { VcpuReply, VcpuRequest } from '../../protocol/messages.ts';
import { SharedHal } from '../../worker/channel/shared-hal.ts';
import { PROGRAMS, type ProgramName } from './guest-programs.ts';

/**
 * The vCPU thread, whose sources are names of `PROGRAMS`; `hang` obeys nothing, `crash` throws out
 * of the thread, and any other does not compile.
 */
const port = parentPort!;
const post = (reply: VcpuReply): void => port.postMessage(reply);
port.on('message', (request: VcpuRequest) => {
  if (request.kind === 'lines') return post({ kind: 'lines', lines: undefined });
  const { source, memory } = request;
  if (source === 'crash') throw new Error('the thread is broken');
  while (source === 'hang');
  const program = PROGRAMS[source as ProgramName];
  if (!program) return post({ kind: 'failed', phase: 'compile', message: `no ${source}`, line: 1 });
  const hal = new SharedHal(memory);
  let reply: VcpuReply = { kind: 'ended' };
  if (hal.journal.on) hal.journal.script('start', 0, '');
  try {
    program(hal);
  } catch (error) {
    reply = { kind: 'failed', phase: 'run', message: String(error), line: 7 };
  }
  if (hal.journal.on) hal.journal.script(reply.kind === 'ended' ? 'end' : 'fail', 0, '');
  hal.close();
  return post(reply);
});
post({ kind: 'ready' });
