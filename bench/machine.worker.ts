import { parentPort, workerData } from 'node:worker_threads';
import type { VirtQueue } from '../src/engine/virtio/virtqueue/virtqueue.ts';
import { JournalRing } from '../src/journal/ring.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import { CONTROL } from '../src/protocol/control.ts';
import type { MachineMemory } from '../src/protocol/messages.ts';
import { ExitServer } from '../src/worker/channel/exit-server.ts';
import { ServeLoop } from '../src/worker/channel/serve-loop.ts';
import { VirtioBench } from './bench-device.ts';
import { buildMachine } from './build-machine.ts';

/** The machine thread: serves the guest's exits, or polls the queue after the message `poll` until `CONTROL.stop`. */
const port = parentPort!;
const memory = workerData as MachineMemory;
const control = new Int32Array(memory.control);
const journal = new JournalWriter(new JournalRing(memory.machineJournal));
const machine = buildMachine(journal, memory.ram);
const server = new ExitServer(control, machine, (error) => {
  throw error;
});
const loop = new ServeLoop({ next: (turn) => setImmediate(turn), now: () => performance.now() });
loop.start(server);

function poll(): void {
  const device = machine.devices.find((candidate) => candidate instanceof VirtioBench);
  const vq = device?.queues[0]?.vq as VirtQueue;
  vq.setNotification(false);
  while (Atomics.load(control, CONTROL.stop) === 0) {
    if (device?.serve(vq) && journal.on) journal.flush();
  }
  vq.setNotification(true);
  journal.flush();
}

port.on('message', (message: string) => {
  if (message === 'poll') {
    port.postMessage('polling');
    poll();
    port.postMessage('polled');
  } else {
    loop.stop();
    port.close();
  }
});
port.postMessage('ready');
