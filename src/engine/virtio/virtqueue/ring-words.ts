import { swapBytes } from '../../../base/bits.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';

/** Numbers of a ring at byte offsets in RAM, aligned or not, in the byte order that its driver uses (VIRTIO 1.4 §2.7.3). */
export class RingWords {
  /** A legacy driver on a big-endian CPU; every other ring is little-endian. */
  bigEndian = false;
  readonly #ram: GuestRam;

  constructor(ram: GuestRam) {
    this.#ram = ram;
  }

  read(at: number, size: number): number {
    return this.stored(this.#ram.readAt(at, size), size);
  }

  write(at: number, size: number, value: number): void {
    this.#ram.writeAt(at, size, this.stored(value, size));
  }

  /** The little-endian number that has the bytes of `value` in the driver's order; its own inverse. */
  stored(value: number, size: number): number {
    return this.bigEndian ? swapBytes(value, size) : value;
  }
}
