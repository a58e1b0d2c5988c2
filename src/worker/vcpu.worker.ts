import type { VcpuReply, VcpuRequest } from '../protocol/messages.ts';
import { harden } from './harden.ts';
import { runVcpu } from './vcpu-run.ts';

const post: (reply: VcpuReply) => void = self.postMessage.bind(self);
self.addEventListener('message', ({ data }: MessageEvent<VcpuRequest>) => post(runVcpu(data)));
harden(self);
post({ kind: 'ready' });
