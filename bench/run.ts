import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { buildTimes } from './build-time.ts';
import { measureJournals } from './journal.ts';
import { compare, Runner } from './one-thread.ts';
import { PEERS, type Peer } from './peers.ts';
import {
  type Measured,
  median,
  printRow,
  printTimes,
  type Row,
  ratios,
  row,
  type Times,
} from './report.ts';
import { enginePair, floorPair, type Pair } from './threads.ts';

/** Rounds of the measurements of two threads, which are long; those of one thread are many and short. */
const ROUNDS = Number(process.env.BENCH_ROUNDS) || 7;
const TURNS = ROUNDS * 9;
/**
 * Bytes that a buffer may allocate. The least that V8 allocates is 12 bytes, so that this is nothing
 * for each buffer; a doorbell has an address above 2^31, which V8 boxes, once for 64 of them.
 */
const MOST_BYTES = 4;

/** Starts the subjects that can be had, and says which cannot. */
async function peers(): Promise<Record<string, Runner>> {
  const found: Record<string, Runner> = {};
  for (const [name, title] of Object.entries(PEERS))
    try {
      found[title] = await Runner.start({ what: 'peer', name: name as Peer });
    } catch (error) {
      console.log(`${title}: not measured, ${(error as Error).message.split('\n')[0]}`);
    }
  return found;
}

/** One thread: floor, engine and peers, all in the same rounds. */
async function oneThread(): Promise<{ times: Times; bytes: Record<string, number> }> {
  const engine = (packed: boolean, more = {}) => Runner.start({ what: 'engine', packed, ...more });
  const runners: Record<string, Runner> = {
    'split: floor': await Runner.start({ what: 'floor' }),
    'split: journal off': await engine(false),
    'split: journal on': await engine(false, { journal: true }),
    'packed: floor': await Runner.start({ what: 'floor', packed: true }),
    'packed: journal off': await engine(true),
    'packed: journal on': await engine(true, { journal: true }),
    'split: 32768 entries': await engine(false, { queueSize: 32768 }),
    'packed: 32768 entries': await engine(true, { queueSize: 32768 }),
    'split: beside 199 devices': await engine(false, { otherDevices: 199 }),
    'packed: beside 199 devices': await engine(true, { otherDevices: 199 }),
    ...(await peers()),
  };
  const times = await compare(runners, TURNS);
  const bytes: Record<string, number> = {};
  for (const name of Object.keys(runners))
    if (name.includes('journal')) bytes[name] = (await runners[name]?.bytesPerBuffer()) ?? 0;
  for (const runner of Object.values(runners)) await runner.close();
  return { times, bytes };
}

/** Runs the variants in turn, so that a machine that slows down slows all of them; rates per second. */
async function interleave(
  count: number,
  variants: Record<keyof Measured, () => Promise<number>>,
): Promise<Measured[]> {
  const rounds: Measured[] = [];
  // The first round warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const rate = async (run: () => Promise<number>) => (count / (await run())) * 1000;
    const measured = {
      floor: await rate(variants.floor),
      off: await rate(variants.off),
      on: await rate(variants.on),
    };
    if (round > 0) rounds.push(measured);
  }
  return rounds;
}

async function twoThreads(): Promise<Row[]> {
  const floor = await floorPair();
  const off = await enginePair(false);
  const on = await enginePair(true);
  const measure = async (
    name: string,
    unit: string,
    kind: 'polling' | 'interrupts' | 'events' | 'exits',
    count: number,
  ) => {
    const by = (pair: Pair) => () => pair.run({ kind, count });
    const made = row(
      name,
      unit,
      await interleave(count, { floor: by(floor), off: by(off), on: by(on) }),
    );
    printRow(made);
    return made;
  };
  const rows = [
    await measure('event index, spinning and then waiting', 'buffers', 'events', 64 * 2_000),
    await measure('polling', 'buffers', 'polling', 64 * 1_000),
    await measure('doorbells and interrupts', 'buffers', 'interrupts', 64 * 500),
    await measure('register exits', 'exits', 'exits', 50_000),
  ];
  await Promise.all([floor.close(), off.close(), on.close()]);
  return rows;
}

interface Target {
  readonly wanted: number;
  readonly measured: number;
  /** Whether less is better. */
  readonly most?: boolean;
}

const [part, only] = process.argv.slice(2);
if (part === 'journal') {
  const journals = await measureJournals(only);
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/bench-journal.json', `${JSON.stringify(journals)}\n`);
  process.exit(0);
}

const builds = buildTimes(ROUNDS);
console.log('one thread, a doorbell each 64 buffers; ns of CPU time a buffer');
const { times, bytes } = await oneThread();
printTimes(times);
console.log('\ntwo threads; millions a second');
const rows = await twoThreads();

const time = (name: string) => times[name] ?? [];
const over = (a: string, b: string) => median(ratios(time(a), time(b)));
const targets: Record<string, Target> = {
  'a line of 200 devices becomes a machine, in ms': {
    wanted: 150,
    measured: builds.ms[200] ?? 0,
    most: true,
  },
  'time a device of 200, over that of 100': { wanted: 1, measured: builds.growth, most: true },
  'two threads, event index, of the floor': {
    wanted: 0.4,
    measured: median(rows[0]?.ratios.off ?? []),
  },
  'register exits a second, journal off': {
    wanted: 500_000,
    measured: median(rows[3]?.rounds.map(({ off }) => off) ?? []),
  },
};
for (const ring of ['split', 'packed'] as const) {
  const off = `${ring}: journal off`;
  targets[`one thread, ${ring}, of the floor`] = {
    wanted: 0.5,
    measured: over(`${ring}: floor`, off),
  };
  targets[`one thread, ${ring}, time with the journal on`] = {
    wanted: 1.5,
    measured: over(`${ring}: journal on`, off),
    most: true,
  };
  targets[`${ring}, time with 32768 entries, over that with 256`] = {
    wanted: 1.3,
    measured: over(`${ring}: 32768 entries`, off),
    most: true,
  };
  targets[`${ring}, time beside 199 devices, over that alone`] = {
    wanted: 1.3,
    measured: over(`${ring}: beside 199 devices`, off),
    most: true,
  };
}
for (const [name, measured] of Object.entries(bytes))
  targets[`${name}, bytes allocated a buffer`] = { wanted: MOST_BYTES, measured, most: true };

const result = {
  node: process.version,
  processors: cpus().length,
  model: cpus()[0]?.model ?? '',
  rounds: ROUNDS,
  times,
  rows,
  builds,
  targets,
};
mkdirSync('reports', { recursive: true });
writeFileSync('reports/bench.json', `${JSON.stringify(result, null, 2)}\n`);
console.log('');
for (const [name, { wanted, measured, most }] of Object.entries(targets)) {
  const met = most ? measured <= wanted : measured >= wanted;
  const shown = measured >= 1000 ? Math.round(measured) : measured.toFixed(2);
  console.log(
    `${met ? 'met   ' : 'MISSED'} ${name}: ${shown} (${most ? 'at most' : 'at least'} ${wanted})`,
  );
}
console.log('written: reports/bench.json');
const leaking = Object.entries(bytes).filter(([, measured]) => measured > MOST_BYTES);
for (const [name, measured] of leaking)
  console.error(
    `${name}: a buffer allocates ${measured.toFixed(1)} bytes, and must not allocate any`,
  );
process.exit(leaking.length > 0 ? 1 : 0);
