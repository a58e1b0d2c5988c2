import { distance16, smallInt } from '../../../base/bits.ts';
import { ACTOR } from '../../../journal/schema.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import { GuestRam } from '../../../memory/guest-ram.ts';
import type { ViolationCode } from '../../../spec/violations.ts';
import {
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_MAX_SIZE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../../spec/virtio.ts';
import { fieldsOf, type State, setFields } from '../../qom/state.ts';
import { splitAvailableBytes } from './available-bytes.ts';
import type { VirtQueueElement } from './element.ts';
import { ElementPool } from './element-pool.ts';
import type { QueueOwner } from './queue-owner.ts';
import { RingWords } from './ring-words.ts';
import { SplitChains } from './split-chains.ts';
import { SplitRing } from './split-ring.ts';
import type { DeviceRing, QueueAddresses } from './virtqueue.ts';

/** What makes a descriptor part of something longer. */
const LINKED = VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_INDIRECT;

/** No index of an entry has more bits: what V8 is told of a number that it cannot know. */
const INDEX_BITS = VIRTQ_MAX_SIZE - 1;

/** Stands for a ring that cannot be used through views. */
const NO_RING = new SplitRing(new GuestRam(new ArrayBuffer(4096)), 1, 0, 0, 0, true);

/** What a snapshot keeps of a queue beside where its ring lies. */
const KEPT = [
  'size',
  'addresses',
  'lastAvailIdx',
  'shadowAvailIdx',
  'usedIdx',
  'inUse',
  'notification',
  'signalledUsed',
  'signalledUsedValid',
] as const;

/**
 * Device side of a split virtqueue (VIRTIO 1.4 §2.7). Trusts nothing that it reads: every index and
 * address is checked, and a chain is bounded by the queue's size.
 *
 * `pop` and `push` are written for V8: it inlines small methods, keeps integers that it has always
 * seen as integers, and needs one comparison where a boolean is compared and not merely tested.
 */
export class SplitQueue implements DeviceRing {
  readonly packed = false;
  declare readonly index: number;
  /** Entries that the device offers; what `size` is after a reset. */
  declare readonly maxSize: number;
  /** Entries that the driver chose; they count from `enable` on. */
  declare size: number;
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

  declare private readonly owner: QueueOwner;
  declare private readonly ram: GuestRam;
  declare private readonly journal: JournalWriter;
  declare private readonly chains: SplitChains;
  declare private readonly words: RingWords;
  /** The ring while the queue is in use. */
  #ring: SplitRing | undefined;
  /** The same where its views can be used, else `NO_RING`: V8 does not ask for the type of what is always a ring. */
  private plain = NO_RING;
  /** Guest-physical address of the used ring. */
  private usedAddress = 0;
  declare private readonly pool: ElementPool;

  constructor(owner: QueueOwner, index: number, maxSize: number) {
    this.owner = owner;
    this.ram = owner.ram;
    this.journal = owner.journal;
    this.words = new RingWords(owner.ram);
    this.chains = new SplitChains(owner, index, this.words);
    this.pool = new ElementPool(owner.ram, owner.journal);
    this.index = index;
    this.maxSize = maxSize;
    this.size = maxSize;
  }

  /** The driver enabled the queue and its areas lie in RAM. */
  get ready(): boolean {
    return this.#ring !== undefined;
  }

  /** Negotiated: chains may lie in tables of their own. */
  get indirectDesc(): boolean {
    return this.chains.indirectDesc;
  }

  set indirectDesc(negotiated: boolean) {
    this.chains.indirectDesc = negotiated;
  }

  /** Whether the ring's numbers are big-endian: a legacy driver's on a big-endian CPU (VIRTIO 1.4 §2.7.3). */
  get bigEndian(): boolean {
    return this.words.bigEndian;
  }

  set bigEndian(big: boolean) {
    if (big === this.bigEndian) return;
    this.words.bigEndian = big;
    const ring = this.#ring;
    if (ring) this.#place(ring.entries, ring.descOffset, ring.availOffset, ring.usedOffset);
  }

  /** Takes the queue into use with its areas where the driver put them (VIRTIO 1.4 §4.1.4.3). */
  enable(addresses: QueueAddresses): void {
    this.addresses = addresses;
    const { size } = this;
    const desc = this.#locate(addresses.desc, SPLIT.descTable(size), SPLIT.descAlign, 'desc');
    const used = this.#locate(addresses.device, SPLIT.usedRing(size), SPLIT.usedAlign, 'used');
    const avail = this.#locate(addresses.driver, SPLIT.availRing(size), SPLIT.availAlign, 'avail');
    this.#ring = undefined;
    this.plain = NO_RING;
    if (desc < 0 || avail < 0 || used < 0 || addresses.desc === 0) return;
    this.#place(size, desc, avail, used);
  }

  #place(size: number, desc: number, avail: number, used: number): void {
    const ring = new SplitRing(this.ram, size, desc, avail, used, this.bigEndian);
    this.#ring = ring;
    this.usedAddress = smallInt(this.addresses.device);
    this.plain = ring.plain ? ring : NO_RING;
    this.chains.place(ring);
  }

  /**
   * RAM offset of a ring area, or -1. An area that begins in RAM and runs out of it breaks the
   * device; one wholly outside reads as zeros in QEMU, so that nothing ever becomes available.
   */
  #locate(address: number, length: number, align: number, name: string): number {
    const offset = this.ram.offsetOf(address, length);
    if (offset >= 0) {
      if (address % align !== 0) this.owner.violate(this.index, 'ringMisaligned', 0, address);
      return offset;
    }
    if (this.ram.contains(address, 1))
      this.owner.violate(this.index, 'ringOutsideRam', 0, address, `Cannot map ${name}`);
    else this.owner.violate(this.index, 'ringOutsideRam', 0, address);
    return -1;
  }

  /** Back to the state after power-on. */
  reset(): void {
    this.addresses = { desc: 0, driver: 0, device: 0 };
    this.size = this.maxSize;
    this.#ring = undefined;
    this.plain = NO_RING;
    this.lastAvailIdx = 0;
    this.shadowAvailIdx = 0;
    this.usedIdx = 0;
    this.inUse = 0;
    this.notification = true;
    this.signalledUsed = 0;
    this.signalledUsedValid = false;
    this.pool.reset();
    this.chains.releaseBounce();
  }

  isEmpty(): boolean {
    const ring = this.#working();
    return ring === undefined || !this.available(ring);
  }

  pop(): VirtQueueElement | undefined {
    const ring = this.plain;
    if (ring === NO_RING || this.owner.stopped !== false) return this.slowPop();
    const idx = this.lastAvailIdx;
    if (this.shadowAvailIdx === idx && !this.available(ring)) return undefined;
    return this.element(ring, idx, ring.heads[idx & ring.mask] as number, true);
  }

  /** The chain from `head`, which index `idx` of the available ring names; undefined where it is broken. */
  private element(
    ring: SplitRing,
    idx: number,
    head: number,
    plain: boolean,
  ): VirtQueueElement | undefined {
    if (this.inUse >= ring.entries || head >= ring.entries) return this.refuse(ring, idx, head);
    this.lastAvailIdx = (idx + 1) & 0xffff;
    if (this.eventIdx === true) this.storeAvailEvent(ring);
    const element = this.pool.take();
    element.head = head;
    if (!(plain && this.takeOne(ring, element, head)) && !this.chains.collect(element, head)) {
      element.bounced = false;
      this.pool.giveBack(element);
      return undefined;
    }
    this.inUse++;
    if (this.journal.on === true) this.recordPop(element);
    return element;
  }

  /**
   * The usual chain: one descriptor, which names a piece of the largest window of RAM. False, and
   * nothing is taken or said, where it is anything else.
   */
  private takeOne(ring: SplitRing, element: VirtQueueElement, head: number): boolean {
    const { table } = ring;
    const ram = this.ram;
    const at = head << 2;
    const tail = table[at + 3] as number;
    const length = table[at + 2] as number;
    const offset = (table[at] as number) - ram.mainDelta;
    if ((tail & LINKED) !== 0 || (table[at + 1] as number) !== 0 || length === 0) return false;
    if (offset < ram.mainStart || offset > ram.mainEnd - length) return false;
    const { segments } = element;
    segments[0] = offset;
    segments[1] = length;
    if ((tail & VIRTQ_DESC_F_WRITE) !== 0) {
      element.readableCount = element.readableLength = 0;
      element.writableCount = 1;
      element.writableLength = length;
    } else {
      element.readableCount = 1;
      element.readableLength = length;
      element.writableCount = element.writableLength = 0;
    }
    return true;
  }

  push(element: VirtQueueElement, length: number): void {
    const ring = this.plain;
    if (ring === NO_RING || this.owner.stopped !== false || !this.pool.knows(element)) {
      this.slowPush(element, length);
      return;
    }
    this.giveBack(element);
    const { used } = ring;
    const idx = this.usedIdx;
    const next = (idx + 1) & 0xffff;
    const at = (idx & ring.mask & INDEX_BITS) * 2;
    if (this.journal.on === true) this.recordPush(ring, element.head, length, idx);
    used[at] = element.head;
    used[at + 1] = length;
    this.usedIdx = next;
    // The releasing store of idx comes after the entry (VIRTIO 1.4 §2.7.8.2).
    Atomics.store(ring.u16, ring.usedIdxAt, next);
  }

  discard(element: VirtQueueElement): void {
    if (this.pool.knows(element)) this.giveBack(element);
  }

  private giveBack(element: VirtQueueElement): void {
    this.inUse--;
    this.pool.giveBack(element);
    if (element.bounced === true) this.unbounce(element);
  }

  unpop(element: VirtQueueElement): void {
    if (!this.pool.knows(element)) return;
    this.lastAvailIdx = (this.lastAvailIdx - 1) & 0xffff;
    this.discard(element);
  }

  fill(element: VirtQueueElement, length: number, offset: number): void {
    if (!this.pool.knows(element)) return;
    this.discard(element);
    const ring = this.#working();
    if (!ring) return;
    const idx = (this.usedIdx + offset) & 0xffff;
    this.#writeEntry(ring, element.head, length, idx);
    if (this.journal.on) this.#chainPushed(element.head, length, (idx + 1) & 0xffff);
  }

  flush(count: number): void {
    const ring = this.#working();
    if (ring) this.#publish(ring, (this.usedIdx + count) & 0xffff);
  }

  setNotification(enabled: boolean): void {
    this.notification = enabled;
    const ring = this.#ring;
    if (!ring) return;
    if (this.eventIdx) {
      // The driver notifies when it reaches avail_event; to ask for nothing is to leave it behind.
      if (enabled) this.#store16(ring, SPLIT.availEvent(ring.entries), this.loadAvailIdx(ring));
      return;
    }
    const old = this.words.read(ring.usedOffset, 2);
    const flags = enabled ? old & ~VIRTQ_USED_F_NO_NOTIFY : old | VIRTQ_USED_F_NO_NOTIFY;
    if (flags !== old) this.#store16(ring, SPLIT.usedFlags, flags);
  }

  notify(): void {
    // A device that stopped still notes the cause, as QEMU's.
    const ring = this.#ring;
    if (!ring) return;
    const rule = this.#suppression(ring);
    if (rule === undefined) this.owner.interrupt(this.index);
    else if (this.journal.on)
      this.journal.interrupt(this.owner.dev, this.index, 'suppressed', 0, rule);
  }

  /** Why the driver wants no used-buffer notification now, or undefined (VIRTIO 1.4 §2.7.7.2). */
  #suppression(ring: SplitRing): 'noInterrupt' | 'eventIdx' | undefined {
    if (this.journal.on) this.#checkFlags(ring);
    if (this.notifyOnEmpty && this.inUse === 0 && this.isEmpty()) return undefined;
    const avail = ring.availOffset;
    if (!this.eventIdx)
      return this.words.read(avail, 2) & VIRTQ_AVAIL_F_NO_INTERRUPT ? 'noInterrupt' : undefined;
    const valid = this.signalledUsedValid;
    const old = this.signalledUsed;
    this.signalledUsedValid = true;
    this.signalledUsed = this.usedIdx;
    const event = this.words.read(avail + SPLIT.usedEvent(ring.entries), 2);
    // used_event was passed since the last look: distances on the 16-bit circle.
    const passed = distance16(event + 1, this.usedIdx) < distance16(old, this.usedIdx);
    return !valid || passed ? undefined : 'eventIdx';
  }

  // What follows is rare, or recorded, and lies outside the methods above so that V8 can inline those.

  /** The ring, unless the queue is not in use or its device does no work. */
  #working(): SplitRing | undefined {
    return this.owner.stopped ? undefined : this.#ring;
  }

  /**
   * Whether an entry is left. The acquiring load of idx comes before any read of what it publishes
   * (VIRTIO 1.4 §2.7.13.3.1).
   */
  private available(ring: SplitRing): boolean {
    return (
      this.shadowAvailIdx !== this.lastAvailIdx || this.loadAvailIdx(ring) !== this.lastAvailIdx
    );
  }

  private loadAvailIdx(ring: SplitRing): number {
    // avail_event was stored plainly as chains were popped: a driver whose idx is not seen here must
    // see it, or nobody would wake the device (VIRTIO 1.4 §2.7.10).
    if (this.eventIdx && this.notification && ring.plain)
      Atomics.add(ring.u16, ring.availEventAt, 0);
    const idx = ring.plain
      ? Atomics.load(ring.u16, ring.availIdxAt)
      : this.words.read(ring.availOffset + SPLIT.availIdx, 2);
    if (idx !== this.shadowAvailIdx) this.#checkJump(ring, idx);
    this.shadowAvailIdx = idx;
    return idx;
  }

  /** More than the ring has entries, or backwards; QEMU goes on, and so does the device. */
  #checkJump(ring: SplitRing, idx: number): void {
    const count = distance16(this.lastAvailIdx, idx);
    if (count > ring.entries)
      this.owner.violate(this.index, 'availIndexJump', this.lastAvailIdx, count);
  }

  /** With the event index the flags say nothing, and without they know one bit (VIRTIO 1.4 §2.7.7.1). */
  #checkFlags(ring: SplitRing): void {
    const flags = this.words.read(ring.availOffset, 2);
    if ((flags & ~(this.eventIdx ? 0 : VIRTQ_AVAIL_F_NO_INTERRUPT)) !== 0)
      this.owner.violate(this.index, 'availFlags', 0, flags);
  }

  private storeAvailEvent(ring: SplitRing): void {
    if (!this.notification) return;
    if (ring.plain && !this.journal.on) ring.u16[ring.availEventAt] = this.lastAvailIdx;
    else this.#store16(ring, SPLIT.availEvent(ring.entries), this.lastAvailIdx);
  }

  /** Stores a 16-bit field of the used ring, ordered with the reads of the driver's index (VIRTIO 1.4 §2.7.10). */
  #store16(ring: SplitRing, at: number, value: number): void {
    const where = ring.usedOffset + at;
    if (this.journal.on) {
      const old = this.ram.readAt(where, 2);
      const stored = this.words.stored(value, 2);
      this.journal.memWrite(ACTOR.device, this.addresses.device + at, 2, old, 0, stored, 0);
      this.journal.mark();
    }
    if (ring.plain) Atomics.store(ring.u16, where / 2, value);
    else this.words.write(where, 2, value);
  }

  availableBytes(most: number): number {
    const ring = this.#ring;
    if (!ring) return 0;
    const { index, lastAvailIdx } = this;
    const idx = this.words.read(ring.availOffset + SPLIT.availIdx, 2);
    this.shadowAvailIdx = idx;
    return splitAvailableBytes(this.owner, index, ring, this.words, lastAvailIdx, idx, most);
  }

  nextAvailable(): number {
    const ring = this.#ring;
    return ring ? this.words.read(ring.availOffset + SPLIT.availIdx, 2) : 0;
  }

  private slowPop(): VirtQueueElement | undefined {
    const ring = this.#working();
    if (!ring || !this.available(ring)) return undefined;
    const idx = this.lastAvailIdx;
    const at = ring.availOffset + SPLIT.availEntry(ring.slot(idx));
    return this.element(ring, idx, this.words.read(at, 2), false);
  }

  private slowPush(element: VirtQueueElement, length: number): void {
    if (!this.pool.knows(element)) return;
    this.discard(element);
    const ring = this.#working();
    if (!ring) return;
    this.#writeEntry(ring, element.head, length, this.usedIdx);
    this.#publish(ring, (this.usedIdx + 1) & 0xffff);
    if (this.journal.on) this.#chainPushed(element.head, length, this.usedIdx);
  }

  /** Writes the used entry of index `idx`; the driver sees nothing of it before `#publish`. */
  #writeEntry(ring: SplitRing, head: number, length: number, idx: number): void {
    const ram = this.ram;
    const words = this.words;
    const at = SPLIT.usedEntry(ring.slot(idx));
    const where = ring.usedOffset + at;
    if (this.journal.on) {
      const address = this.addresses.device + at;
      const [id, old] = [ram.readAt(where, 4), ram.readAt(where + 4, 4)];
      const [newId, newLength] = [words.stored(head, 4), words.stored(length, 4)];
      this.journal.memWrite(ACTOR.device, address, 8, id, old, newId, newLength);
    }
    words.write(where, 4, head);
    words.write(where + 4, 4, length);
  }

  #publish(ring: SplitRing, usedIdx: number): void {
    this.usedIdx = usedIdx;
    this.#store16(ring, SPLIT.usedIdx, usedIdx);
  }

  private recordPop(element: VirtQueueElement): void {
    const count = element.readableCount + element.writableCount;
    const { head, readableLength, writableLength } = element;
    this.journal.chainPopped(
      this.owner.dev,
      this.index,
      head,
      this.lastAvailIdx,
      readableLength,
      writableLength,
      count,
    );
  }

  /** What `push` is about to do at index `idx`. */
  private recordPush(ring: SplitRing, head: number, length: number, idx: number): void {
    const journal = this.journal;
    const at = (idx & ring.mask) << 1;
    journal.returned(
      this.owner.dev,
      this.index,
      head,
      (idx + 1) & 0xffff,
      length,
      ring.used[at] as number,
      ring.used[at + 1] as number,
      this.usedAddress,
      ring.entries,
    );
    journal.mark();
  }

  #chainPushed(head: number, length: number, usedIdx: number): void {
    this.journal.chainPushed(this.owner.dev, this.index, head, usedIdx, length);
  }

  private unbounce(element: VirtQueueElement): void {
    element.bounced = false;
    this.chains.releaseBounce();
  }

  /** An entry that names no descriptor, or one more than can be in use. */
  private refuse(ring: SplitRing, idx: number, head: number): undefined {
    if (this.inUse >= ring.entries) {
      const count = distance16(idx, this.shadowAvailIdx);
      this.#broken('availIndexJump', idx, count, 'Virtqueue size exceeded');
      return;
    }
    this.lastAvailIdx = (idx + 1) & 0xffff;
    const message = `Guest says index ${head} is available`;
    this.#broken('headOutOfRange', ring.slot(idx), head, message);
  }

  #broken(code: ViolationCode, index: number, value: number, message: string): void {
    this.owner.violate(this.index, code, index, value, message);
  }

  saveState(): State {
    const ring = this.#ring;
    return {
      ...fieldsOf(this as SplitQueue, KEPT),
      holdsBounce: this.chains.holdsBounce,
      ring: ring && [ring.entries, ring.descOffset, ring.availOffset, ring.usedOffset],
    };
  }

  loadState(state: State): void {
    setFields(this as SplitQueue, KEPT, state);
    this.chains.holdsBounce = state.holdsBounce as boolean;
    const [size = 0, desc = 0, avail = 0, used = 0] = (state.ring ?? []) as number[];
    this.#ring = undefined;
    this.plain = NO_RING;
    if (size > 0) this.#place(size, desc, avail, used);
  }

  saveElement(element: VirtQueueElement): State {
    return this.pool.save(element);
  }

  loadElement(state: State): VirtQueueElement {
    return this.pool.load(state);
  }
}
