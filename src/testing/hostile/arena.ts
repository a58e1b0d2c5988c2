import { alignUp } from '../../base/bits.ts';
import { LEGACY_PAGE, legacyAreas } from '../../guest/transport/legacy-rings.ts';
import { SPLIT } from '../../spec/virtio.ts';
import type { Areas } from '../differential/transports.ts';

const MIB = 2 ** 20;

/** A piece of RAM: its first address, and the one behind its last. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Where RAM ends: a machine for a hostile driver has so much, in bytes. */
export const RAM_END = 4 * MIB;

/** RAM that nothing may touch. */
export const CANARY: Piece = { from: MIB, to: 3 * MIB };

/** What the driver uses: the last piece of RAM, so that whatever runs on from there runs out of it. */
export const ARENA: Piece = { from: CANARY.to, to: RAM_END };

/** Queues of a device that the driver uses, at most. */
export const RINGS = 8;

/** Entries of the largest ring that a driver can ask for: QEMU's VIRTQUEUE_MAX_SIZE. */
const MOST_ENTRIES = 1024;

/** Bytes from one ring to the next: room for the largest, so that what lies in one is never in another. */
const RING_STRIDE = alignUp(
  ringAreas(0, MOST_ENTRIES).device + SPLIT.usedRing(MOST_ENTRIES),
  LEGACY_PAGE,
);

/** Longest table that a descriptor names, by mistake or not, and that fits in RAM; in bytes. */
export const LONGEST_TABLE = 0x1_0000;

/** Where indirect tables begin. As much again lies behind, since a length may be wrong. */
export const TABLES: Piece = {
  from: ARENA.from + RINGS * RING_STRIDE,
  to: ARENA.from + RINGS * RING_STRIDE + LONGEST_TABLE,
};

/** What descriptors name. The last: what is written past its end is written outside RAM, not over descriptors. */
export const BUFFERS: Piece = { from: TABLES.to + LONGEST_TABLE, to: ARENA.to };

/** Where a ring of `size` entries lies from `desc` on, in the layout that a legacy driver must choose. */
function ringAreas(desc: number, size: number): Areas {
  const { avail, used } = legacyAreas(desc, size);
  return { desc, driver: avail, device: used };
}

/**
 * Where ring `queue` lies. A `legacy` device finds its areas by the `size` that it believes in; to any other the
 * driver says where they are, and keeps them where they are for every size, so that no ring of another size, which
 * the device may still use, takes one area for another.
 */
export function placeRing(queue: number, legacy: boolean, size: number): Areas {
  return ringAreas(ARENA.from + queue * RING_STRIDE, legacy ? size : MOST_ENTRIES);
}

/** Fills with zeros what the areas of ring `queue` may take of RAM. */
export function clearRing(ram: ArrayBufferLike, queue: number): void {
  new Uint8Array(ram, ARENA.from + queue * RING_STRIDE, RING_STRIDE).fill(0);
}

/** RAM that must stay as it is. */
export class Canary {
  readonly #now: Buffer;
  readonly #was: Buffer;

  /** Fills that piece of `ram` with a pattern. */
  constructor(ram: ArrayBufferLike) {
    const words = new Uint32Array(ram, CANARY.from, (CANARY.to - CANARY.from) / 4);
    for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 0x9e37_79b1);
    this.#now = Buffer.from(ram, CANARY.from, CANARY.to - CANARY.from);
    this.#was = Buffer.from(this.#now);
  }

  /** Throws where a byte has changed. */
  check(): void {
    if (this.#now.equals(this.#was)) return;
    const at = this.#now.findIndex((byte, i) => byte !== this.#was[i]);
    throw new Error(`RAM at 0x${(CANARY.from + at).toString(16)} was written to`);
  }
}
