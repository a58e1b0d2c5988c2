import { allOnes } from '../../../base/bits.ts';
import type { IoHandler } from '../../../memory/address-space.ts';
import { PCI_PORT_BASE, PCI_PORTS } from '../../../spec/pci.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { addBus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import { bool, size, u32 } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import type { PciBus } from './pci-bus.ts';

/** Bytes of a function's configuration space that this mechanism reaches. */
const CONFIG_BYTES = 256;

/** The pc machine's PCI host bridge: configuration mechanism #1 and the root bus `pci.0`. */
export class I440fxPciHost extends Device {
  /** The root bus; there once realized. */
  bus!: PciBus;
  /** CONFIG_ADDRESS. Written by the guest, cleared by a reset. */
  #configAddress = 0;

  override realize(): void {
    this.bus = addBus<PciBus>(this, 'PCI', 'pci.0');
    this.context.io.map(PCI_PORT_BASE, 8, this.#ports());
  }

  override reset(): void {
    this.#configAddress = 0;
  }

  #ports(): IoHandler {
    const data = PCI_PORTS.CONFIG_DATA.offset;
    return {
      dev: this.dev,
      region: REGION_INDEX['pci-config-ports'],
      read: (offset, size) =>
        offset < data ? this.#configAddress % 2 ** (8 * size) : this.#dataRead(offset & 3, size),
      write: (offset, size, value) => {
        // Only a whole aligned word reaches the address register.
        if (offset === 0 && size === 4) this.#configAddress = value >>> 0;
        else if (offset >= data) this.#dataWrite(offset & 3, size, value);
      },
    };
  }

  /** Function that CONFIG_ADDRESS selects, or undefined. */
  #selected() {
    const bus = (this.#configAddress >>> 16) & 0xff;
    return bus === this.bus.number
      ? this.bus.functionAt((this.#configAddress >>> 8) & 0xff)
      : undefined;
  }

  #dataRead(low: number, size: number): number {
    if (this.#configAddress < 0x8000_0000) return allOnes(size);
    const offset = (this.#configAddress & 0xff) | low;
    // Beyond the end there is nothing to add to what was read.
    const within = Math.min(size, CONFIG_BYTES - offset);
    return this.#selected()?.configRead(offset, within) ?? allOnes(size);
  }

  #dataWrite(low: number, size: number, value: number): void {
    if (this.#configAddress < 0x8000_0000) return;
    this.#selected()?.configWrite((this.#configAddress & 0xff) | low, size, value);
  }
}

/** Registers the host bridge and its ancestors. */
export function registerI440fx(registry: TypeRegistry): void {
  registry.register({
    name: 'pci-host-bridge',
    parent: 'sys-bus-device',
    abstract: true,
    properties: { 'x-config-reg-migration-enabled': bool(true), 'bypass-iommu': bool(false) },
  });
  registry.register({
    name: 'i440FX-pcihost',
    parent: 'pci-host-bridge',
    properties: {
      'pci-hole64-size': size(2 ** 31),
      short_root_bus: u32(0),
      'x-pci-hole64-fix': bool(true),
    },
    create: (init) => new I440fxPciHost(init),
  });
}
