import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { JournalRing, RING } from '../src/journal/ring.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import { DirectHal } from '../src/worker/direct-hal.ts';
import { buildMachine, type MachineOptions, RAM_BYTES } from './build-machine.ts';
import { FLOOR_BYTES, FloorRing, floorOneThread } from './floor.ts';
import { PackedFloorRing } from './floor-packed.ts';
import { GuestLoad, type LoadOptions } from './guest-load.ts';
import { type Peer, peer } from './peers.ts';

/** What one thread does: bare loops, driver and device of this program, or another program's half of them. */
export type Subject =
  | { readonly what: 'floor'; readonly packed?: boolean }
  | ({ readonly what: 'engine'; readonly journal?: boolean } & LoadOptions & MachineOptions)
  | { readonly what: 'peer'; readonly name: Peer };

/** A message: how many buffers to move; `heap` asks for the bytes that it allocates instead of the time. */
export interface Turn {
  readonly count: number;
  readonly heap?: boolean;
}

/** Buffers between two looks at the heap: less than what makes V8 collect. */
const HEAP_SLICE = 64 * 500;

type Run = (count: number) => void;

function engine(subject: Extract<Subject, { what: 'engine' }>): Run {
  const ring = JournalRing.create();
  ring.header[RING.enabled] = subject.journal ? 1 : 0;
  const journal = new JournalWriter(ring);
  const machine = buildMachine(journal, new SharedArrayBuffer(RAM_BYTES), subject);
  // Stands in for the page: takes every event at once, and looks at none.
  const drain = () => {
    journal.flush();
    Atomics.store(ring.header, RING.tail, Atomics.load(ring.header, RING.head));
    Atomics.store(ring.header, RING.sideTail, Atomics.load(ring.header, RING.sideHead));
  };
  const guest = new GuestLoad(new DirectHal(machine), subject);
  const drained = subject.journal ? drain : () => {};
  return (count) => guest.doorbells(count, drained);
}

async function prepare(subject: Subject): Promise<Run> {
  if (subject.what === 'engine') return engine(subject);
  if (subject.what === 'peer') return peer(subject.name);
  const memory = new SharedArrayBuffer(FLOOR_BYTES);
  const ring = subject.packed ? new PackedFloorRing(memory) : new FloorRing(memory);
  return (count) => floorOneThread(ring, count);
}

/** Bytes that `count` buffers allocate. */
function allocated(run: Run, count: number): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let bytes = 0;
  for (let done = 0; done < count; done += HEAP_SLICE) {
    collect();
    const before = getHeapStatistics().used_heap_size;
    run(HEAP_SLICE);
    bytes += Math.max(0, getHeapStatistics().used_heap_size - before);
  }
  return bytes;
}

const port = parentPort!;
const run = await prepare(workerData as Subject);
port.on('message', ({ count, heap }: Turn) => {
  if (heap) {
    port.postMessage(allocated(run, count));
    return;
  }
  // The process's time on the CPU, in ms: no other thread of it works meanwhile, and what other programs
  // take away does not count.
  const start = process.cpuUsage();
  run(count);
  const { user, system } = process.cpuUsage(start);
  port.postMessage((user + system) / 1000);
});
port.postMessage('ready');
