/** Numbers of events, ascending: grows at the end, and forgets at the beginning. */
export class EventList {
  #numbers = new Uint32Array(8);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Number `i` of those that are held; undefined where there is none. */
  at(i: number): number | undefined {
    return i >= 0 && i < this.length ? this.#numbers[this.#start + i] : undefined;
  }

  push(event: number): void {
    if (this.#end === this.#numbers.length) {
      const held = this.#numbers.subarray(this.#start, this.#end);
      const room = new Uint32Array(Math.max(8, 2 * held.length));
      room.set(held);
      this.#numbers = room;
      this.#end = held.length;
      this.#start = 0;
    }
    this.#numbers[this.#end++] = event;
  }

  /** How many are below `event`. */
  countBefore(event: number): number {
    let low = this.#start;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle] as number) < event) low = middle + 1;
      else high = middle;
    }
    return low - this.#start;
  }

  /** Forgets those below `event`. */
  forgetBefore(event: number): void {
    this.#start += this.countBefore(event);
  }
}
