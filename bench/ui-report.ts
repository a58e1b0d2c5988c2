import type { Frames } from './ui-frames.ts';

/** What must hold, in frames a second. */
const TARGET = 55;
const TARGETS: readonly string[] = [
  '200 devices, whole: pan',
  '200 devices, whole: pan with flow',
  '1,000 devices, zoomed in: pan',
  '1,000 devices, zoomed in: pan with flow',
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
