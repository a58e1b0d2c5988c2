import type { GuestImage } from '../fold/guest-image.ts';
import type { ReadableMemory } from './label.ts';

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
