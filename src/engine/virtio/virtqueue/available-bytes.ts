import { distance16, join64 } from '../../../base/bits.ts';
import type { ViolationCode } from '../../../spec/violations.ts';
import {
  PACKED,
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../../spec/virtio.ts';
import { MARKS } from './packed-chains.ts';
import type { QueueOwner } from './queue-owner.ts';
import { RingWords } from './ring-words.ts';
import type { SplitRing } from './split-ring.ts';

/** Where a packed ring lies in RAM, and from which descriptor on the device has popped nothing. */
interface PackedPlace {
  readonly offset: number;
  readonly entries: number;
  readonly index: number;
  /** Marks of an available descriptor at `index`. */
  readonly marks: number;
}

/** How a ring format calls the breaches that both have. */
interface Codes {
  readonly tooLong: ViolationCode;
  readonly outsideRam: ViolationCode;
  readonly empty: ViolationCode;
  readonly badLength: ViolationCode;
}

/**
 * Adds the writable bytes of available chains up, as QEMU's virtqueue_get_avail_bytes does: it follows the chains
 * and stops the device where it cannot, but looks at no buffer. Those are checked when the chain is popped.
 */
abstract class Meter {
  /** Writable bytes so far: 32 bits, as in QEMU. */
  writable = 0;
  /** Descriptors of the ring that the chains so far take. */
  taken = 0;
  protected readonly words: RingWords;
  protected readonly table: number;
  protected readonly entries: number;
  readonly #owner: QueueOwner;
  readonly #queue: number;
  readonly #codes: Codes;
  readonly #most: number;

  /** `table`: RAM offset of `entries` descriptors; counting ends once there are `most` bytes. */
  constructor(
    owner: QueueOwner,
    queue: number,
    codes: Codes,
    words: RingWords,
    table: number,
    entries: number,
    most: number,
  ) {
    this.#owner = owner;
    this.#queue = queue;
    this.#codes = codes;
    this.#most = most;
    this.words = words;
    this.table = table;
    this.entries = entries;
  }

  /** Adds the chain that begins at a descriptor of the ring. False where that is enough, or the chain is broken. */
  chain(first: number): boolean {
    const codes = this.#codes;
    let table = this.table;
    let max = this.entries;
    let index = first;
    let count = this.taken;
    const indirect = (this.flags(this.at(table, first)) & VIRTQ_DESC_F_INDIRECT) !== 0;
    if (indirect) {
      const length = this.#length(this.at(table, first));
      table = this.#locate(first, length);
      if (table < 0) return false;
      max = length / SPLIT.descSize;
      index = 0;
      count = 0;
    }
    for (;;) {
      if (++count > max) return this.broken(codes.tooLong, first, count, 'Looped descriptor');
      const at = this.at(table, index);
      const flags = this.flags(at);
      if ((flags & VIRTQ_DESC_F_WRITE) !== 0)
        this.writable = (this.writable + this.#length(at)) >>> 0;
      if (this.writable >= this.#most) return false;
      if (!this.goesOn(flags, index, max, indirect)) break;
      const next = this.following(at, index, max);
      if (next >= max) return this.broken('nextOutOfRange', index, next, `Desc next is ${next}`);
      index = next;
    }
    this.taken = indirect ? this.taken + 1 : count;
    return true;
  }

  /** A breach that stops the device. Nothing is available any more. */
  broken(code: ViolationCode, index: number, value: number, message: string): false {
    this.writable = 0;
    this.#owner.violate(this.#queue, code, index, value, message);
    return false;
  }

  /** Flags of the descriptor at a byte offset. */
  abstract flags(at: number): number;
  /** Whether one with these flags, the entry `index` of `max`, is not its chain's last. */
  protected abstract goesOn(flags: number, index: number, max: number, indirect: boolean): boolean;
  /** Index of the one that follows the one at byte offset `at`. */
  protected abstract following(at: number, index: number, max: number): number;

  at(table: number, index: number): number {
    return table + SPLIT.descSize * index;
  }

  #length(at: number): number {
    return this.words.read(at + VIRTQ_DESC.len, 4);
  }

  /** RAM offset of the table of INDIRECT descriptor `index`, or -1. */
  #locate(index: number, length: number): number {
    const { empty, badLength, tooLong, outsideRam } = this.#codes;
    if (length === 0 || length % SPLIT.descSize !== 0) {
      const message = 'Invalid size for indirect buffer table';
      this.broken(length === 0 ? empty : badLength, index, length, message);
      return -1;
    }
    if (this.taken >= this.entries) {
      this.broken(tooLong, index, this.taken, 'Looped descriptor');
      return -1;
    }
    const at = this.at(this.table, index) + VIRTQ_DESC.addr;
    const [low, high] = this.words.bigEndian ? [4, 0] : [0, 4];
    const address = join64(this.words.read(at + low, 4), this.words.read(at + high, 4));
    const offset = this.#owner.ram.offsetOf(address, length);
    if (offset < 0) this.broken(outsideRam, index, address, 'Cannot map indirect buffer');
    return offset;
  }
}

const SPLIT_CODES: Codes = {
  tooLong: 'chainLoop',
  outsideRam: 'addressOutsideRam',
  empty: 'indirectEmpty',
  badLength: 'indirectBadLength',
};

class SplitMeter extends Meter {
  flags(at: number): number {
    return this.words.read(at + VIRTQ_DESC.flags, 2);
  }

  protected goesOn(flags: number): boolean {
    return (flags & VIRTQ_DESC_F_NEXT) !== 0;
  }

  protected following(at: number): number {
    return this.words.read(at + VIRTQ_DESC.next, 2);
  }
}

const PACKED_CODES: Codes = {
  tooLong: 'packedListTooLong',
  outsideRam: 'packedAddressOutsideRam',
  empty: 'packedIndirectBadLength',
  badLength: 'packedIndirectBadLength',
};

class PackedMeter extends Meter {
  flags(at: number): number {
    return this.words.read(at + PACKED.descFlags, 2);
  }

  protected goesOn(flags: number, index: number, max: number, indirect: boolean): boolean {
    return indirect ? index + 1 < max : (flags & VIRTQ_DESC_F_NEXT) !== 0;
  }

  protected following(_at: number, index: number, max: number): number {
    return (index + 1) % max;
  }
}

/**
 * Bytes that the device may write in the chains of a split ring from index `from` up to `to`, which the driver
 * published; counting ends once there are `most`. 0 where a chain is broken.
 */
export function splitAvailableBytes(
  owner: QueueOwner,
  queue: number,
  ring: SplitRing,
  words: RingWords,
  from: number,
  to: number,
  most: number,
): number {
  const { entries, descOffset, availOffset } = ring;
  const meter = new SplitMeter(owner, queue, SPLIT_CODES, words, descOffset, entries, most);
  const count = distance16(from, to);
  if (count > entries)
    meter.broken('availIndexJump', from, count, `Guest moved used index from ${from} to ${to}`);
  for (let i = 0; i < count && count <= entries; i++) {
    const slot = ring.slot((from + i) & 0xffff);
    const head = words.read(availOffset + SPLIT.availEntry(slot), 2);
    if (head >= entries)
      meter.broken('headOutOfRange', slot, head, `Guest says index ${head} is available`);
    if (head >= entries || !meter.chain(head)) break;
  }
  return meter.writable;
}

/** The same for a packed ring, as far as descriptors are available. */
export function packedAvailableBytes(
  owner: QueueOwner,
  queue: number,
  { offset, entries, index: from, marks: fromMarks }: PackedPlace,
  most: number,
): number {
  const words = new RingWords(owner.ram);
  const meter = new PackedMeter(owner, queue, PACKED_CODES, words, offset, entries, most);
  let index = from;
  let marks = fromMarks;
  while ((meter.flags(meter.at(offset, index)) & MARKS) === marks) {
    const before = meter.taken;
    if (!meter.chain(index)) break;
    index += meter.taken - before;
    if (index < entries) continue;
    index -= entries;
    marks ^= MARKS;
  }
  return meter.writable;
}
