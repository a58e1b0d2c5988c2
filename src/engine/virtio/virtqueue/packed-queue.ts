import { smallInt } from '../../../base/bits.ts';
import { ACTOR } from '../../../journal/schema.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';
import type { ViolationCode } from '../../../spec/violations.ts';
import {
  PACKED,
  RING_EVENT_FLAGS_DESC,
  RING_EVENT_FLAGS_DISABLE,
  RING_EVENT_FLAGS_ENABLE,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../../spec/virtio.ts';
import { fieldsOf, type State, setFields } from '../../qom/state.ts';
import { packedAvailableBytes } from './available-bytes.ts';
import type { VirtQueueElement } from './element.ts';
import { ElementPool } from './element-pool.ts';
import { MARKS, PackedChains } from './packed-chains.ts';
import type { QueueOwner } from './queue-owner.ts';
import type { DeviceRing, QueueAddresses } from './virtqueue.ts';

/** Bit of an event's `desc`, and of a place in the journal, that holds the wrap counter. */
const WRAP = 0x8000;
/** What makes a descriptor part of something longer. */
const LINKED = VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_INDIRECT;

/** What a snapshot keeps of a queue beside wrap counters and where its ring lies. */
const KEPT = [
  'size',
  'ready',
  'addresses',
  'lastAvailIdx',
  'usedIdx',
  'inUse',
  'notification',
  'signalledUsed',
  'signalledUsedValid',
] as const;

/** A chain that was filled and waits for `flush`. */
class Filled {
  id = 0;
  length = 0;
  /** Descriptors that it takes. */
  places = 0;
  /** Everything that the device may write was written. */
  whole = false;
}

/**
 * Device side of a packed virtqueue (VIRTIO 1.4 §2.8). Trusts nothing that it reads: addresses are
 * checked, and a list is bounded by the queue's size.
 */
export class PackedQueue implements DeviceRing {
  readonly packed = true;
  readonly index: number;
  readonly maxSize: number;
  size: number;
  ready = false;
  addresses: QueueAddresses = { desc: 0, driver: 0, device: 0 };

  /** Descriptor to look at next, below `size`; moves with `pop`. */
  lastAvailIdx = 0;
  /** Descriptor that the next used one overwrites, below `size`; moves with `push`. */
  usedIdx = 0;
  /** Descriptors of chains popped and not pushed yet. */
  inUse = 0;
  /** Whether the driver is asked to notify. */
  notification = true;
  signalledUsed = 0;
  signalledUsedValid = false;
  eventIdx = false;
  /** Negotiated: one used descriptor may stand for several chains (VIRTIO 1.4 §2.8.8). */
  inOrder = false;

  /** Marks of the descriptor at `lastAvailIdx` once it is available: those of wrap counter 1 to begin with. */
  #availMarks = VIRTQ_DESC_F_AVAIL;
  /** Marks of the next used descriptor: the device's wrap counter, twice. */
  #usedMarks = MARKS;

  readonly #owner: QueueOwner;
  readonly #ram: GuestRam;
  readonly #journal: JournalWriter;
  readonly #chains: PackedChains;
  /** Guest-physical address of the descriptor ring. */
  #descAddress = 0;
  /** Byte offsets of the areas in RAM. */
  #desc8 = 0;
  #driver8 = 0;
  #device8 = 0;
  /** The descriptor ring as indices into the views. */
  #desc16 = 0;
  #desc32 = 0;
  /** Entries in use, as `size` was at `enable`. */
  #entries = 0;
  /** Whether the views can be used; a driver's misaligned ring works in QEMU, and here the slow way. */
  #aligned = true;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  /** Chains between `fill` and `flush`, by offset. */
  readonly #filled: Filled[] = [];
  declare private readonly pool: ElementPool;

  constructor(owner: QueueOwner, index: number, maxSize: number) {
    this.#owner = owner;
    this.#ram = owner.ram;
    this.#u16 = owner.ram.u16;
    this.#u32 = owner.ram.u32;
    this.#journal = owner.journal;
    this.#chains = new PackedChains(owner, index);
    this.pool = new ElementPool(owner.ram, owner.journal);
    this.index = index;
    this.maxSize = maxSize;
    this.size = maxSize;
  }

  /** As QEMU reports it: a packed ring's progress shows in its descriptors alone. */
  get shadowAvailIdx(): number {
    return this.lastAvailIdx;
  }

  get indirectDesc(): boolean {
    return this.#chains.indirectDesc;
  }

  set indirectDesc(negotiated: boolean) {
    this.#chains.indirectDesc = negotiated;
  }

  enable(addresses: QueueAddresses): void {
    this.addresses = addresses;
    const ring = PACKED.descRing(this.size);
    const desc = this.#locate(addresses.desc, ring, PACKED.descAlign, 'desc');
    const device = this.#locate(addresses.device, PACKED.eventSize, PACKED.eventAlign, 'used');
    const driver = this.#locate(addresses.driver, PACKED.eventSize, PACKED.eventAlign, 'avail');
    this.ready = desc >= 0 && device >= 0 && driver >= 0 && addresses.desc !== 0;
    if (!this.ready) return;
    this.#place(this.size, desc, driver, device);
    // A ring that is smaller than where the device was in the one before begins anew.
    if (this.lastAvailIdx >= this.size) this.lastAvailIdx = 0;
    if (this.usedIdx >= this.size) this.usedIdx = 0;
  }

  #place(entries: number, desc: number, driver: number, device: number): void {
    this.#entries = smallInt(entries);
    this.#chains.place(desc, entries);
    this.#descAddress = smallInt(this.addresses.desc);
    this.#desc8 = desc;
    this.#device8 = device;
    this.#driver8 = driver;
    this.#desc16 = smallInt(Math.floor(desc / 2));
    this.#desc32 = smallInt(Math.floor(desc / 4));
    this.#aligned = desc % 4 === 0 && device % 4 === 0 && driver % 4 === 0;
  }

  /** RAM offset of a part of the ring, or -1. One that begins in RAM and runs out of it breaks the device. */
  #locate(address: number, length: number, align: number, name: string): number {
    const offset = this.#ram.offsetOf(address, length);
    if (offset < 0) {
      const begins = this.#ram.contains(address, 1);
      const message = begins ? `Cannot map ${name}` : undefined;
      this.#owner.violate(this.index, 'packedAreaOutsideRam', 0, address, message);
    } else if (address % align !== 0) this.#note('packedAreaMisaligned', 0, address);
    return offset;
  }

  reset(): void {
    this.addresses = { desc: 0, driver: 0, device: 0 };
    this.size = this.maxSize;
    this.ready = false;
    this.lastAvailIdx = 0;
    this.#availMarks = VIRTQ_DESC_F_AVAIL;
    this.usedIdx = 0;
    this.#usedMarks = MARKS;
    this.inUse = 0;
    this.notification = true;
    this.signalledUsed = 0;
    this.signalledUsedValid = false;
    this.#filled.length = 0;
    this.pool.reset();
    this.#chains.releaseBounce();
  }

  isEmpty(): boolean {
    if (this.#owner.stopped || !this.ready) return true;
    return (this.#loadFlags() & MARKS) !== this.#availMarks;
  }

  pop(): VirtQueueElement | undefined {
    if (this.ready !== true || this.#owner.stopped !== false) return undefined;
    // The acquiring load of flags comes before any read of the rest (VIRTIO 1.4 §2.8.21.1).
    const flags = this.#loadFlags();
    if ((flags & MARKS) !== this.#availMarks) return undefined;
    if (this.inUse >= this.#entries) return this.#tooMany();
    const element = this.pool.take();
    const at = this.lastAvailIdx;
    if (!this.#takeOne(element, at, flags) && !this.#chains.collect(element, at, this.#availMarks))
      return this.#putBack(element);
    const { places } = element;
    this.inUse += places;
    if (this.inUse > this.#entries) this.#note('packedOverrun', at, this.#entries);
    let next = at + places;
    if (next >= this.#entries) {
      next -= this.#entries;
      this.#availMarks ^= MARKS;
    }
    this.lastAvailIdx = next;
    if (this.#journal.on === true) this.#recordPop(element);
    return element;
  }

  /**
   * The usual list: one descriptor, which names a piece of the largest window of RAM. False, and
   * nothing is taken or said, where it is anything else.
   */
  #takeOne(element: VirtQueueElement, index: number, flags: number): boolean {
    if ((flags & LINKED) !== 0 || this.#aligned !== true) return false;
    const u32 = this.#u32;
    const ram = this.#ram;
    const at = this.#desc32 + (index << 2);
    const length = u32[at + 2] as number;
    const offset = (u32[at] as number) - ram.mainDelta;
    if ((u32[at + 1] as number) !== 0 || length === 0) return false;
    if (offset < ram.mainStart || offset > ram.mainEnd - length) return false;
    element.head = this.#u16[(at << 1) + 6] as number;
    element.places = 1;
    const { segments } = element;
    segments[0] = offset;
    segments[1] = length;
    const writable = (flags & VIRTQ_DESC_F_WRITE) >> 1;
    element.writableCount = writable;
    element.readableCount = 1 - writable;
    const written = writable === 0 ? 0 : length;
    element.writableLength = written;
    element.readableLength = length - written;
    return true;
  }

  discard(element: VirtQueueElement): void {
    if (this.pool.knows(element)) this.#giveBack(element);
  }

  #giveBack(element: VirtQueueElement): void {
    this.inUse -= element.places;
    if (element.bounced === true) this.#unbounce(element);
    this.pool.giveBack(element);
  }

  push(element: VirtQueueElement, length: number): void {
    if (!this.pool.knows(element)) return;
    this.#giveBack(element);
    if (this.ready !== true || this.#owner.stopped !== false) return;
    const { head, places } = element;
    const at = this.usedIdx;
    const marks = this.#usedMarks;
    this.#moveUsed(places);
    if (this.#aligned !== true) {
      this.#storeUsed(at, head, length, marks);
      if (this.#journal.on) this.#recordPush(head, length);
      return;
    }
    if (this.#journal.on === true) this.#recordReturn(at, head, length, marks);
    const word = this.#desc32 + (at << 2) + 2;
    this.#u32[word] = length;
    // Buffer ID and flags in one releasing store: the driver sees the length before it (VIRTIO 1.4 §2.8.15).
    Atomics.store(this.#u32, word + 1, head | (marks << 16));
  }

  unpop(element: VirtQueueElement): void {
    if (!this.pool.knows(element)) return;
    let place = this.lastAvailIdx - element.places;
    if (place < 0) {
      place += this.#entries;
      this.#availMarks ^= MARKS;
    }
    this.lastAvailIdx = place;
    this.discard(element);
  }

  fill(element: VirtQueueElement, length: number, offset: number): void {
    if (!this.pool.knows(element)) return;
    this.discard(element);
    while (this.#filled.length <= offset) this.#filled.push(new Filled());
    const chain = this.#filled[offset] as Filled;
    chain.id = element.head;
    chain.length = length;
    chain.places = element.places;
    chain.whole = length === element.writableLength;
  }

  /**
   * Writes a used descriptor for each chain that was filled, each where the one before it ends; the first comes
   * last, so that the driver never sees a part of them (VIRTIO 1.4 §2.8.9). In order, a chain that was written
   * wholly needs none of its own: the next one stands for both (VIRTIO 1.4 §2.8.8).
   */
  flush(count: number): void {
    if (this.#owner.stopped || !this.ready) return;
    const first = { at: this.usedIdx, marks: this.#usedMarks, chain: -1 };
    let { at, marks } = first;
    for (let i = 0; i < count; i++) {
      const { id, length, places, whole } = this.#filled[i] as Filled;
      this.#moveUsed(places);
      if (this.inOrder && whole && i < count - 1) continue;
      if (first.chain < 0) first.chain = i;
      else this.#storeUsed(at, id, length, marks);
      at = this.usedIdx;
      marks = this.#usedMarks;
    }
    const head = this.#filled[first.chain];
    if (head) this.#storeUsed(first.at, head.id, head.length, first.marks);
    if (!this.#journal.on) return;
    for (let i = 0; i < count; i++) {
      const { id, length } = this.#filled[i] as Filled;
      this.#recordPush(id, length);
    }
  }

  #storeUsed(at: number, id: number, length: number, marks: number): void {
    if (this.#journal.on) this.#recordUsed(at, id, length, marks);
    // Buffer ID and flags in one releasing store: the driver sees the length before it (VIRTIO 1.4 §2.8.15).
    if (this.#aligned) {
      const word = this.#desc32 + 4 * at + 2;
      this.#u32[word] = length;
      Atomics.store(this.#u32, word + 1, id | (marks << 16));
    } else this.#slowUsed(at, id, length, marks);
  }

  #moveUsed(places: number): void {
    let next = this.usedIdx + places;
    if (next >= this.#entries) {
      next -= this.#entries;
      this.#usedMarks ^= MARKS;
    }
    this.usedIdx = next;
  }

  setNotification(enabled: boolean): void {
    this.notification = enabled;
    if (!this.ready) return;
    const old = this.#word(this.#device8);
    let event = old & 0xffff;
    let flags = RING_EVENT_FLAGS_DISABLE;
    if (enabled && this.eventIdx) {
      event = place(this.lastAvailIdx, this.#availMarks === VIRTQ_DESC_F_AVAIL);
      flags = RING_EVENT_FLAGS_DESC;
    } else if (enabled) flags = RING_EVENT_FLAGS_ENABLE;
    const value = (event | (flags << 16)) >>> 0;
    if (value !== old) this.#storeEvent(old, value);
  }

  notify(): void {
    if (!this.ready) return;
    const rule = this.#suppression();
    if (rule === undefined) this.#owner.interrupt(this.index);
    else if (this.#journal.on)
      this.#journal.interrupt(this.#owner.dev, this.index, 'suppressed', 0, rule);
  }

  /** Why the driver wants no used-buffer notification now, or undefined (VIRTIO 1.4 §2.8.10). */
  #suppression(): 'noInterrupt' | 'eventIdx' | undefined {
    // An ordered load: what was used is visible before the driver's wish is looked at.
    const event = this.#word(this.#driver8);
    const flags = event >>> 16;
    const valid = this.signalledUsedValid;
    const old = this.signalledUsed;
    this.signalledUsedValid = true;
    this.signalledUsed = this.usedIdx;
    if (flags === RING_EVENT_FLAGS_DISABLE) return 'noInterrupt';
    if (flags === RING_EVENT_FLAGS_ENABLE) return undefined;
    // As in QEMU, anything else asks for an event at a descriptor.
    if (flags !== RING_EVENT_FLAGS_DESC || !this.eventIdx) this.#note('packedEventFlags', 0, flags);
    if (!valid) return undefined;
    const wrapped = ((event & WRAP) !== 0) !== (this.#usedMarks === MARKS);
    const offset = (event & (WRAP - 1)) - (wrapped ? this.#entries : 0);
    // The distance rule of split rings on the places of this lap. `old` may be of the lap before, and
    // then, as in QEMU, an event nearly a lap ahead is signalled early.
    const passed = ((this.usedIdx - offset - 1) & 0xffff) < ((this.usedIdx - old) & 0xffff);
    return passed ? undefined : 'eventIdx';
  }

  #loadFlags(): number {
    return this.#aligned === true
      ? Atomics.load(this.#u16, this.#desc16 + 8 * this.lastAvailIdx + PACKED.descFlags / 2)
      : this.#slowFlags();
  }

  availableBytes(most: number): number {
    if (!this.ready) return 0;
    const ring = {
      offset: this.#desc8,
      entries: this.#entries,
      index: this.lastAvailIdx,
      marks: this.#availMarks,
    };
    return packedAvailableBytes(this.#owner, this.index, ring, most);
  }

  nextAvailable(): number {
    let index = this.lastAvailIdx;
    let marks = this.#availMarks;
    for (let steps = 0; this.ready && steps < this.#entries; steps++) {
      const flags = this.#ram.readAt(this.#desc8 + PACKED.descSize * index + PACKED.descFlags, 2);
      if ((flags & MARKS) !== marks) break;
      if (++index === this.#entries) {
        index = 0;
        marks ^= MARKS;
      }
    }
    return place(index, marks === VIRTQ_DESC_F_AVAIL);
  }

  // What follows is rare, and lies outside the methods above so that the engine can inline those.

  #slowFlags(): number {
    const at = this.#desc8 + PACKED.descSize * this.lastAvailIdx;
    return this.#ram.readAt(at + PACKED.descFlags, 2);
  }

  #slowUsed(at: number, id: number, length: number, marks: number): void {
    const desc = this.#desc8 + PACKED.descSize * at;
    this.#ram.writeAt(desc + PACKED.descLen, 4, length);
    this.#ram.writeAt(desc + PACKED.descId, 2, id);
    this.#ram.writeAt(desc + PACKED.descFlags, 2, marks);
  }

  /** The word at a byte offset in RAM, ordered with the accesses around it where it is aligned. */
  #word(at: number): number {
    return this.#aligned ? Atomics.load(this.#u32, at / 4) : this.#ram.readAt(at, 4);
  }

  #storeEvent(old: number, value: number): void {
    if (this.#journal.on) {
      const { device } = this.addresses;
      this.#journal.memWrite(ACTOR.device, device, PACKED.eventSize, old, 0, value, 0);
      this.#journal.mark();
    }
    if (this.#aligned) Atomics.store(this.#u32, this.#device8 / 4, value);
    else this.#ram.writeAt(this.#device8, PACKED.eventSize, value);
  }

  #recordPop(element: VirtQueueElement): void {
    const { head, readableCount, writableCount, readableLength, writableLength } = element;
    this.#journal.chainPopped(
      this.#owner.dev,
      this.index,
      head,
      place(this.lastAvailIdx, this.#availMarks === VIRTQ_DESC_F_AVAIL),
      readableLength,
      writableLength,
      readableCount + writableCount,
    );
  }

  /** Records length, buffer ID and flags of a used descriptor before they are stored. */
  #recordUsed(at: number, id: number, length: number, marks: number): void {
    const journal = this.#journal;
    const desc = PACKED.descSize * at + PACKED.descLen;
    const oldLength = this.#ram.readAt(this.#desc8 + desc, 4);
    const oldTail = this.#ram.readAt(this.#desc8 + desc + 4, 4);
    const tail = (id | (marks << 16)) >>> 0;
    const address = this.addresses.desc + desc;
    journal.memWrite(ACTOR.device, address, 8, oldLength, oldTail, length, tail);
    journal.mark();
  }

  /** What `push` is about to do to descriptor `at`; the place is that behind it already. */
  #recordReturn(at: number, id: number, length: number, marks: number): void {
    const journal = this.#journal;
    const word = this.#desc32 + (at << 2) + 2;
    journal.returnedPacked(
      this.#owner.dev,
      this.index,
      id,
      place(this.usedIdx, this.#usedMarks === MARKS),
      length,
      this.#u32[word] as number,
      this.#u32[word + 1] as number,
      this.#descAddress + PACKED.descSize * at + PACKED.descLen,
      marks !== 0,
    );
    journal.mark();
  }

  #unbounce(element: VirtQueueElement): void {
    element.bounced = false;
    this.#chains.releaseBounce();
  }

  #recordPush(id: number, length: number): void {
    const next = place(this.usedIdx, this.#usedMarks === MARKS);
    this.#journal.chainPushed(this.#owner.dev, this.index, id, next, length);
  }

  /** The list was broken: its element was not taken into use. */
  #putBack(element: VirtQueueElement): undefined {
    element.bounced = false;
    this.pool.giveBack(element);
  }

  #tooMany(): undefined {
    const { index, lastAvailIdx, inUse } = this;
    const message = 'Virtqueue size exceeded';
    this.#owner.violate(index, 'packedOverrun', lastAvailIdx, inUse, message);
  }

  #note(code: ViolationCode, index: number, value: number): void {
    this.#owner.violate(this.index, code, index, value);
  }

  saveState(): State {
    return {
      ...fieldsOf(this as PackedQueue, KEPT),
      availMarks: this.#availMarks,
      usedMarks: this.#usedMarks,
      holdsBounce: this.#chains.holdsBounce,
      ring: [this.#entries, this.#desc8, this.#driver8, this.#device8],
    };
  }

  loadState(state: State): void {
    setFields(this as PackedQueue, KEPT, state);
    this.#availMarks = state.availMarks as number;
    this.#usedMarks = state.usedMarks as number;
    this.#chains.holdsBounce = state.holdsBounce as boolean;
    const [entries = 0, desc = 0, driver = 0, device = 0] = state.ring as number[];
    this.#place(entries, desc, driver, device);
  }

  saveElement(element: VirtQueueElement): State {
    return this.pool.save(element);
  }

  loadElement(state: State): VirtQueueElement {
    return this.pool.load(state);
  }
}

/** A place in the ring with its wrap counter in bit 15, as event suppression has it (VIRTIO 1.4 §2.8.14). */
function place(index: number, wrap: boolean): number {
  return wrap ? index | WRAP : index;
}
