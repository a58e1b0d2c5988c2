import { type JournalRing, RING } from './ring.ts';
import { EVENTS, PAYLOADS, RECORD_WORDS } from './schema.ts';
import { COUNTS, expand, LENGTHS, SHORT } from './short-records.ts';
import type { EventStore } from './store.ts';

/** Where the reader stands in one ring. Positions and clocks are 32 bits that wrap. */
interface Cursor {
  readonly ring: JournalRing;
  readonly words: Uint32Array;
  readonly mask: number;
  /** Word at which the next record begins. */
  at: number;
  /** Up to where this drain may go; and clock of the newest record before it, or as `clock`. */
  end: number;
  newest: number | undefined;
  /** Clock of the newest record taken; undefined before the first one of the ring. */
  clock: number | undefined;
  /** The ring's count of lost events that has been told. */
  dropped: number;
  /** Lost events that still have to be told, and the position before which they were lost. */
  lost: number;
  lostBefore: number;
}

/**
 * The consumer's end of all rings: merges them into one store, in an order that respects
 * causality. A producer flushes or marks before it shows its work to another thread, so a set of
 * heads that did not move while all were read is a consistent cut up to the oldest mark behind a
 * head: whatever caused an event in it is in it too. Inside a cut, logical clocks order; equal
 * clocks are concurrent, and the earlier ring goes first.
 */
export class JournalReader {
  readonly rings: readonly JournalRing[];
  readonly store: EventStore;
  readonly #cursors: readonly Cursor[];

  constructor(rings: readonly JournalRing[], store: EventStore) {
    this.rings = rings;
    this.store = store;
    this.#cursors = rings.map((ring) => {
      const at = Atomics.load(ring.header, RING.tail);
      return {
        ring,
        words: ring.words,
        mask: ring.mask,
        at,
        end: at,
        newest: undefined,
        clock: (ring.header[RING.shown] ?? 0) >>> 0 || undefined,
        dropped: Atomics.load(ring.header, RING.dropped),
        lost: 0,
        lostBefore: at,
      };
    });
  }

  /**
   * Moves what was published into the store, at most `limit` (1 or more) events of each ring;
   * returns how many came.
   */
  drain(limit = Number.POSITIVE_INFINITY): number {
    const before = this.store.length;
    const bound = this.#cut(limit);
    for (;;) {
      const next = this.#next();
      if (next < 0) break;
      const cursor = this.#cursors[next] as Cursor;
      if (bound !== undefined && later(clockAt(cursor, cursor.at), bound)) break;
      this.#takeRun(next, bound);
    }
    for (const cursor of this.#cursors) {
      this.#tellLost(cursor);
      Atomics.store(cursor.ring.header, RING.tail, cursor.at);
      Atomics.notify(cursor.ring.header, RING.tail);
    }
    return this.store.length - before;
  }

  /**
   * Sets how far each ring may be read, and returns the newest clock that may be taken, or
   * undefined for no bound. What is newer might have a cause that was not seen: in a ring that
   * moved while the heads were read, behind its head (`marked` tells), or in one that `limit` stops.
   */
  #cut(limit: number): number | undefined {
    const read = () => this.#cursors.map(({ ring }) => Atomics.load(ring.header, RING.head));
    const lossy = this.#cursors.filter((cursor) => countLost(cursor));
    let heads = read();
    let again = read();
    // Where an empty ring moved, nothing tells how old its new events are; it is empty only once.
    while (heads.some((head, i) => head === this.#cursors[i]?.at && head !== again[i])) {
      heads = again;
      again = read();
    }
    let bound: number | undefined;
    let unseen = false;
    this.#cursors.forEach((cursor, i) => {
      const head = heads[i] ?? 0;
      if (lossy.includes(cursor)) cursor.lostBefore = head;
      scan(cursor, head, limit);
      const { newest } = cursor;
      const marked = (cursor.ring.header[RING.marked] ?? 0) >>> 0;
      if (newest === undefined) {
        if (marked !== 0) unseen = true;
        return;
      }
      if (cursor.end === head && head === again[i] && !later(marked, newest)) return;
      if (bound === undefined || later(bound, newest)) bound = newest;
    });
    // A ring whose first events are marked and not published: nothing tells how old they are.
    if (unseen) for (const cursor of this.#cursors) cursor.end = cursor.at;
    return bound;
  }

  /** The cursor whose next record is the oldest, or -1 at the end. */
  #next(): number {
    let best = -1;
    let bestClock = 0;
    for (let i = 0; i < this.#cursors.length; i++) {
      const cursor = this.#cursors[i] as Cursor;
      if (cursor.at === cursor.end) continue;
      const clock = clockAt(cursor, cursor.at);
      if (best < 0 || later(bestClock, clock)) {
        best = i;
        bestClock = clock;
      }
    }
    return best;
  }

  /** Takes records of ring `index` for as long as no other ring and no bound comes first. */
  #takeRun(index: number, bound: number | undefined): void {
    const cursor = this.#cursors[index] as Cursor;
    let last = bound;
    for (let i = 0; i < this.#cursors.length; i++) {
      const other = this.#cursors[i] as Cursor;
      if (i === index || other.at === other.end) continue;
      const clock = clockAt(other, other.at) - (i < index ? 1 : 0);
      if (last === undefined || later(last, clock)) last = clock;
    }
    const { words, mask, end } = cursor;
    do {
      const word = cursor.at & mask;
      const code = (words[word] ?? 0) & 0xff;
      cursor.clock = words[word + 1] ?? 0;
      if (PAYLOADS[code] !== undefined) this.#takePayload(cursor.ring, word);
      else if (LENGTHS[code] === RECORD_WORDS) this.store.append(words, word);
      else expand(words, word, this.store);
      cursor.at = after(cursor, cursor.at, end);
    } while (cursor.at !== end && !(last !== undefined && later(clockAt(cursor, cursor.at), last)));
  }

  #takePayload(ring: JournalRing, word: number): void {
    const from = ring.words[word + 10] ?? 0;
    // A length that no producer writes must not make the page allocate it.
    const length = Math.min(ring.words[word + 11] ?? 0, ring.side.length);
    const start = from & ring.sideMask;
    const first = Math.min(length, ring.side.length - start);
    // The store copies it, before the producer may write there again.
    let payload: Uint8Array = ring.side.subarray(start, start + first);
    if (first < length) {
      payload = new Uint8Array(length);
      payload.set(ring.side.subarray(start));
      payload.set(ring.side.subarray(0, length - first), first);
    }
    this.store.append(ring.words, word, payload);
    Atomics.store(ring.header, RING.sideTail, (from + length) | 0);
  }

  /** A full ring loses what comes after all that it holds, so lost events are told after that. */
  #tellLost(cursor: Cursor): void {
    if (cursor.lost === 0 || ((cursor.lostBefore - cursor.at) | 0) > 0) return;
    const record = new Uint32Array(RECORD_WORDS);
    record[0] = EVENTS.dropped.code;
    record[1] = cursor.clock ?? 0;
    record[2] = cursor.lost;
    cursor.lost = 0;
    this.store.append(record, 0);
  }
}

/**
 * Notes events lost since the last drain; true if there are any. To be called before the heads are
 * read.
 */
function countLost(cursor: Cursor): boolean {
  const now = Atomics.load(cursor.ring.header, RING.dropped);
  const lost = (now - cursor.dropped) >>> 0;
  cursor.dropped = now;
  cursor.lost += lost;
  return lost > 0;
}

/**
 * Sets how far a drain may go: to `head`, or behind the record with the event number `limit`, and at
 * least by one record. A position beyond the end, which no producer makes, is brought back to it.
 */
function scan(cursor: Cursor, head: number, limit: number): void {
  const { words, mask } = cursor;
  const held = Math.min((head - cursor.at) >>> 0, mask + 1);
  const end = (cursor.at + held) | 0;
  cursor.newest = cursor.clock;
  cursor.at = skipped(cursor, cursor.at, end);
  let at = cursor.at;
  for (
    let events = 0;
    at !== end && (events === 0 || events < limit);
    at = after(cursor, at, end)
  ) {
    const word = at & mask;
    cursor.newest = words[word + 1] ?? 0;
    events += COUNTS[(words[word] ?? 0) & 0xff] ?? 1;
  }
  cursor.end = at;
}

/** Where the record after the one at `at` begins, at most `end`. */
function after(cursor: Cursor, at: number, end: number): number {
  const length = LENGTHS[(cursor.words[at & cursor.mask] ?? 0) & 0xff] ?? RECORD_WORDS;
  const next = (at + length) | 0;
  return ((end - next) | 0) < 0 ? end : skipped(cursor, next, end);
}

/** `at`, or the start of the ring where the rest of it is left free; at most `end`. */
function skipped(cursor: Cursor, at: number, end: number): number {
  if (at === end || ((cursor.words[at & cursor.mask] ?? 0) & 0xff) !== SHORT.pad) return at;
  const start = (at - (at & cursor.mask) + cursor.mask + 1) | 0;
  return ((end - start) | 0) < 0 ? end : start;
}

function clockAt(cursor: Cursor, at: number): number {
  return cursor.words[(at & cursor.mask) + 1] ?? 0;
}

/**
 * Whether clock `a` is newer than `b`; clocks wrap, and two that are compared are less than 2^31
 * apart.
 */
function later(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}
