import { PCI_BRIDGE_CONFIG, PCI_CAP, PCI_CONFIG } from '../../spec/pci.ts';
import { ECAM_FUNCTION_SIZE, REGION_INDEX } from '../../spec/regions.ts';
import { type Moment, type RegisterMoment, registerKey } from '../fold/moment.ts';
import {
  type BusNode,
  type DeviceNode,
  type MachineTopology,
  type TransportKind,
  transportOnBus,
} from '../topology.ts';

/** Where a virtio device is in the machine. */
export interface Place {
  readonly node: DeviceNode;
  readonly transport: TransportKind | undefined;
  /** Devices on the way down to it, the nearest last; itself not. */
  readonly above: readonly DeviceNode[];
}

/** Finds a device by its number. */
export function placeOf(topology: MachineTopology, dev: number): Place | undefined {
  const walk = (bus: BusNode, above: readonly DeviceNode[]): Place | undefined => {
    for (const node of bus.children) {
      if (node.dev === dev) return { node, transport: transportOnBus(bus.type), above };
      for (const below of node.buses) {
        const found = walk(below, [...above, node]);
        if (found) return found;
      }
    }
    return undefined;
  };
  return walk(topology.root, []);
}

const PCI_ADDRESS = /^([0-9a-f]{2})\.([0-7])$/;
const CONFIG = REGION_INDEX['pci-config'];
const ECAM = REGION_INDEX['pci-ecam'];

/** A register of a PCI function as the guest last saw it: what the bytes at `offset` were. */
export type ConfigReader = (
  offset: number,
  size: number,
) => { readonly value: number; readonly event: number; readonly write: boolean } | undefined;

/** Reads what the journal knows of the configuration space of the function that carries a device. */
export function functionOf(place: Place, moment: Moment): ConfigReader | undefined {
  let bus = 0;
  let reader: ConfigReader | undefined;
  for (const { address } of place.above) {
    const found = PCI_ADDRESS.exec(address);
    if (!found) continue;
    if (reader) bus = reader(PCI_BRIDGE_CONFIG.SecondaryBus.offset, 1)?.value ?? 0;
    const slot = Number.parseInt(found[1] as string, 16);
    reader = readerAt(moment, (bus << 16) | (slot << 11) | (Number(found[2]) << 8));
  }
  return reader;
}

/** `place`: bus << 16 | device << 11 | function << 8. */
function readerAt(moment: Moment, place: number): ConfigReader {
  const at = (offset: number): RegisterMoment | undefined => {
    let newest: RegisterMoment | undefined;
    for (const { registers } of moment.devices.values())
      for (const key of [
        registerKey(CONFIG, place | offset),
        registerKey(ECAM, (place >>> 8) * ECAM_FUNCTION_SIZE + offset),
      ]) {
        const found = registers.get(key);
        if (found && found.event > (newest?.event ?? -1)) newest = found;
      }
    return newest;
  };
  return (offset, size) => {
    // A field may have been accessed with a wider access that began before it.
    let newest: RegisterMoment | undefined;
    let shift = 0;
    for (let back = 0; back < 4; back++) {
      const found = at(offset - back);
      if (!found || found.size < back + size || found.event < (newest?.event ?? -1)) continue;
      newest = found;
      shift = back;
    }
    if (!newest) return undefined;
    const { value, event, write } = newest;
    return { value: Math.floor(value / 2 ** (8 * shift)) % 2 ** (8 * size), event, write };
  };
}

/** Message Control of MSI-X, from the start of the capability, and bits of it (PCI 3.0 §6.8.2.3). */
const MSIX = { control: 2, ENABLE: 0x8000, MASK: 0x4000 } as const;
/** Most capabilities that a list in 256 bytes can have. */
const MOST_CAPABILITIES = 48;

/** MSI-X of a function as the guest last saw it; undefined where it never looked. */
export function msixOf(
  read: ConfigReader,
): { readonly enabled: boolean; readonly masked: boolean; readonly event: number } | undefined {
  let at = read(PCI_CONFIG.CapabilitiesPointer.offset, 1)?.value ?? 0;
  for (let i = 0; i < MOST_CAPABILITIES && at !== 0; i++) {
    if (read(at, 1)?.value === PCI_CAP.MSIX) {
      const control = read(at + MSIX.control, 2);
      if (!control) return undefined;
      const { value, event } = control;
      return { enabled: (value & MSIX.ENABLE) !== 0, masked: (value & MSIX.MASK) !== 0, event };
    }
    at = read(at + 1, 1)?.value ?? 0;
  }
  return undefined;
}

/** Entries of the MSI-X table (PCI 3.0 §6.8.2.6). */
const ENTRY = { bytes: 16, address: 0, data: 8, control: 12 } as const;
const TABLE = REGION_INDEX['msix-table'];
/** Messages to an x86 CPU go to 0xfee00000 and on, and their data begin with the vector (Intel SDM 3A §11.11). */
const APIC_PAGES = 0xfee;
/** Interrupts below this one are not shared peripheral ones (GICv2 §2.2.1). */
const GIC_FIRST_SPI = 32;

/** One vector of a function's MSI-X table as the guest last wrote it. */
export function vectorOf(
  moment: Moment,
  dev: number,
  vector: number,
): { readonly masked: boolean; readonly input: number | undefined } {
  const registers = moment.devices.get(dev)?.registers;
  const word = (offset: number) =>
    registers?.get(registerKey(TABLE, ENTRY.bytes * vector + offset))?.value;
  const data = word(ENTRY.data);
  const apic = (word(ENTRY.address) ?? 0) >>> 20 === APIC_PAGES;
  return {
    masked: (word(ENTRY.control) ?? 1) % 2 === 1,
    input: data === undefined ? undefined : apic ? data & 0xff : data - GIC_FIRST_SPI,
  };
}
