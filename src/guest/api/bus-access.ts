import { type PciConfig, PciConfigPorts } from '../bus/pci-config.ts';
import type { Ports } from '../bus/ports.ts';
import { type AccessSize, type Hal, INTERRUPT_WORDS, isAsserted } from '../hal.ts';

/** Numbers of all interrupt inputs. */
const INPUTS = Array.from({ length: INTERRUPT_WORDS * 32 }, (_, input) => input);

/**
 * I/O ports, by the names of the instructions that reach them on x86; elsewhere through the window of
 * the PCI host bridge. Each call is one access.
 */
export class PortIo {
  readonly #ports: Ports;
  readonly #config: PciConfig;

  /** @internal */
  constructor(ports: Ports, config: PciConfig) {
    this.#ports = ports;
    this.#config = config;
  }

  /** Reads a byte; 0xff where nothing answers. */
  inb(port: number): number {
    return this.#ports.read(checked(port, 1, 0x1_0000), 1);
  }

  /** Reads 16 bits. */
  inw(port: number): number {
    return this.#ports.read(checked(port, 2, 0x1_0000), 2);
  }

  /** Reads 32 bits. */
  inl(port: number): number {
    return this.#ports.read(checked(port, 4, 0x1_0000), 4);
  }

  /** Writes a byte. */
  outb(port: number, value: number): void {
    this.#out(port, 1, value & 0xff);
  }

  /** Writes 16 bits. */
  outw(port: number, value: number): void {
    this.#out(port, 2, value & 0xffff);
  }

  /** Writes 32 bits. */
  outl(port: number, value: number): void {
    this.#out(port, 4, value >>> 0);
  }

  #out(port: number, size: AccessSize, value: number): void {
    this.#ports.write(checked(port, size, 0x1_0000), size, value);
    if (this.#config instanceof PciConfigPorts) this.#config.portWritten(port, size);
  }
}

/** Device registers in the memory address space (for RAM, see `ram`). Each call is one access. */
export class Mmio {
  readonly #hal: Hal;

  /** @internal */
  constructor(hal: Hal) {
    this.#hal = hal;
  }

  /** Reads a byte; all ones where nothing answers. */
  read8(addr: number): number {
    return this.#hal.read('memory', checked(addr, 1), 1);
  }

  /** Reads 16 bits. */
  read16(addr: number): number {
    return this.#hal.read('memory', checked(addr, 2), 2);
  }

  /** Reads 32 bits. */
  read32(addr: number): number {
    return this.#hal.read('memory', checked(addr, 4), 4);
  }

  /** Writes a byte. */
  write8(addr: number, value: number): void {
    this.#hal.write('memory', checked(addr, 1), 1, value & 0xff);
  }

  /** Writes 16 bits. */
  write16(addr: number, value: number): void {
    this.#hal.write('memory', checked(addr, 2), 2, value & 0xffff);
  }

  /** Writes 32 bits. */
  write32(addr: number, value: number): void {
    this.#hal.write('memory', checked(addr, 4), 4, value >>> 0);
  }
}

/** Interrupt inputs: on a PC those of its I/O APIC, and from 32 on the vectors that messages raise. */
export class InterruptInputs {
  readonly #hal: Hal;

  /** @internal */
  constructor(hal: Hal) {
    this.#hal = hal;
  }

  /** Numbers of the inputs that are asserted now, ascending. */
  asserted(): number[] {
    return INPUTS.filter((input) => isAsserted(this.#hal, input));
  }

  /** Sleeps until one of `wanted` is asserted; returns those that are. Nothing is acknowledged. */
  wait(...wanted: number[]): number[] {
    for (const input of wanted) checked(input, 1, INPUTS.length);
    this.#hal.waitForInterrupt(wanted);
    return wanted.filter((input) => isAsserted(this.#hal, input));
  }

  /** Takes what `input` has latched, as a CPU does with a message or an interruption; a line stays as it is. */
  take(input: number): void {
    this.#hal.takeInterrupt(checked(input, 1, INPUTS.length));
  }
}

function checked(value: number, size: number, end: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= 0 && value + size <= end) return value;
  throw new RangeError(`${value} is not a number from 0 to ${end - size}`);
}
