import { join64 } from '../../base/bits.ts';
import { ACTORS, type Actor, EVENTS } from '../schema.ts';
import { type EventStore, recordAt } from '../store.ts';

/** Most events that are looked through for the one that wrote some bytes. */
export const LOOK_BACK = 200_000;

/** The event that last wrote some bytes, and who did. */
export interface LastWrite {
  readonly event: number;
  readonly by: Actor;
}

const MEM = EVENTS.memWrite;
const DATA = EVENTS.dataWrite;

/**
 * The newest event before event count `at` that wrote any of the `length` bytes at guest-physical `addr`;
 * undefined where none of the `most` events before did, or those are forgotten.
 */
export function lastWrite(
  store: EventStore,
  at: number,
  addr: number,
  length: number,
  most = LOOK_BACK,
): LastWrite | undefined {
  const end = Math.max(store.first, at - most);
  for (let i = Math.min(at, store.length) - 1; i >= end; i--) {
    const words = store.words(i);
    if (!words) return undefined;
    const w = recordAt(i);
    const head = words[w] as number;
    const code = head & 0xff;
    if (code !== MEM.code && code !== DATA.code) continue;
    const start = join64(
      words[w + MEM.fields.addr.at] as number,
      words[w + MEM.fields.addr.at + 1] as number,
    );
    const size =
      code === MEM.code ? (head >>> 12) & 15 || 16 : (words[w + DATA.fields.length.at] as number);
    if (addr < start + size && addr + length > start)
      return { event: i, by: ACTORS[(head >>> 8) & 15] ?? 'device' };
  }
  return undefined;
}
