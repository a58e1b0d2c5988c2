import { type Hal, isAsserted } from './hal.ts';

/** Something that raises interrupt inputs and can be asked whether it did. */
export interface InterruptSource {
  /** The inputs that it may raise, 0 to 255; none where it can only be polled. */
  readonly interruptInputs: readonly number[];
  /**
   * Whether its inputs latch, so that the CPU takes the interrupt before the source is asked; a line
   * stays asserted until the source was.
   */
  readonly latched: boolean;
  /** Reads the cause that `input` stands for, and ends it: bits of the ISR status, 0 where it was not this one. */
  acknowledge(input: number): number;
}

/** How often an input may be found asserted without a cause before the guest gives up. */
const MOST_SPURIOUS = 100;

/**
 * The guest's side of interrupt inputs, which sources may share: an interrupt is offered to every
 * source on its input, as none of them can be told apart by the input alone.
 */
export class Interrupts {
  readonly #hal: Hal;
  /** By the device that raises the input. */
  readonly #sources = new Map<
    object | string,
    { readonly source: InterruptSource; cause: number }
  >();

  constructor(hal: Hal) {
    this.#hal = hal;
  }

  /**
   * `source` answers for `device` from now on. Whoever answered for it before does so no more:
   * reading the cause clears it, so that only one of them can have it.
   */
  register(source: InterruptSource, device: object | string): void {
    this.#sources.set(device, { source, cause: 0 });
  }

  /** Acknowledges what `source` has pending, without waiting; returns the cause, 0 for none. */
  poll(source: InterruptSource): number {
    for (const input of source.interruptInputs)
      if (isAsserted(this.#hal, input)) this.#dispatch(input);
    return this.#take(source);
  }

  /** Halts until `source` has interrupted; returns the cause. Throws what `Hal.waitForInterrupt` throws. */
  wait(source: InterruptSource): number {
    const inputs = source.interruptInputs;
    if (inputs.length === 0) throw new Error('the device has no interrupt pin: poll it instead');
    for (let spurious = 0; ; ) {
      const cause = this.#take(source);
      if (cause !== 0) return cause;
      const input = this.#hal.waitForInterrupt(inputs);
      spurious = this.#dispatch(input) ? 0 : spurious + 1;
      if (spurious === MOST_SPURIOUS)
        throw new Error(`interrupt input ${input}: nobody cared, though it stays asserted`);
    }
  }

  /** Whether any source on `input` had a cause. */
  #dispatch(input: number): boolean {
    let latched = false;
    for (const { source } of this.#sources.values())
      if (source.latched && source.interruptInputs.includes(input)) latched = true;
    if (latched) this.#hal.takeInterrupt(input);
    let claimed = false;
    for (const entry of this.#sources.values()) {
      if (!entry.source.interruptInputs.includes(input)) continue;
      const cause = entry.source.acknowledge(input);
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
