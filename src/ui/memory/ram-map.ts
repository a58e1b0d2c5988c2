/** A piece of guest RAM: bytes at guest-physical `base`, which lie at `offset` of the shared buffer. */
interface RamWindow {
  readonly base: number;
  readonly size: number;
  readonly offset: number;
}

/** What tells where RAM lies. */
export interface RamFacts {
  readonly ramBase: number;
  readonly ramSize: number;
  readonly ramWindows?: readonly RamWindow[];
}

/**
 * Guest RAM as one run of bytes: a *position* counts them in the order of their addresses, whatever holes are
 * between.
 */
export class RamMap {
  readonly size: number;
  readonly #windows: readonly RamWindow[];

  constructor({ ramBase, ramSize, ramWindows }: RamFacts) {
    const windows = ramWindows?.length
      ? [...ramWindows].sort((a, b) => a.base - b.base)
      : [{ base: ramBase, size: ramSize, offset: 0 }];
    this.#windows = windows;
    this.size = windows.reduce((sum, { size }) => sum + size, 0);
  }

  /** First addresses of its pieces. */
  get starts(): readonly number[] {
    return this.#windows.map(({ base }) => base);
  }

  /** Guest-physical address of the byte at a position inside. */
  addressAt(position: number): number {
    let rest = position;
    for (const { base, size } of this.#windows) {
      if (rest < size) return base + rest;
      rest -= size;
    }
    return 0;
  }

  /** Position of the byte at guest-physical `addr`; undefined where that is not RAM. */
  positionOf(addr: number): number | undefined {
    let before = 0;
    for (const { base, size } of this.#windows) {
      if (addr >= base && addr < base + size) return before + addr - base;
      before += size;
    }
    return undefined;
  }

  /** Where in the shared buffer the byte at guest-physical `addr` lies; undefined where that is not RAM. */
  offsetOf(addr: number): number | undefined {
    for (const { base, size, offset } of this.#windows)
      if (addr >= base && addr < base + size) return addr - base + offset;
    return undefined;
  }
}
