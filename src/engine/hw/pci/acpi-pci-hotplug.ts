import type { IoHandler } from '../../../memory/io-handler.ts';
import { ACPI_PCI_HOTPLUG } from '../../../spec/acpi-pci-hotplug.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import type { Bus } from '../../qdev/bus.ts';
import type { Device } from '../../qdev/device.ts';
import type { HotplugHandler } from '../../qdev/hotplug.ts';
import { ConfigError, RealizeError } from '../../qom/errors.ts';
import { u32 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import { PciBus } from './pci-bus.ts';
import { PciDevice } from './pci-device.ts';

const REG = ACPI_PCI_HOTPLUG;

interface BusState {
  readonly bus: PciBus;
  /** Slots with a device that came and was not looked at, one bit each. */
  up: number;
  /** Slots that the guest shall let go of. */
  down: number;
}

/** Highest number that firmware can name a device by. */
const MAX_INDEX = 16383;
/** Property of a bus that tells by which number the guest selects it. */
const BSEL = 'acpi-pcihp-bsel';
const busNumber = { ...u32(0), readOnly: true };

/**
 * The firmware's helper for PCI hot-plug on x86: the guest's ACPI tables read from its registers which
 * slots came or shall go, and write the slot that they let go of. A reset carries out what is pending.
 */
export class AcpiPciHotplug implements HotplugHandler {
  /** The device that has the registers. */
  readonly #carrier: PciDevice;
  readonly #root: PciBus;
  readonly #onRoot: boolean;
  readonly #onBridges: boolean;
  /** Buses by the number that the guest selects them with; fixed when the first one is asked for. */
  #buses: BusState[] | undefined;
  #selected = 0;
  /** Devices by their `acpi-index`; one that left its bus has given it back. */
  readonly #named = new Map<number, PciDevice>();

  /** `root`: whether slots of the root bus take part; `bridges`: whether those behind bridges do. */
  constructor(carrier: PciDevice, take: { readonly root: boolean; readonly bridges: boolean }) {
    const root = carrier.pciBus;
    this.#carrier = carrier;
    this.#root = root;
    this.#onRoot = take.root;
    this.#onBridges = take.bridges;
    if (take.root || take.bridges) root.hotplugHandler = this;
    carrier.context.whenStarted(() => void this.#all());
  }

  get path(): string {
    return this.#carrier.path;
  }

  allows(bus: Bus): boolean {
    if (bus === this.#root) return this.#onRoot;
    return this.#onBridges && (bus.owner?.values.hotplug ?? true) !== false;
  }

  prePlug(device: Device): void {
    const index = device instanceof PciDevice ? device.acpiIndex : 0;
    if (index === 0) return;
    if (index > MAX_INDEX)
      throw new RealizeError(`acpi-index should be less or equal to ${MAX_INDEX}`);
    if (this.#named.get(index)?.parentBus)
      throw new RealizeError(`a PCI device with acpi-index = ${index} already exist`);
    this.#named.set(index, device as PciDevice);
  }

  plug(device: Device): void {
    if (!(device instanceof PciDevice)) return;
    if (!device.hotplugged) {
      if (this.#onBridges)
        for (const bus of device.childBuses)
          if (bus instanceof PciBus) bus.hotplugHandler = this.allows(bus) ? this : undefined;
      return;
    }
    this.#stateOf(device).up |= slotBit(device);
  }

  unplugRequest(device: Device): void {
    if (!(device instanceof PciDevice)) return;
    const state = this.#stateOf(device);
    device.unplugPending = true;
    state.down |= slotBit(device);
  }

  /** Carries out what the guest did not answer. */
  reset(): void {
    for (const state of this.#all())
      for (let slot = 0; slot < 32; slot++) if (state.down & (1 << slot)) this.#eject(state, slot);
  }

  saveState(): State {
    const slots = this.#all().map(({ up, down }) => [up, down]);
    return { selected: this.#selected, slots };
  }

  loadState(state: State): void {
    this.#selected = state.selected as number;
    for (const [i, [up = 0, down = 0]] of (state.slots as number[][]).entries()) {
      const bus = this.#all()[i];
      if (bus) Object.assign(bus, { up, down });
    }
  }

  /** The register block, for the I/O space. */
  ports(dev: number): IoHandler {
    return {
      dev,
      region: REGION_INDEX['acpi-pci-hotplug'],
      read: (offset, size) => (this.#read(offset & ~3) >>> (8 * (offset & 3))) % 2 ** (8 * size),
      write: (offset, _size, value) => {
        // Without bridges there is but one bus, whatever is selected.
        if (offset === REG.BNUM.offset && this.#onBridges) this.#selected = value;
        const state = this.#all()[this.#selected];
        if (offset !== REG.B0EJ.offset || !state || value === 0) return;
        this.#eject(state, 31 - Math.clz32(value & -value));
      },
    };
  }

  #read(register: number): number {
    if (register === REG.BNUM.offset) return this.#selected;
    const state = this.#all()[this.#selected];
    if (!state) return 0;
    if (register === REG.PCIU.offset) {
      const { up } = state;
      if (this.#onBridges) state.up = 0;
      return up >>> 0;
    }
    if (register === REG.PCID.offset) return state.down >>> 0;
    return register === REG.RMV.offset ? removable(state.bus) : 0;
  }

  #eject(state: BusState, slot: number): void {
    state.down &= ~(1 << slot);
    state.up &= ~(1 << slot);
    for (let fn = 0; fn < 8; fn++) {
      const device = state.bus.functionAt(slot * 8 + fn);
      if (device && !stays(device)) device.unplug();
    }
  }

  #all(): readonly BusState[] {
    if (!this.#buses) {
      this.#buses = [...hotplugBuses(this.#root)].map((bus) => ({ bus, up: 0, down: 0 }));
      for (const [i, { bus }] of this.#buses.entries()) bus.addProperty(BSEL, busNumber, i);
    }
    return this.#buses;
  }

  #stateOf(device: PciDevice): BusState {
    const state = this.#all().find(({ bus }) => bus === device.pciBus);
    if (!state)
      throw new ConfigError("Unsupported bus. Bus doesn't have property 'acpi-pcihp-bsel' set");
    return state;
  }
}

function slotBit(device: PciDevice): number {
  return 1 << (device.devfn >> 3);
}

/** Buses that anybody may hot-plug on: a bus before those behind its bridges, the newest bridge first. */
function* hotplugBuses(bus: PciBus): Generator<PciBus> {
  if (bus.hotpluggable) yield bus;
  for (const device of bus.devices) {
    const brought = bus.expanded.filter(({ expander }) => expander === device);
    for (const below of [...device.childBuses, ...brought])
      if (below instanceof PciBus) yield* hotplugBuses(below);
  }
}

/** A bridge of the command line stays, and so does what its type nails down. */
function stays(device: PciDevice): boolean {
  const bridge = device.childBuses.some((bus) => bus instanceof PciBus);
  return (bridge && !device.hotplugged) || device.type.inherited('hotpluggable') === false;
}

/** Slots whose devices may be ejected, one bit each. */
function removable(bus: PciBus): number {
  let slots = 0xffff_ffff;
  for (const device of bus.devices)
    if (device instanceof PciDevice && stays(device)) slots &= ~slotBit(device);
  return slots >>> 0;
}
