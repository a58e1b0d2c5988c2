import { hex, hi32, isPowerOfTwo, smallInt, TWO_32, wrap16 } from '../../base/bits.ts';
import { ACTOR, NONE } from '../../journal/schema.ts';
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
import { Chain } from './chain.ts';
import {
  type Descriptor,
  DeviceError,
  type QueueBuffers,
  type QueueOwner,
  type SplitAreas,
  type UsedBuffer,
} from './queue.ts';

/** Answer of `add1`, `addChain` and `popUsed` where there is nothing to give. */
const NOTHING = -1;
/** Marks in `#chains`, above the count of descriptors. */
const OFFERED = 0x1_0000;
const BY_HAND = 0x2_0000;

/**
 * The driver's end of a split virtqueue (VIRTIO 1.4 §2.7). All that the driver must remember is
 * kept in shadows of its own: the device may write anything to the rings without confusing it.
 *
 * The steps of a request: `add` fills descriptors, `publish` makes them available, `notify` rings
 * the doorbell, `wait` (or `pop`) takes what the device has used.
 */
export class SplitQueue {
  /** Number of the queue. */
  readonly index: number;
  /** Entries, a power of two. */
  readonly size: number;
  /** Guest-physical address of the descriptor table. */
  readonly desc: number;
  /** Guest-physical address of the available ring. */
  readonly avail: number;
  /** Guest-physical address of the used ring. */
  readonly used: number;
  /** Bytes that the device wrote into the chain that `popUsed` returned last. */
  usedLength = 0;

  readonly #owner: QueueOwner;
  readonly #journal: JournalWriter;
  readonly #pace: Pace;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  readonly #mask: number;
  /** Places in the views: descriptor 0, ring entry 0, and the single words. */
  readonly #descAt: number;
  readonly #availAt: number;
  readonly #availIdxAt: number;
  readonly #usedAt: number;
  readonly #usedIdxAt: number;

  /** By descriptor: the next one of its chain, or of the free list. */
  readonly #next: Uint16Array;
  /** By head: the last descriptor of the chain. */
  readonly #last: Uint16Array;
  /** By head: descriptors of the chain, and the marks; 0 where no chain begins. */
  readonly #chains: Uint32Array;
  /** By head: bytes that the device may write. */
  readonly #writable: Uint32Array;
  /** First free descriptor, where `#freeCount` is not 0. */
  #free = 0;
  #freeCount: number;
  /** Chains offered and not taken back. */
  #inFlight = 0;
  /** Free-running index of the next available entry; the device sees it at `publish`. */
  #availIdx = 0;
  /** Free-running index of the next used entry to look at. */
  #usedIdx = 0;
  /** The device's used index as last read. */
  #usedSeen = 0;
  #noInterrupt = false;
  #scratch = new Chain(4);

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
  ) {
    if (!isPowerOfTwo(size) || size > VIRTQ_MAX_SIZE)
      throw new RangeError(`queue size ${size} is not a power of two up to ${VIRTQ_MAX_SIZE}`);
    const { ram } = memory;
    const place = (addr: number, length: number, align: number): number => {
      const at = ram.offsetOf(addr, length);
      if (at < 0 || at % align !== 0)
        throw new GuestMemoryFault(`a ring of queue ${index} cannot be at ${hex(addr)}`);
      return at;
    };
    const availAt = place(areas.avail, SPLIT.availRing(size), SPLIT.availAlign);
    const usedAt = place(areas.used, SPLIT.usedRing(size), SPLIT.usedAlign);
    this.index = index;
    this.size = size;
    this.desc = areas.desc;
    this.avail = areas.avail;
    this.used = areas.used;
    this.#owner = owner;
    this.#journal = memory.journal;
    this.#pace = memory.pace;
    this.#u16 = ram.u16;
    this.#u32 = ram.u32;
    this.#mask = smallInt(size) - 1;
    this.#descAt = smallInt(place(areas.desc, SPLIT.descTable(size), SPLIT.descAlign) / 4);
    this.#availAt = smallInt((availAt + SPLIT.availEntry(0)) / 2);
    this.#availIdxAt = smallInt((availAt + SPLIT.availIdx) / 2);
    this.#usedAt = smallInt((usedAt + SPLIT.usedEntry(0)) / 4);
    this.#usedIdxAt = smallInt((usedAt + SPLIT.usedIdx) / 2);
    this.#next = Uint16Array.from({ length: size }, (_, i) => i + 1);
    this.#last = new Uint16Array(size);
    this.#chains = new Uint32Array(size);
    this.#writable = new Uint32Array(size);
    this.#freeCount = smallInt(size);
    this.#availIdx = this.#usedIdx = this.#usedSeen = wrap16(firstIdx);
  }

  /** Descriptors that are free. */
  get free(): number {
    return this.#freeCount;
  }

  /** Chains that the device owns: offered, and not taken back yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Fills one descriptor for each piece of memory and links them (VIRTIO 1.4 §2.7.13.1).
   * Returns the head. The device knows nothing of it before `publish`. Throws where too few
   * descriptors are free.
   */
  add(buffers: QueueBuffers): number {
    const { readable = [], writable = [] } = buffers;
    const count = readable.length + writable.length;
    if (count === 0) throw new RangeError('a chain has at least one descriptor');
    if (count > this.#scratch.addr.length) this.#scratch = new Chain(count);
    const chain = this.#scratch.clear();
    for (const range of readable) chain.readable(range);
    for (const range of writable) chain.writable(range);
    const head = this.addChain(chain);
    if (head < 0)
      throw new Error(
        `queue ${this.index} is full: ${count} descriptors wanted, ${this.#freeCount} of ${this.size} free`,
      );
    return head;
  }

  /** As `add`, for a chain that was put together before; -1 where too few descriptors are free. */
  addChain(chain: Chain): number {
    const { count, readableCount } = chain;
    if (count > this.#freeCount || count === 0) return NOTHING;
    const recorded = this.#journal.on;
    const head = this.#free;
    let last = head;
    let next = head;
    let writable = 0;
    for (let i = 0; i < count; i++) {
      last = next;
      next = this.#next[last]!;
      const len = chain.len[i]!;
      let tail = 0;
      if (i >= readableCount) {
        tail = VIRTQ_DESC_F_WRITE;
        writable += len;
      }
      if (i + 1 < count) tail |= VIRTQ_DESC_F_NEXT | (next << 16);
      if (recorded) this.#fillRecorded(last, chain.addr[i]!, len, tail);
      else this.#fill(last, chain.addr[i]!, len, tail);
    }
    this.#free = next;
    this.#freeCount -= count;
    this.#last[head] = last;
    this.#chains[head] = count;
    this.#writable[head] = writable < TWO_32 ? writable : TWO_32 - 1;
    return head;
  }

  /**
   * The fast way for a buffer of one piece: `flags` is 0 for a readable one, `VIRTQ_DESC_F_WRITE`
   * for a writable one. Returns the head, -1 where no descriptor is free.
   */
  add1(addr: number, len: number, flags: number): number {
    if (this.#freeCount === 0) return NOTHING;
    const head = this.#free;
    if (this.#journal.on) this.#fillRecorded(head, addr, len, flags);
    else this.#fill(head, addr, len, flags);
    this.#free = this.#next[head]!;
    this.#freeCount--;
    this.#last[head] = head;
    this.#chains[head] = 1;
    this.#writable[head] = flags === 0 ? 0 : len;
    return head;
  }

  /**
   * Puts the head of a chain into the next entry of the available ring (VIRTIO 1.4 §2.7.13.2).
   * The device does not see it before `publish`. Throws where no chain begins there.
   */
  offer(head: number): void {
    const chain = this.#chains[head]!;
    // Out of range gives undefined, which fails the comparison too.
    if (chain > 0 && chain < OFFERED) this.#chains[head] = chain + OFFERED;
    else this.#offerByHand(head);
    const at = this.#availAt + (this.#availIdx & this.#mask);
    if (this.#journal.on) this.#store16Recorded(at, head);
    else this.#u16[at] = head;
    this.#availIdx = (this.#availIdx + 1) & 0xffff;
    this.#inFlight++;
  }

  /**
   * Makes every chain that was offered available, by storing the available index
   * (VIRTIO 1.4 §2.7.13.3). With `head`, offers that chain first.
   */
  publish(head: number = NOTHING): void {
    if (head >= 0) this.offer(head);
    // The store is sequentially consistent: the barrier that the specification demands before it
    // (VIRTIO 1.4 §2.7.13.3.1), and half of the one before the flags are read in `notify`.
    if (this.#journal.on) this.#publishRecorded();
    else Atomics.store(this.#u16, this.#availIdxAt, this.#availIdx);
  }

  /**
   * Rings the doorbell, unless the device has said that it needs none
   * (VIRTIO 1.4 §2.7.13.4). Returns whether it rang.
   */
  notify(): boolean {
    const flags = Atomics.load(this.#u16, this.#usedIdxAt - 1);
    if (flags & VIRTQ_USED_F_NO_NOTIFY) {
      if (this.#journal.on)
        this.#journal.notification('driver', NONE, this.index, false, 'noNotify', this.desc);
      return false;
    }
    this.#owner.notify(this.index);
    return true;
  }

  /**
   * Takes back the next chain that the device has used: its head, and its length in
   * `usedLength`; -1 where there is none (VIRTIO 1.4 §2.7.14). Throws `DeviceError` where the
   * used ring holds what it cannot.
   */
  popUsed(): number {
    const idx = this.#usedIdx;
    if (idx === this.#usedSeen && !this.#lookAgain()) return NOTHING;
    const at = this.#usedAt + ((idx & this.#mask) << 1);
    const head = this.#u32[at]!;
    const length = this.#u32[at + 1]!;
    const chain = this.#chains[head]!;
    // Out of range gives undefined, which is no such chain either.
    if (chain >>> 16 === 1) {
      if (length > this.#writable[head]!) throw this.#wroteTooMuch(head, length);
      this.#chains[head] = 0;
      this.#next[this.#last[head]!] = this.#free;
      this.#free = head;
      this.#freeCount += chain - OFFERED;
    } else this.#popByHand(head);
    this.#inFlight--;
    this.#usedIdx = (idx + 1) & 0xffff;
    this.usedLength = length;
    return head;
  }

  /** Takes back the next used chain, if there is one. */
  pop(): UsedBuffer | undefined {
    const head = this.popUsed();
    return head < 0 ? undefined : { head, length: this.usedLength };
  }

  /**
   * Takes back the next used chain; sleeps until the device interrupts where there is none yet.
   * Pending interrupts are acknowledged first, as an interrupt handler would.
   */
  wait(): UsedBuffer {
    const suppressed = this.#noInterrupt;
    this.#owner.pollInterrupt();
    for (let used = this.pop(); ; used = this.pop()) {
      if (used) {
        if (suppressed && !this.#noInterrupt) this.suppressInterrupts(true);
        return used;
      }
      // A chain may have come back before the device saw that interrupts are wanted again:
      // without the second look, nobody would ever wake this driver (VIRTIO 1.4 §2.7.7.1).
      if (this.#noInterrupt) this.suppressInterrupts(false);
      else this.#owner.waitForInterrupt();
    }
  }

  /** Tells the device that it need not (true) or shall (false) interrupt when it uses a chain. */
  suppressInterrupts(suppress: boolean): void {
    this.#noInterrupt = suppress;
    const at = this.#availIdxAt - 1;
    const flags = suppress ? VIRTQ_AVAIL_F_NO_INTERRUPT : 0;
    if (this.#journal.on) this.#store16Recorded(at, flags);
    Atomics.store(this.#u16, at, flags);
  }

  /**
   * Writes descriptor `index` as it stands, right or wrong; it is yours from now on, `add` will
   * not use it. `publish` it when it is the head of a chain.
   */
  setDescriptor(index: number, { addr, len, flags = 0, next = 0 }: Descriptor): void {
    if (!(index >= 0 && index < this.size))
      throw new RangeError(
        `queue ${this.index} has no descriptor ${index}: its size is ${this.size}`,
      );
    if (this.#chains[index] === 0 && this.#unlink(index)) this.#chains[index] = BY_HAND;
    const tail = (flags & 0xffff) | (next << 16);
    if (this.#journal.on) this.#fillRecorded(index, addr, len, tail);
    else this.#fill(index, addr, len, tail);
  }

  toString(): string {
    const { desc, avail, used } = this;
    const areas = `desc ${hex(desc)}, avail ${hex(avail)}, used ${hex(used)}`;
    return `queue ${this.index}: ${this.size} entries, ${areas}`;
  }

  /** `tail`: flags in the lower half, next in the upper one. */
  #fill(index: number, addr: number, len: number, tail: number): void {
    const u32 = this.#u32;
    const at = this.#descAt + (index << 2);
    u32[at] = addr;
    u32[at + 1] = addr < TWO_32 ? 0 : hi32(addr);
    u32[at + 2] = len;
    u32[at + 3] = tail;
  }

  #fillRecorded(index: number, addr: number, len: number, tail: number): void {
    this.#pace.take();
    const at = this.#descAt + (index << 2);
    const where = this.desc + SPLIT.descSize * index;
    this.#journal.memWrite16(ACTOR.driver, where, this.#u32, at, addr, hi32(addr), len, tail);
    this.#fill(index, addr, len, tail);
  }

  #store16Recorded(at: number, value: number): void {
    this.#pace.take();
    const where = this.avail + 2 * (at - (this.#availIdxAt - 1));
    this.#journal.memWrite(ACTOR.driver, where, 2, this.#u16[at]!, 0, value, 0);
    this.#u16[at] = value;
  }

  #publishRecorded(): void {
    this.#pace.take();
    const at = this.#availIdxAt;
    const where = this.avail + SPLIT.availIdx;
    this.#journal.memWrite(ACTOR.driver, where, 2, this.#u16[at]!, 0, this.#availIdx, 0);
    this.#journal.mark();
    Atomics.store(this.#u16, at, this.#availIdx);
  }

  /** Reads the device's index again; true where it has moved. */
  #lookAgain(): boolean {
    const seen = Atomics.load(this.#u16, this.#usedIdxAt);
    if (seen === this.#usedIdx) return false;
    const moved = (seen - this.#usedIdx) & 0xffff;
    if (moved > this.#inFlight)
      throw new DeviceError(
        `queue ${this.index}: the used index moved by ${moved}, but the device had ${this.#inFlight} chains`,
      );
    this.#usedSeen = seen;
    return true;
  }

  #offerByHand(head: number): void {
    if (this.#chains[head] === BY_HAND) this.#chains[head] = BY_HAND + OFFERED;
    else
      throw new Error(
        `no chain begins at descriptor ${head} of queue ${this.index}, or it is the device’s already`,
      );
  }

  #popByHand(head: number): void {
    if (this.#chains[head] !== BY_HAND + OFFERED) throw this.#returnedWrong(head);
    this.#chains[head] = BY_HAND;
  }

  /** Takes `index` out of the free list; false where it is not there. */
  #unlink(index: number): boolean {
    let at = this.#free;
    for (let i = 0, before = NOTHING; i < this.#freeCount; i++, before = at, at = this.#next[at]!) {
      if (at !== index) continue;
      if (before < 0) this.#free = this.#next[at]!;
      else this.#next[before] = this.#next[at]!;
      this.#freeCount--;
      return true;
    }
    return false;
  }

  #returnedWrong(head: number): DeviceError {
    return new DeviceError(
      `queue ${this.index}: the device returned descriptor ${head}, which is no chain that it was given`,
    );
  }

  #wroteTooMuch(head: number, length: number): DeviceError {
    return new DeviceError(
      `queue ${this.index}: the device says it wrote ${length} bytes into the chain at ${head}, which has room for ${this.#writable[head]}`,
    );
  }
}
