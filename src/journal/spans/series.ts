import { Column, firstAtLeast } from './column.ts';
import { Peaks } from './peaks.ts';

/** Extremes and count of a part of a series. */
export interface Extent {
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

/**
 * A value at each of some events, ascending by event. Events are counted from an origin that the owner
 * keeps. How much a part of it costs to summarise does not depend on how long that is.
 */
export class Series {
  readonly events: Column;
  readonly values: Column;
  readonly #most: Peaks;
  readonly #least: Peaks;
  /** Index of the oldest point that is held. */
  first = 0;

  /** `bits`: width of the values; larger ones count as the largest that fits. */
  constructor(bits: 16 | 32 = 32) {
    this.#limit = 2 ** bits - 1;
    this.events = new Column();
    this.values = new Column(bits);
    this.#most = new Peaks(this.values, bits);
    this.#least = new Peaks(this.values, bits, true);
  }
  readonly #limit: number;

  get length(): number {
    return this.events.length;
  }

  get bytes(): number {
    return this.events.bytes + this.values.bytes + this.#most.bytes + this.#least.bytes;
  }

  push(event: number, value: number): void {
    this.events.push(event);
    this.values.push(Math.min(value, this.#limit));
    this.#most.pushed();
    this.#least.pushed();
  }

  /** Index of the first point at or after `event`. */
  indexOf(event: number): number {
    return firstAtLeast(this.events, this.first, this.length, event);
  }

  /** Extremes of the points with index `from` to before `to`; undefined where there are none. */
  extent(from: number, to: number): Extent | undefined {
    const max = this.#most.over(from, to);
    const min = this.#least.over(from, to);
    return max === undefined || min === undefined ? undefined : { count: to - from, min, max };
  }

  /** Forgets the points before `event`. */
  dropBefore(event: number): void {
    this.first = this.indexOf(event);
    this.events.dropBefore(this.first);
    this.values.dropBefore(this.first);
    this.#most.dropBefore(this.first);
    this.#least.dropBefore(this.first);
  }
}

/** Events at which one kind of thing happened, ascending. */
export class EventList {
  readonly events = new Column();
  /** Index of the oldest one that is held. */
  first = 0;

  get length(): number {
    return this.events.length;
  }

  get bytes(): number {
    return this.events.bytes;
  }

  push(event: number): void {
    this.events.push(event);
  }

  /** Index of the first one at or after `event`. */
  indexOf(event: number): number {
    return firstAtLeast(this.events, this.first, this.length, event);
  }

  /** Whether `event` is one of them. */
  has(event: number): boolean {
    const index = this.indexOf(event);
    return index < this.length && this.events.at(index) === event;
  }

  /** Forgets those before `event`. */
  dropBefore(event: number): void {
    this.first = this.indexOf(event);
    this.events.dropBefore(this.first);
  }
}
