import { parentPort, workerData } from 'node:worker_threads';
import { JournalRing, RING } from '../src/journal/ring.ts';
import type { MachineMemory } from '../src/protocol/messages.ts';
import { SharedHal } from '../src/worker/channel/shared-hal.ts';
import { GuestLoad } from './guest-load.ts';

/** What the guest is to do, and how often. */
export interface Job {
  readonly kind: 'doorbells' | 'interrupts' | 'polling' | 'events' | 'exits';
  readonly count: number;
}

const port = parentPort!;
const memory = workerData as MachineMemory;
const hal = new SharedHal(memory);
const rings = [new JournalRing(memory.machineJournal), new JournalRing(memory.vcpuJournal)];

/** Stands in for the page: takes every event at once, and looks at none. */
function drain(): void {
  if (!hal.journal.on) return;
  hal.journal.flush();
  for (const { header } of rings) {
    Atomics.store(header, RING.tail, Atomics.load(header, RING.head));
    Atomics.store(header, RING.sideTail, Atomics.load(header, RING.sideHead));
  }
}

let load = new GuestLoad(hal);
let negotiated = false;
drain();
port.on('message', ({ kind, count }: Job) => {
  // A device that polls may have gone on after the last look: with its ring half full, exits would wait.
  drain();
  // Set up anew where the job needs other features.
  if (negotiated !== (kind === 'events')) {
    negotiated = kind === 'events';
    load = new GuestLoad(hal, { eventIdx: negotiated });
    drain();
  }
  const start = performance.now();
  if (kind === 'exits') {
    for (let done = 0; done < count; done += 10_000) {
      load.exits(10_000);
      drain();
    }
  } else load[kind](count, drain);
  port.postMessage(performance.now() - start);
});
port.postMessage('ready');
