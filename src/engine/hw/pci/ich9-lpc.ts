import { MemoryRegion } from '../../../memory/memory-region.ts';
import { addBus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bit, bool } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { AcpiPciHotplug } from './acpi-pci-hotplug.ts';
import { PciDevice, type PciIds } from './pci-device.ts';

/** Offsets in configuration space. */
const PMBASE = 0x40;
const ACPI_CONTROL = 0x44;
const PIRQ_A_D = 0x60;
const PIRQ_E_H = 0x68;
const RCBA = 0xf0;
/** Bits of `PMBASE` that are an address, and those that a guest may write, as QEMU has them. */
const PMBASE_ADDRESS = 0xff80;
const PMBASE_WRITABLE = 0xff87;
const PMBASE_IS_IO = 1;
const ACPI_ENABLE = 0x80;
const RCBA_ENABLE = 1;
const RCBA_MASK = 0xffff_c000;
const PIRQ_DISABLED = 0x80;
/** Wires of the chipset, and the interrupt controller's input of the first one. */
const WIRES = 8;
const FIRST_INPUT = 16;
/** Slot of the bridge to conventional PCI, whose pins go to the upper four wires in order. */
const BRIDGE_SLOT = 30;
/** From this slot on the chipset's own devices sit, whose pins go to the lower four wires in order. */
const FIRST_CHIPSET_SLOT = 25;

/** The power management block, and what lies in it, by place and size in bytes. */
const PM_BYTES = 0x80;
const PM_REGISTERS = [
  { name: 'acpi-evt', at: 0x00, size: 4 },
  { name: 'acpi-cnt', at: 0x04, size: 2 },
  { name: 'acpi-tmr', at: 0x08, size: 4 },
  { name: 'acpi-gpe0', at: 0x20, size: 0x10 },
  { name: 'acpi-smi', at: 0x30, size: 8 },
  { name: 'sm-tco', at: 0x60, size: 0x20 },
] as const;
/** Ports that stay where they are. */
const FIXED_PORTS = [
  { name: 'apm-io', at: 0xb2, size: 2, priority: 0 },
  { name: 'lpc-reset-control', at: 0xcf9, size: 1, priority: 1 },
  { name: 'acpi-cpu-hotplug', at: 0xcd8, size: 0x20, priority: 0 },
] as const;
/** Port and bytes of the PCI hot-plug registers. */
const PCI_HOTPLUG = { at: 0xcc0, size: 0x18 };
/** Bytes of the chipset configuration registers. */
const RCRB_BYTES = 0x4000;

/** The q35 machine's south bridge: ISA bus, power management, and the router from PCI wires to interrupt inputs. */
export class Ich9Lpc extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x2918,
    revision: 2,
    classCode: 0x0601,
  };
  #pm!: MemoryRegion;
  #rcrb!: MemoryRegion;
  #hotplug: AcpiPciHotplug | undefined;

  protected override realizePci(): void {
    const { config, pciBus } = this;
    this.gpios.push('gpio-out "gsi" 24');
    this.#powerOn();
    config.allowWrites(PMBASE, 4, PMBASE_WRITABLE);
    pciBus.wiring = wireOfPin;
    pciBus.router = (wire, level) => this.#route(wire, level);
    pciBus.inputOf = (wire) => this.lineOf(wire);
    this.#rcrb = addRegion(this, MemoryRegion.io('lpc-rcrb-mmio', RCRB_BYTES));
    addBus(this, 'ISA');
  }

  /** Adds what the board starts last: power management and its ports. */
  startPowerManagement(): void {
    const { root } = this.context.io;
    this.#pm = addRegion(this, MemoryRegion.container('ich9-pm', PM_BYTES, { enabled: false }));
    root.addSubregion(0, this.#pm);
    for (const { name, at, size } of PM_REGISTERS)
      this.#pm.addSubregion(at, addRegion(this, MemoryRegion.io(name, size)));
    for (const { name, at, size, priority } of FIXED_PORTS)
      root.addSubregion(at, addRegion(this, MemoryRegion.io(name, size)), priority);
    if (!this.values['acpi-pci-hotplug-with-bridge-support']) return;
    this.#hotplug = new AcpiPciHotplug(this, { root: false, bridges: true });
    const { at, size } = PCI_HOTPLUG;
    const registers = this.#hotplug.ports(this.dev);
    root.addSubregion(at, addRegion(this, MemoryRegion.io('acpi-pci-hotplug', size, registers)));
  }

  override reset(): void {
    super.reset();
    this.#powerOn();
    this.#update();
    this.#hotplug?.reset();
  }

  override saveState(): State {
    return { ...super.saveState(), hotplug: this.#hotplug?.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    if (state.hotplug) this.#hotplug?.loadState(state.hotplug as State);
  }

  protected override configLoaded(): void {
    this.#update();
  }

  #powerOn(): void {
    const { config } = this;
    config.put(PMBASE, 4, PMBASE_IS_IO);
    config.put(ACPI_CONTROL, 1, 0);
    config.bytes.fill(PIRQ_DISABLED, PIRQ_A_D, PIRQ_A_D + 4);
    config.bytes.fill(PIRQ_DISABLED, PIRQ_E_H, PIRQ_E_H + 4);
    config.put(RCBA, 4, 0);
  }

  override configWrite(offset: number, size: number, value: number): void {
    super.configWrite(offset, size, value);
    this.#update();
    for (let wire = 0; wire < WIRES; wire++) this.#route(wire, this.pciBus.level(wire));
  }

  #update(): void {
    const { config, context } = this;
    const base = config.get(PMBASE, 2) & PMBASE_ADDRESS;
    const on = (config.get(ACPI_CONTROL, 1) & ACPI_ENABLE) !== 0 && base !== 0;
    this.#pm.setEnabled(on);
    this.#pm.setAddress(on ? base : 0);
    const rcba = config.get(RCBA, 4);
    this.#rcrb.container?.removeSubregion(this.#rcrb);
    if (rcba & RCBA_ENABLE)
      context.memory.root.addSubregion((rcba & RCBA_MASK) >>> 0, this.#rcrb, 1);
  }

  /** ISA interrupt that firmware routed a wire to, or -1. */
  #routed(wire: number): number {
    const at = wire < 4 ? PIRQ_A_D + wire : PIRQ_E_H + wire - 4;
    const route = this.config.bytes[at] ?? PIRQ_DISABLED;
    return route & PIRQ_DISABLED ? -1 : route & 0xf;
  }

  /** Interrupt input that a wire drives: an ISA interrupt where firmware chose one, and always one of its own. */
  lineOf(wire: number): number {
    const routed = this.#routed(wire);
    return routed >= 0 ? routed : FIRST_INPUT + wire;
  }

  #route(wire: number, level: boolean): void {
    const { context, pciBus } = this;
    context.setInterrupt(FIRST_INPUT + wire, level);
    const routed = this.#routed(wire);
    if (routed < 0) return;
    let any = false;
    for (let other = 0; other < WIRES; other++)
      any ||= this.#routed(other) === routed && pciBus.level(other);
    context.setInterrupt(routed, any);
  }
}

/** Wire of the chipset that a slot's pin drives after a reset. */
function wireOfPin(slot: number, pin: number): number {
  if (slot === BRIDGE_SLOT) return 4 + pin;
  return slot >= FIRST_CHIPSET_SLOT ? pin : 4 + ((slot + pin) & 3);
}

/** Registers the south bridge. */
export function registerIch9Lpc(registry: TypeRegistry): void {
  registry.register({
    name: 'ICH9-LPC',
    parent: 'pci-device',
    userCreatable: false,
    defaults: { multifunction: true },
    properties: {
      noreboot: bool(true),
      'smm-compat': bool(false),
      'x-smi-broadcast': bit(true),
      'x-smi-cpu-hotplug': bit(true),
      'x-smi-cpu-hotunplug': bit(true),
    },
    instanceProperties: { 'acpi-pci-hotplug-with-bridge-support': bool(true) },
    create: (init) => new Ich9Lpc(init),
  });
}
