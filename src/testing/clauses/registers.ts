import type { Machine } from '../../engine/machine/machine.ts';
import type { BusSpace } from '../../guest/hal.ts';
import type { Register } from '../../spec/registers.ts';

/** Registers of a window on a bus, by name. */
export class Registers<Map extends Readonly<Record<string, Register>>> {
  readonly #machine: Machine;
  readonly #space: BusSpace;
  readonly #map: Map;
  /** Address of the window. */
  readonly base: number;

  constructor(machine: Machine, space: BusSpace, base: number, map: Map) {
    this.#machine = machine;
    this.#space = space;
    this.base = base;
    this.#map = map;
  }

  read(name: keyof Map): number {
    const { offset, width } = this.#map[name] as Register;
    return this.#machine.read(this.#space, this.base + offset, width as 1 | 2 | 4);
  }

  write(name: keyof Map, value: number): void {
    const { offset, width } = this.#map[name] as Register;
    this.#machine.write(this.#space, this.base + offset, width as 1 | 2 | 4, value);
  }

  /** Bytes from `offset` on, one access a byte. */
  bytes(offset: number, length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, i) =>
      this.#machine.read(this.#space, this.base + offset + i, 1),
    );
  }
}
