import { join64 } from '../../base/bits.ts';
import type { Actor } from '../schema.ts';
import type { Telling } from './narration-types.ts';
import { number } from './words.ts';

/** A write to guest memory, long or short. */
export interface Write {
  readonly actor: Actor;
  readonly addr: number;
  readonly bytes: readonly number[];
  readonly telling: Telling<'memWrite' | 'dataWrite'>;
}

/** What is said of a write. */
export interface Said {
  readonly title: string;
  readonly text: string;
  readonly section: string;
}

/**
 * Bytes of the write from `offset` of the cell that starts at `start`, or undefined where it does
 * not cover them.
 */
export function field(
  { addr, bytes }: Write,
  start: number,
  offset: number,
  size: number,
): number | undefined {
  const at = start + offset - addr;
  if (at < 0 || at + size > bytes.length) return undefined;
  return size === 8
    ? join64(number(bytes, at, 4), number(bytes, at + 4, 4))
    : number(bytes, at, size);
}
