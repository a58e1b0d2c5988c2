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
import { SPIN_TURNS } from './guest-load.ts';

/**
 * The machine thread: serves the guest's exits; or polls the queue after the message `poll`, or polls
 * briefly and sleeps in turn after `events`, until `CONTROL.stop`.
 */
/** Longest sleep, so that `CONTROL.stop` is seen. */
const SLEEP_MS = 20;

const port = parentPort!;
const memory = workerData as MachineMemory;
const control = new Int32Array(memory.control);
const journal = new JournalWriter(new JournalRing(memory.machineJournal));
const machine = buildMachine(journal, memory.ram);
const server = new ExitServer(control, machine, {
  onFault(error) {
    throw error;
  },
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

/** As a thread that polls a device for a while before it asks for notifications and sleeps. */
function events(): void {
  const device = machine.devices.find((candidate) => candidate instanceof VirtioBench);
  const vq = device?.queues[0]?.vq as VirtQueue;
  const serve = (): number => {
    const count = device?.serve(vq) ?? 0;
    if (count > 0) {
      server.publishInterrupts();
      if (journal.on) journal.flush();
    }
    return count;
  };
  while (Atomics.load(control, CONTROL.stop) === 0) {
    vq.setNotification(false);
    for (let turn = 0; turn < SPIN_TURNS; turn++) {
      if (serve() > 0) turn = -1;
      // The driver's own accesses: it acknowledges interrupts.
      server.serve(1);
    }
    vq.setNotification(true);
    if (serve() === 0 && !server.sleep(SLEEP_MS)) continue;
    server.serve(1);
  }
  vq.setNotification(true);
  journal.flush();
}

port.on('message', (message: string) => {
  if (message === 'poll' || message === 'events') {
    port.postMessage('polling');
    if (message === 'poll') poll();
    else events();
    port.postMessage('polled');
  } else {
    loop.stop();
    port.close();
  }
});
port.postMessage('ready');
