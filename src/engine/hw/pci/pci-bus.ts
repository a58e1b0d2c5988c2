import { MemoryRegion } from '../../../memory/memory-region.ts';
import {
  PCI_BRIDGE_CONFIG,
  PCI_BRIDGE_CONTROL,
  PCI_CONFIG,
  PCI_HEADER,
} from '../../../spec/pci.ts';
import { Bus } from '../../qdev/bus.ts';
import type { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { EXPRESS_TYPE } from './express.ts';
import { formatDevfn, PciDevice } from './pci-device.ts';

/** Takes the level of one of a root bus's interrupt wires. */
export type IntxRouter = (wire: number, level: boolean) => void;

/** How a slot's pin reaches a wire where nobody wires it otherwise: each slot is shifted by one (PCI 3.0 §2.2.6). */
function swizzle(slot: number, pin: number): number {
  return (slot + pin) & 3;
}

/** By what bus and place a function's requests are known to an IOMMU. */
export interface Requester {
  readonly bus: PciBus;
  readonly devfn: number;
}

/** A PCI bus, conventional or Express: 32 slots of 8 functions. */
export class PciBus extends Bus {
  /** Number of a root bus; a bridge tells the number of the bus that it carries. */
  rootNumber = 0;
  /** Wire of a root bus that pin 0 to 3 of a slot drives; set by the host bridge. */
  wiring: (slot: number, pin: number) => number = swizzle;
  /** What functions on the bus place their BARs in; whoever carries the bus puts it into the machine's. */
  memory = MemoryRegion.container('memory');
  io = MemoryRegion.container('io');
  /** Addresses that a function on the bus, or behind it, sees when it is a bus master; set by an IOMMU. */
  iommu: ((device: PciDevice, requester: Requester) => MemoryRegion) | undefined;
  /** Where the wires of a root bus go; set by the host bridge. */
  router: IntxRouter = () => {};
  /** Platform interrupt input that a wire drives now, or -1; set by the router's owner on the root bus. */
  inputOf: (wire: number) => number = (wire) => this.#above?.inputOf(wire) ?? -1;
  readonly #functions = new Map<number, PciDevice>();
  #messages = true;
  /** What functions on a root bus, and behind it, wait for the machine's start with. */
  readonly #atStart: { device: PciDevice; work: () => void }[] = [];
  /** How many functions assert each wire. */
  readonly #asserted: number[] = [];

  /** The function that carries the bus; undefined on a root bus. */
  get bridge(): PciDevice | undefined {
    return this.owner instanceof PciDevice ? this.owner : undefined;
  }

  /** The expander that brought this root bus; undefined on others. */
  expander: PciDevice | undefined;
  /** Root buses that expanders on this one brought, newest first. */
  readonly expanded: PciBus[] = [];

  /** The bus in front of the bridge or expander; undefined on the host bridge's root bus. */
  get #above(): PciBus | undefined {
    return (this.bridge ?? this.expander)?.pciBus;
  }

  /** Whether messages that functions write reach an interrupt controller; set by the board on the root bus. */
  get takesMessages(): boolean {
    return this.#above?.takesMessages ?? this.#messages;
  }

  set takesMessages(taken: boolean) {
    this.#messages = taken;
  }

  /** Bus number: fixed on a root bus, else what the bridge was programmed with. */
  get number(): number {
    return this.bridge?.config.get(PCI_BRIDGE_CONFIG.SecondaryBus.offset, 1) ?? this.rootNumber;
  }

  /** Whether it is a PCI Express link and no conventional bus. */
  get express(): boolean {
    return this.type.isA('PCIE');
  }

  /** The bus that configuration cycles for `number` reach, from this one on: as the bridges were programmed. */
  find(number: number): PciBus | undefined {
    if (this.number === number) return this;
    let bus: PciBus | undefined = this;
    for (let depth = 0; bus && depth < 256; depth++) {
      const below: PciBus[] = bus.#below();
      const found = below.find((candidate) => candidate.number === number);
      if (found) return found;
      bus = below.find((candidate) => candidate.#leadsTo(number));
    }
    return undefined;
  }

  /** Buses behind bridges on this one, newest first. */
  #below(): PciBus[] {
    const buses = this.devices.flatMap(({ childBuses }) => childBuses);
    return [...this.expanded, ...buses.filter((bus) => bus instanceof PciBus)];
  }

  /** Whether the bridge was told that `number` lies behind it. */
  #leadsTo(number: number): boolean {
    const { config } = this.bridge ?? {};
    if (!config) return this.#below().some((bus) => bus.#leadsTo(number));
    const control = config.get(PCI_BRIDGE_CONFIG.BridgeControl.offset, 2);
    return (
      !(control & PCI_BRIDGE_CONTROL.BUS_RESET) &&
      config.get(PCI_BRIDGE_CONFIG.SecondaryBus.offset, 1) <= number &&
      number <= config.get(PCI_BRIDGE_CONFIG.SubordinateBus.offset, 1)
    );
  }

  /** What a bus master on this bus reaches: an IOMMU's region, or the machine's memory. */
  dmaRootOf(device: PciDevice): MemoryRegion {
    let requester: Requester = { bus: this, devfn: device.devfn };
    let bus: PciBus = this;
    while (!bus.iommu && bus.bridge) {
      const { bridge } = bus;
      // A conventional bus has no names for its functions: their bridge asks for them.
      if (!bus.express)
        requester =
          bridge.expressCapability?.type === EXPRESS_TYPE.PCI_BRIDGE
            ? { bus, devfn: 0 }
            : { bus: bridge.pciBus, devfn: bridge.devfn };
      bus = bridge.pciBus;
    }
    return bus.iommu?.(device, requester) ?? device.context.memory.root;
  }

  /** Runs `work` once the machine stands, among that of other functions in QEMU's order: newest bus first, then by place. */
  whenStarted(device: PciDevice, work: () => void): void {
    const { context } = device;
    if (context.started) {
      work();
      return;
    }
    let root: PciBus = this;
    for (let above = root.#above; above; above = root.#above) root = above;
    if (root.#atStart.length === 0) context.whenStarted(() => root.#start());
    root.#atStart.push({ device, work });
  }

  #start(): void {
    const age = ({ device }: { device: PciDevice }) => device.pciBus.owner?.dev ?? 0;
    const works = this.#atStart.splice(0);
    works.sort((a, b) => age(b) - age(a) || a.device.devfn - b.device.devfn);
    for (const { work } of works) work();
  }

  /** The function at `slot * 8 + function`, or undefined. */
  functionAt(devfn: number): PciDevice | undefined {
    return this.#functions.get(devfn);
  }

  override add(device: Device): void {
    if (!(device instanceof PciDevice)) {
      super.add(device);
      return;
    }
    if (this.expander && device.headerType !== PCI_HEADER.BRIDGE)
      throw new ConfigError(
        `PCI: Only PCI/PCIe bridges can be plugged into ${this.expander.type.name}`,
      );
    const chosen = device.wantedDevfn === -1;
    const devfn = chosen ? this.#freeSlot(device) : device.wantedDevfn;
    if (!chosen) this.#checkFree(device, devfn);
    this.#checkMultifunction(device, devfn);
    super.add(device);
    this.#functions.set(devfn, device);
    device.devfn = devfn;
    device.values.addr = devfn;
  }

  override remove(device: Device): void {
    super.remove(device);
    this.vacate(device);
  }

  override vacate(device: Device): void {
    if (device instanceof PciDevice && this.#functions.get(device.devfn) === device)
      this.#functions.delete(device.devfn);
  }

  override addressOf(device: Device): string {
    return device instanceof PciDevice ? formatDevfn(device.devfn) : '';
  }

  override describe(device: Device): readonly string[] {
    return device instanceof PciDevice ? device.describe() : [];
  }

  /** Wire of the root bus that a function's pin reaches, through the bridges between. */
  wireOf(device: PciDevice): number {
    const pin = Math.max(0, device.config.get(PCI_CONFIG.InterruptPin.offset, 1) - 1) & 3;
    return this.#wireOfPin(device.devfn >> 3, pin);
  }

  #wireOfPin(slot: number, pin: number): number {
    const { bridge, expander } = this;
    if (bridge) return bridge.pciBus.#wireOfPin(bridge.devfn >> 3, swizzle(slot, pin));
    if (!expander) return this.wiring(slot, pin);
    // Firmware does not count the slot of the expander, so that its effect is taken away.
    const at = expander.devfn >> 3;
    return expander.pciBus.#wireOfPin(at, (swizzle(slot, pin) - at) & 3);
  }

  /** A function's INTx pin changed; a wire is high while any function on it is. */
  setIntx(device: PciDevice, level: boolean): void {
    const wire = this.wireOf(device);
    let root: PciBus = this;
    for (let above = root.#above; above; above = root.#above) root = above;
    root.#asserted[wire] = (root.#asserted[wire] ?? 0) + (level ? 1 : -1);
    root.router(wire, root.level(wire));
  }

  override saveState(): State {
    return { ...super.saveState(), asserted: this.#asserted };
  }

  override loadState(state: State): void {
    super.loadState(state);
    Object.assign(this.#asserted, state.asserted);
  }

  /** Level of a wire. */
  level(wire: number): boolean {
    return (this.#asserted[wire] ?? 0) > 0;
  }

  #freeSlot(device: PciDevice): number {
    for (let slot = 0; slot < 32; slot++) if (!this.#functions.has(slot * 8)) return slot * 8;
    throw new ConfigError(
      `PCI: no slot/function available for ${device.type.name}, all in use or reserved`,
    );
  }

  #checkFree(device: PciDevice, devfn: number): void {
    const holder = this.#functions.get(devfn);
    if (holder)
      throw new ConfigError(
        `PCI: slot ${devfn >> 3} function ${devfn & 7} not available for ${device.type.name}, in use by ${holder.type.name},id=${holder.id || '(null)'}`,
      );
    // Below a port there is one device only, in slot 0.
    const first = this.#functions.get(this.express && this.bridge ? 0 : devfn & ~7);
    if (device.context.started && first)
      throw new ConfigError(
        `PCI: slot ${first.devfn >> 3} function 0 already occupied by ${first.type.name}, new func ${device.type.name} cannot be exposed to guest.`,
      );
  }

  /** Functions other than 0 need a function 0 that says it has siblings (PCI 3.0 §3.2.2.3.4). */
  #checkMultifunction(device: PciDevice, devfn: number): void {
    const slot = devfn & ~7;
    if (devfn !== slot) {
      const first = this.#functions.get(slot);
      if (first && !first.multifunction)
        throw new ConfigError(
          `PCI: single function device can't be populated in function ${(devfn >> 3).toString(16)}.${devfn & 7}`,
        );
      return;
    }
    if (device.multifunction) return;
    for (let other = slot + 1; other < slot + 8; other++)
      if (this.#functions.has(other))
        throw new ConfigError(
          `PCI: ${(slot >> 3).toString(16)}.0 indicates single function, but ${(slot >> 3).toString(16)}.${other & 7} is already populated.`,
        );
  }
}

/** The conventional PCI bus type. */
export const PCI_BUS_TYPE: TypeInfo = {
  name: 'PCI',
  parent: 'bus',
  create: (init) => new PciBus(init),
};

/** The PCI Express bus type. */
export const PCIE_BUS_TYPE: TypeInfo = { name: 'PCIE', parent: 'PCI' };
