import { TWO_32 } from '../base/bits.ts';
import { SPLIT, VIRTQ_DESC_F_AVAIL, VIRTQ_DESC_F_USED } from '../spec/virtio.ts';
import { ACTOR, EVENTS, RECORD_WORDS } from './schema.ts';
import type { EventStore } from './store.ts';

/**
 * Short records: what a queue does at every buffer takes less room in a ring, and less time, than a
 * record of `RECORD_WORDS` for each event. The reader makes the usual events of them, so that nobody
 * else knows of them.
 *
 * As in a usual record, word 0 begins with the code, and word 1 is the clock of the (first) event. An
 * address is its low 32 bits in a word and 16 bits more elsewhere: what is above 2^48 takes a usual record.
 */
export const SHORT = {
  /** The rest of the ring up to its end is left free. One word. */
  pad: 0,
  /** A write of 2 bytes: address in words 2 and 0 (upper half), old and new in the halves of word 3. */
  write2: 64,
  /** A write of at most 4 bytes: address as above, old in word 3, new in word 4. */
  write4: 65,
  /** A write of 16 bytes: address as above, old in words 3 to 6, new in words 7 to 10. */
  write16: 66,
  /**
   * `chainPopped`: head in the upper half of word 0, device and queue in word 2, availIdx and count in
   * the halves of word 3, readable and writable in words 4 and 5.
   */
  popped: 67,
  /**
   * A chain returned in a split ring, three events: the write of the used entry, that of the used index,
   * and `chainPushed`. Head in the upper half of word 0, binary logarithm of the ring's size below it;
   * device and queue in word 2; usedIdx in word 3, with the address's upper bits; length in word 4; the
   * entry's old words in 5 and 6; address of the used ring in word 7.
   */
  returned: 68,
  /**
   * A chain returned in a packed ring, two events: the write of the descriptor's last 8 bytes, and
   * `chainPushed`. As above, but: below the head, 1 where AVAIL and USED are set now; the place in word
   * 3; the old 8 bytes in words 5 and 6; their address in word 7.
   */
  returnedPacked: 69,
  /**
   * A chain of one descriptor offered in a split ring, two events: the writes of the descriptor and of
   * the available ring's entry, both below 4 GiB. The descriptor's address in word 2, its old words in 3 to
   * 6, its new ones in 7 to 10; the entry's address in word 11, its old and new values in the halves of 12.
   */
  posted: 70,
} as const;

/** Words of a record by its code, and the events that come of it. */
export const LENGTHS = lengths();
/** Events that come of a record, by its code. */
export const COUNTS = counts();

function lengths(): Uint8Array {
  const words = new Uint8Array(256).fill(RECORD_WORDS);
  words[SHORT.write2] = 4;
  words[SHORT.write4] = 5;
  words[SHORT.write16] = 11;
  words[SHORT.popped] = 6;
  words[SHORT.returned] = 8;
  words[SHORT.returnedPacked] = 8;
  words[SHORT.posted] = 13;
  return words;
}

function counts(): Uint8Array {
  const events = new Uint8Array(256).fill(1);
  events[SHORT.returned] = 3;
  events[SHORT.returnedPacked] = 2;
  events[SHORT.posted] = 2;
  return events;
}

const MEM_WRITE = EVENTS.memWrite.code;
const DRIVER = ACTOR.driver << 8;
const DEVICE = ACTOR.device << 8;
/** Actor and size in word 0. */
const WHO = 0xff00;

/** Adds the events of the short record at word `at` of `words` to a store. */
export function expand(words: Uint32Array, at: number, store: EventStore): void {
  const code = (words[at] ?? 0) & 0xff;
  if (code === SHORT.returned) returned(words, at, store);
  else if (code === SHORT.returnedPacked) returnedPacked(words, at, store);
  else if (code === SHORT.popped) popped(words, at, store);
  else if (code === SHORT.posted) posted(words, at, store);
  else written(words, at, code, store);
}

function written(words: Uint32Array, at: number, code: number, store: EventStore): void {
  const head = words[at] ?? 0;
  const w = write(store, head & WHO, words[at + 1] ?? 0, words[at + 2] ?? 0, head >>> 16);
  const to = store.tail;
  if (code === SHORT.write2) {
    const values = words[at + 3] ?? 0;
    to[w + 4] = values & 0xffff;
    to[w + 8] = values >>> 16;
    return;
  }
  const count = code === SHORT.write4 ? 1 : 4;
  for (let i = 0; i < count; i++) {
    to[w + 4 + i] = words[at + 3 + i] ?? 0;
    to[w + 8 + i] = words[at + 3 + count + i] ?? 0;
  }
}

function posted(words: Uint32Array, at: number, store: EventStore): void {
  const clock = words[at + 1] ?? 0;
  const desc = write(store, DRIVER, clock, words[at + 2] ?? 0, 0);
  for (let i = 0; i < 8; i++) store.tail[desc + 4 + i] = words[at + 3 + i] ?? 0;
  const values = words[at + 12] ?? 0;
  const entry = write(store, DRIVER | (2 << 12), clock + 1, words[at + 11] ?? 0, 0);
  store.tail[entry + 4] = values & 0xffff;
  store.tail[entry + 8] = values >>> 16;
}

function popped(words: Uint32Array, at: number, store: EventStore): void {
  const w = store.extend();
  const to = store.tail;
  const word = words[at + 3] ?? 0;
  to[w] = EVENTS.chainPopped.code | DEVICE | ((words[at] ?? 0) & 0xffff_0000);
  to[w + 1] = words[at + 1] ?? 0;
  to[w + 2] = words[at + 2] ?? 0;
  to[w + 3] = word & 0xffff;
  to[w + 4] = words[at + 4] ?? 0;
  to[w + 5] = words[at + 5] ?? 0;
  to[w + 6] = word >>> 16;
}

function returned(words: Uint32Array, at: number, store: EventStore): void {
  const head = words[at] ?? 0;
  const clock = words[at + 1] ?? 0;
  const low = words[at + 7] ?? 0;
  const word = words[at + 3] ?? 0;
  const now = word & 0xffff;
  const before = (now - 1) & 0xffff;
  const slot = before & ((1 << ((head >>> 12) & 15)) - 1);
  const entry = write(store, DEVICE | (8 << 12), clock, low, word >>> 16, SPLIT.usedEntry(slot));
  store.tail[entry + 4] = words[at + 5] ?? 0;
  store.tail[entry + 5] = words[at + 6] ?? 0;
  store.tail[entry + 8] = head >>> 16;
  store.tail[entry + 9] = words[at + 4] ?? 0;
  const idx = write(store, DEVICE | (2 << 12), clock + 1, low, word >>> 16, SPLIT.usedIdx);
  store.tail[idx + 4] = before;
  store.tail[idx + 8] = now;
  pushed(words, at, clock + 2, store);
}

function returnedPacked(words: Uint32Array, at: number, store: EventStore): void {
  const head = words[at] ?? 0;
  const clock = words[at + 1] ?? 0;
  const marks = head & (1 << 12) ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0;
  const w = write(
    store,
    DEVICE | (8 << 12),
    clock,
    words[at + 7] ?? 0,
    (words[at + 3] ?? 0) >>> 16,
  );
  store.tail[w + 4] = words[at + 5] ?? 0;
  store.tail[w + 5] = words[at + 6] ?? 0;
  store.tail[w + 8] = words[at + 4] ?? 0;
  store.tail[w + 9] = (head >>> 16) | (marks << 16);
  pushed(words, at, clock + 1, store);
}

function pushed(words: Uint32Array, at: number, clock: number, store: EventStore): void {
  const w = store.extend();
  const to = store.tail;
  to[w] = EVENTS.chainPushed.code | DEVICE | ((words[at] ?? 0) & 0xffff_0000);
  to[w + 1] = clock;
  to[w + 2] = words[at + 2] ?? 0;
  to[w + 3] = (words[at + 3] ?? 0) & 0xffff;
  to[w + 4] = words[at + 4] ?? 0;
}

/** Adds a `memWrite` without its bytes, at `plus` from the address; returns the word where it begins. */
function write(
  store: EventStore,
  who: number,
  clock: number,
  low: number,
  high: number,
  plus = 0,
): number {
  const w = store.extend();
  const to = store.tail;
  to[w] = MEM_WRITE | who;
  to[w + 1] = clock;
  to[w + 2] = low + plus;
  to[w + 3] = low + plus >= TWO_32 ? high + 1 : high;
  return w;
}
