import { join64 } from '../../../base/bits.ts';
import {
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../../spec/virtio.ts';
import { type ChainCodes, Chains } from './chains.ts';
import type { VirtQueueElement } from './element.ts';
import type { QueueOwner } from './queue-owner.ts';
import type { RingWords } from './ring-words.ts';
import type { SplitRing } from './split-ring.ts';

const CODES: ChainCodes = {
  zeroLength: 'zeroLength',
  wrongOrder: 'readableAfterWritable',
  tooLong: 'chainLoop',
  outsideRam: 'addressOutsideRam',
};

/**
 * Descriptor chains of a split virtqueue as the device reads them (VIRTIO 1.4 §2.7.5): every
 * index, address and length is checked, and a chain is bounded by the table's size.
 */
export class SplitChains extends Chains {
  readonly #words: RingWords;
  /** Byte offset of the descriptor table in RAM, and its entries. */
  #table = 0;
  #size = 0;
  readonly #scratch = new Uint32Array(4);

  constructor(owner: QueueOwner, queue: number, words: RingWords) {
    super(owner, queue, CODES);
    this.#words = words;
  }

  /** Reads chains from the table of `ring`. */
  place(ring: SplitRing): void {
    this.#table = ring.descOffset;
    this.#size = ring.entries;
  }

  /** Walks the chain from `head` into `element`; false where it is broken. */
  collect(element: VirtQueueElement, head: number): boolean {
    const { ram } = this;
    let table = this.#table;
    let max = this.#size;
    let index = head;
    let indirect = false;
    let count = 0;
    let readable = 0;
    let readableLength = 0;
    let writableLength = 0;
    for (;;) {
      let view = this.u32;
      let at = table + SPLIT.descSize * index;
      if (at % 4 === 0 && !this.#words.bigEndian) at /= 4;
      else {
        view = this.#fetch(at);
        at = 0;
      }
      const low = view[at] as number;
      const high = view[at + 1] as number;
      const length = view[at + 2] as number;
      const tail = view[at + 3] as number;
      // As in QEMU, only the head of a chain can be INDIRECT: elsewhere it is a plain buffer.
      if ((tail & VIRTQ_DESC_F_INDIRECT) !== 0) {
        if (count === 0 && !indirect) {
          table = this.#openTable(index, join64(low, high), length, tail);
          if (table < 0) return false;
          indirect = true;
          max = length / SPLIT.descSize;
          index = 0;
          continue;
        }
        if (indirect) this.note('indirectNested', index, 0);
      }
      if (length === 0) return this.zeroLength(index);
      if ((tail & VIRTQ_DESC_F_WRITE) !== 0) writableLength += length;
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
      if (count === element.room && !this.grow(element, head)) return false;
      element.segments[2 * count] = offset;
      element.segments[2 * count + 1] = length;
      if (++count > max) return this.tooLong(head, count);
      if ((tail & VIRTQ_DESC_F_NEXT) === 0) break;
      if (tail >>> 16 >= max) return this.#badNext(index, tail >>> 16);
      index = tail >>> 16;
    }
    if (element.bounced) this.holdBounce();
    element.readableCount = readable;
    element.writableCount = count - readable;
    element.readableLength = readableLength;
    element.writableLength = writableLength;
    return true;
  }

  /** The four words of a descriptor that is not aligned, or not little-endian. */
  #fetch(at: number): Uint32Array {
    const words = this.#words;
    const [low, high] = words.bigEndian ? [4, 0] : [0, 4];
    this.#scratch[0] = words.read(at + VIRTQ_DESC.addr + low, 4);
    this.#scratch[1] = words.read(at + VIRTQ_DESC.addr + high, 4);
    this.#scratch[2] = words.read(at + VIRTQ_DESC.len, 4);
    const next = words.read(at + VIRTQ_DESC.next, 2);
    this.#scratch[3] = words.read(at + VIRTQ_DESC.flags, 2) + next * 0x1_0000;
    return this.#scratch;
  }

  /** RAM offset of the table of INDIRECT descriptor `index`, or -1 where it is broken (VIRTIO 1.4 §2.7.5.3.1). */
  #openTable(index: number, address: number, length: number, tail: number): number {
    if (length === 0 || length % SPLIT.descSize !== 0) {
      const code = length === 0 ? 'indirectEmpty' : 'indirectBadLength';
      this.broken(code, index, length, 'Invalid size for indirect buffer table');
      return -1;
    }
    if (!this.indirectDesc) this.note('indirectNotNegotiated', index, length);
    if ((tail & VIRTQ_DESC_F_NEXT) !== 0) this.note('indirectAndNext', index, length);
    return this.locateTable(index, address, length);
  }

  #badNext(index: number, next: number): false {
    return this.broken('nextOutOfRange', index, next, `Desc next is ${next}`);
  }
}
