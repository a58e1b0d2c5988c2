import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { JournalRing, RING } from '../src/journal/ring.ts';
import { CONTROL, UNLIMITED } from '../src/protocol/control.ts';
import type { MachineMemory } from '../src/protocol/messages.ts';
import { PC_PCI } from '../src/spec/platform.ts';
import { RAM_BYTES } from './build-machine.ts';
import { FLOOR_BYTES } from './floor.ts';
import type { FloorData } from './floor.worker.ts';
import type { Job } from './guest.worker.ts';

/** Two threads that measure one kind of job: milliseconds for `count` operations. */
export interface Pair {
  run(job: Job): Promise<number>;
  close(): Promise<void>;
}

async function spawn(name: string, workerData: unknown): Promise<Worker> {
  const worker = new Worker(new URL(`./${name}.worker.js`, import.meta.url), { workerData });
  await once(worker, 'message');
  return worker;
}

async function ask(worker: Worker, message: unknown): Promise<unknown> {
  worker.postMessage(message);
  const [answer] = await once(worker, 'message');
  return answer;
}

/** Machine thread and vCPU thread: the real engine and the real guest library. */
export async function enginePair(journal: boolean): Promise<Pair> {
  const memory: MachineMemory = {
    ram: new SharedArrayBuffer(RAM_BYTES),
    ramBase: 0,
    platform: { pci: PC_PCI, virtioMmio: [] },
    ramSize: RAM_BYTES,
    control: new SharedArrayBuffer(CONTROL.words * 4),
    machineJournal: ring(journal),
    vcpuJournal: ring(journal),
  };
  const control = new Int32Array(memory.control);
  control[CONTROL.credit] = UNLIMITED;
  const machine = await spawn('machine', memory);
  const guest = await spawn('guest', memory);
  return {
    async run(job) {
      const busy = job.kind === 'polling' || job.kind === 'events';
      // The guest sets the queue up while the machine still answers.
      await ask(guest, { ...job, count: 0 });
      if (busy) await ask(machine, job.kind === 'polling' ? 'poll' : 'events');
      const ms = (await ask(guest, job)) as number;
      if (busy) {
        Atomics.store(control, CONTROL.stop, 1);
        await once(machine, 'message');
        Atomics.store(control, CONTROL.stop, 0);
      }
      return ms;
    },
    async close() {
      await guest.terminate();
      await machine.terminate();
    },
  };
}

/** Two threads with bare loops in the places of machine and guest. */
export async function floorPair(): Promise<Pair> {
  const shared = {
    memory: new SharedArrayBuffer(FLOOR_BYTES),
    control: new SharedArrayBuffer(CONTROL.words * 4),
  };
  const control = new Int32Array(shared.control);
  const peer = await spawn('floor', { role: 'peer', ...shared } satisfies FloorData);
  const driver = await spawn('floor', { role: 'driver', ...shared } satisfies FloorData);
  return {
    async run(job) {
      await ask(peer, job);
      const ms = (await ask(driver, job)) as number;
      Atomics.store(control, CONTROL.stop, 1);
      await once(peer, 'message');
      Atomics.store(control, CONTROL.stop, 0);
      return ms;
    },
    async close() {
      await driver.terminate();
      await peer.terminate();
    },
  };
}

function ring(recording: boolean): SharedArrayBuffer {
  const made = JournalRing.create();
  made.header[RING.enabled] = recording ? 1 : 0;
  return made.buffer;
}
