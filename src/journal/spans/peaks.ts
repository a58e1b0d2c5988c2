import { Column } from './column.ts';

/** Values that one value of the next level stands for; a power of two. */
const FAN = 16;
const SHIFT = 4;
const LEVELS = 4;

/**
 * The largest (or smallest) values of a column over any range, by a pyramid above it: each level keeps one
 * value for sixteen below. What a range costs does not depend on its length.
 */
export class Peaks {
  readonly #source: Column;
  readonly #least: boolean;
  readonly #levels: readonly Column[];

  /** Of a column that is empty as yet. `least`: the smallest values instead of the largest. */
  constructor(source: Column, bits: 16 | 32 = 32, least = false) {
    this.#source = source;
    this.#least = least;
    this.#levels = Array.from({ length: LEVELS }, () => new Column(bits));
  }

  get bytes(): number {
    return this.#levels.reduce((sum, level) => sum + level.bytes, 0);
  }

  /** Takes in the value that was pushed last. */
  pushed(): void {
    let index = this.#source.length - 1;
    const value = this.#source.at(index);
    for (let i = 0; i < LEVELS; i++) {
      const level = this.#levels[i] as Column;
      index >>>= SHIFT;
      if (index === level.length) level.push(value);
      else if (this.#beats(value, level.at(index))) level.set(index, value);
      else return;
    }
  }

  /** Takes in that the value at `index` was changed; `first`: the oldest that still counts. */
  changed(index: number, first: number): void {
    let below = this.#source;
    let at = index;
    let oldest = first;
    for (let i = 0; i < LEVELS; i++) {
      const level = this.#levels[i] as Column;
      at >>>= SHIFT;
      const value = this.#over(below, Math.max(oldest, at << SHIFT), (at + 1) << SHIFT);
      if (level.at(at) === value) return;
      level.set(at, value);
      below = level;
      oldest >>>= SHIFT;
    }
  }

  /** The peak of the values from `from` to before `to`; undefined where there are none. */
  over(from: number, to: number): number | undefined {
    if (from >= to) return undefined;
    let best = this.#source.at(from);
    for (let at = from; at < to; ) {
      const [level, size] = this.#step(at, to);
      const value = level < 0 ? this.#source.at(at) : this.#level(level).at(at / size);
      if (this.#beats(value, best)) best = value;
      at += size;
    }
    return best;
  }

  /** The first index from `from` to before `to` whose value is at least `value`; `to` where there is none. For largest values. */
  firstReaching(value: number, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const [level, size] = this.#step(at, to);
      const peak = level < 0 ? this.#source.at(at) : this.#level(level).at(at / size);
      if (peak < value) at += size;
      else if (level < 0) return at;
      else return this.#descend(value, at, size);
    }
    return to;
  }

  dropBefore(index: number): void {
    let at = index;
    for (const level of this.#levels) {
      at >>>= SHIFT;
      level.dropBefore(at);
    }
  }

  /** In a whole block that has such a value: block by block further down. */
  #descend(value: number, start: number, size: number): number {
    let at = start;
    for (let width = size / FAN; width >= 1; width /= FAN) {
      const level = Math.round(Math.log2(width) / SHIFT) - 1;
      const peak = () => (level < 0 ? this.#source.at(at) : this.#level(level).at(at / width));
      while (peak() < value) at += width;
    }
    return at;
  }

  /** The largest block that begins at `at` and ends by `to`: its level, -1 for a single value, and its length. */
  #step(at: number, to: number): readonly [level: number, size: number] {
    let level = -1;
    let size = 1;
    while (level + 1 < LEVELS && at % (size * FAN) === 0 && at + size * FAN <= to) {
      size *= FAN;
      level++;
    }
    return [level, size];
  }

  #level(level: number): Column {
    return this.#levels[level] as Column;
  }

  #over(column: Column, from: number, to: number): number {
    let best = column.at(from);
    const end = Math.min(to, column.length);
    for (let i = from + 1; i < end; i++) {
      const value = column.at(i);
      if (this.#beats(value, best)) best = value;
    }
    return best;
  }

  #beats(value: number, best: number): boolean {
    return this.#least ? value < best : value > best;
  }
}
