import type { State } from '../qom/state.ts';

/** Interrupt inputs that the CPUs see. */
const COUNT = 256;

/** The interrupt inputs of the CPUs: what lines assert as long as they stand, and messages until a CPU takes them. */
export class CpuInputs {
  /** A bit each: as lines stand, and what messages have latched. */
  readonly #lines = new Uint32Array(COUNT / 32);
  readonly #latched = new Uint32Array(COUNT / 32);
  readonly #changed: () => void;

  /** `changed` is called whenever an input was asserted or is no more. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Inputs that are asserted now, one bit each: bit n of `word` (0 to 7) is input 32 * word + n. Unsigned. */
  word(word: number): number {
    return ((this.#lines[word] ?? 0) | (this.#latched[word] ?? 0)) >>> 0;
  }

  /** A line drives `input` (0 to 255). */
  drive(input: number, level: boolean): void {
    this.#set(this.#lines, input, level);
  }

  /** A message asserts `input`. */
  latch(input: number): void {
    this.#set(this.#latched, input, true);
  }

  /** A CPU takes the message of `input`. */
  take(input: number): void {
    this.#set(this.#latched, input, false);
  }

  /** Messages that no CPU has taken are lost; lines stand as they do. */
  reset(): void {
    for (let input = 0; input < COUNT; input++) this.take(input);
  }

  saveState(): State {
    return { lines: this.#lines, latched: this.#latched };
  }

  loadState(state: State): void {
    this.#lines.set(state.lines as Uint32Array);
    this.#latched.set(state.latched as Uint32Array);
  }

  #set(inputs: Uint32Array, input: number, on: boolean): void {
    const word = input >>> 5;
    const bit = 1 << (input & 31);
    const before = this.word(word);
    const old = inputs[word];
    if (old === undefined) return;
    inputs[word] = on ? old | bit : old & ~bit;
    if (this.word(word) !== before) this.#changed();
  }
}
