import {
  PACKED,
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_USED,
} from '../../spec/virtio.ts';
import type { Areas } from '../differential/transports.ts';

/** What is written into a descriptor; `next` is the buffer ID where the ring is packed. */
export interface Descriptor {
  readonly address: number;
  readonly length: number;
  readonly flags: number;
  readonly next: number;
}

/** A ring as the driver has laid it out, and how far it has got in it. Checks nothing. */
export class DriverRing {
  readonly areas: Areas;
  readonly size: number;
  readonly packed: boolean;
  /** Place of the next free descriptor. */
  desc = 0;
  /** Free-running index of the next free entry of the available ring. */
  #availIdx = 0;
  /** Wrap counter of the descriptors from `desc` to the end of the ring. */
  #wrap = true;
  readonly #ram: DataView;

  /** `size`: entries that the driver believes in; `packed`: the format that the device believes in. */
  constructor(ram: DataView, areas: Areas, size: number, packed: boolean) {
    this.#ram = ram;
    this.areas = areas;
    this.size = size;
    this.packed = packed;
  }

  /** Writes a descriptor `n` places from the next free one. */
  put(n: number, { address, length, flags, next }: Descriptor): void {
    const place = (this.desc + n) % this.size;
    const wrap = place >= this.desc ? this.#wrap : !this.#wrap;
    const marks = wrap ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;
    const at = this.areas.desc + SPLIT.descSize * place;
    this.putInTable(at, { address, length, flags: this.packed ? flags | marks : flags, next });
  }

  /** Writes an entry of an indirect table at `at`. */
  putInTable(at: number, { address, length, flags, next }: Descriptor): void {
    const ram = this.#ram;
    ram.setUint32(at + VIRTQ_DESC.addr, address % 2 ** 32, true);
    ram.setUint32(at + VIRTQ_DESC.addr + 4, Math.floor(address / 2 ** 32) >>> 0, true);
    ram.setUint32(at + VIRTQ_DESC.len, length, true);
    ram.setUint16(at + (this.packed ? PACKED.descFlags : VIRTQ_DESC.flags), flags, true);
    ram.setUint16(at + (this.packed ? PACKED.descId : VIRTQ_DESC.next), next, true);
  }

  /** Leaves the next `count` descriptors to the device. In a packed ring they are available as they stand. */
  advance(count: number): void {
    this.desc += count;
    while (this.desc >= this.size) {
      this.desc -= this.size;
      this.#wrap = !this.#wrap;
    }
  }

  /** Makes the chain at `head` available in a split ring, and moves its index by `step`. */
  announce(head: number, step = 1): void {
    const { driver } = this.areas;
    this.#ram.setUint16(driver + SPLIT.availEntry(this.#availIdx % this.size), head, true);
    this.#availIdx = (this.#availIdx + step) & 0xffff;
    this.#ram.setUint16(driver + SPLIT.availIdx, this.#availIdx, true);
  }

  /** Whether the device has returned the first chain of the ring. */
  get firstUsed(): boolean {
    const { desc, device } = this.areas;
    if (this.packed)
      return (this.#ram.getUint16(desc + PACKED.descFlags, true) & VIRTQ_DESC_F_USED) !== 0;
    return this.#ram.getUint16(device + SPLIT.usedIdx, true) === 1;
  }
}
