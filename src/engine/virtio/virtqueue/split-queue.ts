import { distance16, join64, TWO_32 } from '../../../base/bits.ts';
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
import { BOUNCE, VirtQueueElement } from './element.ts';
import { BOUNCE_BYTES, MAX_SEGMENTS, type QueueOwner } from './queue-owner.ts';
import type { DeviceRing, QueueAddresses } from './virtqueue.ts';

/**
 * Device side of a split virtqueue (VIRTIO 1.4 §2.7). Trusts nothing that it reads: every index and
 * address is checked, and a chain is bounded by the queue's size.
 */
export class SplitQueue implements DeviceRing {
  readonly packed = false;
  readonly index: number;
  /** Entries that the device offers; what `size` is after a reset. */
  readonly maxSize: number;
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
  /** Negotiated: chains may lie in tables of their own. */
  indirectDesc = false;
  /** Negotiated by a legacy driver: an interrupt whenever the queue runs empty. */
  notifyOnEmpty = false;

  readonly #owner: QueueOwner;
  readonly #ram: GuestRam;
  readonly #journal: JournalWriter;
  /** Byte offsets of the ring areas in RAM, and the same as indices into its views. */
  #desc8 = 0;
  #avail8 = 0;
  #used8 = 0;
  #avail16 = 0;
  #used16 = 0;
  #used32 = 0;
  /** Whether the views can be used; a driver's misaligned ring works in QEMU, and here the slow way. */
  #aligned = true;
  readonly #u16: Uint16Array;
  readonly #u32: Uint32Array;
  /** Whether a chain of this queue has the machine's bounce page. */
  #holdsBounce = false;
  readonly #scratch = new Uint32Array(4);
  /** Elements that came back, to be used again. */
  #free: VirtQueueElement | undefined;

  constructor(owner: QueueOwner, index: number, maxSize: number) {
    this.#owner = owner;
    this.#ram = owner.ram;
    this.#u16 = owner.ram.u16;
    this.#u32 = owner.ram.u32;
    this.#journal = owner.journal;
    this.index = index;
    this.maxSize = maxSize;
    this.size = maxSize;
  }

  /** Takes the queue into use with its areas where the driver put them (VIRTIO 1.4 §4.1.4.3). */
  enable(addresses: QueueAddresses): void {
    this.addresses = addresses;
    const { size } = this;
    const desc = this.#locate(addresses.desc, SPLIT.descTable(size), SPLIT.descAlign, 'desc');
    const used = this.#locate(addresses.device, SPLIT.usedRing(size), SPLIT.usedAlign, 'used');
    const avail = this.#locate(addresses.driver, SPLIT.availRing(size), SPLIT.availAlign, 'avail');
    this.ready = desc >= 0 && avail >= 0 && used >= 0 && addresses.desc !== 0;
    if (!this.ready) return;
    this.#desc8 = desc;
    this.#avail8 = avail;
    this.#used8 = used;
    this.#avail16 = Math.floor(avail / 2);
    this.#used16 = Math.floor(used / 2);
    this.#used32 = Math.floor(used / 4);
    this.#aligned = desc % 4 === 0 && avail % 2 === 0 && used % 4 === 0;
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
    if (this.#holdsBounce) this.#holdBounce(false);
  }

  isEmpty(): boolean {
    if (this.#owner.stopped || !this.ready) return true;
    return this.shadowAvailIdx === this.lastAvailIdx && this.#loadAvailIdx() === this.lastAvailIdx;
  }

  pop(): VirtQueueElement | undefined {
    if (this.#owner.stopped || !this.ready) return undefined;
    // The acquiring load of idx comes before any read of what it publishes (VIRTIO 1.4 §2.7.13.3.1).
    const idx = this.lastAvailIdx;
    if (this.shadowAvailIdx === idx && this.#loadAvailIdx() === idx) return undefined;
    if (this.inUse >= this.size) return this.#tooMany(idx);
    const slot = idx & (this.size - 1);
    const head = this.#aligned
      ? (this.#u16[this.#avail16 + 2 + slot] as number)
      : this.#slowHead(slot);
    this.lastAvailIdx = (idx + 1) & 0xffff;
    if (head >= this.size) return this.#badHead(slot, head);
    if (this.eventIdx && this.notification) this.#storeAvailEvent(this.lastAvailIdx);
    const element = this.#free ?? this.#newElement();
    this.#free = element.nextFree;
    element.head = head;
    element.bounced = false;
    if (!this.#collect(element, head)) return this.#giveBack(element);
    this.inUse++;
    if (this.#journal.on) this.#recordPop(element);
    return element;
  }

  discard(element: VirtQueueElement): void {
    this.inUse--;
    if (element.bounced) this.#holdBounce(false);
    element.nextFree = this.#free;
    this.#free = element;
  }

  push(element: VirtQueueElement, length: number): void {
    this.discard(element);
    if (this.#owner.stopped || !this.ready) return;
    const slot = this.usedIdx & (this.size - 1);
    const next = (this.usedIdx + 1) & 0xffff;
    if (this.#journal.on) this.#recordPush(element.head, length, slot, next);
    this.usedIdx = next;
    // The releasing store of idx comes after the entry (VIRTIO 1.4 §2.7.8.2).
    if (this.#aligned) {
      const at = this.#used32 + 1 + 2 * slot;
      this.#u32[at] = element.head;
      this.#u32[at + 1] = length;
      Atomics.store(this.#u16, this.#used16 + 1, next);
    } else {
      this.#ram.writeAt(this.#used8 + SPLIT.usedEntry(slot), 4, element.head);
      this.#ram.writeAt(this.#used8 + SPLIT.usedEntry(slot) + 4, 4, length);
      this.#ram.writeAt(this.#used8 + SPLIT.usedIdx, 2, next);
    }
    if (this.#journal.on)
      this.#journal.chainPushed(this.#owner.dev, this.index, element.head, next, length);
  }

  unpop(element: VirtQueueElement): void {
    this.lastAvailIdx = (this.lastAvailIdx - 1) & 0xffff;
    this.discard(element);
  }

  fill(element: VirtQueueElement, length: number, offset: number): void {
    this.discard(element);
    if (this.#owner.stopped || !this.ready) return;
    const at = SPLIT.usedEntry((this.usedIdx + offset) & (this.size - 1));
    if (this.#journal.on) {
      const { dev } = this.#owner;
      const address = this.addresses.device + at;
      const [id, old] = [this.#word(at), this.#word(at + 4)];
      this.#journal.memWrite(ACTOR.device, address, 8, id, old, element.head, length);
      const next = (this.usedIdx + offset + 1) & 0xffff;
      this.#journal.chainPushed(dev, this.index, element.head, next, length);
    }
    this.#ram.writeAt(this.#used8 + at, 4, element.head);
    this.#ram.writeAt(this.#used8 + at + 4, 4, length);
  }

  flush(count: number): void {
    if (this.#owner.stopped || !this.ready) return;
    const old = this.usedIdx;
    this.usedIdx = (old + count) & 0xffff;
    this.#store16(SPLIT.usedIdx, old, this.usedIdx);
  }

  setNotification(enabled: boolean): void {
    this.notification = enabled;
    if (!this.ready) return;
    if (this.eventIdx) {
      // The driver notifies when it reaches avail_event; to ask for nothing is to leave it behind.
      if (enabled) this.#storeAvailEvent(this.#loadAvailIdx());
      return;
    }
    const old = this.#ram.readAt(this.#used8, 2);
    const flags = enabled ? old & ~VIRTQ_USED_F_NO_NOTIFY : old | VIRTQ_USED_F_NO_NOTIFY;
    if (flags !== old) this.#store16(SPLIT.usedFlags, old, flags);
  }

  notify(): void {
    if (!this.ready) return;
    const rule = this.#suppression();
    if (rule === undefined) this.#owner.interrupt(this.index);
    else if (this.#journal.on)
      this.#journal.interrupt(this.#owner.dev, this.index, 'suppressed', 0, rule);
  }

  /** Why the driver wants no used-buffer notification now, or undefined (VIRTIO 1.4 §2.7.7.2). */
  #suppression(): 'noInterrupt' | 'eventIdx' | undefined {
    if (this.notifyOnEmpty && this.inUse === 0 && this.isEmpty()) return undefined;
    if (!this.eventIdx)
      return this.#ram.readAt(this.#avail8, 2) & VIRTQ_AVAIL_F_NO_INTERRUPT
        ? 'noInterrupt'
        : undefined;
    const valid = this.signalledUsedValid;
    const old = this.signalledUsed;
    this.signalledUsedValid = true;
    this.signalledUsed = this.usedIdx;
    const event = this.#ram.readAt(this.#avail8 + SPLIT.usedEvent(this.size), 2);
    // used_event was passed since the last look: distances on the 16-bit circle.
    const passed = distance16(event + 1, this.usedIdx) < distance16(old, this.usedIdx);
    return !valid || passed ? undefined : 'eventIdx';
  }

  #storeAvailEvent(value: number): void {
    const at = SPLIT.availEvent(this.size);
    this.#store16(at, this.#ram.readAt(this.#used8 + at, 2), value);
  }

  /** Stores a 16-bit field of the used ring, ordered with the reads of the driver's index (VIRTIO 1.4 §2.7.10). */
  #store16(at: number, old: number, value: number): void {
    if (this.#journal.on) {
      this.#journal.memWrite(ACTOR.device, this.addresses.device + at, 2, old, 0, value, 0);
      this.#journal.mark();
    }
    if (this.#aligned) Atomics.store(this.#u16, this.#used16 + (at >>> 1), value);
    else this.#ram.writeAt(this.#used8 + at, 2, value);
  }

  #loadAvailIdx(): number {
    const idx = this.#aligned
      ? Atomics.load(this.#u16, this.#avail16 + 1)
      : this.#ram.readAt(this.#avail8 + SPLIT.availIdx, 2);
    this.shadowAvailIdx = idx;
    return idx;
  }

  /** Walks the chain from `head` into `element`; false where it is broken. */
  #collect(element: VirtQueueElement, head: number): boolean {
    const ram = this.#ram;
    let table = this.#desc8;
    let max = this.size;
    let index = head;
    let indirect = false;
    let count = 0;
    let readable = 0;
    let readableLength = 0;
    let writableLength = 0;
    for (;;) {
      let view = this.#u32;
      let at = table + SPLIT.descSize * index;
      if ((at & 3) === 0) at = at < TWO_32 ? at >>> 2 : at / 4;
      else {
        view = this.#fetch(at);
        at = 0;
      }
      const length = view[at + 2] as number;
      const tail = view[at + 3] as number;
      // As in QEMU, only the head of a chain can be INDIRECT: elsewhere it is a plain buffer.
      if ((tail & VIRTQ_DESC_F_INDIRECT) !== 0 && count === 0 && !indirect) {
        table = this.#openTable(
          index,
          join64(view[at] as number, view[at + 1] as number),
          length,
          tail,
        );
        if (table < 0) return false;
        indirect = true;
        max = length / SPLIT.descSize;
        index = 0;
        continue;
      }
      if (indirect && (tail & VIRTQ_DESC_F_INDIRECT) !== 0) this.#note('indirectNested', index);
      if (length === 0) return this.#zeroLength(index);
      if ((tail & VIRTQ_DESC_F_WRITE) !== 0) writableLength += length;
      else {
        if (count !== readable) return this.#wrongOrder(index);
        readable++;
        readableLength += length;
      }
      let offset = view[at + 1] === 0 ? (view[at] as number) - ram.mainDelta : -1;
      if (offset < ram.mainStart || offset > ram.mainEnd - length) {
        offset = this.#elsewhere(
          element,
          index,
          join64(view[at] as number, view[at + 1] as number),
          length,
        );
        if (offset < 0) return false;
      }
      if (count === element.offsets.length && !this.#grow(element)) return false;
      element.offsets[count] = offset;
      element.lengths[count] = length;
      if (++count > max) return this.#looped(head, count);
      if ((tail & VIRTQ_DESC_F_NEXT) === 0) break;
      if (tail >>> 16 >= max) return this.#badNext(index, tail >>> 16);
      index = tail >>> 16;
    }
    if (element.bounced) this.#holdBounce(true);
    element.readableCount = readable;
    element.writableCount = count - readable;
    element.readableLength = readableLength;
    element.writableLength = writableLength;
    return true;
  }

  // What follows is rare, and lies outside the methods above so that the engine can inline those.

  #slowHead(slot: number): number {
    return this.#ram.readAt(this.#avail8 + SPLIT.availEntry(slot), 2);
  }

  /** The four words of a descriptor that is not aligned. */
  #fetch(at: number): Uint32Array {
    for (let i = 0; i < 4; i++) this.#scratch[i] = this.#ram.readAt(at + 4 * i, 4);
    return this.#scratch;
  }

  #recordPop(element: VirtQueueElement): void {
    const count = element.readableCount + element.writableCount;
    const { head, readableLength, writableLength } = element;
    const { dev } = this.#owner;
    this.#journal.chainPopped(
      dev,
      this.index,
      head,
      this.lastAvailIdx,
      readableLength,
      writableLength,
      count,
    );
  }

  #giveBack(element: VirtQueueElement): undefined {
    element.nextFree = this.#free;
    this.#free = element;
  }

  #tooMany(idx: number): undefined {
    this.#broken(
      'availIndexJump',
      idx,
      distance16(idx, this.shadowAvailIdx),
      'Virtqueue size exceeded',
    );
  }

  #badHead(slot: number, head: number): undefined {
    this.#broken('headOutOfRange', slot, head, `Guest says index ${head} is available`);
  }

  #zeroLength(index: number): false {
    return this.#broken('zeroLength', index, 0, 'virtio: zero sized buffers are not allowed');
  }

  #wrongOrder(index: number): false {
    return this.#broken('readableAfterWritable', index, 0, 'Incorrect order for descriptors');
  }

  #looped(head: number, count: number): false {
    return this.#broken('chainLoop', head, count, 'Looped descriptor');
  }

  #badNext(index: number, next: number): false {
    return this.#broken('nextOutOfRange', index, next, `Desc next is ${next}`);
  }

  #note(code: ViolationCode, index: number, value = 0): void {
    this.#owner.violate(this.index, code, index, value);
  }

  /** RAM offset of the table of INDIRECT descriptor `index`, or -1 where it is broken (VIRTIO 1.4 §2.7.5.3.1). */
  #openTable(index: number, address: number, length: number, tail: number): number {
    if (length === 0 || length % SPLIT.descSize !== 0) {
      const code = length === 0 ? 'indirectEmpty' : 'indirectBadLength';
      this.#broken(code, index, length, 'Invalid size for indirect buffer table');
      return -1;
    }
    if (!this.indirectDesc) this.#note('indirectNotNegotiated', index, length);
    if ((tail & VIRTQ_DESC_F_NEXT) !== 0) this.#note('indirectAndNext', index, length);
    const offset = this.#ram.offsetOf(address, length);
    if (offset < 0) this.#broken('addressOutsideRam', index, address, 'Cannot map indirect buffer');
    return offset;
  }

  /** Where a buffer outside low memory lies: a RAM offset, the bounce page, or -1 where the chain is broken. */
  #elsewhere(element: VirtQueueElement, index: number, address: number, length: number): number {
    const offset = this.#ram.offsetOf(address, length);
    if (offset >= 0) return offset;
    if (element.bounced || this.#owner.bounce.busy || length > BOUNCE_BYTES) {
      const message = 'virtio: bogus descriptor or out of resources';
      this.#broken('addressOutsideRam', index, address, message);
      return -1;
    }
    this.#owner.violate(this.index, 'addressOutsideRam', index, address);
    element.bounced = true;
    return BOUNCE;
  }

  #holdBounce(holds: boolean): void {
    this.#holdsBounce = holds;
    this.#owner.bounce.busy = holds;
  }

  #grow(element: VirtQueueElement): boolean {
    if (element.offsets.length >= MAX_SEGMENTS) {
      const message = 'virtio: too many write descriptors in indirect table';
      return this.#broken('chainLoop', element.head, element.offsets.length, message);
    }
    element.grow();
    return true;
  }

  #recordPush(head: number, length: number, slot: number, next: number): void {
    const journal = this.#journal;
    const { device } = this.addresses;
    const at = SPLIT.usedEntry(slot);
    const at32 = this.#used32 + (at >>> 2);
    const oldId = this.#aligned ? (this.#u32[at32] as number) : this.#word(at);
    const oldLength = this.#aligned ? (this.#u32[at32 + 1] as number) : this.#word(at + 4);
    journal.memWrite(ACTOR.device, device + at, 8, oldId, oldLength, head, length);
    journal.memWrite(ACTOR.device, device + SPLIT.usedIdx, 2, this.usedIdx, 0, next, 0);
    journal.mark();
  }

  /** A word of the used ring at byte `at`, wherever it lies. */
  #word(at: number): number {
    return this.#ram.readAt(this.#used8 + at, 4);
  }

  #broken(code: ViolationCode, index: number, value: number, message: string): false {
    this.#owner.violate(this.index, code, index, value, message);
    return false;
  }

  #newElement(): VirtQueueElement {
    return new VirtQueueElement(
      this.#ram,
      () => this.#journal.on,
      (offset, before, after) =>
        this.#journal.bytesWritten(ACTOR.device, this.#ram.addressOf(offset), before, after),
    );
  }
}
