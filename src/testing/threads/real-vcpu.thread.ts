import { parentPort } from 'node:worker_threads';
import type { VcpuReply, VcpuRequest } from '../../protocol/messages.ts';
import { runVcpu } from '../../worker/vcpu-run.ts';

/** The vCPU thread as the page has it. */
const port = parentPort!;
const post = (reply: VcpuReply): void => port.postMessage(reply);
port.on('message', (request: VcpuRequest) => post(runVcpu(request)));
post({ kind: 'ready' });
