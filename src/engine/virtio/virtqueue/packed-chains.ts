import { join64 } from '../../../base/bits.ts';
import {
  PACKED,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
} from '../../../spec/virtio.ts';
import { type ChainCodes, Chains } from './chains.ts';
import type { VirtQueueElement } from './element.ts';
import type { QueueOwner } from './queue-owner.ts';

/** Both marks of a descriptor: different where it is available, equal where it is used (VIRTIO 1.4 §2.8.1). */
export const MARKS = VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;

const CODES: ChainCodes = {
  zeroLength: 'packedZeroLength',
  wrongOrder: 'packedReadableAfterWritable',
  tooLong: 'packedListTooLong',
  outsideRam: 'packedAddressOutsideRam',
};

/**
 * Lists of descriptors of a packed virtqueue as the device reads them (VIRTIO 1.4 §2.8.5): every
 * address and length is checked, and a list is bounded by the ring's size.
 */
export class PackedChains extends Chains {
  /** Byte offset of the descriptor ring in RAM, and its descriptors. */
  #ring = 0;
  #size = 0;
  readonly #scratch = new Uint32Array(4);

  constructor(owner: QueueOwner, queue: number) {
    super(owner, queue, CODES);
  }

  /** The ring of `size` descriptors lies at RAM offset `ring`. */
  place(ring: number, size: number): void {
    this.#ring = ring;
    this.#size = size;
  }

  /**
   * Walks the list at `first` into `element`; false where it is broken. `available` is what the marks of
   * its descriptors must be, up to the end of the ring.
   */
  collect(element: VirtQueueElement, first: number, available: number): boolean {
    const { ram } = this;
    let table = this.#ring;
    let max = this.#size;
    let index = first;
    let marks = available;
    let indirect = false;
    let count = 0;
    let readable = 0;
    let readableLength = 0;
    let writableLength = 0;
    for (;;) {
      let view = this.u32;
      let at = table + PACKED.descSize * index;
      if (at % 4 === 0) at /= 4;
      else {
        view = this.#fetch(at);
        at = 0;
      }
      const low = view[at] as number;
      const high = view[at + 1] as number;
      const length = view[at + 2] as number;
      const tail = view[at + 3] as number;
      const flags = tail >>> 16;
      if ((flags & VIRTQ_DESC_F_INDIRECT) !== 0 && count === 0 && !indirect) {
        table = this.#openTable(index, join64(low, high), length, flags);
        if (table < 0) return false;
        element.head = tail & 0xffff;
        indirect = true;
        max = length / PACKED.descSize;
        index = 0;
        continue;
      }
      if (length === 0) return this.zeroLength(index);
      if ((flags & VIRTQ_DESC_F_WRITE) !== 0) writableLength += length;
      else {
        if (count !== readable) return this.wrongOrder(index);
        readable++;
        readableLength += length;
      }
      let offset = high === 0 ? low - ram.mainDelta : -1;
      if (offset < ram.mainStart || offset > ram.mainEnd - length) {
        offset = this.elsewhere(element, index, join64(low, high), length);
        if (offset < 0) return false;
      }
      if (count === element.room && !this.grow(element, first)) return false;
      element.segments[2 * count] = offset;
      element.segments[2 * count + 1] = length;
      if (++count > max) return this.tooLong(first, count);
      if (indirect) {
        // Every entry of a table belongs to the list; flags but WRITE mean nothing (VIRTIO 1.4 §2.8.7).
        if ((flags & ~VIRTQ_DESC_F_WRITE) !== 0) this.note('packedIndirectFlags', index, flags);
        if (++index === max) break;
        continue;
      }
      if ((flags & (MARKS | VIRTQ_DESC_F_INDIRECT)) !== marks) this.#noteFlags(index, flags, marks);
      if ((flags & VIRTQ_DESC_F_NEXT) === 0) {
        // The list's last descriptor has its buffer ID (VIRTIO 1.4 §2.8.6).
        element.head = tail & 0xffff;
        break;
      }
      if (++index === max) {
        index = 0;
        marks ^= MARKS;
      }
    }
    if (element.bounced) this.holdBounce();
    element.places = indirect ? 1 : count;
    element.readableCount = readable;
    element.writableCount = count - readable;
    element.readableLength = readableLength;
    element.writableLength = writableLength;
    return true;
  }

  /** The four words of a descriptor that is not aligned. */
  #fetch(at: number): Uint32Array {
    for (let i = 0; i < 4; i++) this.#scratch[i] = this.ram.readAt(at + 4 * i, 4);
    return this.#scratch;
  }

  /** RAM offset of the table of INDIRECT descriptor `index`, or -1 where it is broken (VIRTIO 1.4 §2.8.7). */
  #openTable(index: number, address: number, length: number, flags: number): number {
    if (length === 0 || length % PACKED.descSize !== 0) {
      const message = 'Invalid size for indirect buffer table';
      this.broken('packedIndirectBadLength', index, length, message);
      return -1;
    }
    if (!this.indirectDesc) this.note('packedIndirectNotNegotiated', index, length);
    if ((flags & VIRTQ_DESC_F_NEXT) !== 0) this.note('packedIndirectInList', index, length);
    return this.locateTable(index, address, length);
  }

  /** A direct descriptor whose flags do not fit its list. QEMU serves it, and takes INDIRECT for nothing. */
  #noteFlags(index: number, flags: number, marks: number): void {
    if ((flags & VIRTQ_DESC_F_INDIRECT) !== 0) this.note('packedIndirectInList', index, 0);
    if ((flags & MARKS) !== marks) this.note('packedListIncomplete', index, flags);
  }
}
