import { diffArrays } from 'diff';

/** Longest time for two texts, in ms. */
const MOST_MS = 60;

/**
 * Where lines of one text stand in another one, for lines that both have: `line` is counted from 1. Undefined for
 * a line that only the first has, and for all where texts are so far apart that comparing them takes too long.
 */
export function sameLines(from: string, to: string): (line: number) => number | undefined {
  if (from === to) return (line) => line;
  const parts = diffArrays(from.split('\n'), to.split('\n'), { timeout: MOST_MS }) ?? [];
  const there = new Map<number, number>();
  let old = 1;
  let now = 1;
  for (const { count = 0, added, removed } of parts) {
    if (!added && !removed) for (let i = 0; i < count; i++) there.set(old + i, now + i);
    if (!added) old += count;
    if (!removed) now += count;
  }
  return (line) => there.get(line);
}
