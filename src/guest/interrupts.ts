import type { Hal } from './hal.ts';

/** Something that raises a platform interrupt input and can be asked whether it did. */
export interface InterruptSource {
  /** Platform interrupt input, 0 to 31. */
  readonly interruptInput: number;
  /** Reads the cause and lowers the input: bits of the ISR status, 0 where it was not this one. */
  acknowledge(): number;
}

/** How often an input may be found asserted without a cause before the guest gives up. */
const MOST_SPURIOUS = 100;

/**
 * The guest's side of shared, level-triggered interrupt inputs: an interrupt is offered to every
 * source on its input, as none of them can be told apart by the input alone.
 */
export class Interrupts {
  readonly #hal: Hal;
  /** By the device that raises the input. */
  readonly #sources = new Map<object, { readonly source: InterruptSource; cause: number }>();

  constructor(hal: Hal) {
    this.#hal = hal;
  }

  /**
   * `source` answers for `device` from now on. Whoever answered for it before does so no more:
   * reading the cause clears it, so that only one of them can have it.
   */
  register(source: InterruptSource, device: object): void {
    this.#sources.set(device, { source, cause: 0 });
  }

  /** Acknowledges what `source` has pending, without waiting; returns the cause, 0 for none. */
  poll(source: InterruptSource): number {
    if ((this.#hal.interrupts() >>> source.interruptInput) & 1)
      this.#dispatch(source.interruptInput);
    return this.#take(source);
  }

  /** Halts until `source` has interrupted; returns the cause. Throws what `Hal.waitForInterrupt` throws. */
  wait(source: InterruptSource): number {
    const input = source.interruptInput;
    if (input < 0) throw new Error('the device has no interrupt pin: poll it instead');
    for (let spurious = 0; ; ) {
      const cause = this.#take(source);
      if (cause !== 0) return cause;
      this.#hal.waitForInterrupt((1 << input) >>> 0);
      spurious = this.#dispatch(input) ? 0 : spurious + 1;
      if (spurious === MOST_SPURIOUS)
        throw new Error(`interrupt input ${input}: nobody cared, though it stays asserted`);
    }
  }

  /** Whether any source on `input` had a cause. */
  #dispatch(input: number): boolean {
    let claimed = false;
    for (const entry of this.#sources.values()) {
      if (entry.source.interruptInput !== input) continue;
      const cause = entry.source.acknowledge();
      entry.cause |= cause;
      claimed ||= cause !== 0;
    }
    return claimed;
  }

  #take(source: InterruptSource): number {
    for (const entry of this.#sources.values()) {
      if (entry.source !== source) continue;
      const { cause } = entry;
      entry.cause = 0;
      return cause;
    }
    throw new Error('the device has been opened again: this transport of it is no longer in use');
  }
}
