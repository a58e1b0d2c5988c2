import { join64, swapBytes } from '../../base/bits.ts';
import { bitsOf } from '../../spec/constants.ts';
import type { Platform } from '../../spec/platform.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import type { GuestImage } from '../fold/guest-image.ts';
import type { Moment } from '../fold/moment.ts';
import type { ReadableMemory } from './label.ts';

/** Numbers of a ring in guest memory, in the ring's byte order. */
export interface RingNumbers {
  u16(addr: number): number;
  u32(addr: number): number;
  /** Saturates at 2^53-1. */
  u64(addr: number): number;
}

/** Reads numbers in one byte order. */
export function ringNumbers(memory: ReadableMemory, bigEndian: boolean): RingNumbers {
  if (!bigEndian)
    return {
      u16: (addr) => memory.u16(addr),
      u32: (addr) => memory.u32(addr),
      u64: (addr) => join64(memory.u32(addr), memory.u32(addr + 4)),
    };
  const u32 = (addr: number) => swapBytes(memory.u32(addr), 4);
  return {
    u16: (addr) => swapBytes(memory.u16(addr), 2),
    u32,
    u64: (addr) => join64(u32(addr + 4), u32(addr)),
  };
}

/** Whether a device's rings and buffers are big-endian: those of legacy devices follow the CPU (VIRTIO 1.4 §2.7.3). */
export function isBigEndian(moment: Moment, dev: number, platform: Platform | undefined): boolean {
  if (platform?.bigEndian !== true) return false;
  const accepted = moment.devices.get(dev)?.accepted ?? 0;
  return !bitsOf(accepted).includes(VIRTIO_F.VIRTIO_F_VERSION_1);
}

/** A stretch of memory that was copied, so that each number of it is one step away. */
interface Copy {
  readonly start: number;
  readonly end: number;
  readonly view: DataView;
}

/** Memory of which some stretches are read again and again, as all of a large queue is. */
export class CopiedMemory implements ReadableMemory {
  readonly #memory: GuestImage;
  readonly #copies: readonly Copy[];

  constructor(
    memory: GuestImage,
    areas: readonly { readonly start: number; readonly end: number }[],
  ) {
    this.#memory = memory;
    this.#copies = areas.map(({ start, end }) => {
      const { buffer, byteOffset, byteLength } = memory.bytes(start, end - start);
      return { start, end, view: new DataView(buffer, byteOffset, byteLength) };
    });
  }

  u8(addr: number): number {
    return this.#memory.u8(addr);
  }

  u16(addr: number): number {
    for (const { start, end, view } of this.#copies)
      if (addr >= start && addr + 2 <= end) return view.getUint16(addr - start, true);
    return this.#memory.u16(addr);
  }

  u32(addr: number): number {
    for (const { start, end, view } of this.#copies)
      if (addr >= start && addr + 4 <= end) return view.getUint32(addr - start, true);
    return this.#memory.u32(addr);
  }
}
