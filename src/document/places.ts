import type { BusNode, DeviceNode } from '../protocol/topology.ts';
import type { DocumentOption, MachineDocument } from './document.ts';
import { entriesOf, entryOf, withEntry } from './entries.ts';
import { isJson } from './json.ts';
import type { Place, Tree } from './tree.ts';

/** Properties that say where on its bus a device sits, by the bus's type. */
const ADDRESS: Readonly<Record<string, readonly string[]>> = {
  PCI: ['addr', 'multifunction'],
  'virtual-css-bus': ['devno'],
  SCSI: ['scsi-id', 'lun', 'channel'],
  IDE: ['unit'],
  'floppy-bus': ['unit'],
  'virtio-serial-bus': ['nr'],
  'usb-bus': ['port'],
  HDA: ['cad'],
  'i2c-bus': ['address'],
};

/** Properties that are a device's address on such a bus. */
export function addressKeys({ ancestors }: BusNode): readonly string[] {
  return ancestors.flatMap((type) => (Object.hasOwn(ADDRESS, type) ? (ADDRESS[type] ?? []) : []));
}

/** Properties that put a device where it is, with their values. */
export type Address = readonly (readonly [key: string, value: string])[];

/** A device's address on its bus. */
export function addressOf(device: DeviceNode, bus: BusNode): Address {
  return addressKeys(bus).flatMap((key) => {
    const printed = device.properties.find(([name]) => name === key)?.[1] ?? '';
    const value =
      key === 'addr' || key === 'devno' ? device.address : /^"?(\d[\d.]*)/.exec(printed)?.[1];
    const said = value !== undefined && value !== '' && !(key === 'channel' && value === '0');
    return said ? [[key, value] as const] : [];
  });
}

/** An option with an address, as far as it says none. */
export function withAddress(option: DocumentOption, address: Address): DocumentOption {
  return address.reduce(
    (one, [key, value]) =>
      entryOf(one, key) === undefined
        ? withEntry(one, key, value, key === 'port' ? 'str' : undefined)
        : one,
    option,
  );
}

/** An option without some of its entries. */
export function without(option: DocumentOption, keys: readonly string[]): DocumentOption {
  return keys.reduce((one, key) => withEntry(one, key, undefined), option);
}

/**
 * The same device in JSON, which QEMU makes after all others. `place`: where it is now, to know which of its
 * properties are text.
 */
export function asJson(option: DocumentOption, place?: Place): DocumentOption {
  if (option.name !== 'device' || isJson(option)) return option;
  const empty: DocumentOption = { ...option, argument: '{}' };
  return entriesOf(option).reduce(
    (one, { key, value }) => withEntry(one, key, value, jsonType(place?.device, key)),
    empty,
  );
}

/** The type of a property by how QEMU prints it; undefined where it does not. */
function jsonType(device: DeviceNode | undefined, key: string): string | undefined {
  if (!device) return undefined;
  const inside = device.buses.flatMap(({ ancestors, children }) =>
    ancestors.includes('virtio-bus') ? children : [],
  );
  for (const one of [device, ...inside]) {
    const printed = one.properties.find(([name]) => name === key)?.[1];
    if (printed?.startsWith('"')) return 'str';
    if (printed === 'true' || printed === 'false') return 'bool';
  }
  return undefined;
}

/** Whether some device is written in JSON: what is to be made last then has to be, too. */
export function hasJson({ options }: MachineDocument): boolean {
  return options.some((option) => option.name === 'device' && isJson(option));
}

/**
 * The bus that QEMU gives to a device without `bus=` that comes after everything in `tree`: the first with
 * room. Undefined where all are full, or there is none.
 */
export function usualBus(tree: Tree, wanted: string): BusNode | undefined {
  return tree.buses.find(({ bus }) => !bus.full && bus.ancestors.includes(wanted))?.bus;
}
