import type { DeviceType } from '../protocol/messages.ts';
import type { MachineTopology } from '../protocol/topology.ts';
import { nameBus } from './bus-names.ts';
import { DocumentError, type DocumentOption, type MachineDocument } from './document.ts';
import { addOption, freshAmong, replaceOption } from './edits.ts';
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
  return named.options.filter(({ key }) => withUsed(named, chosen).has(key));
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

/** Makes the options of `keys` once more, with what hangs on them and back ends of their own. */
export function duplicate(
  doc: MachineDocument,
  topology: MachineTopology,
  keys: readonly number[],
): MachineDocument {
  return added(doc, topology, parts(doc, topology, keys), [], undefined);
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
  return added(doc, topology, makers, types, target);
}

function added(
  doc: MachineDocument,
  topology: MachineTopology,
  options: readonly DocumentOption[],
  types: readonly DeviceType[],
  target: PlugTarget | undefined,
): MachineDocument {
  const tree = new Tree(doc, topology);
  const inside = new Set(options.map(optionIdOf).filter((id) => id !== undefined));
  const names = freshNames(doc, options);
  let next = doc;
  for (const option of options) {
    const fresh = withFreshId(withReferences(option, names, types), names);
    let placed = fresh;
    if (option.name === 'device' && !hangsInside(option, inside)) {
      const there = onTopLevel(next, tree, fresh, types, target);
      next = there.doc;
      placed = there.option;
    }
    next = addBehind(next, hasJson(doc) ? asJson(placed) : placed);
  }
  return next;
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
  for (const option of options) {
    const known = note(option);
    const id = optionIdOf(option);
    if (!known || id === undefined) continue;
    const now = known.has(id) ? freshAmong(known, id) : id;
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
function hangsInside(option: DocumentOption, ids: ReadonlySet<string>): boolean {
  const bus = entryOf(option, 'bus');
  if (bus === undefined) return false;
  return ids.has(bus) || ids.has(bus.replace(/\.\d+$/, ''));
}

/** A device that is not plugged into another part: without place, on the target where there is one. */
function onTopLevel(
  doc: MachineDocument,
  tree: Tree,
  option: DocumentOption,
  types: readonly DeviceType[],
  target: PlugTarget | undefined,
): { readonly doc: MachineDocument; readonly option: DocumentOption } {
  const written = entryOf(option, 'driver') ?? '';
  const type = types.find(({ name, aliases }) => name === written || aliases.includes(written));
  const name = entryOf(option, 'bus');
  const known = tree.buses.find(({ bus }) => bus.name === name || bus.path === name)?.bus;
  const places = tree.buses.flatMap(({ bus }) => addressKeys(bus));
  const bare = without(option, [...new Set([...places, ...UNIQUE])]);
  if (!target)
    return {
      doc,
      option: name !== undefined && (!known || known.full) ? without(bare, ['bus']) : bare,
    };
  const { driver } = onTarget(type?.name ?? written, type?.bus, target, types);
  const named = nameBus(doc, tree, target.bus);
  const typed = driver === (type?.name ?? written) ? bare : withEntry(bare, 'driver', driver);
  return { doc: named.doc, option: withEntry(typed, 'bus', named.name) };
}

/** Adds an option behind all that make something: back ends before the first device. */
function addBehind(doc: MachineDocument, { name, argument }: DocumentOption): MachineDocument {
  const key = nextKey(doc.options);
  const last = doc.options.findLast((one) => idKindOf(one) !== undefined);
  const at = addOption(doc, name, argument, last?.key);
  return at.options.some((one) => one.key === key) ? at : doc;
}
