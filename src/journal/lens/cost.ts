import type { Actor } from '../schema.ts';

/** Bytes of a cache line, on most processors. */
const LINE = 64;

/** What one side did to the rings: stores, and cache lines touched, each line once in each step. */
export interface SideCost {
  readonly writes: number;
  readonly lines: number;
}

/** What a format costs both sides. */
export interface Cost {
  readonly driver: SideCost;
  readonly device: SideCost;
}

/** Numbers of a `Cost`, in a row. */
export const COST_NUMBERS = 4;

type Side = Extract<Actor, 'driver' | 'device'>;

/**
 * Counts what a ring's format costs. A step is what one side does at a time: the driver makes chains available, the
 * device takes one, or returns one. Event suppression, and how the driver looks for what came back, are no part.
 */
export class CostCounter {
  /** Writes and lines of the driver, then of the device. */
  readonly numbers = new Uint32Array(COST_NUMBERS);
  readonly #lines = new Set<number>();

  /** A store of `size` bytes. */
  write(side: Side, addr: number, size: number): void {
    const at = side === 'driver' ? 0 : 2;
    this.numbers[at] = (this.numbers[at] ?? 0) + 1;
    this.touch(addr, size);
  }

  /** A load, or the lines of a store. */
  touch(addr: number, size: number): void {
    for (let line = Math.floor(addr / LINE); line * LINE < addr + size; line++)
      this.#lines.add(line);
  }

  /** The step of a side is over. */
  step(side: Side): void {
    const at = side === 'driver' ? 1 : 3;
    this.numbers[at] = (this.numbers[at] ?? 0) + this.#lines.size;
    this.#lines.clear();
  }
}

/** A cost from its numbers, which begin at `at`. */
export function costOf(numbers: ArrayLike<number>, at = 0): Cost {
  const side = (from: number): SideCost => ({
    writes: numbers[at + from] ?? 0,
    lines: numbers[at + from + 1] ?? 0,
  });
  return { driver: side(0), device: side(2) };
}
