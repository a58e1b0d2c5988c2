import type { DeviceType } from '../protocol/messages.ts';
import type { BusNode, MachineTopology } from '../protocol/topology.ts';
import { OF_TRANSPORT, virtioName } from './advice/transports.ts';
import { nameBus } from './bus-names.ts';
import { DocumentError, type DocumentOption, type MachineDocument } from './document.ts';
import { freshAmong, replaceOption } from './edits.ts';
import { entryOf, idKey, optionIdOf, withEntry } from './entries.ts';
import { addressKeys, asJson, hasJson, without } from './places.ts';
import { nextKey, optionText, readDocument } from './read.ts';
import { type IdKind, idKindOf, referencesOf, withReferences } from './references.ts';
import { maker, Tree } from './tree.ts';
import { onTarget, type PlugTarget } from './wiring.ts';

/** Entries that no second device of the machine can have, whatever its bus. */
const UNIQUE = ['bootindex', 'acpi-index'];

/**
 * Parts of a machine as text of a command line, one option a line: the options of `keys`, what hangs on their
 * buses, and the back ends that they use. Ids are those of the machine; a device that hangs on another one of
 * the text names its bus.
 */
export function copyText(
  doc: MachineDocument,
  topology: MachineTopology,
  keys: readonly number[],
): string {
  return parts(doc, topology, keys).map(optionText).join(' \\\n');
}

function parts(
  doc: MachineDocument,
  topology: MachineTopology,
  keys: readonly number[],
): DocumentOption[] {
  const tree = new Tree(doc, topology);
  const chosen = tree.withBelow(keys);
  let named = doc;
  for (const { key, bus, above } of tree.places) {
    const carrier = maker(above)?.key;
    if (key === undefined || carrier === undefined || carrier === key) continue;
    if (!chosen.has(key) || !chosen.has(carrier)) continue;
    const place = nameBus(named, tree, bus);
    named = replaceOption(place.doc, key, (one) => withEntry(one, 'bus', place.name));
  }
  const used = withUsed(named, chosen);
  return named.options.filter(({ key }) => used.has(key));
}

/** Adds the back ends that options refer to, and those that these refer to. */
function withUsed(doc: MachineDocument, keys: ReadonlySet<number>): Set<number> {
  const makers = new Map<string, number>();
  for (const option of doc.options) {
    const kind = idKindOf(option);
    const id = optionIdOf(option);
    if (kind !== undefined && kind !== 'device' && id !== undefined)
      makers.set(`${kind} ${id}`, option.key);
  }
  const found = new Set(keys);
  // A set yields what is added while it is walked.
  for (const key of found) {
    const option = doc.options.find((one) => one.key === key);
    for (const { kind, id } of option ? referencesOf(option) : []) {
      const used = makers.get(`${kind} ${id}`);
      if (used !== undefined) found.add(used);
    }
  }
  return found;
}

/** Whether a text is options that each make a device or a back end, and so parts rather than a machine. */
export function isParts(text: string): boolean {
  if (!/^\s*-\w/.test(text)) return false;
  try {
    return readDocument(text).options.every((option) => idKindOf(option) !== undefined);
  } catch (error) {
    if (error instanceof DocumentError) return false;
    throw error;
  }
}

/** Makes the options of `keys` once more, with what hangs on them and back ends of their own. */
export function duplicate(
  doc: MachineDocument,
  topology: MachineTopology,
  keys: readonly number[],
): MachineDocument {
  const tree = new Tree(doc, topology);
  const homes = new Map(tree.places.map(({ key, bus }) => [key, bus]));
  return added(doc, tree, parts(doc, topology, keys), [], ({ key }) => homes.get(key));
}

/**
 * Adds what a text of options makes. Ids that are taken become fresh ones, here and wherever the text refers to
 * them; places on a bus are left to QEMU. `target`: where what is not plugged into another part of the text
 * goes. Throws DocumentError where the text is none, or makes nothing.
 */
export function pasteText(
  doc: MachineDocument,
  topology: MachineTopology,
  types: readonly DeviceType[],
  text: string,
  target?: PlugTarget,
): MachineDocument {
  const { options } = readDocument(text);
  const makers = options.filter((option) => idKindOf(option) !== undefined);
  const [other] = options.filter((option) => idKindOf(option) === undefined);
  if (other)
    throw new DocumentError(
      `${optionText(other).slice(0, 60)} is not a device or a back end: only those can be pasted into a machine.`,
    );
  if (makers.length === 0) throw new DocumentError('There is no device or back end in this text.');
  const tree = new Tree(doc, topology);
  return added(doc, tree, makers, types, (option) => homeOf(tree, typeOf(option, types)), target);
}

function typeOf(option: DocumentOption, types: readonly DeviceType[]): DeviceType | undefined {
  const written = entryOf(option, 'driver') ?? '';
  return types.find(({ name, aliases }) => name === written || aliases.includes(written));
}

/** A bus of the kind that devices of a type sit on. */
function homeOf(tree: Tree, type: DeviceType | undefined): BusNode | undefined {
  const wanted = type?.bus;
  if (wanted === undefined) return undefined;
  return tree.buses.find(({ bus }) => bus.ancestors.includes(wanted))?.bus;
}

/** `home`: a bus like the one that a device came from, to know what of its properties is an address. */
function added(
  doc: MachineDocument,
  tree: Tree,
  options: readonly DocumentOption[],
  types: readonly DeviceType[],
  home: (option: DocumentOption) => BusNode | undefined,
  target?: PlugTarget,
): MachineDocument {
  const carriers = new Set(options.filter(isDevice).map(optionIdOf));
  const isTop = (option: DocumentOption) => isDevice(option) && !hangsInside(option, carriers);
  const names = freshNames(doc, options);
  const ports = portNames(tree);
  const top = options.filter(isTop);
  const fitting = top.filter((option) => target && fits(option, types, target));
  // Where nothing fits QEMU says why.
  const there = new Set(fitting.length > 0 ? fitting : top);
  const named = target && nameBus(doc, tree, target.bus);
  const next = named?.doc ?? doc;
  const json = hasJson(doc);
  let key = nextKey(next.options);
  const made = options.map((option): DocumentOption => {
    let one = withFreshId(withReferences(option, names, types), names);
    if (isDevice(one)) one = without(one, UNIQUE);
    if (home(option)?.ancestors.includes(PORTS)) one = withFreshPortName(one, ports);
    if (isTop(option)) {
      one = without(one, placeKeys(home(option)));
      one =
        target && named && there.has(option)
          ? withEntry(typed(one, types, target), 'bus', named.name)
          : onKnownBus(one, tree);
    }
    return { ...(json ? asJson(one) : one), key: key++ };
  });
  const last = next.options.findLastIndex((one) => idKindOf(one) !== undefined);
  const at = last < 0 ? next.options.length : last + 1;
  return { ...next, options: next.options.toSpliced(at, 0, ...made) };
}

/** Type of the buses on which names are unique in all of the machine. */
const PORTS = 'virtio-serial-bus';

function portNames(tree: Tree): Set<string> {
  const ports = tree.places.filter(({ bus }) => bus.ancestors.includes(PORTS));
  const printed = ports.map(({ device }) => device.properties.find(([key]) => key === 'name')?.[1]);
  return new Set(printed.map((name) => name?.replace(/^"|"$/g, '') ?? ''));
}

function withFreshPortName(option: DocumentOption, taken: Set<string>): DocumentOption {
  const name = entryOf(option, 'name');
  if (name === undefined || name === '') return option;
  const now = taken.has(name) ? freshAmong(taken, name) : name;
  taken.add(now);
  return withEntry(option, 'name', now);
}

const isDevice = ({ name }: DocumentOption): boolean => name === 'device';

function placeKeys(home: BusNode | undefined): readonly string[] {
  return home ? addressKeys(home) : [];
}

/** Whether a device goes onto a target, as it is or behind the transport that the target asks for. */
function fits(option: DocumentOption, types: readonly DeviceType[], target: PlugTarget): boolean {
  const type = typeOf(option, types);
  if (!type) return false;
  const { wanted } = onTarget(type.name, type.bus, target, types);
  return wanted !== undefined && target.bus.ancestors.includes(wanted);
}

/** The device as the type that it is on a target. */
function typed(
  option: DocumentOption,
  types: readonly DeviceType[],
  target: PlugTarget,
): DocumentOption {
  const type = typeOf(option, types);
  const name = type?.name ?? entryOf(option, 'driver') ?? '';
  const { driver } = onTarget(name, type?.bus, target, types);
  if (driver === name) return option;
  const left = virtioName(name)?.transport;
  return withEntry(without(option, left ? OF_TRANSPORT[left] : []), 'driver', driver);
}

/** Without a bus that is not there, or has no room. */
function onKnownBus(option: DocumentOption, tree: Tree): DocumentOption {
  const name = entryOf(option, 'bus');
  if (name === undefined) return option;
  const known = tree.buses.find(({ bus }) => bus.name === name || bus.path === name)?.bus;
  return known && !known.full ? option : without(option, ['bus']);
}

/** New ids by `KIND old` for all that are taken already. */
function freshNames(
  doc: MachineDocument,
  options: readonly DocumentOption[],
): ReadonlyMap<string, string> {
  const taken = new Map<IdKind, Set<string | undefined>>();
  const note = (option: DocumentOption): Set<string | undefined> | undefined => {
    const kind = idKindOf(option);
    if (kind === undefined) return undefined;
    const known = taken.get(kind) ?? new Set();
    taken.set(kind, known);
    return known;
  };
  for (const option of doc.options) note(option)?.add(optionIdOf(option));
  const names = new Map<string, string>();
  const tried = new Map<string, number>();
  for (const option of options) {
    const known = note(option);
    const id = optionIdOf(option);
    if (!known || id === undefined) continue;
    const now = known.has(id) ? freshAmong(known, id, tried) : id;
    known.add(now);
    if (now !== id) names.set(`${idKindOf(option)} ${id}`, now);
  }
  return names;
}

function withFreshId(option: DocumentOption, names: ReadonlyMap<string, string>): DocumentOption {
  const id = optionIdOf(option);
  const now = id === undefined ? undefined : names.get(`${idKindOf(option)} ${id}`);
  return now === undefined ? option : withEntry(option, idKey(option), now);
}

/** Whether a device's `bus=` names a bus of another part. */
function hangsInside(option: DocumentOption, ids: ReadonlySet<string | undefined>): boolean {
  const bus = entryOf(option, 'bus');
  if (bus === undefined) return false;
  return ids.has(bus) || ids.has(bus.replace(/\.\d+$/, ''));
}
