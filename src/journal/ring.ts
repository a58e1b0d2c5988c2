import { assert } from '../base/assert.ts';
import { isPowerOfTwo } from '../base/bits.ts';

/** Words of a ring for each event that it is to hold at least: a usual record, and what does not fit at the end. */
const EVENT_WORDS = 16;

/**
 * Layout of one journal ring in shared memory: single producer (a thread), single consumer
 * (the page, or a test). Header words, then `capacity` words of records, then the side buffer's
 * bytes. A record never wraps around the end: where it does not fit before it, `SHORT.pad` does.
 */
export const RING = {
  /** Words published, free-running modulo 2^32. Written by the producer. */
  head: 0,
  /** Words consumed, free-running. Written by the consumer. */
  tail: 1,
  /** Side-buffer bytes consumed, free-running. Written by the consumer. */
  sideTail: 2,
  /** The producer's logical clock at its last flush. Written by the producer. */
  clock: 3,
  /** Events lost because the ring or the side buffer was full. Written by the producer. */
  dropped: 4,
  /** 0: nothing is recorded; 1: record. Written by whoever owns the run. */
  enabled: 5,
  /** Capacity in words, a power of two. Constant. */
  capacity: 6,
  /** Side buffer size in bytes, a power of two. Constant. */
  sideCapacity: 7,
  /** Side-buffer bytes published, free-running. Written by the producer. */
  sideHead: 8,
  /**
   * No record with a later clock has effects that another thread may have seen, published or not.
   * Written by the producer.
   */
  marked: 9,
  /** Clock of the newest record published. Written by the producer, after `head`. */
  shown: 10,
  words: 16,
} as const;

/** Views on a journal ring; the same for its producer and its consumer. */
export class JournalRing {
  readonly buffer: SharedArrayBuffer;
  readonly header: Int32Array;
  readonly words: Uint32Array;
  readonly side: Uint8Array;
  readonly mask: number;
  readonly sideMask: number;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.header = new Int32Array(buffer, 0, RING.words);
    const capacity = this.header[RING.capacity] ?? 0;
    const sideCapacity = this.header[RING.sideCapacity] ?? 0;
    this.words = new Uint32Array(buffer, RING.words * 4, capacity);
    this.side = new Uint8Array(buffer, RING.words * 4 + this.words.byteLength, sideCapacity);
    this.mask = capacity - 1;
    this.sideMask = sideCapacity - 1;
  }

  /**
   * Makes a ring for at least `events` events (a power of two, 2 or more) and `sideCapacity` payload
   * bytes (a power of two), recording.
   */
  static create(events = 1 << 16, sideCapacity = 1 << 22): JournalRing {
    assert(isPowerOfTwo(events) && isPowerOfTwo(sideCapacity), 'ring sizes are powers of two');
    const capacity = events * EVENT_WORDS;
    const buffer = new SharedArrayBuffer(RING.words * 4 + capacity * 4 + sideCapacity);
    const header = new Int32Array(buffer, 0, RING.words);
    header[RING.capacity] = capacity;
    header[RING.sideCapacity] = sideCapacity;
    header[RING.enabled] = 1;
    return new JournalRing(buffer);
  }
}
