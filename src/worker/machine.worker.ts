import { Machine } from '../engine/machine/machine.ts';
import type { MachineRequest } from '../protocol/messages.ts';
import { blobSource } from './blob-source.ts';
import { describe } from './describe.ts';
import { MachineService } from './machine-service.ts';
import { wasmMemory } from './wasm-memory.ts';

/** A message to itself comes back behind the messages that wait already. */
const loop = new MessageChannel();
let nextTurn: (() => void) | undefined;
loop.port1.onmessage = () => nextTurn?.();

const service = new MachineService({
  build: (commandLine, host) => Machine.build(commandLine, host),
  files: {
    source: (content) => blobSource(content as Blob),
    join: (parts) => new Blob(parts as BlobPart[]),
  },
  thread: {
    next(turn) {
      nextTurn = turn;
      loop.port2.postMessage(undefined);
    },
    now: () => performance.now(),
  },
  allocate: wasmMemory,
  post: (message) => self.postMessage(message),
});
self.addEventListener('message', ({ data }: MessageEvent<MachineRequest>) => service.handle(data));
self.addEventListener('unhandledrejection', ({ reason }) =>
  self.postMessage({ kind: 'fault', message: describe(reason) }),
);
