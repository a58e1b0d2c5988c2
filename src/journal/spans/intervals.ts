import { Column, firstAtLeast } from './column.ts';

/**
 * Stretches of events that do not overlap, ascending: each from its first event to its last, both
 * included. The newest one may go on.
 */
export class Intervals {
  readonly from = new Column();
  readonly to = new Column();
  /** Sum of the lengths of all before, modulo 2^32. */
  readonly #before = new Column();
  /** Index of the oldest one that is held. */
  first = 0;

  get length(): number {
    return this.from.length;
  }

  get bytes(): number {
    return this.from.bytes + this.to.bytes + this.#before.bytes;
  }

  /** Begins a stretch at `event`, behind the end of all others. */
  begin(event: number): void {
    const last = this.length - 1;
    const sum = last < 0 ? 0 : this.#before.at(last) + this.#size(last);
    this.from.push(event);
    this.to.push(event);
    this.#before.push(sum >>> 0);
  }

  /** Makes the newest stretch reach to `event`. */
  extend(event: number): void {
    this.to.set(this.length - 1, event);
  }

  /** Index of the first stretch that ends at or after `event`. */
  indexOf(event: number): number {
    return firstAtLeast(this.to, this.first, this.length, event);
  }

  /** How many of the events from `from` to before `to` lie in stretches. */
  covered(from: number, to: number): number {
    return (this.before(to) - this.before(from)) >>> 0;
  }

  /** Forgets the stretches that end before `event`. */
  dropBefore(event: number): void {
    this.first = this.indexOf(event);
    for (const column of [this.from, this.to, this.#before]) column.dropBefore(this.first);
  }

  /** Covered events before `event`, modulo 2^32, counted from some beginning: the difference of two is what lies between. */
  before(event: number): number {
    const index = this.indexOf(event);
    if (index < this.length) {
      const part = Math.max(0, event - this.from.at(index));
      return this.#before.at(index) + part;
    }
    const last = this.length - 1;
    return last < this.first ? 0 : this.#before.at(last) + this.#size(last);
  }

  #size(index: number): number {
    return this.to.at(index) + 1 - this.from.at(index);
  }
}
