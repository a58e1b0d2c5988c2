import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { Folder } from '../src/journal/fold/folder.ts';
import type { Moment } from '../src/journal/fold/moment.ts';
import { RECORD_WORDS } from '../src/journal/schema.ts';
import { type JournalRun, journalOf } from './journal-runs.ts';

/** What the journal of a run costs whoever shows it. Milliseconds, and bytes. */
export interface JournalCosts {
  readonly events: number;
  /** All events folded, from nothing. */
  readonly fold: number;
  /** One step back from a random place, and back again and again; a step on; a jump anywhere. */
  readonly back: readonly number[];
  readonly backAgain: readonly number[];
  readonly forward: readonly number[];
  readonly seek: readonly number[];
  readonly records: number;
  readonly payloads: number;
  /** Journal and fold, after it was folded and looked at everywhere. */
  readonly memory: number;
  readonly checkpoints: number;
}

const PLACES = 300;
const STEPS = 3_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are in use, on the heap and beside it. */
async function used(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { used_heap_size } = getHeapStatistics();
  return used_heap_size + process.memoryUsage().arrayBuffers;
}

/** Reads what the panels show at every moment; answers something of it, so that it is not left out. */
function show({ queues, devices, at }: Moment): number {
  let sum = at + devices.size;
  for (const { inFlight, filling, ring } of queues.values())
    sum += inFlight.length + filling.size + (ring?.chains.length ?? 0);
  return sum;
}

const before = await used();
const store = journalOf(workerData as JournalRun);
const folder = new Folder(store);
let shown = 0;
const timed = (at: number): number => {
  const start = performance.now();
  shown += show(folder.momentAt(at));
  return performance.now() - start;
};

/** Numbers from 0 to before `below`, the same each time. */
let state = 1;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const { length } = store;
const fold = timed(length);
const seek: number[] = [];
const back: number[] = [];
for (let i = 0; i < PLACES; i++) {
  const at = 1 + random(length);
  seek.push(timed(at));
  back.push(timed(at - 1));
}
const backAgain: number[] = [];
const forward: number[] = [];
for (const from of [length, Math.floor(length / 3)]) {
  timed(from);
  for (let i = 1; i <= STEPS; i++) backAgain.push(timed(from - i));
  for (let i = 1; i <= STEPS; i++) forward.push(timed(from - STEPS + i));
}
const memory = (await used()) - before;
const costs: JournalCosts = {
  events: length,
  fold,
  back,
  backAgain,
  forward,
  seek,
  records: length * RECORD_WORDS * 4,
  payloads: store.payloadBytes,
  memory,
  checkpoints: folder.cost.checkpoints,
};
if (shown < 0) throw new Error('nothing was shown');
parentPort?.postMessage(costs);
