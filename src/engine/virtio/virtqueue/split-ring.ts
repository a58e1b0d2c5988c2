import { isPowerOfTwo, smallInt } from '../../../base/bits.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';
import { SPLIT } from '../../../spec/virtio.ts';

/**
 * Where a split virtqueue in use lies in RAM. The places in the views hold where `plain` is true: a
 * driver's misaligned, odd-sized or big-endian ring works in QEMU, and here byte by byte.
 */
export class SplitRing {
  /** Views on the descriptor table, and on the entries of the available and of the used ring. */
  declare readonly table: Uint32Array;
  declare readonly heads: Uint16Array;
  declare readonly used: Uint32Array;
  /** All of RAM, and the places of the single words in it. */
  declare readonly u16: Uint16Array;
  declare readonly availIdxAt: number;
  declare readonly usedIdxAt: number;
  declare readonly availEventAt: number;
  /** Entries, and what takes a free-running index to its slot. */
  declare readonly entries: number;
  declare readonly mask: number;
  declare readonly plain: boolean;
  /** Byte offsets of the three areas in RAM. */
  declare readonly descOffset: number;
  declare readonly availOffset: number;
  declare readonly usedOffset: number;

  /** `size` entries; byte offsets of the three areas in `ram`; whether the driver is a big-endian one. */
  constructor(
    ram: GuestRam,
    size: number,
    desc: number,
    avail: number,
    used: number,
    bigEndian: boolean,
  ) {
    this.entries = smallInt(size);
    this.mask = this.entries - 1;
    const aligned = desc % 4 === 0 && avail % 2 === 0 && used % 4 === 0;
    this.plain = aligned && isPowerOfTwo(size) && !bigEndian;
    this.descOffset = desc;
    this.availOffset = avail;
    this.usedOffset = used;
    const { buffer } = ram;
    const count = this.plain ? size : 0;
    this.table = new Uint32Array(buffer, this.plain ? desc : 0, 4 * count);
    this.heads = new Uint16Array(buffer, this.plain ? avail + SPLIT.availEntry(0) : 0, count);
    this.used = new Uint32Array(buffer, this.plain ? used + SPLIT.usedEntry(0) : 0, 2 * count);
    this.u16 = ram.u16;
    this.availIdxAt = place(avail + SPLIT.availIdx);
    this.usedIdxAt = place(used + SPLIT.usedIdx);
    this.availEventAt = place(used + SPLIT.availEvent(size));
  }

  /** Slot of a free-running index. */
  slot(idx: number): number {
    return this.plain ? idx & this.mask : idx % this.entries;
  }
}

function place(offset: number): number {
  return smallInt(Math.floor(offset / 2));
}
