import { PCI_PORT_BASE, PCI_PORTS } from '../../../spec/pci-ports.ts';

/** What firmware does to the machine: the accesses of a CPU. */
export interface CpuBus {
  read(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4): number;
  write(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4, value: number): void;
}

const ENABLE = 0x8000_0000;

/** A function's configuration space through CONFIG_ADDRESS and CONFIG_DATA (PCI 3.0 §3.2.2.3.2). */
export class ConfigCycles {
  readonly #bus: CpuBus;

  constructor(bus: CpuBus) {
    this.#bus = bus;
  }

  /** `address`: `bus << 8 | slot << 3 | function`. */
  read(address: number, offset: number, size: 1 | 2 | 4): number {
    return this.#bus.read('io', this.#select(address, offset), size);
  }

  write(address: number, offset: number, size: 1 | 2 | 4, value: number): void {
    this.#bus.write('io', this.#select(address, offset), size, value);
  }

  /** Sets bits of a 16-bit register. */
  set16(address: number, offset: number, bits: number): void {
    this.write(address, offset, 2, this.read(address, offset, 2) | bits);
  }

  #select(address: number, offset: number): number {
    const selected = (ENABLE | (address << 8) | (offset & 0xfc)) >>> 0;
    this.#bus.write('io', PCI_PORT_BASE, 4, selected);
    return PCI_PORT_BASE + PCI_PORTS.CONFIG_DATA.offset + (offset & 3);
  }
}
