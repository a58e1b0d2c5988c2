import type { DeviceNode } from '../../../protocol/topology.ts';
import type { DocumentOption } from '../../document.ts';
import { freshId } from '../../edits.ts';
import { entriesOf, entryOf, withEntry } from '../../entries.ts';
import { withReferences } from '../../references.ts';
import type { Place, World } from './world.ts';

/** Types on whose bus there is no number: it has their id for its name. */
const BRIDGE = 'base-pci-bridge';
/** Entries of a drive that belong to the device that it brings along. */
const OF_THE_DEVICE = ['if', 'index', 'bus', 'unit', 'media', 'addr'];

/** Options that QEMU is given as they are, with the places that devices have: the domain makes others before them. */
export function verbatimOptions(world: World): DocumentOption[] {
  const made = new Map<number, Place>();
  for (const place of world.places)
    if (place.node.option !== undefined && !made.has(place.node.option))
      made.set(place.node.option, place);
  const left: DocumentOption[] = [];
  world.doc.options.forEach((option, at) => {
    if (world.said(option)) return;
    const place = made.get(at);
    for (const one of place ? spelledOut(world, option, place) : [option])
      left.push(withReferences(one, world.renames));
  });
  return left;
}

/** What makes a device, with its place; short forms as back end and device, since those have no place. */
function spelledOut(world: World, option: DocumentOption, place: Place): DocumentOption[] {
  if (option.name === 'device') return [placed(world, option, place)];
  if (option.name === 'drive' && entryOf(option, 'if') === 'virtio')
    return shortDrive(world, option, place);
  if (option.name === 'nic' && entryOf(option, 'type') === 'user')
    return shortNic(world, option, place);
  return [option];
}

function shortDrive(world: World, option: DocumentOption, place: Place): DocumentOption[] {
  const id = entryOf(option, 'id') ?? freshId(world.doc, 'drive');
  const drive = OF_THE_DEVICE.reduce((one, key) => withEntry(one, key, undefined), option);
  return [
    withEntry(withEntry(drive, 'if', 'none'), 'id', id),
    placed(world, device(option.key, place.node.type, { drive: id }), place),
  ];
}

function shortNic(world: World, option: DocumentOption, place: Place): DocumentOption[] {
  const id = entryOf(option, 'id') ?? freshId(world.doc, 'net');
  const netdev = ['model', 'mac', 'macaddr', 'addr', 'id'].reduce(
    (one, key) => withEntry(one, key, undefined),
    option,
  );
  const mac = entryOf(option, 'mac') ?? entryOf(option, 'macaddr');
  return [
    withEntry({ ...netdev, name: 'netdev' }, 'id', id),
    placed(world, device(option.key, place.node.type, { netdev: id, mac }), place),
  ];
}

function device(
  key: number,
  type: string,
  values: Readonly<Record<string, string | undefined>>,
): DocumentOption {
  return Object.entries(values).reduce((one, [name, value]) => withEntry(one, name, value), {
    key,
    name: 'device',
    argument: type,
  } as DocumentOption);
}

/** Properties that say where a device sits, by the type of its bus. */
const ADDRESSES: Readonly<Record<string, (address: string) => Readonly<Record<string, string>>>> = {
  PCI: (address) => {
    const [slot = '0', fn = '0'] = address.split('.');
    const number = `0x${Number.parseInt(slot, 16).toString(16)}`;
    return { addr: fn === '0' ? number : `${number}.0x${fn}` };
  },
  'virtual-css-bus': (devno) => ({ devno }),
};

function placed(world: World, option: DocumentOption, { node, bus, owner }: Place): DocumentOption {
  const given = new Set(entriesOf(option).map(({ key }) => key));
  let next = option;
  const name = busName(world, { node, bus, owner });
  if (name !== undefined) next = withEntry(next, 'bus', name);
  for (const type of bus.ancestors) {
    const address = ADDRESSES[type]?.(node.address) ?? {};
    for (const [key, value] of Object.entries(address))
      if (!given.has(key) && node.address !== '') next = withEntry(next, key, value);
  }
  return next;
}

/** What `bus=` has to be in the domain; undefined where the option may keep what it has. */
function busName(world: World, { bus, owner }: Place): string | undefined {
  // Inside a transport is a device that nobody named: the transport gives its buses their names.
  let maker = owner;
  while (maker && maker.option === undefined && world.idOf(maker) === undefined) {
    const inner: DeviceNode = maker;
    maker = world.places.find(({ node }) => node === inner)?.owner;
  }
  // The board's own buses keep their names.
  if (!maker || !owner) return bus.name;
  const id = world.idOf(maker);
  if (id === undefined) return undefined;
  if (owner.ancestors.includes(BRIDGE)) return id;
  return `${id}.${owner.buses.length - 1 - owner.buses.indexOf(bus)}`;
}
