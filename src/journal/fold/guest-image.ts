/** Bytes of a page of the image. */
const PAGE = 256;

/**
 * Guest memory rebuilt from the journal: an immutable sparse map of 256-byte pages.
 * What nobody has written reads as zero, as guest RAM does at power-on.
 */
export class GuestImage {
  static readonly empty = new GuestImage(new Map());

  readonly #pages: ReadonlyMap<number, Uint8Array>;

  private constructor(pages: ReadonlyMap<number, Uint8Array>) {
    this.#pages = pages;
  }

  /** A new image in which `bytes` lie at guest-physical `addr`. Pages that did not change are shared. */
  with(addr: number, bytes: ArrayLike<number>): GuestImage {
    const pages = new Map(this.#pages);
    const fresh = new Set<number>();
    for (let i = 0; i < bytes.length; i++) {
      const number = Math.floor((addr + i) / PAGE);
      let page = pages.get(number);
      if (!page || !fresh.has(number)) {
        page = page ? page.slice() : new Uint8Array(PAGE);
        pages.set(number, page);
        fresh.add(number);
      }
      page[(addr + i) % PAGE] = bytes[i] ?? 0;
    }
    return new GuestImage(pages);
  }

  u8(addr: number): number {
    return this.#pages.get(Math.floor(addr / PAGE))?.[addr % PAGE] ?? 0;
  }

  u16(addr: number): number {
    return this.u8(addr) | (this.u8(addr + 1) << 8);
  }

  u32(addr: number): number {
    return (this.u16(addr) | (this.u16(addr + 2) << 16)) >>> 0;
  }

  /** A copy of `length` bytes. */
  bytes(addr: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) => this.u8(addr + i));
  }
}
