import { diffArrays } from 'diff';
import type { QtreeLine } from '../../protocol/messages.ts';

/** Beyond this many differing lines it is another machine, and nothing is marked. */
const MOST_CHANGES = 400;

/** How deep a line stands, from 0: `info qtree` indents by two blanks. */
export function depthOf(text: string): number {
  return Math.floor((text.length - text.trimStart().length) / 2);
}

/** What a line is. */
export type LineKind = 'bus' | 'device' | 'property' | 'fact';

/** What a line of `info qtree` is, by its words and by what the engine says about it. */
export function kindOf({ text, property }: QtreeLine): LineKind {
  if (property !== undefined) return 'property';
  const word = /^\s*(bus|dev): /.exec(text)?.[1];
  return word === 'bus' ? 'bus' : word === 'dev' ? 'device' : 'fact';
}

/** Numbers of the lines that stand in `after` and did not in `before`; none where all is other. */
export function changedLines(
  before: readonly QtreeLine[],
  after: readonly QtreeLine[],
): ReadonlySet<number> {
  const changed = new Set<number>();
  if (before.length === 0) return changed;
  const parts = diffArrays(
    before.map(({ text }) => text),
    after.map(({ text }) => text),
    { maxEditLength: MOST_CHANGES },
  );
  let at = 0;
  for (const { value, added, removed } of parts ?? []) {
    if (removed) continue;
    if (added) for (let i = 0; i < value.length; i++) changed.add(at + i);
    at += value.length;
  }
  return changed;
}

/** Numbers of the lines that contain a text, whatever its case. */
export function linesWith(lines: readonly QtreeLine[], text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return lines.flatMap((line, i) => (line.text.toLowerCase().includes(wanted) ? [i] : []));
}

/** The line that a line hangs below; undefined at the top. */
export function parentLine(lines: readonly QtreeLine[], at: number): number | undefined {
  const depth = depthOf(lines[at]?.text ?? '');
  for (let i = at - 1; i >= 0; i--) if (depthOf(lines[i]?.text ?? '') < depth) return i;
  return undefined;
}

/** From the first line about a device or bus to the last of its own, what hangs below left out. */
export function linesOf(
  lines: readonly QtreeLine[],
  path: string,
): { readonly first: number; readonly last: number } | undefined {
  const first = lines.findIndex((line) => line.path === path);
  if (first < 0) return undefined;
  let last = first;
  for (let i = first; i < lines.length && (lines[i]?.path === path || i === first); i++) last = i;
  return { first, last };
}
