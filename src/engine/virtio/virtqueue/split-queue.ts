import { distance16, isPowerOfTwo, smallInt } from '../../../base/bits.ts';
import { ACTOR } from '../../../journal/schema.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';
import type { ViolationCode } from '../../../spec/violations.ts';
import {
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../../spec/virtio.ts';
import { VirtQueueElement } from './element.ts';
import type { QueueOwner } from './queue-owner.ts';
import { RingWords } from './ring-words.ts';
import { SplitChains } from './split-chains.ts';
import type { DeviceRing, QueueAddresses } from './virtqueue.ts';

/** What makes a descriptor part of something longer. */
const LINKED = VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_INDIRECT;

/**
 * Device side of a split virtqueue (VIRTIO 1.4 §2.7). Trusts nothing that it reads: every index and
 * address is checked, and a chain is bounded by the queue's size.
 *
 * `pop` and `push` are written for V8: it inlines small methods, keeps integers that it has always
 * seen as integers, and needs one comparison where a boolean is compared and not merely tested.
 */
export class SplitQueue implements DeviceRing {
  readonly packed = false;
  readonly index: number;
  /** Entries that the device offers; what `size` is after a reset. */
  readonly maxSize: number;
  /** Entries that the driver chose; they count from `enable` on. */
  size: number;
  /** The driver enabled the queue and its areas lie in RAM. */
  ready = false;
  addresses: QueueAddresses = { desc: 0, driver: 0, device: 0 };

  /** Next available entry to look at. The device's own, free-running; moves with `pop`. */
  lastAvailIdx = 0;
  /** The driver's `idx` as last read; spares an atomic load while entries are left. */
  shadowAvailIdx = 0;
  /** What the device publishes in `used.idx`. Its own, free-running; moves with `push`. */
  usedIdx = 0;
  /** Chains popped and not pushed yet. */
  inUse = 0;
  /** Whether the driver is asked to notify. */
  notification = true;
  /** `usedIdx` when the driver was last told, and whether there was such a moment; for the event index. */
  signalledUsed = 0;
  signalledUsedValid = false;
  /** Negotiated: used_event and avail_event decide about notifications (VIRTIO 1.4 §2.7.7). */
  eventIdx = false;
  /** Negotiated by a legacy driver: an interrupt whenever the queue runs empty. */
  notifyOnEmpty = false;

  readonly #owner: QueueOwner;
  readonly #ram: GuestRam;
  readonly #journal: JournalWriter;
  readonly #chains: SplitChains;
  readonly #words: RingWords;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  /** Entries in use, as `size` was at `enable`; and what takes an index to its slot. */
  #entries = 0;
  #mask = 0;
  /** Whether the areas and the size allow for views and mask: a driver's misaligned or odd-sized ring works in QEMU. */
  #regular = true;
  /** Whether views and mask are used: the ring is regular and little-endian. All others go the slow way. */
  #plain = true;
  /** Byte offsets of the ring areas in RAM. */
  #avail8 = 0;
  #used8 = 0;
  /** Places in the views: descriptor 0, the first entries, and the single words. */
  #desc32 = 0;
  #availAt = 0;
  #availIdxAt = 0;
  #usedAt = 0;
  #usedIdxAt = 0;
  #availEventAt = 0;
  /** Elements that came back, to be used again. */
  #free: VirtQueueElement | undefined;
  /** Resets so far; an element of an earlier life is forgotten when it comes back. */
  #epoch = 0;

  constructor(owner: QueueOwner, index: number, maxSize: number) {
    this.#owner = owner;
    this.#ram = owner.ram;
    this.#u16 = owner.ram.u16;
    this.#u32 = owner.ram.u32;
    this.#journal = owner.journal;
    this.#words = new RingWords(owner.ram);
    this.#chains = new SplitChains(owner, index, this.#words);
    this.index = index;
    this.maxSize = maxSize;
    this.size = maxSize;
  }

  /** Negotiated: chains may lie in tables of their own. */
  get indirectDesc(): boolean {
    return this.#chains.indirectDesc;
  }

  set indirectDesc(negotiated: boolean) {
    this.#chains.indirectDesc = negotiated;
  }

  /** Whether the ring's numbers are big-endian: a legacy driver's on a big-endian CPU (VIRTIO 1.4 §2.7.3). */
  get bigEndian(): boolean {
    return this.#words.bigEndian;
  }

  set bigEndian(big: boolean) {
    this.#words.bigEndian = big;
    this.#plain = this.#regular && !big;
  }

  /** Takes the queue into use with its areas where the driver put them (VIRTIO 1.4 §4.1.4.3). */
  enable(addresses: QueueAddresses): void {
    this.addresses = addresses;
    const size = smallInt(this.size);
    const desc = this.#locate(addresses.desc, SPLIT.descTable(size), SPLIT.descAlign, 'desc');
    const used = this.#locate(addresses.device, SPLIT.usedRing(size), SPLIT.usedAlign, 'used');
    const avail = this.#locate(addresses.driver, SPLIT.availRing(size), SPLIT.availAlign, 'avail');
    this.ready = desc >= 0 && avail >= 0 && used >= 0 && addresses.desc !== 0;
    if (!this.ready) return;
    this.#entries = size;
    this.#mask = size - 1;
    this.#regular = desc % 4 === 0 && avail % 2 === 0 && used % 4 === 0 && isPowerOfTwo(size);
    this.#plain = this.#regular && !this.bigEndian;
    this.#chains.place(desc, size);
    this.#avail8 = avail;
    this.#used8 = used;
    this.#desc32 = smallInt(Math.floor(desc / 4));
    this.#availAt = smallInt(Math.floor((avail + SPLIT.availEntry(0)) / 2));
    this.#availIdxAt = smallInt(Math.floor((avail + SPLIT.availIdx) / 2));
    this.#usedAt = smallInt(Math.floor((used + SPLIT.usedEntry(0)) / 4));
    this.#usedIdxAt = smallInt(Math.floor((used + SPLIT.usedIdx) / 2));
    this.#availEventAt = smallInt(Math.floor((used + SPLIT.availEvent(size)) / 2));
  }

  /**
   * RAM offset of a ring area, or -1. An area that begins in RAM and runs out of it breaks the
   * device; one wholly outside reads as zeros in QEMU, so that nothing ever becomes available.
   */
  #locate(address: number, length: number, align: number, name: string): number {
    const offset = this.#ram.offsetOf(address, length);
    if (offset >= 0) {
      if (address % align !== 0) this.#owner.violate(this.index, 'ringMisaligned', 0, address);
      return offset;
    }
    if (this.#ram.contains(address, 1))
      this.#owner.violate(this.index, 'ringOutsideRam', 0, address, `Cannot map ${name}`);
    else this.#owner.violate(this.index, 'ringOutsideRam', 0, address);
    return -1;
  }

  /** Back to the state after power-on. */
  reset(): void {
    this.addresses = { desc: 0, driver: 0, device: 0 };
    this.size = this.maxSize;
    this.ready = false;
    this.lastAvailIdx = 0;
    this.shadowAvailIdx = 0;
    this.usedIdx = 0;
    this.inUse = 0;
    this.notification = true;
    this.signalledUsed = 0;
    this.signalledUsedValid = false;
    this.#free = undefined;
    this.#epoch++;
    this.#chains.releaseBounce();
  }

  isEmpty(): boolean {
    if (this.#owner.stopped || !this.ready) return true;
    return this.shadowAvailIdx === this.lastAvailIdx && this.#loadAvailIdx() === this.lastAvailIdx;
  }

  pop(): VirtQueueElement | undefined {
    if (this.ready !== true || this.#owner.stopped !== false) return undefined;
    // The acquiring load of idx comes before any read of what it publishes (VIRTIO 1.4 §2.7.13.3.1).
    const idx = this.lastAvailIdx;
    if (this.shadowAvailIdx === idx && this.#loadAvailIdx() === idx) return undefined;
    if (this.inUse >= this.#entries) return this.#tooMany(idx);
    const head =
      this.#plain === true
        ? (this.#u16[this.#availAt + (idx & this.#mask)] as number)
        : this.#slowHead(idx);
    this.lastAvailIdx = (idx + 1) & 0xffff;
    if (head >= this.#entries) return this.#badHead(idx, head);
    if (this.eventIdx === true && this.notification === true)
      this.#storeAvailEvent(this.lastAvailIdx);
    const element = this.#free ?? this.#newElement();
    this.#free = element.nextFree;
    element.head = head;
    if (!this.#take(element, head) && !this.#chains.collect(element, head))
      return this.#giveBack(element);
    this.inUse++;
    if (this.#journal.on === true) this.#recordPop(element);
    return element;
  }

  /**
   * The usual chain: one descriptor, which names a piece of the largest window of RAM. False, and
   * nothing is taken or said, where it is anything else.
   */
  #take(element: VirtQueueElement, head: number): boolean {
    const u32 = this.#u32;
    const ram = this.#ram;
    const at = this.#desc32 + (head << 2);
    const tail = u32[at + 3] as number;
    const length = u32[at + 2] as number;
    const offset = (u32[at] as number) - ram.mainDelta;
    if ((tail & LINKED) !== 0 || (u32[at + 1] as number) !== 0 || length === 0) return false;
    if (offset < ram.mainStart || offset > ram.mainEnd - length) return false;
    if (this.#plain !== true) return false;
    element.offsets[0] = offset;
    element.lengths[0] = length;
    const writable = (tail & VIRTQ_DESC_F_WRITE) >> 1;
    element.writableCount = writable;
    element.readableCount = 1 - writable;
    element.writableLength = writable === 0 ? 0 : length;
    element.readableLength = writable === 0 ? length : 0;
    return true;
  }

  push(element: VirtQueueElement, length: number): void {
    if (element.epoch !== this.#epoch) return;
    this.discard(element);
    if (this.ready !== true || this.#owner.stopped !== false) return;
    const idx = this.usedIdx;
    const next = (idx + 1) & 0xffff;
    if (this.#plain !== true) {
      this.#slowPush(element.head, length, idx);
      return;
    }
    const u32 = this.#u32;
    const at = this.#usedAt + ((idx & this.#mask) << 1);
    if (this.#journal.on === true) this.#recordPush(element.head, length, idx, at);
    u32[at] = element.head;
    u32[at + 1] = length;
    this.usedIdx = next;
    // The releasing store of idx comes after the entry (VIRTIO 1.4 §2.7.8.2).
    Atomics.store(this.#u16, this.#usedIdxAt, next);
  }

  discard(element: VirtQueueElement): void {
    if (element.epoch !== this.#epoch) return;
    this.inUse--;
    if (element.bounced === true) this.#unbounce(element);
    element.nextFree = this.#free;
    this.#free = element;
  }

  unpop(element: VirtQueueElement): void {
    if (element.epoch !== this.#epoch) return;
    this.lastAvailIdx = (this.lastAvailIdx - 1) & 0xffff;
    this.discard(element);
  }

  fill(element: VirtQueueElement, length: number, offset: number): void {
    if (element.epoch !== this.#epoch) return;
    this.discard(element);
    if (this.#owner.stopped || !this.ready) return;
    const idx = (this.usedIdx + offset) & 0xffff;
    this.#writeEntry(element.head, length, idx);
    if (this.#journal.on) this.#chainPushed(element.head, length, (idx + 1) & 0xffff);
  }

  flush(count: number): void {
    if (this.#owner.stopped || !this.ready) return;
    this.#publish((this.usedIdx + count) & 0xffff);
  }

  setNotification(enabled: boolean): void {
    this.notification = enabled;
    if (!this.ready) return;
    if (this.eventIdx) {
      // The driver notifies when it reaches avail_event; to ask for nothing is to leave it behind.
      if (enabled) this.#store16(SPLIT.availEvent(this.#entries), this.#loadAvailIdx());
      return;
    }
    const old = this.#words.read(this.#used8, 2);
    const flags = enabled ? old & ~VIRTQ_USED_F_NO_NOTIFY : old | VIRTQ_USED_F_NO_NOTIFY;
    if (flags !== old) this.#store16(SPLIT.usedFlags, flags);
  }

  notify(): void {
    if (this.#owner.stopped || !this.ready) return;
    const rule = this.#suppression();
    if (rule === undefined) this.#owner.interrupt(this.index);
    else if (this.#journal.on)
      this.#journal.interrupt(this.#owner.dev, this.index, 'suppressed', 0, rule);
  }

  /** Why the driver wants no used-buffer notification now, or undefined (VIRTIO 1.4 §2.7.7.2). */
  #suppression(): 'noInterrupt' | 'eventIdx' | undefined {
    if (this.notifyOnEmpty && this.inUse === 0 && this.isEmpty()) return undefined;
    if (!this.eventIdx)
      return this.#words.read(this.#avail8, 2) & VIRTQ_AVAIL_F_NO_INTERRUPT
        ? 'noInterrupt'
        : undefined;
    const valid = this.signalledUsedValid;
    const old = this.signalledUsed;
    this.signalledUsedValid = true;
    this.signalledUsed = this.usedIdx;
    const event = this.#words.read(this.#avail8 + SPLIT.usedEvent(this.#entries), 2);
    // used_event was passed since the last look: distances on the 16-bit circle.
    const passed = distance16(event + 1, this.usedIdx) < distance16(old, this.usedIdx);
    return !valid || passed ? undefined : 'eventIdx';
  }

  // What follows is rare, or recorded, and lies outside the methods above so that V8 can inline those.

  #loadAvailIdx(): number {
    // avail_event was stored plainly as chains were popped: it must be seen by a driver whose idx is
    // not seen here, or nobody would wake the device (VIRTIO 1.4 §2.7.10).
    if (this.eventIdx && this.#plain) Atomics.add(this.#u16, this.#availEventAt, 0);
    const idx = this.#plain
      ? Atomics.load(this.#u16, this.#availIdxAt)
      : this.#words.read(this.#avail8 + SPLIT.availIdx, 2);
    this.shadowAvailIdx = idx;
    return idx;
  }

  #storeAvailEvent(value: number): void {
    if (this.#plain && !this.#journal.on) this.#u16[this.#availEventAt] = value;
    else this.#store16(SPLIT.availEvent(this.#entries), value);
  }

  /** Stores a 16-bit field of the used ring, ordered with the reads of the driver's index (VIRTIO 1.4 §2.7.10). */
  #store16(at: number, value: number): void {
    const where = this.#used8 + at;
    if (this.#journal.on) {
      const old = this.#ram.readAt(where, 2);
      const stored = this.#words.stored(value, 2);
      this.#journal.memWrite(ACTOR.device, this.addresses.device + at, 2, old, 0, stored, 0);
      this.#journal.mark();
    }
    if (this.#plain) Atomics.store(this.#u16, where / 2, value);
    else this.#words.write(where, 2, value);
  }

  nextAvailable(): number {
    return this.ready ? this.#words.read(this.#avail8 + SPLIT.availIdx, 2) : 0;
  }

  #slot(idx: number): number {
    return this.#plain ? idx & this.#mask : idx % this.#entries;
  }

  #slowHead(idx: number): number {
    return this.#words.read(this.#avail8 + SPLIT.availEntry(this.#slot(idx)), 2);
  }

  #slowPush(head: number, length: number, idx: number): void {
    this.#writeEntry(head, length, idx);
    this.#publish((idx + 1) & 0xffff);
    if (this.#journal.on) this.#chainPushed(head, length, this.usedIdx);
  }

  /** Writes the used entry of index `idx`; the driver sees nothing of it before `#publish`. */
  #writeEntry(head: number, length: number, idx: number): void {
    const ram = this.#ram;
    const words = this.#words;
    const at = SPLIT.usedEntry(this.#slot(idx));
    const where = this.#used8 + at;
    if (this.#journal.on) {
      const address = this.addresses.device + at;
      const [id, old] = [ram.readAt(where, 4), ram.readAt(where + 4, 4)];
      const [newId, newLength] = [words.stored(head, 4), words.stored(length, 4)];
      this.#journal.memWrite(ACTOR.device, address, 8, id, old, newId, newLength);
    }
    words.write(where, 4, head);
    words.write(where + 4, 4, length);
  }

  #publish(usedIdx: number): void {
    this.usedIdx = usedIdx;
    this.#store16(SPLIT.usedIdx, usedIdx);
  }

  #recordPop(element: VirtQueueElement): void {
    const count = element.readableCount + element.writableCount;
    const { head, readableLength, writableLength } = element;
    this.#journal.chainPopped(
      this.#owner.dev,
      this.index,
      head,
      this.lastAvailIdx,
      readableLength,
      writableLength,
      count,
    );
  }

  /** What `push` is about to do at index `idx`, whose entry is at word `at`. */
  #recordPush(head: number, length: number, idx: number, at: number): void {
    const journal = this.#journal;
    const { device } = this.addresses;
    const address = device + SPLIT.usedEntry(idx & this.#mask);
    const id = this.#u32[at] as number;
    const old = this.#u32[at + 1] as number;
    const next = (idx + 1) & 0xffff;
    journal.memWrite(ACTOR.device, address, 8, id, old, head, length);
    journal.memWrite(ACTOR.device, device + SPLIT.usedIdx, 2, idx, 0, next, 0);
    this.#chainPushed(head, length, next);
    journal.mark();
  }

  #chainPushed(head: number, length: number, usedIdx: number): void {
    this.#journal.chainPushed(this.#owner.dev, this.index, head, usedIdx, length);
  }

  #unbounce(element: VirtQueueElement): void {
    element.bounced = false;
    this.#chains.releaseBounce();
  }

  #giveBack(element: VirtQueueElement): undefined {
    element.bounced = false;
    element.nextFree = this.#free;
    this.#free = element;
  }

  #tooMany(idx: number): undefined {
    const count = distance16(idx, this.shadowAvailIdx);
    this.#broken('availIndexJump', idx, count, 'Virtqueue size exceeded');
  }

  #badHead(idx: number, head: number): undefined {
    this.#broken('headOutOfRange', this.#slot(idx), head, `Guest says index ${head} is available`);
  }

  #broken(code: ViolationCode, index: number, value: number, message: string): void {
    this.#owner.violate(this.index, code, index, value, message);
  }

  #newElement(): VirtQueueElement {
    const element = new VirtQueueElement(
      this.#ram,
      () => this.#journal.on,
      (offset, before, after) =>
        this.#journal.bytesWritten(ACTOR.device, this.#ram.addressOf(offset), before, after),
    );
    element.epoch = this.#epoch;
    return element;
  }
}
