import { distance16, hex, hi32, isPowerOfTwo, smallInt, TWO_32, wrap16 } from '../../base/bits.ts';
import { ACTOR, NONE, type Rule } from '../../journal/schema.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import {
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_MAX_SIZE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../spec/virtio.ts';
import type { GuestMemory, Pace } from '../guest-memory.ts';
import { GuestMemoryFault } from '../hal.ts';
import type { Chain } from './chain.ts';
import { InOrder } from './in-order.ts';
import {
  CHAIN,
  type Descriptor,
  DeviceError,
  NOTHING,
  type QueueOwner,
  type RingOptions,
  type SplitAreas,
  VirtQueue,
} from './queue.ts';

const { OFFERED, BY_HAND, INDIRECT } = CHAIN;

/** What the driver remembers of a descriptor, as many words as a descriptor has. */
const WORDS = 4;
/** The next descriptor of its chain, or of the free list. */
const NEXT = 0;
/** Of the head of a chain of several: its last descriptor; */
const LAST = 1;
/** how many it has, and the marks; 0 where no chain begins; */
const COUNT = 2;
/** and the bytes that the device may write, as signed 32 bits. */
const ROOM = 3;
/** Bytes of an available ring before its entries. */
const RING_HEADER = SPLIT.availEntry(0);
/** The usual chain in the device's hands. */
const ONE_OFFERED = 1 + OFFERED;
/** No index of a descriptor has more bits: what V8 is told of a number that it cannot know. */
const INDEX_BITS = VIRTQ_MAX_SIZE - 1;

/**
 * The driver's end of a split virtqueue (VIRTIO 1.4 §2.7). The head of a chain is its first descriptor.
 *
 * `post1` and `popUsed` are written for V8, as the device's side is: `docs/architecture.md` has the rules.
 */
export class SplitQueue extends VirtQueue {
  declare private readonly journal: JournalWriter;
  declare private readonly pace: Pace;
  /** All of RAM, and views on the descriptor table and on the entries of the two rings. */
  declare private readonly u16: Uint16Array;
  declare private readonly table: Uint32Array;
  declare private readonly availRing: Uint16Array;
  declare private readonly usedRing: Uint32Array;
  declare private readonly mask: number;
  /** Places of the single words. */
  declare private readonly availIdxAt: number;
  declare private readonly usedIdxAt: number;
  declare private readonly availEventAt: number;
  /** Whether descriptors and available ring lie below 4 GiB. */
  declare private readonly low: boolean;
  declare private readonly eventIdx: boolean;
  declare private readonly order: InOrder | undefined;

  /** What is remembered of descriptors: in one array, since V8 checks each one that a step touches. */
  declare private readonly shadow: Int32Array;
  /** First free descriptor, where `freeCount` is not 0. */
  private firstFree = 0;
  private freeCount = 0;
  /** Free-running index of the next available entry; the device sees it at `publish`. */
  private availIdx = 0;
  /** Free-running index of the next used entry to look at. */
  private usedIdx = 0;
  /** The device's used index as last read. */
  private usedSeen = 0;
  /** The used index at which the device was told to interrupt. */
  #usedEvent = 0;
  /** The available index at the last notification. */
  #notifiedIdx = 0;
  /** Bytes written into the last chain of a batch. */
  #batchLength = 0;

  /**
   * @internal Takes over rings at `areas` in which nothing is in flight. `firstIdx`: what both
   * indices in memory are already. Throws where the rings do not lie in RAM.
   */
  constructor(
    memory: GuestMemory,
    owner: QueueOwner,
    index: number,
    size: number,
    areas: SplitAreas,
    firstIdx = 0,
    options: RingOptions = {},
  ) {
    if (!isPowerOfTwo(size) || size > VIRTQ_MAX_SIZE)
      throw new RangeError(`queue size ${size} is not a power of two up to ${VIRTQ_MAX_SIZE}`);
    super(owner, index, size, areas, options.tables);
    const { ram } = memory;
    const place = (addr: number, length: number, align: number): number => {
      const at = ram.offsetOf(addr, length);
      if (at < 0 || at % align !== 0)
        throw new GuestMemoryFault(`a ring of queue ${index} cannot be at ${hex(addr)}`);
      return at;
    };
    const availAt = place(areas.avail, SPLIT.availRing(size), SPLIT.availAlign);
    const usedAt = place(areas.used, SPLIT.usedRing(size), SPLIT.usedAlign);
    this.journal = memory.journal;
    this.pace = memory.pace;
    this.u16 = ram.u16;
    this.mask = smallInt(size) - 1;
    const descAt = place(areas.desc, SPLIT.descTable(size), SPLIT.descAlign);
    this.table = new Uint32Array(ram.buffer, descAt, WORDS * size);
    this.availRing = new Uint16Array(ram.buffer, availAt + SPLIT.availEntry(0), size);
    this.usedRing = new Uint32Array(ram.buffer, usedAt + SPLIT.usedEntry(0), 2 * size);
    this.availIdxAt = smallInt((availAt + SPLIT.availIdx) / 2);
    this.usedIdxAt = smallInt((usedAt + SPLIT.usedIdx) / 2);
    this.availEventAt = smallInt((usedAt + SPLIT.availEvent(size)) / 2);
    this.shadow = new Int32Array(size * WORDS);
    for (let i = 0; i < size; i++) this.shadow[i * WORDS + NEXT] = i + 1;
    this.freeCount = smallInt(size);
    this.availIdx = this.usedIdx = this.usedSeen = wrap16(firstIdx);
    this.#notifiedIdx = this.availIdx;
    this.low =
      areas.desc + SPLIT.descTable(size) <= TWO_32 && areas.avail + SPLIT.availRing(size) <= TWO_32;
    this.eventIdx = options.eventIdx ?? false;
    this.order = options.inOrder ? new InOrder(size) : undefined;
  }

  override get free(): number {
    return this.freeCount;
  }

  override get next(): number {
    return this.availIdx & this.mask;
  }

  override get inFlight(): number {
    return wrap16(this.availIdx - this.usedIdx);
  }

  override addChain(chain: Chain): number {
    const { count, readableCount } = chain;
    if (count > this.freeCount || count === 0) return NOTHING;
    const shadow = this.shadow;
    const recorded = this.journal.on;
    const head = this.firstFree;
    let last = head;
    let next = head;
    let writable = 0;
    for (let i = 0; i < count; i++) {
      last = next;
      next = shadow[last * WORDS + NEXT]!;
      const len = chain.len[i]!;
      let tail = 0;
      if (i >= readableCount) {
        tail = VIRTQ_DESC_F_WRITE;
        writable += len;
      }
      if (i + 1 < count) tail |= VIRTQ_DESC_F_NEXT | (next << 16);
      if (recorded) this.#fillRecorded(last, chain.addr[i]!, len, tail);
      else this.fill(last, chain.addr[i]!, len, tail);
    }
    this.firstFree = next;
    this.freeCount -= count;
    const at = head * WORDS;
    shadow[at + LAST] = last;
    shadow[at + COUNT] = count;
    shadow[at + ROOM] = writable < TWO_32 ? writable : -1;
    return head;
  }

  override add1(addr: number, len: number, flags: number): number {
    if (this.freeCount === 0) return NOTHING;
    const head = this.firstFree;
    if (this.journal.on === true) this.#fillRecorded(head, addr, len, flags);
    else this.fill(head, addr, len, flags);
    this.takeFirst(head, 1, flags === 0 ? 0 : len);
    return head;
  }

  override post1(addr: number, len: number, flags: number): number {
    if (this.order !== undefined) return super.post1(addr, len, flags);
    if (this.freeCount === 0) return NOTHING;
    const head = this.firstFree;
    const idx = this.availIdx;
    if (this.journal.on === true) {
      if (!this.low || !this.pace.free) return super.post1(addr, len, flags);
      this.recordPost(head, addr, len, flags);
    }
    this.fill(head, addr, len, flags);
    this.takeFirst(head, ONE_OFFERED, flags === 0 ? 0 : len);
    this.availRing[idx & this.mask & INDEX_BITS] = head;
    this.availIdx = (idx + 1) & 0xffff;
    return head;
  }

  /** Takes the first free descriptor, `head`, for a chain of its own. */
  private takeFirst(head: number, chain: number, room: number): void {
    const { shadow } = this;
    const at = (head & INDEX_BITS) * WORDS;
    this.firstFree = shadow[at + NEXT]!;
    this.freeCount--;
    shadow[at + COUNT] = chain;
    shadow[at + ROOM] = room;
  }

  /**
   * Puts the head of a chain into the next entry of the available ring (VIRTIO 1.4 §2.7.13.2).
   * The device does not see it before `publish`. Throws where no chain begins there.
   */
  override offer(head: number): void {
    const shadow = this.shadow;
    const chain = shadow[head * WORDS + COUNT]!;
    // Out of range gives undefined, which fails the comparison too.
    if (chain > 0 && chain < OFFERED) shadow[head * WORDS + COUNT] = chain + OFFERED;
    else this.#offerRare(head);
    if (this.order !== undefined) this.order.push(head);
    const slot = this.availIdx & this.mask;
    if (this.journal.on === true) this.#recordEntry(slot, head);
    this.availRing[slot] = head;
    this.availIdx = (this.availIdx + 1) & 0xffff;
  }

  /**
   * Makes every chain that was offered available, by storing the available index
   * (VIRTIO 1.4 §2.7.13.3). With `head`, offers that chain first.
   */
  override publish(head: number = NOTHING): void {
    if (head >= 0) this.offer(head);
    // The store is sequentially consistent: the barrier that the specification demands before it
    // (VIRTIO 1.4 §2.7.13.3.1), and half of the one before the flags are read in `notify`.
    if (this.journal.on) this.#publishRecorded();
    else Atomics.store(this.u16, this.availIdxAt, this.availIdx);
  }

  override notify(): boolean {
    // Without what is offered and not published, of which the device knows nothing yet.
    const idx = this.u16[this.availIdxAt]!;
    const rule = this.eventIdx ? this.#eventRule(idx) : this.#flagRule();
    if (rule !== undefined) {
      if (this.journal.on)
        this.journal.notification('driver', NONE, this.index, false, rule, this.desc);
      return false;
    }
    this.owner.notify(this.index, idx);
    return true;
  }

  override popUsed(): number {
    if (this.order !== undefined) return this.#popInOrder(this.order);
    const idx = this.usedIdx;
    if (idx === this.usedSeen && !this.lookAgain()) return NOTHING;
    const entry = (idx & this.mask & INDEX_BITS) * 2;
    const id = this.usedRing[entry]!;
    const length = this.usedRing[entry + 1]!;
    const { shadow } = this;
    const head = id & INDEX_BITS;
    const at = head * WORDS;
    if (id > this.mask || shadow[at + COUNT] !== ONE_OFFERED) this.popRare(id, length);
    else {
      if (length > shadow[at + ROOM]! >>> 0)
        throw this.wroteTooMuch(head, length, this.#roomOf(head));
      shadow[at + COUNT] = 0;
      shadow[at + NEXT] = this.firstFree;
      this.firstFree = head;
      this.freeCount++;
    }
    this.usedIdx = (idx + 1) & 0xffff;
    this.usedLength = length;
    return head;
  }

  override suppressInterrupts(suppress: boolean): void {
    this.quiet = suppress;
    // The flags stay 0 with VIRTIO_F_EVENT_IDX; an index that was just passed is the furthest away
    // (VIRTIO 1.4 §2.7.7.1).
    if (this.eventIdx) this.#setUsedEvent(wrap16(this.usedIdx - (suppress ? 1 : 0)));
    else this.#setAvailable(this.availIdxAt - 1, suppress ? VIRTQ_AVAIL_F_NO_INTERRUPT : 0);
  }

  override setDescriptor(index: number, { addr, len, flags = 0, next = 0 }: Descriptor): void {
    if (!(index >= 0 && index < this.size))
      throw new RangeError(
        `queue ${this.index} has no descriptor ${index}: its size is ${this.size}`,
      );
    if (this.#chainAt(index) === 0 && this.#unlink(index)) this.#mark(index, BY_HAND);
    const tail = (flags & 0xffff) | (next << 16);
    if (this.journal.on) this.#fillRecorded(index, addr, len, tail);
    else this.fill(index, addr, len, tail);
  }

  override toString(): string {
    const { desc, avail, used } = this;
    const areas = `desc ${hex(desc)}, avail ${hex(avail)}, used ${hex(used)}`;
    return `queue ${this.index}: ${this.size} entries, ${areas}`;
  }

  protected override forgetChains(): number[] {
    const heads: number[] = [];
    for (let head = 0; head < this.size; head++)
      if (this.#chainAt(head) & OFFERED) heads.push(head);
    this.shadow.fill(0);
    this.freeCount = 0;
    this.availIdx = this.usedIdx;
    return heads;
  }

  protected override markIndirect(head: number, writable: number): void {
    this.#mark(head, INDIRECT + 1);
    this.shadow[head * WORDS + ROOM] = writable;
  }

  protected override tableTail(i: number, count: number, flags: number): number {
    return i + 1 < count ? flags | VIRTQ_DESC_F_NEXT | ((i + 1) << 16) : flags;
  }

  /** `tail`: flags in the lower half, next in the upper one. */
  private fill(index: number, addr: number, len: number, tail: number): void {
    const { table } = this;
    const at = (index & INDEX_BITS) * WORDS;
    table[at] = addr;
    table[at + 1] = addr === (addr | 0) ? 0 : hi32(addr);
    table[at + 2] = len;
    table[at + 3] = tail;
  }

  #fillRecorded(index: number, addr: number, len: number, tail: number): void {
    this.pace.take();
    const at = index * WORDS;
    const where = this.desc + SPLIT.descSize * index;
    this.journal.memWrite16(ACTOR.driver, where, this.table, at, addr, hi32(addr), len, tail);
    this.fill(index, addr, len, tail);
  }

  private recordPost(head: number, addr: number, len: number, flags: number): void {
    this.pace.take();
    const slot = this.availIdx & this.mask & INDEX_BITS;
    const at = (head & INDEX_BITS) * WORDS;
    this.journal.posted(
      this.table,
      at,
      this.desc + 4 * at,
      addr,
      len,
      flags,
      this.avail + RING_HEADER + 2 * slot,
      this.availRing[slot]!,
      head,
    );
  }

  /** The available ring's entry `slot` is about to become `head`. */
  #recordEntry(slot: number, head: number): void {
    this.pace.take();
    const where = this.avail + SPLIT.availEntry(slot);
    this.journal.memWrite(ACTOR.driver, where, 2, this.availRing[slot]!, 0, head, 0);
  }

  #publishRecorded(): void {
    this.pace.take();
    const at = this.availIdxAt;
    const where = this.avail + SPLIT.availIdx;
    this.journal.memWrite(ACTOR.driver, where, 2, this.u16[at]!, 0, this.availIdx, 0);
    this.journal.mark();
    Atomics.store(this.u16, at, this.availIdx);
  }

  /** Reads the device's index again; true where it has moved. */
  private lookAgain(): boolean {
    let seen = Atomics.load(this.u16, this.usedIdxAt);
    if (seen === this.usedIdx && this.#wantsEvent()) seen = Atomics.load(this.u16, this.usedIdxAt);
    if (seen === this.usedIdx) return false;
    const moved = wrap16(seen - this.usedIdx);
    if (moved > this.inFlight)
      throw new DeviceError(
        `queue ${this.index}: the used index moved by ${moved}, but the device had ${this.inFlight} chains`,
      );
    this.usedSeen = seen;
    return true;
  }

  #offerRare(head: number): void {
    const chain = this.#chainAt(head);
    if (chain !== BY_HAND && chain !== INDIRECT + 1) throw this.noChain(head);
    this.#mark(head, chain + OFFERED);
  }

  /** Takes a chain back that is not of the usual kind, or none at all. */
  private popRare(head: number, length: number): void {
    const chain = this.#chainAt(head);
    if (chain === BY_HAND + OFFERED) {
      this.#mark(head, BY_HAND);
      return;
    }
    const count = chain & 0xffff;
    if (count === 0 || (chain & OFFERED) === 0) throw this.returnedWrong(head);
    const room = this.#roomOf(head);
    if (length > room) throw this.wroteTooMuch(head, length, room);
    if ((chain & INDIRECT) !== 0) this.freeTable(head);
    this.#release(head, count);
  }

  #release(head: number, count: number): void {
    const { shadow } = this;
    const last = count > 1 ? shadow[head * WORDS + LAST]! : head;
    shadow[head * WORDS + COUNT] = 0;
    shadow[last * WORDS + NEXT] = this.firstFree;
    this.firstFree = head;
    this.freeCount += count;
  }

  /** As `popUsed`, where one used entry may stand for several chains (VIRTIO 1.4 §2.7.9). */
  #popInOrder(order: InOrder): number {
    if (order.left === 0) {
      const idx = this.usedIdx;
      if (idx === this.usedSeen && !this.lookAgain()) return NOTHING;
      const at = 2 * (idx & this.mask);
      const last = this.usedRing[at]!;
      const length = this.usedRing[at + 1]!;
      const room = this.#roomOf(last);
      if (length > room && !(this.#chainAt(last) & BY_HAND))
        throw this.wroteTooMuch(last, length, room);
      if (!order.begin(last, distance16(idx, this.usedSeen))) throw this.returnedWrong(last);
      this.#batchLength = length;
    }
    const head = order.take();
    // Chains that the device skipped were used completely.
    const length = order.left > 0 ? this.#roomOf(head) : this.#batchLength;
    const chain = this.#chainAt(head);
    if (chain >>> 16 === 1) this.#release(head, chain - OFFERED);
    else this.popRare(head, length);
    this.usedIdx = wrap16(this.usedIdx + 1);
    this.usedLength = length;
    return head;
  }

  #flagRule(): Rule | undefined {
    const flags = Atomics.load(this.u16, this.usedIdxAt - 1);
    return flags & VIRTQ_USED_F_NO_NOTIFY ? 'noNotify' : undefined;
  }

  /** Whether the available index has passed avail_event since the last notification (VIRTIO 1.4 §2.7.10.1). */
  #eventRule(idx: number): Rule | undefined {
    const event = Atomics.load(this.u16, this.availEventAt);
    const before = this.#notifiedIdx;
    this.#notifiedIdx = idx;
    return distance16(event + 1, idx) < distance16(before, idx) ? undefined : 'eventIdx';
  }

  /**
   * Nothing has come back. Where the device interrupts at one index only, makes that the next one;
   * true where something may have come back meanwhile (VIRTIO 1.4 §2.7.7.1).
   */
  #wantsEvent(): boolean {
    if (!this.eventIdx || this.quiet || this.#usedEvent === this.usedIdx) return false;
    this.#setUsedEvent(this.usedIdx);
    return true;
  }

  #setUsedEvent(idx: number): void {
    this.#usedEvent = idx;
    this.#setAvailable(this.availIdxAt + 1 + this.size, idx);
  }

  /** Stores a word of the available ring other than its index. */
  #setAvailable(at: number, value: number): void {
    if (this.journal.on) {
      this.pace.take();
      const where = this.avail + SPLIT.availIdx + 2 * (at - this.availIdxAt);
      this.journal.memWrite(ACTOR.driver, where, 2, this.u16[at]!, 0, value, 0);
    }
    Atomics.store(this.u16, at, value);
  }

  /** Descriptors and marks of the chain that begins at `head`; 0 where none does, or there is no such descriptor. */
  #chainAt(head: number): number {
    return head <= this.mask ? (this.shadow[head * WORDS + COUNT] ?? 0) : 0;
  }

  #mark(head: number, chain: number): void {
    this.shadow[head * WORDS + COUNT] = chain;
  }

  /** Bytes that the device may write into the chain at `head`. */
  #roomOf(head: number): number {
    return (this.shadow[head * WORDS + ROOM] ?? 0) >>> 0;
  }

  /** Takes `index` out of the free list; false where it is not there. */
  #unlink(index: number): boolean {
    const shadow = this.shadow;
    let before = NOTHING;
    let at = this.firstFree;
    for (let i = 0; i < this.freeCount; i++) {
      const next = shadow[at * WORDS + NEXT]!;
      if (at === index) {
        if (before < 0) this.firstFree = next;
        else shadow[before * WORDS + NEXT] = next;
        this.freeCount--;
        return true;
      }
      before = at;
      at = next;
    }
    return false;
  }
}
