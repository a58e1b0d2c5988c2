import { utf8Encode } from '../base/utf8.ts';
import type { GapTally } from './gap-tally.ts';
import { type JournalRing, RING } from './ring.ts';
import { ACTOR, EVENTS, type EventKind, GAP, RECORD_WORDS } from './schema.ts';
import { SHORT } from './short-records.ts';

/** Records that `mark` speaks for beforehand, so that not each of many has to be marked. */
const MARK_AHEAD = 1 << 16;
/** Longest text of one event, in UTF-16 units; what is longer ends in an ellipsis. */
export const MAX_TEXT = 4096;
/** No place in a ring has more bits: what V8 is told of a number that it cannot know. */
export const PLACE_BITS = (1 << 28) - 1;

/** Kinds that are recorded in a gap, too: they are rare, and each of them matters. By code. */
const KEPT = codes([
  ...(['status', 'features', 'queueConfig', 'configChange', 'plug', 'reset'] as const),
  ...(['log', 'violation', 'script', 'gap'] as const),
]);
/** Kinds of which each event is a guest action; others are counted where they are written. */
const EACH_AN_ACTION = codes(['scriptLine', 'channel', 'hypercall']);

function codes(kinds: readonly EventKind[]): Uint8Array {
  const found = new Uint8Array(256);
  for (const kind of kinds) found[EVENTS[kind].code] = 1;
  return found;
}

/**
 * The producer's end of one journal ring, whatever is recorded. Records become visible to the consumer
 * at `flush()`; `handOver()` flushes and publishes the clock, and must precede whatever makes earlier
 * events visible to another thread (a mailbox word, a published ring index). `receive()` takes the other
 * thread's clock over.
 *
 * A writer goes on where the last one of its ring stopped: a thread may be replaced. Until then the
 * consumer waits for what a thread marked before it was ended.
 *
 * What queues call for every buffer is written for V8: `docs/architecture.md` has the rules.
 */
export class RingWriter {
  /** Whether events are wanted. Mirrors the ring's `enabled` word; refreshed by `refresh()`. */
  on = false;
  /** Called when the ring is full; true when room was made, false to drop the event. */
  waitForRoom: () => boolean = () => false;

  declare readonly ring: JournalRing;
  declare protected readonly words: Uint32Array;
  declare private readonly header: Int32Array;
  declare private readonly side: Uint8Array;
  declare private readonly mask: number;
  /** The thread's clock as signed 32 bits. */
  private now = 0;
  /** Free-running count of words written, published or not. */
  protected head = 0;
  /** Up to where words may be written without a look at the consumer or at the ring's end. */
  protected limit = 0;
  /** Clock of the newest record; and the one up to which work counts as marked. */
  protected newest = 0;
  private marked = 0;
  /** Free-running count of side bytes written. */
  private sideHead = 0;
  /** Register reads that wait for their value; nothing from `openHead` on is published meanwhile. */
  protected open = 0;
  protected openHead = 0;
  /** Clock of the record before those. */
  protected openBefore = 0;
  /** Set while most events are not recorded: there is no room then (`limit` is `head`), and this is told. */
  protected gap: GapTally | undefined = undefined;
  /** Script line that the guest is at, for what is recorded in a gap; and the one that was told last. */
  line = 0;
  protected lineTold = -1;

  constructor(ring: JournalRing) {
    this.ring = ring;
    this.words = ring.words;
    this.header = ring.header;
    this.side = ring.side;
    this.mask = ring.mask;
    this.on = ring.header[RING.enabled] === 1;
    this.head = this.limit = Atomics.load(ring.header, RING.head);
    this.sideHead = Atomics.load(ring.header, RING.sideHead);
    this.now = Atomics.load(ring.header, RING.clock);
    // What a predecessor marked and did not publish never comes.
    this.newest = Atomics.load(ring.header, RING.shown);
    ring.header[RING.marked] = this.newest;
    this.marked = this.now;
  }

  /** Logical clock of this thread: the clock of its newest event, unsigned 32 bits that wrap. */
  get clock(): number {
    return this.now >>> 0;
  }

  set clock(clock: number) {
    this.now = clock | 0;
  }

  /** Reads `enabled` again; to be called where the run control may have changed it. */
  refresh(): void {
    this.on = Atomics.load(this.header, RING.enabled) === 1;
  }

  /** Makes all records visible to the consumer, up to a register read that waits for its value. */
  flush(): void {
    const header = this.header;
    header[RING.marked] = this.newest;
    this.marked = this.now;
    header[RING.clock] = this.now;
    header[RING.sideHead] = this.sideHead;
    Atomics.store(header, RING.head, this.published());
    header[RING.shown] = this.open > 0 ? this.openBefore : this.newest;
  }

  /**
   * To be called before a store that shows this thread's work to another one without a flush: the
   * consumer then knows that causes are still to come, and waits for them.
   */
  mark(): void {
    if (((this.newest - this.marked) | 0) > 0) this.markAhead();
  }

  /** Flushes, and publishes the clock for a thread that is about to see this thread's work. */
  handOver(): void {
    this.flush();
  }

  /** Takes over the clock that came with a hand-over, as signed or unsigned 32 bits. */
  receive(clock: number): void {
    if (((clock - this.now) | 0) > 0) this.now = clock | 0;
  }

  /** Word offset of a fresh usual record with words 0 and 1 set and the rest stale, or -1 where it is dropped. */
  protected begin(kind: number, actor: number, size: number, aux: number): number {
    const at = this.room(RECORD_WORDS, 1);
    if (at < 0) return this.gap ? this.unrecorded(kind, actor, size, aux) : -1;
    this.words[at] = kind | (actor << 8) | (size << 12) | (aux << 16);
    this.words[at + 1] = this.tick(1);
    return at;
  }

  /** A usual record in a gap: it is written where its kind is kept, and else only counted. */
  private unrecorded(kind: number, actor: number, size: number, aux: number): number {
    const { gap } = this;
    if (!KEPT[kind]) {
      this.skip(1);
      if (gap && EACH_AN_ACTION[kind]) gap.actions++;
      return -1;
    }
    this.gap = undefined;
    if (this.line !== this.lineTold) {
      this.lineTold = this.line;
      const w = this.begin(EVENTS.gap.code, ACTOR.recorder, 0, GAP.at);
      if (w >= 0) this.words.fill(0, w + 3, w + RECORD_WORDS);
      if (w >= 0) this.words[w + 2] = this.line;
    }
    const at = this.begin(kind, actor, size, aux);
    this.gap = gap;
    this.limit = this.head;
    return at;
  }

  /** Counts events that are not recorded. The clock moves as if they were. */
  protected skip(events: number): void {
    if (!this.gap) return;
    this.now = (this.now + events) | 0;
    this.gap.events += events;
  }

  /** Where the next `count` words lie, which are taken now; -1 where they are not to be had and `events` are lost. */
  protected room(count: number, events: number): number {
    if (((this.limit - this.head) | 0) < count && !this.makeRoom(count, events)) return -1;
    const { head } = this;
    this.head = (head + count) | 0;
    return head & this.mask;
  }

  /** The clock of the first of `events` that are recorded together; the thread's clock is that of the last one. */
  protected tick(events: number): number {
    const first = (this.now + 1) | 0;
    this.now = (this.now + events) | 0;
    this.newest = first;
    return first;
  }

  private markAhead(): void {
    this.marked = (this.newest + MARK_AHEAD) | 0;
    this.header[RING.marked] = this.marked;
  }

  /** How far the consumer may read. */
  protected published(): number {
    return this.open > 0 ? this.openHead : this.head;
  }

  private makeRoom(count: number, events: number): boolean {
    if (this.gap) return false;
    const size = this.mask + 1;
    const at = this.head & this.mask;
    const left = size - at;
    const skipped = left < count ? left : 0;
    let tail = 0;
    const full = () => {
      tail = Atomics.load(this.header, RING.tail);
      return ((this.head + skipped + count - tail) | 0) > size;
    };
    if (full() && !this.waitWhile(full, events)) return false;
    if (skipped > 0) {
      this.words[at] = SHORT.pad;
      this.head = (this.head + skipped) | 0;
    }
    const end = (this.head - (this.head & this.mask) + size) | 0;
    const free = (tail + size) | 0;
    this.limit = ((free - end) | 0) < 0 ? free : end;
    return true;
  }

  /** Lets the consumer make room; false, and `events` more are lost, where it cannot or will not. */
  private waitWhile(full: () => boolean, events: number): boolean {
    this.flush();
    while (full()) {
      // All that is published is consumed and it is still full: waiting would never end.
      const hopeless = Atomics.load(this.header, RING.tail) === this.published();
      if ((hopeless || !this.waitForRoom()) && full()) return this.drop(events);
    }
    return true;
  }

  protected drop(events: number): false {
    Atomics.add(this.header, RING.dropped, events);
    return false;
  }

  protected plain(kind: number, actor: number, aux: number, w2 = 0, w3 = 0, w4 = 0, w5 = 0): void {
    const w = this.begin(kind, actor, 0, aux);
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = w2;
    r[w + 3] = w3;
    r[w + 4] = w4;
    r[w + 5] = w5;
  }

  protected text(kind: number, actor: number, aux: number, w2: number, text: string): void {
    const bytes = utf8Encode(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
    const at = this.payload(bytes.length);
    if (at < 0) return;
    const w = this.begin(kind, actor, 0, aux);
    if (w < 0) return;
    this.store(at, bytes);
    this.words[w + 2] = w2;
    this.commit(w, at, bytes.length);
  }

  /** Free-running position of `length` free side bytes, or -1 where the event is dropped. */
  protected payload(length: number): number {
    const size = this.ring.sideMask + 1;
    const full = () =>
      ((this.sideHead + length - Atomics.load(this.header, RING.sideTail)) | 0) > size;
    const fits = length > size ? this.drop(1) : !full() || this.waitWhile(full, 1);
    return fits ? this.sideHead >>> 0 : -1;
  }

  protected store(at: number, bytes: Uint8Array): void {
    const start = at & this.ring.sideMask;
    const first = Math.min(bytes.length, this.side.length - start);
    this.side.set(bytes.subarray(0, first), start);
    if (first < bytes.length) this.side.set(bytes.subarray(first), 0);
  }

  protected commit(w: number, at: number, length: number): void {
    this.words[w + 10] = at;
    this.words[w + 11] = length;
    this.sideHead = (at + length) | 0;
  }
}
