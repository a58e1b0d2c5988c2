import type { BusNode } from '../protocol/topology.ts';
import { nameBus } from './bus-names.ts';
import type { DocumentOption, MachineDocument } from './document.ts';
import { replaceOption } from './edits.ts';
import { entriesOf, entryOf, withEntry } from './entries.ts';
import { isJson } from './json.ts';
import { maker, type Tree } from './tree.ts';

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

/** An option without some of its entries. */
export function without(option: DocumentOption, keys: readonly string[]): DocumentOption {
  return keys.reduce((one, key) => withEntry(one, key, undefined), option);
}

/** The same device in JSON, which QEMU makes after all others. */
export function asJson(option: DocumentOption): DocumentOption {
  if (isJson(option)) return option;
  const empty: DocumentOption = { ...option, argument: '{}' };
  return entriesOf(option).reduce((one, { key, value }) => withEntry(one, key, value), empty);
}

/**
 * The bus that QEMU gives to a device without `bus=`, which comes after everything in `tree` that `isThere`
 * admits: the first with room. Undefined where all are full, or there is none.
 */
export function usualBus(
  tree: Tree,
  wanted: string,
  isThere: (carrierKey: number | undefined) => boolean,
): BusNode | undefined {
  return tree.buses.find(
    ({ bus, carrier }) =>
      !bus.full && bus.ancestors.includes(wanted) && isThere(maker(carrier)?.key),
  )?.bus;
}

/**
 * Writes `bus=` into devices that QEMU would put elsewhere once `leaving` are gone: those that passed a bus by
 * because it was full.
 */
export function pinBehind(
  doc: MachineDocument,
  tree: Tree,
  leaving: ReadonlySet<number>,
): MachineDocument {
  const vacated = tree.places
    .filter(({ key, bus }) => key !== undefined && leaving.has(key) && bus.full)
    .map(({ bus }) => tree.buses.findIndex((one) => one.bus === bus));
  if (vacated.length === 0) return doc;
  let next = doc;
  for (const { key, bus } of tree.places) {
    if (key === undefined || leaving.has(key)) continue;
    const option = next.options.find((one) => one.key === key);
    if (option?.name !== 'device' || entryOf(option, 'bus') !== undefined) continue;
    const at = tree.buses.findIndex((one) => one.bus === bus);
    if (!vacated.some((free) => free < at && tree.buses[free]?.bus.type === bus.type)) continue;
    const named = nameBus(next, tree, bus);
    next = replaceOption(named.doc, key, (one) => withEntry(one, 'bus', named.name));
  }
  return next;
}
