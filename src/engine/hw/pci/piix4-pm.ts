import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_CONFIG, PCI_INTA } from '../../../spec/pci.ts';
import { addBus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bool, u8, u32 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { AcpiPciHotplug } from './acpi-pci-hotplug.ts';
import { PciDevice, type PciIds } from './pci-device.ts';

/** Offsets in configuration space: where the two register blocks are, and whether they decode. */
const PM_BASE = 0x40;
const PM_ENABLE = 0x80;
const SMBUS_BASE = 0x90;
const SMBUS_ENABLE = 0xd2;
const BASE_MASK = 0xffc0;
/** Bytes of each block. */
const BLOCK = 0x40;
/** Registers in the power management block, by place and size. */
const PM_REGISTERS = [
  { name: 'acpi-evt', at: 0, size: 4 },
  { name: 'acpi-cnt', at: 4, size: 2 },
  { name: 'acpi-tmr', at: 8, size: 4 },
] as const;
/** Ports that stay where they are. */
const FIXED_PORTS = [
  { name: 'apm-io', at: 0xb2, size: 2 },
  { name: 'acpi-gpe0', at: 0xafe0, size: 4 },
  { name: 'acpi-cpu-hotplug', at: 0xaf00, size: 0x20 },
] as const;
/** Port and bytes of the PCI hot-plug registers. */
const PCI_HOTPLUG = { at: 0xae00, size: 0x18 };

/** The south bridge's power management function; its registers stand where firmware puts them. */
export class Piix4Pm extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x7113,
    revision: 3,
    classCode: 0x0680,
  };
  #pm!: MemoryRegion;
  #smbus!: MemoryRegion;
  #hotplug!: AcpiPciHotplug;

  override get platform(): boolean {
    return true;
  }

  protected override realizePci(): void {
    const { config } = this;
    const ports = this.pciBus.io;
    this.gpios.push('gpio-out "smi-irq" 1', 'gpio-out "" 1');
    const smbusBase = this.values.smb_io_base as number;
    config.put(SMBUS_BASE, 4, smbusBase | 1);
    config.put(SMBUS_ENABLE, 1, 0x09);
    this.#powerOn();
    this.#smbus = addRegion(this, MemoryRegion.io('pm-smbus', BLOCK));
    ports.addSubregion(smbusBase, this.#smbus);
    this.#pm = addRegion(this, MemoryRegion.container('piix4-pm', BLOCK, { enabled: false }));
    ports.addSubregion(0, this.#pm);
    for (const { name, at, size } of PM_REGISTERS)
      this.#pm.addSubregion(at, addRegion(this, MemoryRegion.io(name, size)));
    for (const { name, at, size } of FIXED_PORTS)
      ports.addSubregion(at, addRegion(this, MemoryRegion.io(name, size)));
    this.#hotplug = new AcpiPciHotplug(this, {
      root: this.values['acpi-root-pci-hotplug'] as boolean,
      bridges: this.values['acpi-pci-hotplug-with-bridge-support'] as boolean,
    });
    const registers = this.#hotplug.ports(this.dev);
    const { at, size } = PCI_HOTPLUG;
    ports.addSubregion(at, addRegion(this, MemoryRegion.io('acpi-pci-hotplug', size, registers)));
    addBus(this, 'i2c-bus', 'i2c');
  }

  override reset(): void {
    super.reset();
    this.#powerOn();
    this.#placePm();
    this.#hotplug.reset();
  }

  override configWrite(offset: number, size: number, value: number): void {
    super.configWrite(offset, size, value);
    const touches = (from: number, length: number) =>
      offset < from + length && offset + size > from;
    if (touches(PM_BASE, 4) || touches(PM_ENABLE, 1)) this.#placePm();
    if (touches(SMBUS_BASE, 4) || touches(SMBUS_ENABLE, 1)) this.#placeSmbus();
  }

  override saveState(): State {
    return { ...super.saveState(), hotplug: this.#hotplug.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#hotplug.loadState(state.hotplug as State);
  }

  protected override configLoaded(): void {
    this.#placePm();
    this.#placeSmbus();
  }

  #powerOn(): void {
    const { config } = this;
    config.put(PCI_CONFIG.Status.offset, 2, 0x0280);
    config.put(PCI_CONFIG.InterruptPin.offset, 1, PCI_INTA);
    config.put(PM_BASE, 4, 1);
    config.put(0x5f, 1, 0x10);
    config.put(0x63, 1, 0x60);
    config.put(PM_ENABLE, 1, 0);
  }

  #placePm(): void {
    const { config } = this;
    this.#pm.setAddress(config.get(PM_BASE, 4) & BASE_MASK);
    this.#pm.setEnabled((config.get(PM_ENABLE, 1) & 1) !== 0);
  }

  #placeSmbus(): void {
    const { config } = this;
    const base = config.get(SMBUS_BASE, 4) & BASE_MASK;
    this.values.smb_io_base = base;
    this.#smbus.setAddress(base);
    this.#smbus.setEnabled((config.get(SMBUS_ENABLE, 1) & 1) !== 0);
  }
}

/** Registers the power management function. */
export function registerPiix4Pm(registry: TypeRegistry): void {
  registry.register({
    name: 'PIIX4_PM',
    parent: 'pci-device',
    userCreatable: false,
    properties: {
      smb_io_base: u32(0xb100),
      disable_s3: u8(0),
      disable_s4: u8(0),
      s4_val: u8(2),
      'acpi-pci-hotplug-with-bridge-support': bool(true),
      'acpi-root-pci-hotplug': bool(true),
      'memory-hotplug-support': bool(true),
      'smm-compat': bool(false),
      'smm-enabled': bool(true),
      'x-not-migrate-acpi-index': bool(false),
    },
    create: (init) => new Piix4Pm(init),
  });
}
