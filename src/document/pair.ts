import { argumentEntries } from '../options/entries.ts';
import type { DocumentOption } from './document.ts';

/** An option that was read, and has no key yet. */
interface Read {
  readonly name: string;
  readonly argument: string | undefined;
}

/** Cells of the table of common subsequences that are worth their time. */
const MOST_CELLS = 4_000_000;

/**
 * Which old option each new one is, as keys: those that are the same and in the same order first; between
 * them, those with the same name and id; then those with the same name, one after the other.
 */
export function pairOptions(
  old: readonly DocumentOption[],
  read: readonly Read[],
): (number | undefined)[] {
  const keys: (number | undefined)[] = read.map(() => undefined);
  let [oldAt, readAt] = [0, 0];
  for (const [i, j] of [...common(old, read), [old.length, read.length] as const]) {
    pairGap(old.slice(oldAt, i), read.slice(readAt, j), readAt, keys);
    const same = old[i];
    if (same) keys[j] = same.key;
    [oldAt, readAt] = [i + 1, j + 1];
  }
  pairMoved(old, read, keys);
  return keys;
}

const textOf = ({ name, argument }: Read): string => `${name} ${argument ?? '\0'}`;

/** Indices of a longest common subsequence. */
function common(
  old: readonly DocumentOption[],
  read: readonly Read[],
): (readonly [number, number])[] {
  const a = old.map(textOf);
  const b = read.map(textOf);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < head; i++) pairs.push([i, i]);
  pairs.push(...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head));
  for (let i = tail; i > 0; i--) pairs.push([a.length - i, b.length - i]);
  return pairs;
}

function middle(
  a: readonly string[],
  b: readonly string[],
  offset: number,
): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  const width = b.length + 1;
  if (a.length * b.length > MOST_CELLS) return pairs;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  for (let i = 0, j = 0; i < a.length && j < b.length; )
    if (a[i] === b[j]) pairs.push([offset + i++, offset + j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  return pairs;
}

function pairGap(
  old: readonly DocumentOption[],
  read: readonly Read[],
  offset: number,
  keys: (number | undefined)[],
): void {
  if (old.length === 0 || read.length === 0) return;
  const left = new Set(old);
  const take = (labelOf: (option: Read) => string | undefined): void => {
    const waiting = new Map<string, DocumentOption[]>();
    for (const option of left) {
      const label = labelOf(option);
      if (label === undefined) continue;
      const list = waiting.get(label) ?? [];
      list.push(option);
      waiting.set(label, list);
    }
    read.forEach((option, i) => {
      if (keys[offset + i] !== undefined) return;
      const label = labelOf(option);
      const found = label === undefined ? undefined : waiting.get(label)?.shift();
      if (!found) return;
      keys[offset + i] = found.key;
      left.delete(found);
    });
  };
  take(labelById);
  take(labelByFirst);
  take(({ name }) => name);
}

function labelById({ name, argument }: Read): string | undefined {
  if (argument === undefined) return undefined;
  const key = name === 'blockdev' ? 'node-name' : 'id';
  const id = argumentEntries(name, argument).find((entry) => entry.key === key)?.value;
  return id === undefined ? undefined : `${name} ${id}`;
}

/** By what it makes: `device virtio-rng-pci`. */
function labelByFirst({ name, argument }: Read): string | undefined {
  const first = argument === undefined ? undefined : argumentEntries(name, argument)[0];
  return first && `${name} ${first.key}=${first.value}`;
}

/** Options that went elsewhere on the line, unchanged. */
function pairMoved(
  old: readonly DocumentOption[],
  read: readonly Read[],
  keys: (number | undefined)[],
): void {
  const taken = new Set(keys);
  const waiting = new Map<string, number[]>();
  for (const option of old) {
    if (taken.has(option.key)) continue;
    const text = textOf(option);
    const list = waiting.get(text) ?? [];
    list.push(option.key);
    waiting.set(text, list);
  }
  read.forEach((option, i) => {
    keys[i] ??= waiting.get(textOf(option))?.shift();
  });
}
