import type { Frames } from './ui-frames.ts';
import type { RingFrames } from './ui-ring.ts';
import type { SampledRun } from './ui-sampled.ts';

/** What must hold, in frames a second. */
const TARGET = 55;
const TARGETS: readonly string[] = [
  '200 devices, whole: pan',
  '200 devices, whole: pan with flow',
  '1,000 devices, zoomed in: pan',
  '1,000 devices, zoomed in: pan with flow',
  'timeline of 1,000,000 events: zoom and pan',
];

/** Prints frames by name; the first is the floor that the others are compared with. */
export function printFrames(frames: ReadonlyMap<string, Frames>): void {
  const floor = [...frames.values()][0]?.perSecond ?? Number.NaN;
  const head = ['', 'frames/s', 'of floor', 'p95 ms', 'longest', 'main ms', 'script ms', ''];
  const rows = [...frames].map(([name, it]) => [
    name,
    it.perSecond.toFixed(1),
    (it.perSecond / floor).toFixed(2),
    it.p95.toFixed(1),
    it.longest.toFixed(1),
    it.main.toFixed(2),
    it.script.toFixed(2),
    TARGETS.includes(name) ? `≥ ${TARGET}: ${it.perSecond >= TARGET ? 'holds' : 'MISSED'}` : '',
  ]);
  printColumns([head, ...rows]);
}

/** What must hold for the ring: frames a second, ms between frames (95 of 100), and ms a frame of the page's thread. */
const RING = { perSecond: 58, p95: 20, main: 2 } as const;

/** Prints what a ring at work costs; the last is the page without it, by which its share is known. */
export function printRing(ring: ReadonlyMap<string, RingFrames>): void {
  const all = [...ring];
  const without = all.at(-1)?.[1].processor ?? 0;
  const head = ['', 'frames/s', 'p95 ms', 'dots/s', 'drawn/s', 'painter ms', 'page’s ms/s', ''];
  const rows = all.map(([name, it], i) => {
    const { perSecond, p95 } = it.frames;
    const share = (it.processor - without) / perSecond;
    const holds = perSecond >= RING.perSecond && p95 <= RING.p95 && share <= RING.main;
    const targets = `≥ ${RING.perSecond}, p95 ≤ ${RING.p95}, ${share.toFixed(2)} ms a frame ≤ ${RING.main}`;
    return [
      name,
      perSecond.toFixed(1),
      p95.toFixed(1),
      it.dots.toFixed(0),
      it.drawn.toFixed(1),
      it.painting.toFixed(2),
      it.processor.toFixed(0),
      i < all.length - 1 ? `${targets}: ${holds ? 'holds' : 'MISSED'}` : '',
    ];
  });
  printColumns([head, ...rows]);
}

/** What must hold while samples are recorded: buffers a second, and ms from an input to its handler. */
const SAMPLED = { buffers: 1_000_000, delay: 50 } as const;

/** Prints the rounds with a guest at full speed. */
export function printSampled(rounds: readonly SampledRun[]): void {
  const head = ['sampled', 'buffers/s', 'events/s', 'delay ms', 'p95', 'longest', 'frames/s', ''];
  const rows = rounds.map(({ buffers, events, delay, frames }, i) => [
    `round ${i + 1}`,
    buffers.toFixed(0),
    events.toFixed(0),
    ...delay.map((ms) => ms.toFixed(1)),
    frames.toFixed(1),
    `≥ ${SAMPLED.buffers}, p95 ≤ ${SAMPLED.delay}: ${buffers >= SAMPLED.buffers && delay[1] <= SAMPLED.delay ? 'holds' : 'MISSED'}`,
  ]);
  printColumns([head, ...rows]);
}

/** Prints durations by name: the best round and the worst. */
export function printTimes(times: ReadonlyMap<string, readonly number[]>): void {
  const rows = [...times].map(([name, all]) => [
    name,
    digits(Math.min(...all)),
    digits(Math.max(...all)),
  ]);
  printColumns([['ms', 'best', 'worst'], ...rows]);
}

const digits = (ms: number): string => ms.toFixed(ms < 10 ? 2 : 0);

function printColumns(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  console.log('');
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    );
}
