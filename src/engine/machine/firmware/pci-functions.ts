import { PCI_BRIDGE_CONFIG, PCI_CAP, PCI_CONFIG, PCI_HEADER } from '../../../spec/pci.ts';
import type { ConfigCycles } from './config-cycles.ts';

const NOTHING = 0xffff;
const CLASS_BRIDGE = 0x0604;
const LAST_BUS = 255;
/** Kind and offset of the vendor capability by which a bridge asks for room. */
const KIND_RESERVE = 1;
const RESERVED_BUSES = 4;

/** A function that firmware found. */
export interface PciFunction {
  /** `bus << 8 | slot << 3 | function`. */
  readonly address: number;
  readonly bus: number;
  readonly slot: number;
  readonly vendor: number;
  readonly device: number;
  /** Base class and sub-class. */
  readonly classCode: number;
  readonly bridge: boolean;
  /** Bus behind a bridge, and the bridge that leads here. */
  readonly secondary: number;
  readonly parent: PciFunction | undefined;
}

/** Numbers the buses behind all bridges, depth first, as SeaBIOS does; returns the highest. */
export function numberBuses(config: ConfigCycles): number {
  return numberBehind(config, 0, 0);
}

function numberBehind(config: ConfigCycles, bus: number, highest: number): number {
  const bridges = addressesOn(config, bus).filter((address) => isBridge(config, address));
  for (const address of bridges) {
    config.write(address, PCI_BRIDGE_CONFIG.SecondaryBus.offset, 1, LAST_BUS);
    config.write(address, PCI_BRIDGE_CONFIG.SubordinateBus.offset, 1, 0);
  }
  let last = highest;
  for (const address of bridges) {
    const secondary = ++last;
    if (secondary > LAST_BUS) return LAST_BUS;
    config.write(address, PCI_BRIDGE_CONFIG.PrimaryBus.offset, 1, bus);
    config.write(address, PCI_BRIDGE_CONFIG.SecondaryBus.offset, 1, secondary);
    config.write(address, PCI_BRIDGE_CONFIG.SubordinateBus.offset, 1, LAST_BUS);
    last = numberBehind(config, secondary, last);
    last = Math.min(LAST_BUS, Math.max(last, secondary + reservedBuses(config, address)));
    config.write(address, PCI_BRIDGE_CONFIG.SubordinateBus.offset, 1, last);
  }
  return last;
}

function reservedBuses(config: ConfigCycles, address: number): number {
  const at = findReserve(config, address);
  const asked = at === 0 ? NOTHING : config.read(address, at + RESERVED_BUSES, 4);
  return asked > LAST_BUS ? 0 : asked;
}

/** Every function, in the order of bus, slot and function; the buses are numbered. */
export function findFunctions(config: ConfigCycles, lastBus: number): PciFunction[] {
  const found: PciFunction[] = [];
  const leads = new Map<number, PciFunction>();
  for (let bus = 0; bus <= lastBus; bus++)
    for (const address of addressesOn(config, bus)) {
      const bridge = isBridge(config, address);
      const made: PciFunction = {
        address,
        bus,
        slot: (address >> 3) & 31,
        vendor: config.read(address, PCI_CONFIG.VendorID.offset, 2),
        device: config.read(address, PCI_CONFIG.DeviceID.offset, 2),
        classCode: config.read(address, PCI_CONFIG.SubClass.offset, 2),
        bridge,
        secondary: bridge ? config.read(address, PCI_BRIDGE_CONFIG.SecondaryBus.offset, 1) : 0,
        parent: leads.get(bus),
      };
      found.push(made);
      if (bridge) leads.set(made.secondary, made);
    }
  return found;
}

function addressesOn(config: ConfigCycles, bus: number): number[] {
  const found: number[] = [];
  for (let slot = 0; slot < 32; slot++) {
    const first = (bus << 8) | (slot << 3);
    const header = config.read(first, PCI_CONFIG.HeaderType.offset, 1);
    const functions = header & PCI_HEADER.MULTIFUNCTION && header !== 0xff ? 8 : 1;
    for (let fn = 0; fn < functions; fn++)
      if (config.read(first + fn, PCI_CONFIG.VendorID.offset, 2) !== NOTHING)
        found.push(first + fn);
  }
  return found;
}

function isBridge(config: ConfigCycles, address: number): boolean {
  return config.read(address, PCI_CONFIG.SubClass.offset, 2) === CLASS_BRIDGE;
}

/** Offset of a function's capability `id`, after the one at `from`, or 0. */
export function findCapability(
  config: ConfigCycles,
  address: number,
  id: number,
  from = PCI_CONFIG.CapabilitiesPointer.offset - 1,
): number {
  let at = from;
  for (let hops = 0; hops < 64; hops++) {
    at = config.read(address, at + 1, 1);
    if (at === 0) return 0;
    if (config.read(address, at, 1) === id) return at;
  }
  return 0;
}

/** Offset of the capability by which a bridge asks for room, or 0. */
export function findReserve(config: ConfigCycles, address: number): number {
  let at = findCapability(config, address, PCI_CAP.VENDOR);
  while (at !== 0 && config.read(address, at + 3, 1) !== KIND_RESERVE)
    at = findCapability(config, address, PCI_CAP.VENDOR, at);
  return at;
}
