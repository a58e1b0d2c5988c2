import { allOnes } from '../../base/bits.ts';
import { PCI_PORT_BASE, PCI_PORTS } from '../../spec/pci-ports.ts';
import type { AddressWindow } from '../../spec/platform.ts';
import type { AccessSize, Hal } from '../hal.ts';

const ADDRESS_PORT = PCI_PORT_BASE + PCI_PORTS.CONFIG_ADDRESS.offset;
const DATA_PORT = PCI_PORT_BASE + PCI_PORTS.CONFIG_DATA.offset;
const ENABLE = 0x8000_0000;

/** Where a function sits: bus 0 to 255, slot 0 to 31, function 0 to 7. */
export interface PciAddress {
  readonly bus: number;
  readonly slot: number;
  readonly fn: number;
}

/** A way to configuration space: ports on a PC, a memory window elsewhere. Offsets in bytes. */
export interface PciConfig {
  /** Bytes of a function's space that it reaches; 256 where absent. */
  readonly size?: number;
  /** Unsigned value at `offset`; all ones where no function answers. */
  read(at: PciAddress, offset: number, size: AccessSize): number;
  write(at: PciAddress, offset: number, size: AccessSize, value: number): void;
}

/**
 * Configuration mechanism #1: one port selects a register, the next is a window on it
 * (PCI 3.0 §3.2.2.3.2). A register that is selected already is not selected again.
 */
export class PciConfigPorts implements PciConfig {
  readonly #hal: Hal;
  /** What the address port holds, or -1 where that is not known. */
  #selected = -1;

  constructor(hal: Hal) {
    this.#hal = hal;
  }

  read(at: PciAddress, offset: number, size: AccessSize): number {
    this.#select(at, offset);
    return this.#hal.read('io', DATA_PORT + (offset & 3), size);
  }

  write(at: PciAddress, offset: number, size: AccessSize, value: number): void {
    this.#select(at, offset);
    this.#hal.write('io', DATA_PORT + (offset & 3), size, value);
  }

  /** To be called when someone else wrote to an I/O port: the selection may have changed. */
  portWritten(port: number, size: number): void {
    if (port < ADDRESS_PORT + 4 && port + size > ADDRESS_PORT) this.#selected = -1;
  }

  #select(at: PciAddress, offset: number): void {
    const register = (at.bus << 16) | (at.slot << 11) | (at.fn << 8) | (offset & 0xfc);
    const address = (ENABLE | register) >>> 0;
    if (address === this.#selected) return;
    this.#hal.write('io', ADDRESS_PORT, 4, address);
    this.#selected = address;
  }
}

/** Configuration space as memory: a page a function, in the order of buses (PCI Express 5.0 §7.2.2). */
export class PciEcam implements PciConfig {
  readonly size = 4096;
  readonly #hal: Hal;
  readonly #window: AddressWindow;

  constructor(hal: Hal, window: AddressWindow) {
    this.#hal = hal;
    this.#window = window;
  }

  read(at: PciAddress, offset: number, size: AccessSize): number {
    const addr = this.#addressOf(at, offset);
    return addr < 0 ? allOnes(size) : this.#hal.read('memory', addr, size);
  }

  write(at: PciAddress, offset: number, size: AccessSize, value: number): void {
    const addr = this.#addressOf(at, offset);
    if (addr >= 0) this.#hal.write('memory', addr, size, value);
  }

  /** Guest-physical address, or -1 where the window has not so many buses. */
  #addressOf({ bus, slot, fn }: PciAddress, offset: number): number {
    const place = (bus << 20) | (slot << 15) | (fn << 12) | offset;
    return place < this.#window.size ? this.#window.base + place : -1;
  }
}

/** Where there is no PCI: nothing answers. */
export const NO_PCI: PciConfig = { read: (_at, _offset, size) => allOnes(size), write() {} };
