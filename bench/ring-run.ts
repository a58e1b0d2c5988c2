import { JournalReader } from '../src/journal/reader.ts';
import { JournalRing } from '../src/journal/ring.ts';
import { ACTOR, RECORD_WORDS } from '../src/journal/schema.ts';
import { EventStore, recordAt } from '../src/journal/store.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import {
  PACKED,
  SPLIT,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
} from '../src/spec/virtio.ts';

/** Descriptors of a request: header, data, status. */
const CHAIN = [
  { len: 16, flags: VIRTQ_DESC_F_NEXT },
  { len: 512, flags: VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE },
  { len: 1, flags: VIRTQ_DESC_F_WRITE },
] as const;

/** A request on its way. */
interface Request {
  readonly id: number;
  readonly slots: readonly number[];
}

/**
 * A journal of one queue of any size at work, larger than machines have them: what a driver and a device
 * record, request by request. QEMU's queues end at 1,024 entries; the specification's at 32,768.
 */
export class RingRun {
  readonly store = new EventStore();
  readonly size: number;
  readonly packed: boolean;
  readonly #dev: number;
  readonly #writer: JournalWriter;
  readonly #reader: JournalReader;
  readonly #old = new Uint32Array(4);
  readonly #free: number[];
  readonly #waiting: Request[] = [];
  readonly #taken: Request[] = [];
  readonly #desc = 0x100_0000;
  readonly #driver: number;
  readonly #device: number;
  #avail = 0;
  #popped = 0;
  #used = 0;

  constructor(dev: number, size: number, packed: boolean) {
    this.size = size;
    this.packed = packed;
    this.#dev = dev;
    this.#driver = this.#desc + 16 * size;
    this.#device = this.#driver + 0x2_0000;
    const ring = JournalRing.create(1 << 16, 1 << 12);
    this.#writer = new JournalWriter(ring);
    this.#reader = new JournalReader([ring], this.store);
    this.#writer.waitForRoom = () => this.#reader.drain() > 0;
    this.#free = Array.from({ length: size }, (_, i) => size - 1 - i);
    this.#writer.queueConfig(dev, 0, true, packed, size, this.#desc, this.#driver, this.#device);
  }

  /** The driver makes `count` requests available, at once. */
  offer(count: number): void {
    const w = this.#writer;
    for (let i = 0; i < count && this.#free.length >= CHAIN.length; i++) {
      const slots = CHAIN.map((_, k) =>
        this.packed ? (this.#avail + k) % this.size : (this.#free.pop() as number),
      );
      if (this.packed) this.#free.length -= CHAIN.length;
      const id = slots[0] as number;
      // The head last: from then on the device may look at a packed chain.
      for (let k = CHAIN.length - 1; k >= 0; k--) {
        const { len, flags } = CHAIN[k] as (typeof CHAIN)[number];
        const slot = slots[k] as number;
        const tail = this.packed
          ? id | ((flags | this.#marks(this.#avail + k, 'avail')) << 16)
          : flags | ((slots[k + 1] ?? 0) << 16);
        const addr = 0x200_0000 + 1024 * slot;
        w.memWrite16(ACTOR.driver, this.#desc + 16 * slot, this.#old, 0, addr, 0, len, tail >>> 0);
      }
      if (this.packed) this.#avail += CHAIN.length;
      else {
        const entry = SPLIT.availEntry(this.#avail % this.size);
        w.memWrite(ACTOR.driver, this.#driver + entry, 2, 0, 0, id, 0);
        this.#avail++;
      }
      this.#waiting.push({ id, slots });
    }
    if (this.packed) return;
    const idx = this.#avail & 0xffff;
    w.memWrite(ACTOR.driver, this.#driver + SPLIT.availIdx, 2, 0, 0, idx, 0);
  }

  /** The device takes up to `count` requests. */
  take(count: number): void {
    for (const request of this.#waiting.splice(0, count)) {
      this.#popped += this.packed ? CHAIN.length : 1;
      const place = this.packed ? this.#place(this.#popped) : this.#popped & 0xffff;
      this.#writer.chainPopped(this.#dev, 0, request.id, place, 16, 513, CHAIN.length);
      this.#taken.push(request);
    }
  }

  /** The device returns up to `count` of them. */
  give(count: number): void {
    const w = this.#writer;
    for (const { id, slots } of this.#taken.splice(0, count)) {
      if (this.packed) {
        const at = this.#desc + 16 * (this.#used % this.size) + PACKED.descLen;
        const tail = id | (this.#marks(this.#used, 'used') << 16);
        w.memWrite(ACTOR.device, at, 8, 0, 0, 513, tail >>> 0);
        this.#used += CHAIN.length;
        this.#free.length += CHAIN.length;
      } else {
        const entry = this.#device + SPLIT.usedEntry(this.#used % this.size);
        w.memWrite(ACTOR.device, entry, 8, 0, 0, id, 513);
        this.#used++;
        const idx = this.#used & 0xffff;
        w.memWrite(ACTOR.device, this.#device + SPLIT.usedIdx, 2, 0, 0, idx, 0);
        this.#free.push(...slots.toReversed());
      }
      const place = this.packed ? this.#place(this.#used) : this.#used & 0xffff;
      w.chainPushed(this.#dev, 0, id, place, 513);
    }
  }

  /** The records from event `from` on, as bytes in base 64. */
  records(from: number): string {
    this.#writer.flush();
    this.#reader.drain();
    const words = new Uint32Array((this.store.length - from) * RECORD_WORDS);
    for (let i = from; i < this.store.length; i++) {
      const at = recordAt(i);
      words.set(
        this.store.words(i)?.subarray(at, at + RECORD_WORDS) ?? [],
        (i - from) * RECORD_WORDS,
      );
    }
    return Buffer.from(words.buffer).toString('base64');
  }

  #wrap(position: number): boolean {
    return Math.floor(position / this.size) % 2 === 0;
  }

  #place(position: number): number {
    return (position % this.size) | (this.#wrap(position) ? 0x8000 : 0);
  }

  #marks(position: number, as: 'avail' | 'used'): number {
    const wrap = this.#wrap(position);
    if (as === 'used') return wrap ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0;
    return wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;
  }
}
