import type { DeviceType, PropertyFacts } from '../protocol/messages.ts';
import type { BusNode, DeviceNode, MachineTopology } from '../protocol/topology.ts';
import { OF_TRANSPORT, type Transport, typeBehind, virtioName } from './advice/transports.ts';
import { nameBus, pinNumbers } from './bus-names.ts';
import { DocumentError, type DocumentOption, type MachineDocument } from './document.ts';
import { addOption, optionByKey, removeOptions, replaceOption } from './edits.ts';
import { entriesOf, entryOf, optionIdOf, withEntry } from './entries.ts';
import { isJson } from './json.ts';
import { addressKeys, asJson, hasJson, usualBus, without } from './places.ts';
import { nextKey } from './read.ts';
import { idKindOf, renamed } from './references.ts';
import { maker, Tree } from './tree.ts';

/**
 * Where a device goes: onto a bus, or, for a device of a virtio-bus, into a new transport on a bus of the
 * transport's kind.
 */
export type PlugTarget =
  | { readonly kind: 'bus'; readonly bus: BusNode }
  | { readonly kind: 'transport'; readonly bus: BusNode };

/** Transports by the bus that they plug into. */
const TRANSPORTS: readonly (readonly [bus: string, transport: Transport])[] = [
  ['virtio-bus', 'mmio'],
  ['PCI', 'pci'],
  ['virtual-css-bus', 'ccw'],
  ['s390-virtio-bus', 's390'],
];

/** The transport that a virtio device needs to sit on a bus, and the type of bus that it asks for. */
function transportOn(
  bus: BusNode,
): { readonly wanted: string; readonly transport: Transport } | undefined {
  const found = TRANSPORTS.find(([type]) => bus.ancestors.includes(type));
  return found && { wanted: found[0], transport: found[1] };
}

/**
 * Adds a device. `bus=` is written only where QEMU without it would take another bus; whether the device fits
 * is for the engine to say. `entries`: its properties, in order.
 */
export function plug(
  doc: MachineDocument,
  topology: MachineTopology,
  type: DeviceType,
  target: PlugTarget,
  entries: readonly { readonly key: string; readonly value: string }[] = [],
): MachineDocument {
  const tree = new Tree(doc, topology);
  const { driver, wanted } = onTarget(type.name, type.bus, target, []);
  const usual = wanted === undefined ? undefined : usualBus(tree, wanted);
  const named =
    usual?.path === target.bus.path ? { doc, name: undefined } : nameBus(doc, tree, target.bus);
  const bus = named.name === undefined ? [] : [{ key: 'bus', value: named.name }];
  const key = nextKey(named.doc.options);
  const added = addOption(named.doc, 'device', driver, lastMaker(named.doc));
  return replaceOption(added, key, (option) => {
    const full = [...bus, ...entries].reduce(
      (one, entry) => withEntry(one, entry.key, entry.value),
      option,
    );
    return hasJson(doc) ? asJson(full) : full;
  });
}

/** Key of the last option that makes something; undefined where none does. */
function lastMaker({ options }: MachineDocument): number | undefined {
  return options.findLast((option) => idKindOf(option) !== undefined)?.key;
}

/** A device's type on a target, and the type of bus that it then asks for; another transport's where that fits. */
export function onTarget(
  driver: string,
  bus: string | undefined,
  target: PlugTarget,
  types: readonly DeviceType[],
): { readonly driver: string; readonly wanted: string | undefined } {
  const same = { driver, wanted: bus };
  const name = virtioName(driver);
  const on = transportOn(target.bus);
  if (!name || !on) return same;
  if (target.kind === 'bus' && (bus === undefined || target.bus.ancestors.includes(bus)))
    return same;
  const other = typeBehind(name.stem, on.transport);
  if (other === undefined) return same;
  const known = target.kind === 'transport' || types.some((type) => type.name === other);
  return known ? { driver: other, wanted: on.wanted } : same;
}

/**
 * Puts a device on another bus, behind the option that makes it. It keeps its id and its properties, save its
 * address and what only its old transport understands. Throws DocumentError where the option is no `-device`.
 */
export function move(
  doc: MachineDocument,
  topology: MachineTopology,
  types: readonly DeviceType[],
  key: number,
  target: PlugTarget,
): MachineDocument {
  const option = optionByKey(doc, key);
  if (option?.name !== 'device')
    throw new DocumentError('Only what has a -device option of its own can be moved.');
  const tree = new Tree(doc, topology);
  const written = entryOf(option, 'driver') ?? '';
  const type = types.find(({ name, aliases }) => name === written || aliases.includes(written));
  const old = type?.name ?? written;
  const { driver, wanted } = onTarget(old, type?.bus, target, types);
  const moving = tree.withBelow([key]);
  const from = tree.placeOf(key)?.bus;
  const ordered = madeAfter(doc, tree, moving, target.bus);
  const named = nameBus(ordered, tree, target.bus);
  // A line that says the same of the device as before would not say that it went elsewhere.
  const says = driver !== old || entryOf(option, 'bus') !== undefined;
  const isUsual =
    says && wanted !== undefined && isFirst(ordered, tree, wanted, target.bus, key, moving);
  const left = driver === old ? undefined : virtioName(old)?.transport;
  const dropped = [
    ...(from && from.path !== target.bus.path ? addressKeys(from) : []),
    ...(left ? OF_TRANSPORT[left] : []),
  ];
  return replaceOption(isUsual ? ordered : named.doc, key, (one) => {
    const bare = without(one, dropped);
    const typed = driver === old ? bare : withEntry(bare, 'driver', driver);
    return withEntry(typed, 'bus', isUsual ? undefined : named.name);
  });
}

/**
 * Makes what moves come after the target bus and all that is on it, so that none of them gives way; in JSON
 * where one of them is in JSON.
 */
function madeAfter(
  doc: MachineDocument,
  tree: Tree,
  moving: ReadonlySet<number>,
  target: BusNode,
): MachineDocument {
  const there = new Set([maker(tree.busAt(target.path)?.carrier)?.key]);
  for (const { key, bus } of tree.places) if (bus.path === target.path) there.add(key);
  const first = doc.options.findIndex(({ key }) => moving.has(key));
  const last = doc.options.findLast(
    ({ key, name }, i) => i > first && name === 'device' && there.has(key) && !moving.has(key),
  );
  const ordered = last ? putBehind(doc, moving, last.key) : doc;
  const late = doc.options.some((one) => there.has(one.key) && !moving.has(one.key) && isJson(one));
  if (!late) return ordered;
  return {
    ...ordered,
    options: ordered.options.map((one) =>
      moving.has(one.key) ? asJson(one, tree.placeOf(one.key)) : one,
    ),
  };
}

/** Moves options that stand before the one with the key `last` right behind it. */
function putBehind(
  doc: MachineDocument,
  moving: ReadonlySet<number>,
  last: number,
): MachineDocument {
  const at = doc.options.findIndex(({ key }) => key === last);
  const early = doc.options.filter(({ key }, i) => i < at && moving.has(key));
  const rest = doc.options.filter((option) => !early.includes(option));
  const behind = rest.findIndex(({ key }) => key === last) + 1;
  return { ...doc, options: rest.toSpliced(behind, 0, ...early) };
}

/** Whether a device that is made where `key` stands gets this bus without asking, whatever was full by then. */
function isFirst(
  doc: MachineDocument,
  tree: Tree,
  wanted: string,
  target: BusNode,
  key: number,
  moving: ReadonlySet<number>,
): boolean {
  const order = new Map(
    doc.options.map((option, i) => [option.key, isJson(option) ? Infinity : i]),
  );
  const here = order.get(key) ?? 0;
  const first = tree.buses.find(({ bus, carrier }) => {
    const owner = maker(carrier)?.key;
    if (owner !== undefined && (moving.has(owner) || (order.get(owner) ?? 0) >= here)) return false;
    return bus.ancestors.includes(wanted);
  })?.bus;
  if (first?.path !== target.path) return false;
  return !target.full || tree.placeOf(key)?.bus.path === target.path;
}

/** Keys of the options to take out, by what they make. */
export interface DeletedKeys {
  readonly devices: readonly number[];
  readonly backEnds: readonly number[];
}

/** Takes devices out with all that hangs below them, and back ends. Nothing refers to them afterwards. */
export function deleteNodes(
  doc: MachineDocument,
  topology: MachineTopology,
  { devices, backEnds }: DeletedKeys,
): MachineDocument {
  const tree = new Tree(doc, topology);
  const below = tree.withBelow(devices);
  const gone = new Set([...below, ...backEnds]);
  const types = tree.buses
    .filter(({ carrier }) => gone.has(maker(carrier)?.key ?? -1))
    .map(({ bus }) => bus.type);
  let next = doc;
  for (const type of new Set(types)) next = pinNumbers(next, tree, type);
  return forget(
    removeOptions(next, [...gone]),
    next.options.filter(({ key }) => gone.has(key)),
  );
}

/** Takes every reference to what `options` made out of a document that no longer has them. */
function forget(doc: MachineDocument, options: readonly DocumentOption[]): MachineDocument {
  const names = new Map<string, null>();
  for (const option of options) {
    const kind = idKindOf(option);
    const id = optionIdOf(option);
    if (kind !== undefined && id !== undefined) names.set(`${kind} ${id}`, null);
  }
  if (names.size === 0) return doc;
  const kept = doc.options.map((option) => renamed(option, names));
  return { ...doc, options: kept.filter((option) => option !== undefined) };
}

/** Links a device to a back end by its id, or to none. */
export function link(
  doc: MachineDocument,
  key: number,
  property: string,
  id: string | undefined,
): MachineDocument {
  return replaceOption(doc, key, (option) => withEntry(option, property, id));
}

/**
 * Sets a property, or takes what is said of it away: where `value` is undefined, or the default that `facts`
 * tell. Of a device that has no `-device` option it becomes `-global`, which concerns all of its type.
 */
export function setProperty(
  doc: MachineDocument,
  types: readonly DeviceType[],
  device: DeviceNode,
  keyOfDevice: number | undefined,
  name: string,
  value: string | undefined,
  facts?: PropertyFacts,
): MachineDocument {
  const option = keyOfDevice === undefined ? undefined : optionByKey(doc, keyOfDevice);
  const wanted = facts && isByItself(doc, option, facts, value) ? undefined : value;
  if (option?.name !== 'device') return setGlobal(doc, device, name, wanted);
  if (name === 'id' || name === 'bus' || name === 'driver')
    throw new DocumentError(`${name} is no property.`);
  const driver = entryOf(option, 'driver') ?? '';
  const made = types.find((type) => type.name === driver || type.aliases.includes(driver));
  // Behind a transport sits a device of another type; what both have is the transport's.
  const type = made === undefined ? undefined : facts?.type;
  return replaceOption(doc, option.key, (one) => withEntry(one, name, wanted, type));
}

/** Whether a property has a value as long as nobody says anything of it; -global and old machine types do. */
function isByItself(
  { options }: MachineDocument,
  option: DocumentOption | undefined,
  { name, value: now, defaultValue }: PropertyFacts,
  value: string | undefined,
): boolean {
  if (value === undefined || value !== defaultValue) return false;
  const said = option !== undefined && entryOf(option, name) !== undefined;
  if (option?.name === 'device' && options.some((one) => isGlobal(one, name))) return false;
  return said || now === value || option?.name !== 'device';
}

function isGlobal(option: DocumentOption, name: string): boolean {
  if (option.name !== 'global') return false;
  return entriesOf(option).some(
    ({ key, value }) => key.endsWith(`.${name}`) || (key === 'property' && value === name),
  );
}

function setGlobal(
  doc: MachineDocument,
  { type }: DeviceNode,
  name: string,
  value: string | undefined,
): MachineDocument {
  const key = `${type}.${name}`;
  const same = doc.options.filter(
    (option) =>
      option.name === 'global' &&
      (entryOf(option, key) !== undefined ||
        (entryOf(option, 'driver') === type && entryOf(option, 'property') === name)),
  );
  const last = same.at(-1);
  const rest = removeOptions(
    doc,
    same.filter((one) => one !== last || value === undefined).map((one) => one.key),
  );
  if (value === undefined) return rest;
  if (!last) return addOption(rest, 'global', `${key}=${value}`);
  return replaceOption(rest, last.key, (one) =>
    entryOf(one, key) === undefined ? withEntry(one, 'value', value) : withEntry(one, key, value),
  );
}

/** Properties that every machine type has. */
const OF_ALL_MACHINES =
  /^(?:type|accel|graphics|usb|memory-backend|mem-merge|dump-guest-core|kernel|initrd|append|dtb|firmware|(?:smp|boot|memory)\..*)$/;

/**
 * Chooses the program and its machine type. What is said of the old type alone goes, as does the model of CPU
 * when the program changes.
 */
export function setMachine(
  doc: MachineDocument,
  program: string,
  machineType: string,
): MachineDocument {
  const isMachine = ({ name }: DocumentOption) => name === 'M' || name === 'machine';
  const named = doc.options.filter((one) => isMachine(one) && entryOf(one, 'type') !== undefined);
  const last = named.at(-1) ?? doc.options.findLast(isMachine);
  const sameType = last !== undefined && entryOf(last, 'type') === machineType;
  if (sameType && doc.program === program) return doc;
  const options = doc.options.flatMap((option): DocumentOption[] => {
    if (option.name === 'cpu' && doc.program !== program) return [];
    if (!isMachine(option)) return [option];
    const foreign = entriesOf(option).filter(({ key }) => !OF_ALL_MACHINES.test(key));
    const kept = without(
      option,
      foreign.map(({ key }) => key),
    );
    if (option === last) return [withEntry(kept, 'type', machineType)];
    const rest = withEntry(kept, 'type', undefined);
    return rest.argument === '' ? [] : [rest];
  });
  const changed = { program, options };
  if (last) return changed;
  const added = addOption(changed, 'M', machineType);
  return { ...added, options: [...added.options.slice(-1), ...added.options.slice(0, -1)] };
}
