import { parentPort } from 'node:worker_threads';
import { Machine } from '../../engine/machine/machine.ts';
import type { FileContent, MachineRequest } from '../../protocol/messages.ts';
import { MachineService } from '../../worker/machine-service.ts';

/** The machine thread as the page has it, but that images are given as bytes. */
const port = parentPort!;
const service = new MachineService({
  build: (commandLine, host) => Machine.build(commandLine, host),
  files: {
    source: (content) => ({ length: content.size, read: () => 0 }),
    join: (parts) => new Blob(parts as (Blob | Uint8Array<ArrayBuffer>)[]) as FileContent,
  },
  thread: { next: (turn) => setImmediate(turn), now: () => performance.now() },
  allocate: (bytes) => new SharedArrayBuffer(bytes),
  post: (message) => port.postMessage(message),
});
port.on('message', (request: MachineRequest) => service.handle(request));
