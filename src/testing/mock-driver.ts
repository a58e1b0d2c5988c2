import type { QueueOwner } from '../engine/virtio/virtqueue/queue-owner.ts';
import { RingWords } from '../engine/virtio/virtqueue/ring-words.ts';
import { SplitQueue } from '../engine/virtio/virtqueue/split-queue.ts';
import { JournalRing } from '../journal/ring.ts';
import { JournalWriter } from '../journal/writer.ts';
import { GuestRam } from '../memory/guest-ram.ts';
import type { ViolationCode } from '../spec/violations.ts';
import { SPLIT, VIRTQ_DESC_F_NEXT } from '../spec/virtio.ts';

/** One descriptor as a test writes it. */
export interface Desc {
  readonly addr: number;
  readonly len: number;
  readonly flags?: number;
  readonly next?: number;
}

/** What a queue told its owner. */
export interface Complaint {
  readonly code: ViolationCode;
  readonly index: number;
  readonly value: number;
  readonly message: string | undefined;
}

/** The owner of one device-side queue under test: remembers what the queue tells it. */
export class MockOwner implements QueueOwner {
  readonly dev = 7;
  readonly ram: GuestRam;
  readonly journal = new JournalWriter(JournalRing.create(1 << 12, 1 << 16));
  readonly bounce = { busy: false };
  readonly complaints: Complaint[] = [];
  stopped = false;
  interrupts = 0;

  constructor(ram = new GuestRam(new SharedArrayBuffer(1 << 22))) {
    this.ram = ram;
  }

  violate(
    _queue: number,
    code: ViolationCode,
    index: number,
    value: number,
    message?: string,
  ): void {
    this.complaints.push({ code, index, value, message });
    if (message !== undefined) this.stopped = true;
  }

  interrupt(): void {
    this.interrupts++;
  }
}

/**
 * A driver without mercy: writes whatever a test wants into the rings of one device-side split
 * queue, with nothing between it and guest memory.
 */
export class MockDriver extends MockOwner {
  readonly queue: SplitQueue;
  /** Numbers of the ring, as the driver writes them. */
  readonly words: RingWords;
  readonly desc: number;
  readonly avail: number;
  readonly used: number;
  /** Free-running index of the next available entry. */
  availIdx: number;

  /** `size` entries whose indices start at `start`; ring areas lie from `base` on. */
  constructor(size: number, start = 0, base = 0x1000, ram?: GuestRam, Ring = SplitQueue) {
    super(ram);
    this.words = new RingWords(this.ram);
    this.desc = base;
    this.avail = base + SPLIT.descTable(size);
    this.used = Math.ceil((this.avail + SPLIT.availRing(size)) / 4) * 4;
    this.availIdx = start;
    this.queue = new Ring(this, 0, size);
    this.queue.enable({ desc: this.desc, driver: this.avail, device: this.used });
    this.queue.lastAvailIdx = start;
    this.queue.shadowAvailIdx = start;
    this.queue.usedIdx = start;
    this.ram.writeAt(this.avail + SPLIT.availIdx, 2, start);
    this.ram.writeAt(this.used + SPLIT.usedIdx, 2, start);
  }

  /** Driver and device agree on big-endian numbers (VIRTIO 1.4 §2.7.3). */
  speakBigEndian(): void {
    this.words.bigEndian = true;
    this.queue.bigEndian = true;
    this.words.write(this.avail + SPLIT.availIdx, 2, this.availIdx);
    this.words.write(this.used + SPLIT.usedIdx, 2, this.availIdx);
  }

  /** Writes descriptor `index`. */
  describe(index: number, { addr, len, flags = 0, next = 0 }: Desc): void {
    const at = this.desc + SPLIT.descSize * index;
    const [low, high] = this.words.bigEndian ? [4, 0] : [0, 4];
    this.words.write(at + low, 4, addr % 2 ** 32);
    this.words.write(at + high, 4, Math.floor(addr / 2 ** 32));
    this.words.write(at + 8, 4, len);
    this.words.write(at + 12, 2, flags);
    this.words.write(at + 14, 2, next);
  }

  /** Links descriptors from `first` on, in table order, and makes the chain available. */
  offerChain(first: number, chain: readonly Desc[]): void {
    chain.forEach((desc, i) => {
      const more = i + 1 < chain.length;
      const flags = (desc.flags ?? 0) | (more ? VIRTQ_DESC_F_NEXT : 0);
      this.describe(first + i, { ...desc, flags, next: more ? first + i + 1 : 0 });
    });
    this.offer(first);
  }

  /** Puts `head` into the available ring and publishes it. */
  offer(head: number): void {
    const slot = this.availIdx & (this.queue.size - 1);
    this.words.write(this.avail + SPLIT.availEntry(slot), 2, head);
    this.availIdx = (this.availIdx + 1) & 0xffff;
    this.words.write(this.avail + SPLIT.availIdx, 2, this.availIdx);
  }

  /** `used.idx` as the driver reads it. */
  get usedIdx(): number {
    return this.words.read(this.used + SPLIT.usedIdx, 2);
  }

  /** Used entry at free-running index `idx`. */
  usedEntry(idx: number): { id: number; len: number } {
    const at = this.used + SPLIT.usedEntry(idx & (this.queue.size - 1));
    return { id: this.words.read(at, 4), len: this.words.read(at + 4, 4) };
  }
}
