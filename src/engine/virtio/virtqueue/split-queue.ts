import { distance16, OUT_OF_RANGE, TWO_32 } from '../../../base/bits.ts';
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
import type { QueueAddresses, VirtQueue } from './virtqueue.ts';

/** Bytes of the page that stands in for memory which is not there. */
const BOUNCE_BYTES = 4096;

/** Whether the machine's bounce page is taken by a chain that was popped and not pushed yet. */
export interface BouncePage {
  busy: boolean;
}

/** What a queue needs of the device that it belongs to. */
export interface QueueOwner {
  /** Number in journal events. */
  readonly dev: number;
  readonly journal: JournalWriter;
  readonly ram: GuestRam;
  /** The device does no work: it broke, or its transport has cut it off from memory. */
  readonly stopped: boolean;
  /** The machine's one page for descriptors that point outside RAM. */
  readonly bounce: BouncePage;
  /** Records a violation. With a `message`, which is what QEMU prints, the device stops until it is reset. */
  violate(queue: number, code: ViolationCode, index: number, value: number, message?: string): void;
  /** Delivers a used-buffer notification for the queue. */
  interrupt(queue: number): void;
}

/**
 * Device side of a split virtqueue (VIRTIO 1.4 §2.7). Trusts nothing that it reads: every index and
 * address is checked, and a chain is bounded by the queue's size.
 */
export class SplitQueue implements VirtQueue {
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

  readonly #owner: QueueOwner;
  readonly #ram: GuestRam;
  readonly #journal: JournalWriter;
  /** Byte offsets of the ring areas in RAM, and the same as indices into its views. */
  #desc8 = 0;
  #avail8 = 0;
  #used8 = 0;
  #desc32 = 0;
  #avail16 = 0;
  #used16 = 0;
  #used32 = 0;
  /** Whether the views can be used; a driver's misaligned ring works in QEMU, and here the slow way. */
  #aligned = true;
  /** Elements that came back, to be used again. */
  readonly #pool: VirtQueueElement[] = [];
  /** The descriptor last read. */
  #addr = 0;
  #len = 0;
  #flags = 0;
  #next = 0;

  constructor(owner: QueueOwner, index: number, maxSize: number) {
    this.#owner = owner;
    this.#ram = owner.ram;
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
    this.#desc32 = desc >>> 2;
    this.#avail16 = avail >>> 1;
    this.#used16 = used >>> 1;
    this.#used32 = used >>> 2;
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
    if (this.#ram.contains(address, 1)) this.#owner.violate(this.index, 'ringOutsideRam', 0, address, `Cannot map ${name}`);
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
  }

  isEmpty(): boolean {
    if (this.#owner.stopped || !this.ready) return true;
    return this.shadowAvailIdx === this.lastAvailIdx && this.#loadAvailIdx() === this.lastAvailIdx;
  }

  pop(): VirtQueueElement | undefined {
    if (this.#owner.stopped || !this.ready) return undefined;
    // The acquiring load of idx comes before any read of what it publishes (VIRTIO 1.4 §2.7.13.3.1).
    if (this.shadowAvailIdx === this.lastAvailIdx && this.#loadAvailIdx() === this.lastAvailIdx) return undefined;
    const { size } = this;
    if (this.inUse >= size) {
      this.#owner.violate(this.index, 'availIndexJump', this.lastAvailIdx, distance16(this.lastAvailIdx, this.shadowAvailIdx), 'Virtqueue size exceeded');
      return undefined;
    }
    const slot = this.lastAvailIdx & (size - 1);
    const head = this.#aligned
      ? (this.#ram.u16[this.#avail16 + 2 + slot] as number)
      : this.#ram.readAt(this.#avail8 + SPLIT.availEntry(slot), 2);
    this.lastAvailIdx = (this.lastAvailIdx + 1) & 0xffff;
    if (head >= size) {
      this.#owner.violate(this.index, 'headOutOfRange', slot, head, `Guest says index ${head} is available`);
      return undefined;
    }
    const element = this.#pool.pop() ?? this.#newElement();
    element.head = head;
    element.bounced = false;
    if (!this.#collect(element, head)) {
      this.#pool.push(element);
      return undefined;
    }
    this.inUse++;
    if (this.#journal.on)
      this.#journal.chainPopped(
        this.#owner.dev,
        this.index,
        head,
        this.lastAvailIdx,
        element.readableLength,
        element.writableLength,
        element.readableCount + element.writableCount,
      );
    return element;
  }

  push(element: VirtQueueElement, length: number): void {
    this.inUse--;
    if (element.bounced) this.#owner.bounce.busy = false;
    this.#pool.push(element);
    if (this.#owner.stopped || !this.ready) return;
    const slot = this.usedIdx & (this.size - 1);
    const next = (this.usedIdx + 1) & 0xffff;
    if (this.#journal.on) this.#recordPush(element.head, length, slot, next);
    this.usedIdx = next;
    // The releasing store of idx comes after the entry (VIRTIO 1.4 §2.7.8.2).
    if (this.#aligned) {
      const at = this.#used32 + 1 + 2 * slot;
      this.#ram.u32[at] = element.head;
      this.#ram.u32[at + 1] = length;
      Atomics.store(this.#ram.u16, this.#used16 + 1, next);
    } else {
      this.#ram.writeAt(this.#used8 + SPLIT.usedEntry(slot), 4, element.head);
      this.#ram.writeAt(this.#used8 + SPLIT.usedEntry(slot) + 4, 4, length);
      this.#ram.writeAt(this.#used8 + SPLIT.usedIdx, 2, next);
    }
    if (this.#journal.on) this.#journal.chainPushed(this.#owner.dev, this.index, element.head, next, length);
  }

  setNotification(enabled: boolean): void {
    this.notification = enabled;
    if (this.#owner.stopped || !this.ready) return;
    const old = this.#ram.readAt(this.#used8, 2);
    const flags = enabled ? old & ~VIRTQ_USED_F_NO_NOTIFY : old | VIRTQ_USED_F_NO_NOTIFY;
    if (flags === old) return;
    if (this.#journal.on) {
      this.#journal.memWrite(ACTOR.device, this.addresses.device, 2, old, 0, flags, 0);
      this.#journal.handOver();
    }
    // Ordered before the check for more buffers that follows (VIRTIO 1.4 §2.7.10).
    if (this.#aligned) Atomics.store(this.#ram.u16, this.#used16, flags);
    else this.#ram.writeAt(this.#used8, 2, flags);
  }

  notify(): void {
    if (this.#owner.stopped || !this.ready) return;
    if (this.#ram.readAt(this.#avail8, 2) & VIRTQ_AVAIL_F_NO_INTERRUPT) {
      if (this.#journal.on) this.#journal.interrupt(this.#owner.dev, this.index, 'suppressed', 0, 'noInterrupt');
      return;
    }
    this.#owner.interrupt(this.index);
  }

  #loadAvailIdx(): number {
    const idx = this.#aligned
      ? Atomics.load(this.#ram.u16, this.#avail16 + 1)
      : this.#ram.readAt(this.#avail8 + SPLIT.availIdx, 2);
    this.shadowAvailIdx = idx;
    return idx;
  }

  /** Walks the chain from `head` into `element`; false where it is broken. */
  #collect(element: VirtQueueElement, head: number): boolean {
    const { size } = this;
    let index = head;
    let readable = 0;
    let writable = 0;
    let readableLength = 0;
    let writableLength = 0;
    for (let count = 0; ; ) {
      this.#readDescriptor(index);
      const flags = this.#flags;
      if (flags & VIRTQ_DESC_F_INDIRECT)
        return this.#broken('indirectNotNegotiated', index, this.#len, 'Invalid size for indirect buffer table');
      const length = this.#len;
      if (length === 0)
        return this.#broken('zeroLength', index, 0, 'virtio: zero sized buffers are not allowed');
      if (flags & VIRTQ_DESC_F_WRITE) writableLength += length;
      else {
        if (writable !== 0)
          return this.#broken('readableAfterWritable', index, 0, 'Incorrect order for descriptors');
        readableLength += length;
      }
      let offset = this.#ram.offsetOf(this.#addr, length);
      if (offset < 0) {
        if (element.bounced || this.#owner.bounce.busy || length > BOUNCE_BYTES)
          return this.#broken('addressOutsideRam', index, this.#addr, 'virtio: bogus descriptor or out of resources');
        this.#owner.violate(this.index, 'addressOutsideRam', index, this.#addr);
        element.bounced = true;
        offset = BOUNCE;
      }
      if (count === element.offsets.length) element.grow();
      element.offsets[count] = offset;
      element.lengths[count] = length;
      if (flags & VIRTQ_DESC_F_WRITE) writable++;
      else readable++;
      count++;
      if (count > size) return this.#broken('chainLoop', head, count, 'Looped descriptor');
      if (!(flags & VIRTQ_DESC_F_NEXT)) break;
      if (this.#next >= size)
        return this.#broken('nextOutOfRange', index, this.#next, `Desc next is ${this.#next}`);
      index = this.#next;
    }
    if (element.bounced) this.#owner.bounce.busy = true;
    element.readableCount = readable;
    element.writableCount = writable;
    element.readableLength = readableLength;
    element.writableLength = writableLength;
    return true;
  }

  #readDescriptor(index: number): void {
    const { u32 } = this.#ram;
    const at = this.#desc32 + 4 * index;
    const high = this.#aligned ? (u32[at + 1] as number) : this.#slowWord(index, 4);
    const low = this.#aligned ? (u32[at] as number) : this.#slowWord(index, 0);
    this.#addr = high === 0 ? low : high < 0x20_0000 ? high * TWO_32 + low : OUT_OF_RANGE;
    this.#len = this.#aligned ? (u32[at + 2] as number) : this.#slowWord(index, 8);
    const tail = this.#aligned ? (u32[at + 3] as number) : this.#slowWord(index, 12);
    this.#flags = tail & 0xffff;
    this.#next = tail >>> 16;
  }

  #slowWord(index: number, within: number): number {
    return this.#ram.readAt(this.#desc8 + SPLIT.descSize * index + within, 4);
  }

  #recordPush(head: number, length: number, slot: number, next: number): void {
    const journal = this.#journal;
    const at = SPLIT.usedEntry(slot);
    const oldId = this.#ram.readAt(this.#used8 + at, 4);
    const oldLength = this.#ram.readAt(this.#used8 + at + 4, 4);
    journal.memWrite(ACTOR.device, this.addresses.device + at, 8, oldId, oldLength, head, length);
    journal.memWrite(ACTOR.device, this.addresses.device + SPLIT.usedIdx, 2, this.usedIdx, 0, next, 0);
    journal.handOver();
  }

  #broken(code: ViolationCode, index: number, value: number, message: string): false {
    this.#owner.violate(this.index, code, index, value, message);
    return false;
  }

  #newElement(): VirtQueueElement {
    return new VirtQueueElement(
      this.#ram,
      () => this.#journal.on,
      (offset, before, after) => this.#journal.bytesWritten(ACTOR.device, this.#ram.base + offset, before, after),
    );
  }
}
