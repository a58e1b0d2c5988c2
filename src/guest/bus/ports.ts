import type { AccessSize, Hal } from '../hal.ts';

/**
 * I/O ports as this guest reaches them: by instructions of their own on x86, elsewhere through a
 * window of memory that the host bridge shows.
 */
export class Ports {
  readonly #hal: Hal;
  readonly #base: number | undefined;

  constructor(hal: Hal) {
    this.#hal = hal;
    this.#base = hal.platform.pci?.portsAt;
  }

  /** Unsigned value; all ones where nothing answers. */
  read(port: number, size: AccessSize): number {
    return this.#base === undefined
      ? this.#hal.read('io', port, size)
      : this.#hal.read('memory', this.#base + port, size);
  }

  write(port: number, size: AccessSize, value: number): void {
    if (this.#base === undefined) this.#hal.write('io', port, size, value);
    else this.#hal.write('memory', this.#base + port, size, value);
  }
}
