import { PackedQueue } from '../engine/virtio/virtqueue/packed-queue.ts';
import type { GuestRam } from '../memory/guest-ram.ts';
import {
  PACKED,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
} from '../spec/virtio.ts';
import { type Desc, MockOwner } from './mock-driver.ts';

const MARKS = VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;

/** A used descriptor as the driver finds it. */
interface Used {
  readonly id: number;
  readonly len: number;
  readonly flags: number;
}

/** A list that the driver has made available. */
interface Offered {
  readonly id: number;
  readonly places: number;
}

/** The driver of one device-side packed queue: keeps the rules, or breaks them where a test wants it. */
export class MockPackedDriver extends MockOwner {
  readonly queue: PackedQueue;
  readonly size: number;
  readonly desc: number;
  /** Event suppression structures. */
  readonly driverEvent: number;
  readonly deviceEvent: number;
  /** Next descriptor to make available, and its wrap counter. */
  next = 0;
  wrap = true;
  /** Next used descriptor, and its wrap counter. */
  nextUsed = 0;
  usedWrap = true;
  /** Lists at the device, the oldest first. */
  readonly offered: Offered[] = [];

  constructor(size: number, base = 0x1000, ram?: GuestRam, Ring = PackedQueue) {
    super(ram);
    this.size = size;
    this.desc = base;
    this.driverEvent = base + PACKED.descRing(size);
    this.deviceEvent = this.driverEvent + PACKED.eventSize;
    this.queue = new Ring(this, 0, size);
    this.enable();
  }

  /** Enables the queue, from its beginning. */
  enable(): void {
    this.ram.u8.fill(0, this.desc, this.deviceEvent + PACKED.eventSize);
    this.queue.enable({
      desc: this.desc,
      driver: this.driverEvent,
      device: this.deviceEvent,
    });
    this.next = 0;
    this.wrap = true;
    this.nextUsed = 0;
    this.usedWrap = true;
    this.offered.length = 0;
  }

  /** Writes a descriptor at an address. */
  writeDesc(at: number, { addr, len, flags = 0 }: Desc, id: number): void {
    this.ram.writeAt(at, 4, addr % 2 ** 32);
    this.ram.writeAt(at + 4, 4, Math.floor(addr / 2 ** 32));
    this.ram.writeAt(at + PACKED.descLen, 4, len);
    this.ram.writeAt(at + PACKED.descId, 2, id);
    this.ram.writeAt(at + PACKED.descFlags, 2, flags);
  }

  /** Makes a list available; the buffer ID stands in its last descriptor alone (VIRTIO 1.4 §2.8.6). */
  offer(id: number, list: readonly Desc[]): void {
    const first = this.next;
    let head = 0;
    list.forEach((desc, i) => {
      const more = i + 1 < list.length;
      const marks = this.wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;
      const flags = (desc.flags ?? 0) | marks | (more ? VIRTQ_DESC_F_NEXT : 0);
      // The head's flags come last.
      if (i === 0) head = flags;
      this.#place({ ...desc, flags: i === 0 ? flags ^ MARKS : flags }, more ? 0xffff : id);
    });
    this.ram.writeAt(this.desc + PACKED.descSize * first + PACKED.descFlags, 2, head);
    this.offered.push({ id, places: list.length });
  }

  /** Makes one INDIRECT descriptor available, whose table is written at `table`. */
  offerIndirect(id: number, table: number, list: readonly Desc[], bytes?: number): void {
    list.forEach((desc, i) => {
      this.writeDesc(table + PACKED.descSize * i, desc, 0);
    });
    const len = bytes ?? PACKED.descSize * list.length;
    this.offer(id, [{ addr: table, len, flags: VIRTQ_DESC_F_INDIRECT }]);
  }

  #place(desc: Desc, id: number): void {
    this.writeDesc(this.desc + PACKED.descSize * this.next, desc, id);
    if (++this.next === this.size) {
      this.next = 0;
      this.wrap = !this.wrap;
    }
  }

  /** Descriptors that a list may still take. */
  get room(): number {
    return this.size - this.offered.reduce((sum, { places }) => sum + places, 0);
  }

  /** The used descriptor at a place of the ring. */
  used(index: number): Used {
    const at = this.desc + PACKED.descSize * index;
    return {
      id: this.ram.readAt(at + PACKED.descId, 2),
      len: this.ram.readAt(at + PACKED.descLen, 4),
      flags: this.ram.readAt(at + PACKED.descFlags, 2),
    };
  }

  /**
   * Takes the next used descriptor: the list that it names, after those that it skips where buffers are used
   * in order (VIRTIO 1.4 §2.8.8). Undefined where there is none.
   */
  take(inOrder = false): { used: Used; lists: number[] } | undefined {
    const used = this.used(this.nextUsed);
    if ((used.flags & MARKS) !== (this.usedWrap ? MARKS : 0)) return undefined;
    const at = this.offered.findIndex(({ id }) => id === used.id);
    if (at < 0) throw new Error(`buffer ${used.id} is not with the device`);
    const lists = inOrder ? this.offered.splice(0, at + 1) : this.offered.splice(at, 1);
    for (const { places } of lists) this.nextUsed += places;
    if (this.nextUsed >= this.size) {
      this.nextUsed -= this.size;
      this.usedWrap = !this.usedWrap;
    }
    return { used, lists: lists.map(({ id }) => id) };
  }

  /** What the driver wants of used-buffer notifications: flags, and a place with its wrap counter in bit 15. */
  setDriverEvent(flags: number, place = 0): void {
    this.ram.writeAt(this.driverEvent, 4, place + flags * 2 ** 16);
  }

  /** What the device wants of available-buffer notifications. */
  get wanted(): { place: number; flags: number } {
    return {
      place: this.ram.readAt(this.deviceEvent + PACKED.eventDesc, 2),
      flags: this.ram.readAt(this.deviceEvent + PACKED.eventFlags, 2),
    };
  }
}
