/** What a ring is read from: little-endian values at guest-physical addresses. */
export interface RingMemory {
  u16(addr: number): number;
  u32(addr: number): number;
}

interface Range {
  readonly addr: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * A few stretches of guest memory, copied: the structures of one queue, and the indirect tables that
 * somebody looks into. What lies outside reads as zero.
 */
export class FlatMemory implements RingMemory {
  #ranges: readonly Range[] = [];

  /** Keeps exactly these stretches from now on; those that were kept before keep their bytes. */
  keep(stretches: readonly { readonly addr: number; readonly length: number }[]): void {
    this.#ranges = stretches.map(({ addr, length }) => {
      const known = this.#ranges.find((r) => r.addr === addr && r.bytes.length === length);
      if (known) return known;
      const bytes = new Uint8Array(length);
      return { addr, bytes, view: new DataView(bytes.buffer) };
    });
  }

  /** Lays `bytes` at `addr`; what falls outside of all stretches is dropped. */
  write(addr: number, bytes: Uint8Array): void {
    for (const range of this.#ranges) {
      const from = Math.max(addr, range.addr);
      const to = Math.min(addr + bytes.length, range.addr + range.bytes.length);
      if (from < to) range.bytes.set(bytes.subarray(from - addr, to - addr), from - range.addr);
    }
  }

  u16(addr: number): number {
    for (const { addr: start, bytes, view } of this.#ranges)
      if (addr >= start && addr + 2 <= start + bytes.length)
        return view.getUint16(addr - start, true);
    return 0;
  }

  u32(addr: number): number {
    for (const { addr: start, bytes, view } of this.#ranges)
      if (addr >= start && addr + 4 <= start + bytes.length)
        return view.getUint32(addr - start, true);
    return 0;
  }
}
