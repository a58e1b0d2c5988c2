/**
 * Random numbers that repeat: the same seed gives the same numbers. Four words of state that shift and
 * exclusive-or move, after being spread from the seed by multiplication. Not for secrets.
 */
export class SeededRandom {
  readonly #state: Uint32Array;

  /** `seed`: any integer; its low 32 bits count. */
  constructor(seed: number) {
    this.#state = Uint32Array.from({ length: 4 }, (_, i) => spread((seed + i * 0x9e37_79b9) >>> 0));
    // All zero would stay so.
    this.#state[0] = (this.#state[0] ?? 0) | 1;
  }

  /** The next number, an unsigned 32-bit integer. */
  next(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = state;
    let mixed = d ^ (d << 11);
    mixed ^= (mixed >>> 8) ^ a ^ (a >>> 19);
    state[3] = c;
    state[2] = b;
    state[1] = a;
    state[0] = mixed;
    return Math.imul((mixed + c) >>> 0, 0x9e37_79b1) >>> 0;
  }

  /** A number from 0 to below 1, as `Math.random` gives it. */
  fraction(): number {
    return ((this.next() >>> 6) * 2 ** 27 + (this.next() >>> 5)) / 2 ** 53;
  }

  /** Fills with random bytes. */
  fill(into: Uint8Array): void {
    for (let at = 0; at < into.length; at += 4) {
      const word = this.next();
      for (let i = at; i < Math.min(at + 4, into.length); i++) into[i] = word >>> (8 * (i - at));
    }
  }
}

function spread(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x045d_9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b_3c6d);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
