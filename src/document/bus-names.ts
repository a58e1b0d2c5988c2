import type { BusNode } from '../protocol/topology.ts';
import type { MachineDocument } from './document.ts';
import { freshId, replaceOption } from './edits.ts';
import { entryOf, withEntry } from './entries.ts';
import { type BusPlace, maker, type Place, type Tree } from './tree.ts';

/** Type of devices whose bus has their id for its name, and no number behind it. */
const BRIDGE = 'base-pci-bridge';

/** Whether QEMU numbered the bus, since what carries it has no id: it may be called otherwise after any edit. */
function isNumbered({ bus }: BusPlace): boolean {
  const { name, type } = bus;
  const stem = `${type.toLowerCase()}.`;
  return name.startsWith(stem) && /^\d+$/.test(name.slice(stem.length));
}

/** The option whose id would name the bus; undefined where it cannot be named. */
function namer(doc: MachineDocument, place: BusPlace): number | undefined {
  const key = isNumbered(place) ? maker(place.carrier)?.key : undefined;
  const option = doc.options.find((one) => one.key === key);
  return option?.name === 'device' && entryOf(option, 'id') === undefined ? key : undefined;
}

/** The id that what carries a numbered bus has in `doc`, though it had none when the tree was made. */
function idSince(doc: MachineDocument, place: BusPlace): string | undefined {
  const key = isNumbered(place) ? maker(place.carrier)?.key : undefined;
  const option = doc.options.find((one) => one.key === key);
  return option?.name === 'device' ? entryOf(option, 'id') : undefined;
}

/** What a bus is called once the option that it comes from has an id. */
function nameFor({ bus, carrier }: BusPlace, id: string): string {
  if (!carrier) return bus.name;
  const { device, key } = carrier;
  if (device.ancestors.includes(BRIDGE)) return id;
  // The newest bus comes first. Inside a transport the device has one.
  const number = key === undefined ? 0 : device.buses.length - 1 - device.buses.indexOf(bus);
  return `${id}.${number}`;
}

/** A document in which a bus can be told from all others, and what `bus=` calls it there. */
export interface NamedBus {
  readonly doc: MachineDocument;
  readonly name: string;
}

/**
 * What to write after `bus=`. Where QEMU numbered the bus, what carries it gets an id, as do all others whose
 * buses are referred to by such a number: it would shift.
 */
export function nameBus(doc: MachineDocument, tree: Tree, target: BusNode): NamedBus {
  const place = tree.busAt(target.path);
  if (!place) return { doc, name: target.name };
  const given = idSince(doc, place);
  if (given !== undefined) return { doc, name: nameFor(place, given) };
  const first = namer(doc, place);
  if (first === undefined) return { doc, name: findable(tree, place) };
  const named = nameCarriers(doc, tree, target.type, [place]);
  return { doc: named.doc, name: named.names.get(target.path) ?? target.name };
}

/** As `nameBus`, for all numbered buses of a type that some option refers to: before one of them goes. */
export function pinNumbers(doc: MachineDocument, tree: Tree, type: string): MachineDocument {
  return nameCarriers(doc, tree, type, []).doc;
}

function nameCarriers(
  doc: MachineDocument,
  tree: Tree,
  type: string,
  also: readonly BusPlace[],
): { readonly doc: MachineDocument; readonly names: ReadonlyMap<string, string> } {
  const referred = new Set(
    tree.places
      .filter(({ key }) => doc.options.some((one) => one.key === key && hasBus(one)))
      .map(({ bus }) => bus.path),
  );
  let next = doc;
  const names = new Map<string, string>();
  for (const place of tree.buses) {
    const wanted = place.bus.type === type && referred.has(place.bus.path);
    const key = wanted || also.includes(place) ? namer(next, place) : undefined;
    const option = next.options.find((one) => one.key === key);
    if (!option || key === undefined) continue;
    const id = freshId(next, stemOf(entryOf(option, 'driver') ?? ''));
    next = replaceOption(next, key, (one) => withEntry(one, 'id', id));
    for (const other of tree.buses)
      if (maker(other.carrier)?.key === key && isNumbered(other))
        names.set(other.bus.path, nameFor(other, id));
  }
  for (const { key, bus } of tree.places) {
    const name = names.get(bus.path);
    if (key === undefined || name === undefined) continue;
    next = replaceOption(next, key, (one) => (hasBus(one) ? withEntry(one, 'bus', name) : one));
  }
  return { doc: next, names };
}

function hasBus(option: MachineDocument['options'][number]): boolean {
  return option.name === 'device' && entryOf(option, 'bus') !== undefined;
}

/** A stem for ids of devices of a type: `scsi` for `virtio-scsi-pci`. */
export function stemOf(type: string): string {
  return type.replace(/^virtio-/, '').replace(/-(?:pci|ccw|device)(?:-.*)?$/, '') || type;
}

/** A bus's name where QEMU finds it by that, else the way to it from the root. */
function findable(tree: Tree, place: BusPlace): string {
  const { bus } = place;
  const rivals = tree.buses.filter((other) => other.bus.name === bus.name);
  const found = rivals.find((other) => !other.bus.full) ?? rivals[0];
  if (found === place || !place.carrier) return bus.name;
  return `/${stepsTo(place.carrier, bus).join('/')}`;
}

/** Device and bus, from the root's first device on. */
function stepsTo(carrier: Place, bus: BusNode): string[] {
  const outer = carrier.above ? stepsTo(carrier.above, carrier.bus) : [];
  return [...outer, carrier.device.id || carrier.device.type, bus.name];
}
