import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { JournalRing, RING } from '../src/journal/ring.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import { DirectHal } from '../src/worker/direct-hal.ts';
import { buildMachine, RAM_BYTES } from './build-machine.ts';
import { buildTimes } from './build-time.ts';
import { FLOOR_BYTES, FloorRing, floorOneThread } from './floor.ts';
import { GuestLoad } from './guest-load.ts';
import { type Measured, median, printTable, type Row, row } from './report.ts';
import { enginePair, floorPair, type Pair } from './threads.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);

/** Runs the variants in turn, so that a machine that slows down slows all of them; rates per second. */
async function interleave(
  count: number,
  variants: Record<keyof Measured, () => Promise<number> | number>,
): Promise<Measured[]> {
  const rounds: Measured[] = [];
  // The first round warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const rate = async (run: () => Promise<number> | number) => (count / (await run())) * 1000;
    const measured = {
      floor: await rate(variants.floor),
      off: await rate(variants.off),
      on: await rate(variants.on),
    };
    if (round > 0) rounds.push(measured);
  }
  return rounds;
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

async function oneThread(): Promise<Row> {
  const count = 64 * 20_000;
  const floor = new FloorRing(new SharedArrayBuffer(FLOOR_BYTES));
  const load = (recording: boolean) => {
    const ring = JournalRing.create();
    ring.header[RING.enabled] = recording ? 1 : 0;
    const journal = new JournalWriter(ring);
    const machine = buildMachine(journal, new SharedArrayBuffer(RAM_BYTES));
    const drain = () => {
      journal.flush();
      Atomics.store(ring.header, RING.tail, Atomics.load(ring.header, RING.head));
      Atomics.store(ring.header, RING.sideTail, Atomics.load(ring.header, RING.sideHead));
    };
    const guest = new GuestLoad(new DirectHal(machine));
    return () => timed(() => guest.doorbells(count, recording ? drain : () => {}));
  };
  const off = load(false);
  const on = load(true);
  const rounds = await interleave(count, {
    floor: () => timed(() => floorOneThread(floor, count)),
    off,
    on,
  });
  return row('(a) one thread, a doorbell each 64 buffers', 'buffers', rounds);
}

async function twoThreads(): Promise<Row[]> {
  const floor = await floorPair();
  const off = await enginePair(false);
  const on = await enginePair(true);
  const measure = async (
    name: string,
    unit: string,
    kind: 'polling' | 'interrupts' | 'exits',
    count: number,
  ) => {
    const by = (pair: Pair) => () => pair.run({ kind, count });
    return row(name, unit, await interleave(count, { floor: by(floor), off: by(off), on: by(on) }));
  };
  const rows = [
    await measure('(b) two threads, polling', 'buffers', 'polling', 64 * 5_000),
    await measure('(c) two threads, doorbells and interrupts', 'buffers', 'interrupts', 64 * 2_000),
    await measure('register exits across threads', 'exits', 'exits', 200_000),
  ];
  await Promise.all([floor.close(), off.close(), on.close()]);
  return rows;
}

const builds = buildTimes(ROUNDS);
const rows = [await oneThread(), ...(await twoThreads())];
printTable(rows);
const result = {
  node: process.version,
  processors: cpus().length,
  model: cpus()[0]?.model ?? '',
  rounds: ROUNDS,
  rows,
  builds,
  targets: {
    'a line of 200 devices becomes a machine, in ms': {
      wanted: 150,
      measured: builds.ms[200] ?? 0,
    },
    'time a device of 200, over that of 100': { wanted: 1, measured: builds.growth },
    'one thread, journal off, of the floor': {
      wanted: 0.35,
      measured: median(rows[0]?.ratios.off ?? []),
    },
    'one thread, journal on, times the time with it off': {
      wanted: 1.8,
      measured: median(rows[0]?.ratios.onOverOff ?? []),
    },
    'register exits a second, journal off': {
      wanted: 500_000,
      measured: median(rows[3]?.rounds.map(({ off }) => off) ?? []),
    },
  },
};
mkdirSync('reports', { recursive: true });
writeFileSync('reports/bench.json', `${JSON.stringify(result, null, 2)}\n`);
for (const [name, { wanted, measured }] of Object.entries(result.targets))
  console.log(
    `${name}: ${measured >= 1000 ? Math.round(measured) : measured.toFixed(2)} (target ${wanted})`,
  );
console.log('written: reports/bench.json');
process.exit(0);
