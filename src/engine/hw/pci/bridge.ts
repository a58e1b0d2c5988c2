import { TWO_32 } from '../../../base/bits.ts';
import { MemoryRegion, WHOLE } from '../../../memory/memory-region.ts';
import {
  PCI_BRIDGE_CONTROL as CONTROL,
  PCI_BRIDGE_CONFIG as HEADER,
  PCI_CAP,
  PCI_COMMAND,
  PCI_CONFIG,
  PCI_HEADER,
} from '../../../spec/pci.ts';
import { addBus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { ConfigSpace } from './config-space.ts';
import type { PciBus } from './pci-bus.ts';
import { PciDevice } from './pci-device.ts';

/** Bytes of the I/O space behind a bridge. */
const IO_SPACE = TWO_32;
/** Status bits of a conventional bridge, on either side: 66 MHz, fast back-to-back. */
const CONVENTIONAL_STATUS = 0x00a0;
/** Bits of Bridge Control that a guest may write; on Express those of conventional timing do not apply. */
const CONTROL_CONVENTIONAL = 0x0bff;
const CONTROL_EXPRESS = 0x005f;
const CONTROL_DISCARD_STATUS = 0x0400;
/** Low bits of a prefetchable register: 64-bit addresses. */
const PREFETCH_64 = 0x1;
/** What a bridge forwards in front of its windows. */
const WINDOW_PRIORITY = 1;
/** Addresses of the VGA registers and memory that a bridge can forward, in bytes. */
const VGA_IO_LOW = { base: 0x3b0, size: 0xc };
const VGA_IO_HIGH = { base: 0x3c0, size: 0x20 };
const VGA_MEMORY = { base: 0xa_0000, size: 0x2_0000 };

/** A window of a bridge: first and last address that it forwards; nothing where `last` is below `first`. */
export interface BridgeWindow {
  readonly first: number;
  readonly last: number;
}

/** The window on I/O ports that a bridge's header describes. */
export function ioWindow(config: ConfigSpace): BridgeWindow {
  return {
    first: (config.get(HEADER.IOBase.offset, 1) & 0xf0) << 8,
    last: ((config.get(HEADER.IOLimit.offset, 1) & 0xf0) << 8) + 0xfff,
  };
}

/** The window on memory that a bridge's header describes. */
export function memoryWindow(config: ConfigSpace): BridgeWindow {
  return {
    first: (config.get(HEADER.MemoryBase.offset, 2) & 0xfff0) * 0x1_0000,
    last: (config.get(HEADER.MemoryLimit.offset, 2) & 0xfff0) * 0x1_0000 + 0xf_ffff,
  };
}

/** The prefetchable window that a bridge's header describes. */
export function prefetchWindow(config: ConfigSpace): BridgeWindow {
  const at = (low: number, high: number) => {
    const value = config.get(low, 2);
    const upper = value & PREFETCH_64 ? config.get(high, 4) * TWO_32 : 0;
    return upper + (value & 0xfff0) * 0x1_0000;
  };
  return {
    first: at(HEADER.PrefetchBase.offset, HEADER.PrefetchBaseUpper.offset),
    last: at(HEADER.PrefetchLimit.offset, HEADER.PrefetchLimitUpper.offset) + 0xf_ffff,
  };
}

/** A PCI-to-PCI bridge or an Express port: a function with a bus behind it. */
export abstract class PciBridge<P = unknown> extends PciDevice<P> {
  /** The bus behind; there once realized. */
  bus!: PciBus;
  #windows!: Record<'prefetch' | 'memory' | 'io', MemoryRegion>;
  #vga: { space: 'memory' | 'io'; base: number; region: MemoryRegion }[] = [];

  override get headerType(): number {
    return PCI_HEADER.BRIDGE;
  }

  /** Type of the bus behind. */
  protected abstract readonly busType: 'PCI' | 'PCIE';

  protected override realizePci(): void {
    this.#initHeader();
    this.bus = addBus<PciBus>(this, this.busType, this.id === '' ? undefined : this.id);
    this.#addWindows();
    try {
      this.realizeBridge();
    } catch (error) {
      this.#dropWindows();
      throw error;
    }
  }

  /** The part of realize that a kind of bridge adds. */
  protected abstract realizeBridge(): void;

  #initHeader(): void {
    const { config } = this;
    config.put(PCI_CONFIG.Status.offset, 2, CONVENTIONAL_STATUS);
    config.put(HEADER.SecondaryStatus.offset, 2, CONVENTIONAL_STATUS);
    config.put(HEADER.PrefetchBase.offset, 2, PREFETCH_64);
    config.put(HEADER.PrefetchLimit.offset, 2, PREFETCH_64);
    config.allowWrites(HEADER.PrimaryBus.offset, 4, 0xffff_ffff);
    config.allowWrites(HEADER.IOBase.offset, 2, 0xf0f0);
    config.allowWrites(HEADER.MemoryBase.offset, 4, 0xfff0_fff0);
    config.allowWrites(HEADER.PrefetchBase.offset, 4, 0xfff0_fff0);
    config.allowWrites(HEADER.PrefetchBaseUpper.offset, 4, 0xffff_ffff);
    config.allowWrites(HEADER.PrefetchLimitUpper.offset, 4, 0xffff_ffff);
    config.allowWrites(HEADER.BridgeControl.offset, 2, CONTROL_CONVENTIONAL);
    config.clearByOnes(HEADER.BridgeControl.offset, 2, CONTROL_DISCARD_STATUS);
  }

  /** Takes out of the header what does not apply to an Express port. */
  protected initPortHeader(): void {
    const { config } = this;
    config.put(PCI_CONFIG.Status.offset, 2, 0);
    config.put(HEADER.SecondaryStatus.offset, 2, 0);
    config.allowWrites(HEADER.BridgeControl.offset, 2, CONTROL_EXPRESS);
  }

  /** Adds the capability that names the board's maker, in place of a subsystem. */
  protected addSubsystem(at: number, vendor: number): void {
    this.config.addCapability(PCI_CAP.SUBSYSTEM, 8, at);
    this.config.put(at + 4, 2, vendor);
  }

  #addWindows(): void {
    const { bus, pciBus } = this;
    bus.memory = addRegion(this, MemoryRegion.container('pci_bridge_pci', WHOLE));
    bus.io = addRegion(this, MemoryRegion.container('pci_bridge_io', IO_SPACE));
    const window = (name: string, target: MemoryRegion, parent: MemoryRegion) =>
      parent.addSubregion(
        0,
        addRegion(this, MemoryRegion.alias(name, target, 0, 0)),
        WINDOW_PRIORITY,
      );
    this.#windows = {
      prefetch: window('pci_bridge_pref_mem', bus.memory, pciBus.memory),
      memory: window('pci_bridge_mem', bus.memory, pciBus.memory),
      io: window('pci_bridge_io', bus.io, pciBus.io),
    };
    const vga = (space: 'memory' | 'io', name: string, place: { base: number; size: number }) => ({
      space,
      base: place.base,
      region: addRegion(this, MemoryRegion.alias(name, bus[space], place.base, place.size)),
    });
    this.#vga = [
      vga('io', 'pci_bridge_vga_io_lo', VGA_IO_LOW),
      vga('io', 'pci_bridge_vga_io_hi', VGA_IO_HIGH),
      vga('memory', 'pci_bridge_vga_mem', VGA_MEMORY),
    ];
  }

  /** Moves the windows to where the registers say. */
  #updateWindows(): void {
    const { config } = this;
    const command = config.get(PCI_CONFIG.Command.offset, 2);
    const place = (region: MemoryRegion, { first, last }: BridgeWindow, enabled: boolean) => {
      region.setSize(0);
      region.setAddress(first);
      region.setTargetOffset(first);
      region.setSize(enabled && last >= first ? last + 1 - first : 0);
    };
    const memory = (command & PCI_COMMAND.MEMORY) !== 0;
    place(this.#windows.prefetch, prefetchWindow(config), memory);
    place(this.#windows.memory, memoryWindow(config), memory);
    place(this.#windows.io, ioWindow(config), (command & PCI_COMMAND.IO) !== 0);
    this.#forwardVga((config.get(HEADER.BridgeControl.offset, 2) & CONTROL.VGA) !== 0);
  }

  #forwardVga(on: boolean): void {
    for (const { space, base, region } of this.#vga) {
      const inside = region.container !== undefined;
      if (on && !inside) this.pciBus[space].addSubregion(base, region, WINDOW_PRIORITY);
      if (!on && inside) region.container?.removeSubregion(region);
    }
  }

  override configWrite(offset: number, size: number, value: number): void {
    const reset = () => this.config.get(HEADER.BridgeControl.offset, 2) & CONTROL.BUS_RESET;
    const before = reset();
    super.configWrite(offset, size, value);
    const touches = (from: number, length: number) =>
      offset < from + length && offset + size > from;
    if (
      touches(PCI_CONFIG.Command.offset, 2) ||
      touches(HEADER.IOBase.offset, 2) ||
      touches(HEADER.MemoryBase.offset, 20) ||
      touches(HEADER.BridgeControl.offset, 2)
    )
      this.#updateWindows();
    if (!before && reset()) this.bus.resetAll();
  }

  protected override configLoaded(): void {
    this.#updateWindows();
  }

  override reset(): void {
    const { config } = this;
    config.put(HEADER.PrimaryBus.offset, 4, 0);
    config.change16(HEADER.IOBase.offset, 0xf0f0, 0);
    for (const register of [
      HEADER.MemoryBase,
      HEADER.MemoryLimit,
      HEADER.PrefetchBase,
      HEADER.PrefetchLimit,
    ])
      config.change16(register.offset, 0xfff0, 0);
    config.put(HEADER.PrefetchBaseUpper.offset, 4, 0);
    config.put(HEADER.PrefetchLimitUpper.offset, 4, 0);
    config.put(HEADER.BridgeControl.offset, 2, 0);
    super.reset();
  }

  /** Closes the windows as a root port's reset does: each begins behind its end. */
  protected closeWindows(): void {
    const { config } = this;
    config.change16(HEADER.IOBase.offset, 0xf0f0, 0x00f0);
    config.change16(HEADER.MemoryBase.offset, 0, 0xfff0);
    config.change16(HEADER.MemoryLimit.offset, 0xfff0, 0);
    config.change16(HEADER.PrefetchBase.offset, 0, 0xfff0);
    config.change16(HEADER.PrefetchLimit.offset, 0xfff0, 0);
  }

  #dropWindows(): void {
    this.#forwardVga(false);
    for (const region of Object.values(this.#windows)) region.container?.removeSubregion(region);
  }

  override unrealize(): void {
    this.#dropWindows();
    super.unrealize();
  }
}
