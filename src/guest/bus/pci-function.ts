import { PCI_CONFIG, PCI_HEADER } from '../../spec/pci.ts';
import type { AccessSize } from '../hal.ts';
import type { PciBus } from './pci.ts';
import type { PciBar } from './pci-bars.ts';
import { type PciCapability, walkCapabilities } from './pci-capabilities.ts';
import type { PciAddress } from './pci-config.ts';

/** One function of a PCI device: a configuration space with a name like `00:02.0`. */
export class PciFunction {
  /** Bus, slot and function number. */
  readonly at: PciAddress;
  /** Vendor ID: 0x1af4 for virtio. */
  readonly vendorId: number;
  /** Device ID: 0x1040 + the virtio device ID, or 0x1000 and up where the device is transitional. */
  readonly deviceId: number;
  readonly #bus: PciBus;
  #bars: readonly PciBar[] = [];
  #headerType: number | undefined;
  #capabilities: readonly PciCapability[] | undefined;

  /** @internal */
  constructor(bus: PciBus, at: PciAddress, ids: number) {
    this.#bus = bus;
    this.at = at;
    this.vendorId = ids & 0xffff;
    this.deviceId = ids >>> 16;
  }

  /** Place on the bus as lspci prints it: `00:02.0`. */
  get address(): string {
    const { bus, slot, fn } = this.at;
    return `${byte(bus)}:${byte(slot)}.${fn}`;
  }

  /** Class and sub-class in one number, as `0x0100`: a SCSI mass-storage controller. */
  get classCode(): number {
    return this.config16(PCI_CONFIG.SubClass.offset);
  }

  /** Whether the device in the slot has further functions (PCI 3.0 §6.2.1). */
  get multifunction(): boolean {
    return (this.#header() & PCI_HEADER.MULTIFUNCTION) !== 0;
  }

  /** Whether it is a bridge, with a bus behind it (PCI 3.0 §6.2.1). */
  get isBridge(): boolean {
    return (this.#header() & ~PCI_HEADER.MULTIFUNCTION) === PCI_HEADER.BRIDGE;
  }

  /** The bridge that its bus is behind; undefined on the root bus. */
  get bridge(): PciFunction | undefined {
    return this.#bus.bridgeOf(this);
  }

  /** Reads 8 bits of configuration space. */
  config8(offset: number): number {
    return this.#read(offset, 1);
  }

  /** Reads 16 bits of configuration space. */
  config16(offset: number): number {
    return this.#read(offset, 2);
  }

  /** Reads 32 bits of configuration space. */
  config32(offset: number): number {
    return this.#read(offset, 4);
  }

  /** Writes 1, 2 or 4 bytes of configuration space. */
  writeConfig(offset: number, size: AccessSize, value: number): void {
    this.#bus.config.write(this.at, this.#aligned(offset, size), size, value);
  }

  /** The capability list: virtio structures, MSI-X and others. Read once; a function does not change it. */
  capabilities(): readonly PciCapability[] {
    this.#capabilities ??= walkCapabilities(this);
    return this.#capabilities;
  }

  /**
   * What a firmware does: gives every BAR an address, routes the interrupt pin, and turns on
   * decoding and bus mastering (without it the device cannot read the rings). Returns the function.
   */
  enable(): this {
    this.#bars = this.#bus.enable(this);
    return this;
  }

  /** The BARs, once `enable` has placed them. */
  get bars(): readonly PciBar[] {
    return this.#bars;
  }

  /** Platform interrupt input that the pin arrives on, or -1 where the function has no pin. */
  get interruptInput(): number {
    return this.#bus.interruptInput(this);
  }

  toString(): string {
    return `${word(this.vendorId)}:${word(this.deviceId)} at ${this.address}`;
  }

  #read(offset: number, size: AccessSize): number {
    return this.#bus.config.read(this.at, this.#aligned(offset, size), size);
  }

  /** The header type, which never changes. */
  #header(): number {
    this.#headerType ??= this.config8(PCI_CONFIG.HeaderType.offset);
    return this.#headerType;
  }

  #aligned(offset: number, size: number): number {
    const end = this.#bus.config.size ?? 256;
    if (offset >= 0 && offset + size <= end && offset % size === 0) return offset;
    throw new RangeError(`no ${size}-byte register at ${offset} of PCI configuration space`);
  }
}

const byte = (value: number): string => value.toString(16).padStart(2, '0');
const word = (value: number): string => value.toString(16).padStart(4, '0');
