import { isPowerOfTwo, smallInt } from '../../../base/bits.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';
import { SPLIT } from '../../../spec/virtio.ts';

/**
 * Where a split virtqueue in use lies in RAM. The places in the views hold where `plain` is true: a
 * driver's misaligned, odd-sized or big-endian ring works in QEMU, and here byte by byte.
 */
export class SplitRing {
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  /** Entries, and what takes a free-running index to its slot. */
  readonly entries: number;
  readonly mask: number;
  readonly plain: boolean;
  /** Byte offsets of the three areas in RAM. */
  readonly descOffset: number;
  readonly availOffset: number;
  readonly usedOffset: number;
  /** Places in the views: descriptor 0, the rings' first entries, and the single words. */
  readonly descAt: number;
  readonly availAt: number;
  readonly availIdxAt: number;
  readonly usedAt: number;
  readonly usedIdxAt: number;
  readonly availEventAt: number;

  /** `size` entries; byte offsets of the three areas in `ram`; whether the driver is a big-endian one. */
  constructor(
    ram: GuestRam,
    size: number,
    desc: number,
    avail: number,
    used: number,
    bigEndian: boolean,
  ) {
    this.u16 = ram.u16;
    this.u32 = ram.u32;
    this.entries = smallInt(size);
    this.mask = this.entries - 1;
    const aligned = desc % 4 === 0 && avail % 2 === 0 && used % 4 === 0;
    this.plain = aligned && isPowerOfTwo(size) && !bigEndian;
    this.descOffset = desc;
    this.availOffset = avail;
    this.usedOffset = used;
    this.descAt = place(desc, 4);
    this.availAt = place(avail + SPLIT.availEntry(0), 2);
    this.availIdxAt = place(avail + SPLIT.availIdx, 2);
    this.usedAt = place(used + SPLIT.usedEntry(0), 4);
    this.usedIdxAt = place(used + SPLIT.usedIdx, 2);
    this.availEventAt = place(used + SPLIT.availEvent(size), 2);
  }

  /** Slot of a free-running index. */
  slot(idx: number): number {
    return this.plain ? idx & this.mask : idx % this.entries;
  }
}

function place(offset: number, width: number): number {
  return smallInt(Math.floor(offset / width));
}
