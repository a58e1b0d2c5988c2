import { hi32, TWO_32 } from '../base/bits.ts';
import { SPLIT, VIRTQ_DESC_F_AVAIL, VIRTQ_DESC_F_USED } from '../spec/virtio.ts';
import { PLACE_BITS, RingWriter } from './ring-writer.ts';
import { ACTOR, EVENTS } from './schema.ts';
import { SHORT } from './short-records.ts';

/** Addresses from here on do not fit a short record. */
const SHORT_ADDRESSES = 2 ** 48;
/** Longest write that is one event, in bytes; a longer one becomes several. */
export const MAX_DATA = 1 << 16;

/** Records of what is written to guest memory, and of the chains of queues. */
export class MemoryWriter extends RingWriter {
  /** A write of 1, 2, 4 or 8 bytes to guest memory, as little-endian halves. */
  memWrite(
    actor: number,
    addr: number,
    size: number,
    oldLo: number,
    oldHi: number,
    newLo: number,
    newHi: number,
  ): void {
    if (size === 2 && addr < SHORT_ADDRESSES) {
      const at = this.room(4, 1);
      if (at < 0) {
        this.missed(actor, addr, 2, 1);
        return;
      }
      const words = this.words;
      words[at] = SHORT.write2 | (actor << 8) | (2 << 12) | upper(addr);
      words[at + 1] = this.tick(1);
      words[at + 2] = addr;
      words[at + 3] = (oldLo & 0xffff) | (newLo << 16);
    } else this.memWriteWide(actor, addr, size, oldLo, oldHi, newLo, newHi);
  }

  private memWriteWide(
    actor: number,
    addr: number,
    size: number,
    oldLo: number,
    oldHi: number,
    newLo: number,
    newHi: number,
  ): void {
    const words = this.words;
    if (addr < SHORT_ADDRESSES && size <= 4) {
      const at = this.room(5, 1);
      if (at < 0) {
        this.missed(actor, addr, size, 1);
        return;
      }
      words[at] = SHORT.write4 | (actor << 8) | (size << 12) | upper(addr);
      words[at + 1] = this.tick(1);
      words[at + 2] = addr;
      words[at + 3] = oldLo;
      words[at + 4] = newLo;
      return;
    }
    const at = this.begin(EVENTS.memWrite.code, actor, size, 0);
    if (at < 0) {
      this.missed(actor, addr, size, 0);
      return;
    }
    words[at + 2] = addr;
    words[at + 3] = hi32(addr);
    words[at + 4] = oldLo;
    words[at + 8] = newLo;
    if (size <= 4) return;
    words[at + 5] = oldHi;
    words[at + 9] = newHi;
  }

  /** A write of 16 bytes: a descriptor. `old` holds the four words before. */
  memWrite16(
    actor: number,
    addr: number,
    old: Uint32Array,
    oldAt: number,
    new0: number,
    new1: number,
    new2: number,
    new3: number,
  ): void {
    if (addr !== (addr | 0) && addr >= SHORT_ADDRESSES) {
      const before = new Uint8Array(old.buffer, old.byteOffset + 4 * oldAt, 16);
      const after = new Uint8Array(Uint32Array.of(new0, new1, new2, new3).buffer);
      this.written(actor, addr, before, after);
      return;
    }
    const place = this.room(11, 1);
    if (place < 0) {
      this.missed(actor, addr, 16, 1);
      return;
    }
    const { words } = this;
    const at = place & PLACE_BITS;
    const from = oldAt & PLACE_BITS;
    words[at] = SHORT.write16 | (actor << 8) | upper(addr);
    words[at + 1] = this.tick(1);
    words[at + 2] = addr | 0;
    words[at + 3] = old[from] as number;
    words[at + 4] = old[from + 1] as number;
    words[at + 5] = old[from + 2] as number;
    words[at + 6] = old[from + 3] as number;
    words[at + 7] = new0 | 0;
    words[at + 8] = new1 | 0;
    words[at + 9] = new2 | 0;
    words[at + 10] = new3 | 0;
  }

  /**
   * The driver is about to offer a chain of one descriptor in a split ring below 4 GiB: writes of the
   * descriptor at `desc`, whose words are at `at` of `ram`, and of the available ring's entry at
   * `entry`, from `before` to `head`.
   */
  posted(
    ram: Uint32Array,
    at: number,
    desc: number,
    addr: number,
    len: number,
    tail: number,
    entry: number,
    before: number,
    head: number,
  ): void {
    const place = this.room(13, 2);
    if (place < 0) {
      this.missed(ACTOR.driver, desc, 16, 1);
      this.missed(ACTOR.driver, entry, 2, 1);
      return;
    }
    const { words } = this;
    const w = place & PLACE_BITS;
    const from = at & PLACE_BITS;
    words[w] = SHORT.posted;
    words[w + 1] = this.tick(2);
    words[w + 2] = desc | 0;
    words[w + 3] = ram[from] as number;
    words[w + 4] = ram[from + 1] as number;
    words[w + 5] = ram[from + 2] as number;
    words[w + 6] = ram[from + 3] as number;
    words[w + 7] = addr | 0;
    words[w + 8] = addr === (addr | 0) ? 0 : hi32(addr);
    words[w + 9] = len | 0;
    words[w + 10] = tail | 0;
    words[w + 11] = entry | 0;
    words[w + 12] = before | (head << 16);
  }

  /** Bytes of the longest write that is one event. */
  get longestWrite(): number {
    return Math.max(16, Math.min(MAX_DATA, (this.ring.sideMask + 1) >> 2));
  }

  /** A write of any length; short ones become `memWrite`, very long ones several events. `before` and `after` have the same length. */
  bytesWritten(actor: number, addr: number, before: Uint8Array, after: Uint8Array): void {
    const most = this.longestWrite;
    for (let at = 0; at < after.length; at += most)
      this.written(actor, addr + at, before.subarray(at, at + most), after.subarray(at, at + most));
  }

  /** A write that has no room: counted where that is because of a gap. `events` are not counted yet. */
  private missed(actor: number, addr: number, size: number, events: number): void {
    if (!this.gap) return;
    this.gap.wrote(actor, addr, size);
    this.skip(events);
  }

  private written(actor: number, addr: number, before: Uint8Array, after: Uint8Array): void {
    const { length } = after;
    if (this.gap) {
      this.missed(actor, addr, length, 1);
      return;
    }
    if (length <= 16) {
      const w = this.begin(EVENTS.memWrite.code, actor, length & 15, 0);
      if (w < 0) return;
      this.words[w + 2] = addr;
      this.words[w + 3] = hi32(addr);
      for (let i = 0; i < 4; i++) {
        this.words[w + 4 + i] = word(before, i * 4);
        this.words[w + 8 + i] = word(after, i * 4);
      }
      return;
    }
    const at = this.payload(length * 2);
    if (at < 0) return;
    const w = this.begin(EVENTS.dataWrite.code, actor, 0, 0);
    if (w < 0) return;
    this.store(at, before);
    this.store(at + length, after);
    this.words[w + 2] = addr;
    this.words[w + 3] = hi32(addr);
    this.words[w + 4] = length;
    this.commit(w, at, length * 2);
  }

  chainPopped(
    dev: number,
    queue: number,
    head: number,
    availIdx: number,
    readable: number,
    writable: number,
    count: number,
  ): void {
    const place = this.room(6, 1);
    if (place < 0) {
      this.gap?.queue(dev, queue).pop(head, availIdx);
      this.skip(1);
      return;
    }
    const { words } = this;
    const at = place & PLACE_BITS;
    words[at] = SHORT.popped | (head << 16);
    words[at + 1] = this.tick(1);
    words[at + 2] = dev | (queue << 16);
    words[at + 3] = (availIdx & 0xffff) | (count << 16);
    words[at + 4] = readable | 0;
    words[at + 5] = writable | 0;
  }

  chainPushed(dev: number, queue: number, head: number, usedIdx: number, length: number): void {
    const w = this.begin(EVENTS.chainPushed.code, ACTOR.device, 0, head);
    if (w < 0) {
      this.gap?.queue(dev, queue).push(head, usedIdx);
      return;
    }
    const r = this.words;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = usedIdx;
    r[w + 4] = length;
  }

  /**
   * The device is about to return a chain in a split ring of `size` entries, a power of two, whose
   * used ring is at `used`: writes of the entry, which held `oldId` and `oldLength`, and of the index,
   * which becomes `usedIdx`; and `chainPushed`.
   */
  returned(
    dev: number,
    queue: number,
    head: number,
    usedIdx: number,
    length: number,
    oldId: number,
    oldLength: number,
    used: number,
    size: number,
  ): void {
    if (used !== (used | 0) && used >= SHORT_ADDRESSES) {
      const entry = used + SPLIT.usedEntry((usedIdx - 1) & (size - 1));
      this.memWrite(ACTOR.device, entry, 8, oldId, oldLength, head, length);
      const before = (usedIdx - 1) & 0xffff;
      this.memWrite(ACTOR.device, used + SPLIT.usedIdx, 2, before, 0, usedIdx, 0);
      this.chainPushed(dev, queue, head, usedIdx, length);
      return;
    }
    const place = this.room(8, 3);
    if (place < 0) {
      this.missed(ACTOR.device, used + SPLIT.usedEntry((usedIdx - 1) & (size - 1)), 8, 1);
      this.missed(ACTOR.device, used + SPLIT.usedIdx, 2, 1);
      this.gap?.queue(dev, queue).push(head, usedIdx);
      this.skip(1);
      return;
    }
    const { words } = this;
    const at = place & PLACE_BITS;
    words[at] = SHORT.returned | ((31 - Math.clz32(size)) << 12) | (head << 16);
    words[at + 1] = this.tick(3);
    words[at + 2] = dev | (queue << 16);
    words[at + 3] = usedIdx | upper(used);
    words[at + 4] = length | 0;
    words[at + 5] = oldId | 0;
    words[at + 6] = oldLength | 0;
    words[at + 7] = used | 0;
  }

  /**
   * The device is about to return a chain in a packed ring: a write of the 8 bytes at `addr`, which
   * held `oldLength` and `oldTail`, to `length`, `id` and the flags AVAIL and USED as `marked` says; and
   * `chainPushed` with `place`.
   */
  returnedPacked(
    dev: number,
    queue: number,
    id: number,
    place: number,
    length: number,
    oldLength: number,
    oldTail: number,
    addr: number,
    marked: boolean,
  ): void {
    if (addr !== (addr | 0) && addr >= SHORT_ADDRESSES) {
      const tail = id | (marked ? (VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED) << 16 : 0);
      this.memWrite(ACTOR.device, addr, 8, oldLength, oldTail, length, tail);
      this.chainPushed(dev, queue, id, place, length);
      return;
    }
    const w = this.room(8, 2);
    if (w < 0) {
      this.missed(ACTOR.device, addr, 8, 1);
      this.gap?.queue(dev, queue).push(id, place);
      this.skip(1);
      return;
    }
    const { words } = this;
    const at = w & PLACE_BITS;
    words[at] = SHORT.returnedPacked | (marked ? 1 << 12 : 0) | (id << 16);
    words[at + 1] = this.tick(2);
    words[at + 2] = dev | (queue << 16);
    words[at + 3] = place | upper(addr);
    words[at + 4] = length | 0;
    words[at + 5] = oldLength | 0;
    words[at + 6] = oldTail | 0;
    words[at + 7] = addr | 0;
  }
}

/** Bits 32 to 47 of an address, in the upper half of a word. */
function upper(addr: number): number {
  return addr === (addr | 0) ? 0 : (addr / TWO_32) << 16;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)) >>>
    0
  );
}
