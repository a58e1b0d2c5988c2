import { hex, hi32, smallInt, TWO_32 } from '../../base/bits.ts';
import { ACTOR, NONE } from '../../journal/schema.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import {
  PACKED,
  RING_EVENT_FLAGS_DESC,
  RING_EVENT_FLAGS_DISABLE,
  RING_EVENT_FLAGS_ENABLE,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_MAX_SIZE,
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
/** Both marks of a descriptor. */
const MARKS = VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;
/** Marks of an available descriptor where the driver's wrap counter is 1; of others where it is 0. */
const AVAILABLE = [VIRTQ_DESC_F_USED, VIRTQ_DESC_F_AVAIL] as const;
/** Bit 15 of an event offset, and of where a ring begins: the wrap counter. */
const WRAP = 0x8000;

/** A descriptor that the script has written itself. */
interface ByHand {
  readonly flags: number;
  readonly id: number;
}

/**
 * The driver's end of a packed virtqueue (VIRTIO 1.4 §2.8). A chain lies in the driver's own memory
 * until it is offered: only then does it have a place in the ring. Its head is its buffer ID.
 */
export class PackedQueue extends VirtQueue {
  readonly #journal: JournalWriter;
  readonly #pace: Pace;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  /** Places in the view: descriptor 0, and the two event suppression structures. */
  readonly #descAt: number;
  readonly #driverAt: number;
  readonly #deviceAt: number;
  readonly #eventIdx: boolean;
  readonly #order: InOrder | undefined;

  /** By entry: the next one of its chain, or of the free list. A chain's ID is its first entry. */
  readonly #next: Uint16Array;
  /** By entry: what its descriptor will say. */
  readonly #addr: Float64Array;
  readonly #len: Uint32Array;
  readonly #flags: Uint16Array;
  /** By ID: the last entry of the chain. */
  readonly #last: Uint16Array;
  /** By ID: descriptors of the chain, and the marks; 0 where no chain begins. */
  readonly #chains: Uint32Array;
  /** By ID: bytes that the device may write. */
  readonly #writable: Uint32Array;
  /** First free entry, where `#freeCount` is not 0. */
  #free = 0;
  #freeCount: number;
  /** Chains offered and not taken back. */
  #inFlight = 0;
  /** The descriptor that is made available next, and the marks that do it in this lap. */
  #availSlot: number;
  #availMarks: number;
  /** The descriptor that the device uses next, and the marks that tell that it has; in the upper half. */
  #usedSlot: number;
  #usedMarks: number;
  /** Place of the last word of the first head that was offered and not published; -1 for none. */
  #heldAt = NOTHING;
  #heldWord = 0;
  /** Descriptors offered since the last publication, and published since the last notification. */
  #staged = 0;
  #published = 0;
  /** What the driver's event suppression structure holds. */
  #event = 0;
  /** Bytes written into the last chain of a batch. */
  #batchLength = 0;
  /** Descriptors by hand; and chains of them in flight, by buffer ID. */
  readonly #hand = new Map<number, ByHand>();
  readonly #handInFlight = new Map<number, { readonly head: number; readonly count: number }>();

  /**
   * @internal Takes over a ring at `areas` in which nothing is in flight. `start`: the first
   * descriptor, with the wrap counter in bit 15. Throws where the areas do not lie in RAM.
   */
  constructor(
    memory: GuestMemory,
    owner: QueueOwner,
    index: number,
    size: number,
    areas: SplitAreas,
    start = WRAP,
    options: RingOptions = {},
  ) {
    if (!Number.isInteger(size) || size < 1 || size > VIRTQ_MAX_SIZE)
      throw new RangeError(`queue size ${size} is not from 1 to ${VIRTQ_MAX_SIZE}`);
    super(owner, index, size, areas, options.tables);
    const { ram } = memory;
    const place = (addr: number, length: number, align: number): number => {
      const at = ram.offsetOf(addr, length);
      if (at < 0 || at % align !== 0)
        throw new GuestMemoryFault(`a ring of queue ${index} cannot be at ${hex(addr)}`);
      return smallInt(at / 4);
    };
    this.#descAt = place(areas.desc, PACKED.descRing(size), PACKED.descAlign);
    this.#driverAt = place(areas.avail, PACKED.eventSize, PACKED.eventAlign);
    this.#deviceAt = place(areas.used, PACKED.eventSize, PACKED.eventAlign);
    this.#journal = memory.journal;
    this.#pace = memory.pace;
    this.#u16 = ram.u16;
    this.#u32 = ram.u32;
    this.#eventIdx = options.eventIdx ?? false;
    this.#order = options.inOrder ? new InOrder(size) : undefined;
    this.#next = Uint16Array.from({ length: size }, (_, i) => i + 1);
    this.#addr = new Float64Array(size);
    this.#len = new Uint32Array(size);
    this.#flags = new Uint16Array(size);
    this.#last = new Uint16Array(size);
    this.#chains = new Uint32Array(size);
    this.#writable = new Uint32Array(size);
    this.#freeCount = smallInt(size);
    this.#availSlot = this.#usedSlot = start % WRAP;
    this.#availMarks = start & WRAP ? AVAILABLE[1] : AVAILABLE[0];
    this.#usedMarks = start & WRAP ? MARKS << 16 : 0;
  }

  override get free(): number {
    return this.#freeCount;
  }

  override get inFlight(): number {
    return this.#inFlight;
  }

  override get next(): number {
    return this.#availSlot;
  }

  override addChain(chain: Chain): number {
    const { count, readableCount } = chain;
    if (count > this.#freeCount || count === 0) return NOTHING;
    const head = this.#free;
    let entry = head;
    let last = head;
    let writable = 0;
    for (let i = 0; i < count; i++) {
      last = entry;
      const len = chain.len[i]!;
      let flags = i + 1 < count ? VIRTQ_DESC_F_NEXT : 0;
      if (i >= readableCount) {
        flags |= VIRTQ_DESC_F_WRITE;
        writable += len;
      }
      this.#addr[entry] = chain.addr[i]!;
      this.#len[entry] = len;
      this.#flags[entry] = flags;
      entry = this.#next[entry]!;
    }
    this.#free = entry;
    this.#freeCount -= count;
    this.#last[head] = last;
    this.#chains[head] = count;
    this.#writable[head] = writable < TWO_32 ? writable : TWO_32 - 1;
    return head;
  }

  override add1(addr: number, len: number, flags: number): number {
    if (this.#freeCount === 0) return NOTHING;
    const head = this.#free;
    this.#addr[head] = addr;
    this.#len[head] = len;
    this.#flags[head] = flags;
    this.#free = this.#next[head]!;
    this.#freeCount--;
    this.#last[head] = head;
    this.#chains[head] = 1;
    this.#writable[head] = flags === 0 ? 0 : len;
    return head;
  }

  override post1(addr: number, len: number, flags: number): number {
    if (this.#journal.on === true || this.#order !== undefined)
      return super.post1(addr, len, flags);
    if (this.#freeCount === 0) return NOTHING;
    const id = this.#free;
    this.#free = this.#next[id]!;
    this.#freeCount--;
    this.#last[id] = id;
    this.#chains[id] = 1 + OFFERED;
    this.#writable[id] = flags === 0 ? 0 : len;
    const word = id | ((flags | this.#availMarks) << 16);
    this.#write(this.#availSlot, addr, len, word, this.#heldAt < 0);
    this.#advance();
    this.#staged++;
    this.#inFlight++;
    return id;
  }

  /**
   * Writes the descriptors of a chain into the ring, behind those that were offered before it. The
   * device does not see it before `publish`: until then, the first head that was offered is not
   * marked as available (VIRTIO 1.4 §2.8.21.1). Throws where no chain begins there.
   */
  override offer(head: number): void {
    const chain = this.#chains[head]!;
    // Out of range gives undefined, which fails the comparison too.
    if (!(chain > 0 && chain < OFFERED)) {
      this.#offerRare(head);
      return;
    }
    this.#chains[head] = chain + OFFERED;
    this.#place(head, head, chain);
  }

  override publish(head: number = NOTHING): void {
    if (head >= 0) this.offer(head);
    const at = this.#heldAt;
    if (at < 0) return;
    this.#heldAt = NOTHING;
    this.#published += this.#staged;
    this.#staged = 0;
    // ID and flags are one word. The store is sequentially consistent: the barrier that the
    // specification demands before the flags (VIRTIO 1.4 §2.8.21.1.1), and half of the one before the
    // device's event suppression is read in `notify` (VIRTIO 1.4 §2.8.21.3.1).
    if (this.#journal.on) this.#publishRecorded(at);
    else Atomics.store(this.#u32, at, this.#heldWord);
  }

  override notify(): boolean {
    const event = Atomics.load(this.#u32, this.#deviceAt);
    const published = this.#published;
    this.#published = 0;
    const flags = (event >>> 16) & 3;
    const suppressed =
      flags === RING_EVENT_FLAGS_DISABLE ||
      (flags === RING_EVENT_FLAGS_DESC && this.#eventIdx && !this.#passed(event, published));
    if (suppressed) {
      const rule = flags === RING_EVENT_FLAGS_DISABLE ? 'noNotify' : 'eventIdx';
      if (this.#journal.on)
        this.#journal.notification('driver', NONE, this.index, false, rule, this.desc);
      return false;
    }
    this.owner.notify(this.index, this.#nextToPublish());
    return true;
  }

  override popUsed(): number {
    if (this.#order !== undefined) return this.#popInOrder(this.#order);
    const at = this.#descAt + (this.#usedSlot << 2) + 3;
    const flags = this.#loadFlags(at);
    if (((flags ^ (this.#usedMarks >>> 16)) & MARKS) !== 0)
      return this.#wantsEvent() ? this.popUsed() : NOTHING;
    const id = this.#u16[at << 1]!;
    const chain = this.#chains[id]!;
    // Out of range gives undefined, which is no such chain either.
    if (chain >>> 16 !== 1) return this.#popRare(id, this.#lengthOf(id, flags, at));
    const length = this.#u32[at - 1]!;
    this.usedLength = length > this.#writable[id]! ? this.#lengthOf(id, flags, at) : length;
    this.#release(id, chain - OFFERED);
    return id;
  }

  override suppressInterrupts(suppress: boolean): void {
    this.quiet = suppress;
    if (suppress) this.#setEvent(RING_EVENT_FLAGS_DISABLE << 16);
    else this.#setEvent(this.#eventIdx ? this.#nextUse() : RING_EVENT_FLAGS_ENABLE);
  }

  /**
   * Writes descriptor `index` of the ring, right or wrong; it is yours from now on. Where `flags`
   * has neither AVAIL nor USED, it is marked as not available, and `publish` of the chain's first
   * descriptor marks the whole chain: the device looks at descriptor `next`, and at no other.
   */
  override setDescriptor(index: number, descriptor: Descriptor): void {
    if (!(index >= 0 && index < this.size))
      throw new RangeError(
        `queue ${this.index} has no descriptor ${index}: its size is ${this.size}`,
      );
    if (this.#chains[index] === 0 && this.#unlink(index)) this.#chains[index] = BY_HAND;
    const { addr, len, id = index } = descriptor;
    const flags = (descriptor.flags ?? 0) & 0xffff;
    this.#hand.set(index, { flags, id: id & 0xffff });
    const marks = flags & MARKS ? 0 : this.#marksAt(index) ^ VIRTQ_DESC_F_AVAIL;
    this.#write(index, addr, len, (id & 0xffff) | ((flags | marks) << 16));
  }

  override toString(): string {
    const { desc, avail, used } = this;
    const areas = `ring ${hex(desc)}, driver event ${hex(avail)}, device event ${hex(used)}`;
    return `queue ${this.index}: ${this.size} entries, packed, ${areas}`;
  }

  protected override forgetChains(): number[] {
    const heads: number[] = [];
    for (let id = 0; id < this.size; id++) if (this.#chains[id]! & OFFERED) heads.push(id);
    for (const { head } of this.#handInFlight.values()) heads.push(head);
    this.#chains.fill(0);
    this.#hand.clear();
    this.#handInFlight.clear();
    this.#heldAt = NOTHING;
    this.#freeCount = this.#inFlight = 0;
    return heads;
  }

  protected override markIndirect(head: number, writable: number): void {
    this.#chains[head] = INDIRECT + 1;
    this.#writable[head] = writable;
  }

  /** In a table, WRITE is the only flag, and descriptors follow one another (VIRTIO 1.4 §2.8.7). */
  protected override tableTail(_i: number, _count: number, flags: number): number {
    return flags << 16;
  }

  protected override returnedWrong(id: number): DeviceError {
    return new DeviceError(
      `queue ${this.index}: the device returned buffer ${id}, which is none that it was given`,
    );
  }

  /** Gives the `count` descriptors of a chain that begins at `entry` their places. */
  #place(id: number, entry: number, count: number): void {
    let from = entry;
    for (let i = 0; i < count; i++) {
      const word = id | ((this.#flags[from]! | this.#availMarks) << 16);
      this.#write(this.#availSlot, this.#addr[from]!, this.#len[from]!, word, this.#heldAt < 0);
      from = this.#next[from]!;
      this.#advance();
    }
    this.#staged += count;
    this.#inFlight++;
    if (this.#order) this.#order.push(id);
  }

  /**
   * Flags of the descriptor whose last word is at `at`. The acquiring load comes before any read of the
   * rest (VIRTIO 1.4 §2.8.21.1); of 16 bits, since V8 allocates memory for an atomic load of more.
   */
  #loadFlags(at: number): number {
    return Atomics.load(this.#u16, (at << 1) + 1);
  }

  /** `hold`: it is not marked as available yet, since the device would see it. */
  #write(slot: number, addr: number, len: number, word: number, hold = false): void {
    const u32 = this.#u32;
    const at = this.#descAt + (slot << 2);
    const tail = hold ? word ^ (VIRTQ_DESC_F_AVAIL << 16) : word;
    if (this.#journal.on === true) {
      this.#pace.take();
      const where = this.desc + PACKED.descSize * slot;
      this.#journal.memWrite16(ACTOR.driver, where, u32, at, addr, hi32(addr), len, tail);
    }
    u32[at] = addr;
    u32[at + 1] = addr < TWO_32 ? 0 : hi32(addr);
    u32[at + 2] = len;
    u32[at + 3] = tail;
    if (!hold) return;
    this.#heldAt = at + 3;
    this.#heldWord = word;
  }

  #advance(): void {
    if (++this.#availSlot < this.size) return;
    this.#availSlot = 0;
    this.#availMarks ^= MARKS;
  }

  #publishRecorded(at: number): void {
    this.#pace.take();
    const where = this.desc + 4 * (at - this.#descAt);
    this.#journal.memWrite(ACTOR.driver, where, 4, this.#u32[at]!, 0, this.#heldWord, 0);
    this.#journal.mark();
    Atomics.store(this.#u32, at, this.#heldWord);
  }

  /** The chain has come back: its entries are free, and the device goes on behind its descriptors. */
  #release(id: number, count: number): void {
    this.#chains[id] = 0;
    this.#next[this.#last[id]!] = this.#free;
    this.#free = id;
    this.#freeCount += count;
    this.#skip(count);
  }

  #skip(count: number): void {
    this.#inFlight--;
    const slot = this.#usedSlot + count;
    if (slot < this.size) this.#usedSlot = slot;
    else {
      this.#usedSlot = slot - this.size;
      this.#usedMarks ^= MARKS << 16;
    }
  }

  /**
   * Bytes that the device says it wrote. Without WRITE the field is reserved (VIRTIO 1.4 §2.8.4);
   * QEMU fills it in and leaves WRITE out, so that it counts where it can be true.
   */
  #lengthOf(id: number, flags: number, at: number): number {
    const length = this.#u32[at - 1]!;
    const room = this.#writable[id] ?? 0;
    if (length <= room || this.#handInFlight.has(id)) return length;
    if (flags & VIRTQ_DESC_F_WRITE) throw this.wroteTooMuch(id, length, room);
    return 0;
  }

  #popInOrder(order: InOrder): number {
    if (order.left === 0) {
      const at = this.#descAt + (this.#usedSlot << 2) + 3;
      const flags = this.#loadFlags(at);
      if (((flags ^ (this.#usedMarks >>> 16)) & MARKS) !== 0)
        return this.#wantsEvent() ? this.#popInOrder(order) : NOTHING;
      const id = this.#u16[at << 1]!;
      const length = this.#lengthOf(id, flags, at);
      if (!order.begin(id)) throw this.returnedWrong(id);
      this.#batchLength = length;
    }
    const id = order.take();
    // Chains that the device skipped were used completely (VIRTIO 1.4 §2.8.8).
    return this.#popRare(id, order.left > 0 ? this.#writable[id]! : this.#batchLength);
  }

  /** Takes any chain back. */
  #popRare(id: number, length: number): number {
    const hand = this.#handInFlight.get(id);
    if (hand) {
      this.#handInFlight.delete(id);
      this.usedLength = length;
      this.#skip(hand.count);
      return hand.head;
    }
    const chain = this.#chains[id];
    if (!chain || !(chain & OFFERED)) throw this.returnedWrong(id);
    if (chain & INDIRECT) this.freeTable(id);
    this.usedLength = length;
    this.#release(id, chain & 0xffff);
    return id;
  }

  #offerRare(head: number): void {
    if (this.#chains[head] === INDIRECT + 1) {
      this.#chains[head] = INDIRECT + 1 + OFFERED;
      this.#place(head, head, 1);
      return;
    }
    if (!this.#hand.has(head)) throw this.noChain(head);
    if (head !== this.#availSlot)
      throw new Error(
        `descriptor ${head} of queue ${this.index} cannot be offered: the device looks at ${this.#availSlot} next (VIRTIO 1.4 §2.8.12)`,
      );
    let count = 0;
    let last: ByHand | undefined;
    for (let slot = head; count < this.size; slot = (slot + 1) % this.size) {
      const found = this.#hand.get(slot);
      if (!found) break;
      last = found;
      count++;
      if (!(found.flags & VIRTQ_DESC_F_NEXT)) break;
    }
    const id = last?.id ?? head;
    if (this.#handInFlight.has(id)) throw this.noChain(head);
    this.#handInFlight.set(id, { head, count });
    for (let i = 0; i < count; i++) this.#markByHand();
    this.#staged += count;
    this.#inFlight++;
    if (this.#order) this.#order.push(id);
  }

  /** Marks the next descriptor, which was written by hand, as available; the first one not before `publish`. */
  #markByHand(): void {
    const slot = this.#availSlot;
    const { flags, id } = this.#hand.get(slot)!;
    const word = id | ((flags & MARKS ? flags : flags | this.#availMarks) << 16);
    const at = this.#descAt + (slot << 2) + 3;
    if (this.#heldAt < 0) {
      this.#heldAt = at;
      this.#heldWord = word;
    } else {
      if (this.#journal.on) {
        this.#pace.take();
        const where = this.desc + PACKED.descSize * slot + PACKED.descId;
        this.#journal.memWrite(ACTOR.driver, where, 4, this.#u32[at]!, 0, word, 0);
      }
      this.#u32[at] = word;
    }
    this.#advance();
  }

  /** Marks of an available descriptor at `slot`, when its turn comes. */
  #marksAt(slot: number): number {
    return slot < this.#availSlot ? this.#availMarks ^ MARKS : this.#availMarks;
  }

  /** Where the next descriptor will be made available, without what is only offered (VIRTIO 1.4 §2.9). */
  #nextToPublish(): number {
    const slot = this.#availSlot - this.#staged;
    const wrap = this.#availMarks === AVAILABLE[1];
    return slot >= 0 ? slot | (wrap ? WRAP : 0) : (slot + this.size) | (wrap ? 0 : WRAP);
  }

  /**
   * Whether one of the `published` descriptors is the one that the device waits for. An offset
   * that no descriptor has is met by any.
   */
  #passed(event: number, published: number): boolean {
    const lap = 2 * this.size;
    const offset = event & (WRAP - 1);
    if (offset >= this.size) return true;
    const next = this.#nextToPublish();
    const position = (at: number): number => (at % WRAP) + (at & WRAP ? 0 : this.size);
    const since = (position(next) - position(event & 0xffff) - 1 + 2 * lap) % lap;
    return since < published;
  }

  /**
   * Nothing has come back. Where the device interrupts for one descriptor only, makes that the next
   * one; true where something may have come back meanwhile (VIRTIO 1.4 §2.8.22).
   */
  #wantsEvent(): boolean {
    if (!this.#eventIdx || this.quiet || this.#event === this.#nextUse()) return false;
    this.#setEvent(this.#nextUse());
    return true;
  }

  /** An event suppression structure that asks for an interrupt when the next descriptor is used. */
  #nextUse(): number {
    return this.#usedSlot | (this.#usedMarks === 0 ? 0 : WRAP) | (RING_EVENT_FLAGS_DESC << 16);
  }

  #setEvent(word: number): void {
    const at = this.#driverAt;
    if (this.#journal.on) {
      this.#pace.take();
      this.#journal.memWrite(ACTOR.driver, this.avail, 4, this.#u32[at]!, 0, word, 0);
    }
    this.#event = word;
    Atomics.store(this.#u32, at, word);
  }

  /** Takes entry `index` out of the free list; false where it is not there. */
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
}
