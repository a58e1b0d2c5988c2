import { addBackEnd, BACK_END_TEMPLATES } from '../document/back-end-templates.ts';
import { copyText, duplicate, pasteText } from '../document/clipboard.ts';
import type { MachineDocument } from '../document/document.ts';
import { addOption, freshId, optionByKey, renameId } from '../document/edits.ts';
import { entryOf, optionIdOf } from '../document/entries.ts';
import { idKindOf } from '../document/references.ts';
import { type BusPlace, type Place, Tree } from '../document/tree.ts';
import { deleteNodes, link, move, plug, setProperty } from '../document/wiring.ts';
import type { DeviceType, LinkFacts, PropertyFacts } from '../protocol/messages.ts';
import type { MachineTopology } from '../protocol/topology.ts';
import type { BuiltMachine } from './built-machine.ts';

/** Numbers that look random, the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  one<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.below(list.length)];
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/** A document, and the machine that the engine built from it. */
export interface Made {
  readonly doc: MachineDocument;
  readonly machine: BuiltMachine;
  readonly topology: MachineTopology;
  readonly tree: Tree;
}

/** What `doc` makes, for edits of it. */
export function madeOf(doc: MachineDocument, machine: BuiltMachine): Made {
  const topology = machine.topology();
  return { doc, machine, topology, tree: new Tree(doc, topology) };
}

/** An edit that nobody tried yet, and what it promises should QEMU take it. */
export interface RandomEdit {
  readonly label: string;
  readonly doc: MachineDocument;
  /** Keys of options whose devices it moves. */
  readonly moves?: readonly number[];
  /** Complaints about the machine that came of it. */
  check?(after: Made): readonly string[];
}

/** Device types that need something of the host's, or of another process. */
const OF_THE_HOST = /^vhost|-host|-gl\b|^scsi-(?:block|generic)|^intel-iommu|^vfio/;

type Maker = (random: Random, made: Made, clip: { text: string }) => RandomEdit | undefined;

/** Edits by how often they are tried, in percent. */
const MAKERS: readonly (readonly [weight: number, make: Maker])[] = [
  [34, add],
  [14, moved],
  [14, set],
  [10, deleted],
  [5, duplicated],
  [3, copied],
  [6, pasted],
  [4, renamedId],
  [5, linked],
  [5, backEnd],
];

/** Proposes an edit; undefined where the kind that came up finds nothing to do. */
export function randomEdit(
  random: Random,
  made: Made,
  clip: { text: string },
): RandomEdit | undefined {
  let at = random.below(100);
  for (const [weight, make] of MAKERS) {
    if (at < weight) return make(random, made, clip);
    at -= weight;
  }
  return undefined;
}

function usableTypes({ machine }: Made): DeviceType[] {
  return machine.types().filter((type) => !type.unmodelled && !OF_THE_HOST.test(type.name));
}

function add(random: Random, made: Made): RandomEdit | undefined {
  const { doc, topology, tree } = made;
  const types = usableTypes(made);
  const fits = (type: DeviceType): BusPlace[] =>
    tree.buses.filter(
      ({ bus }) => type.bus !== undefined && !bus.full && bus.ancestors.includes(type.bus),
    );
  const wild = random.chance(8);
  const type = random.one(
    wild ? types : types.filter((one) => isInteresting(one) && fits(one).length > 0),
  );
  const place = type && random.one(wild ? tree.buses : fits(type));
  if (!type || !place) return undefined;
  const entries: { key: string; value: string }[] = [];
  if (random.chance(60))
    entries.unshift({ key: 'id', value: freshId(doc, random.one(['a', 'disk', 'x-1.']) ?? '') });
  if (/^(?:pcie-root-port|ioh3420|xio3130-downstream)$/.test(type.name))
    entries.push(
      { key: 'chassis', value: `${1 + random.below(200)}` },
      { key: 'slot', value: `${random.below(30)}` },
    );
  const target = transported(random, type, place, tree);
  let next = plug(doc, topology, type, target, entries);
  const key = newKeys(doc, next).at(-1);
  for (const one of type.links) {
    if (one.property === 'iothread' && !random.chance(10)) continue;
    const given = newBackEnd(random, next, one);
    if (!given || random.chance(5)) continue;
    next = key === undefined ? next : link(given.doc, key, one.property, given.id);
  }
  return {
    label: `add ${type.name} to ${place.bus.name}`,
    doc: next,
    check: (after) => {
      const at = key === undefined ? undefined : after.tree.placeOf(key);
      if (!at) return ['what was added is not there'];
      const on = after.tree.buses.find(({ bus }) => bus === at.bus);
      const wanted = busIdentity({
        bus: target.bus,
        carrier: tree.busAt(target.bus.path)?.carrier,
      });
      return on && busIdentity(on) === wanted
        ? []
        : [`it is on ${on && busIdentity(on)}, not on ${wanted}`];
    },
  };
}

/** Now and then a new transport, where the type is a virtio device alone. */
function transported(random: Random, type: DeviceType, place: BusPlace, tree: Tree) {
  const buses = tree.buses.filter(
    ({ bus }) => !bus.full && ['PCI', 'virtual-css-bus'].some((one) => bus.ancestors.includes(one)),
  );
  const at = type.bus === 'virtio-bus' && random.chance(30) ? random.one(buses) : undefined;
  return at
    ? { kind: 'transport' as const, bus: at.bus }
    : { kind: 'bus' as const, bus: place.bus };
}

function isInteresting({ name }: DeviceType): boolean {
  return !/cpu$|^pxb|^e1000|^isa|^floppy|^VGA|vga$/.test(name);
}

function newBackEnd(
  random: Random,
  doc: MachineDocument,
  { kinds, type }: LinkFacts,
): { readonly doc: MachineDocument; readonly id: string } | undefined {
  const templates = BACK_END_TEMPLATES.filter(
    (one) =>
      kinds.includes(one.kind) &&
      // No host's folders and terminals.
      !/^(?:local|pty|cdrom)$/.test(one.type) &&
      (type === undefined || one.type.startsWith(type.replace(/backend$/, ''))),
  );
  const template = random.one(templates);
  return template && addBackEnd(doc, template);
}

function newKeys(before: MachineDocument, after: MachineDocument): number[] {
  const known = new Set(before.options.map(({ key }) => key));
  return after.options.map(({ key }) => key).filter((key) => !known.has(key));
}

/** Devices that have a `-device` option. */
function ownPlaces({ doc, tree }: Made): (Place & { readonly key: number })[] {
  return tree.places.filter(
    (place): place is Place & { readonly key: number } =>
      place.key !== undefined && optionByKey(doc, place.key)?.name === 'device',
  );
}

function moved(random: Random, made: Made): RandomEdit | undefined {
  const { doc, topology, tree, machine } = made;
  const place = random.one(ownPlaces(made));
  if (!place) return undefined;
  const types = machine.types();
  const stem = (name: string) =>
    name.replace(/-(?:device|ccw|pci(?:-(?:non-)?transitional)?)$/, '');
  const kin = types.filter((type) => stem(type.name) === stem(place.device.type));
  const below = tree.withBelow([place.key]);
  const places = tree.buses.filter(
    ({ bus, carrier }) =>
      random.chance(5) ||
      (!bus.full &&
        bus !== place.bus &&
        !(carrier?.key !== undefined && below.has(carrier.key)) &&
        kin.some((type) => type.bus !== undefined && bus.ancestors.includes(type.bus))),
  );
  const target = random.one(places);
  if (!target) return undefined;
  const { key, device } = place;
  return {
    label: `move ${device.id || device.type} to ${target.bus.name}`,
    doc: move(doc, topology, types, key, { kind: 'bus', bus: target.bus }),
    moves: [key],
    check: (after) => {
      const now = after.tree.placeOf(key);
      const on = after.tree.buses.find(({ bus }) => bus === now?.bus);
      if (!now || !on) return ['what was moved is gone'];
      const complaints: string[] = [];
      if (busIdentity(on) !== busIdentity(target))
        complaints.push(`it is on ${busIdentity(on)}, not on ${busIdentity(target)}`);
      const [was, is] = [optionByKey(doc, key), optionByKey(after.doc, key)];
      const id = was && optionIdOf(was);
      if (id !== undefined && (!is || optionIdOf(is) !== id)) complaints.push('it lost its id');
      return complaints;
    },
  };
}

function set(random: Random, made: Made): RandomEdit | undefined {
  const { doc, tree, machine } = made;
  const place = random.one(
    random.chance(85)
      ? ownPlaces(made)
      : // Of these the board itself sets some, whatever -global says.
        tree.places.filter(({ device }) => !device.platform),
  );
  const facts = place && machine.facts(place.device.path);
  const property = random.one(
    facts?.properties.filter(({ settable, link: back }) => settable && !back) ?? [],
  );
  if (!place || !property) return undefined;
  const value = random.chance(25) ? undefined : randomValue(random, property);
  const { name } = property;
  if (['id', 'bus', 'driver'].includes(name)) return undefined;
  const own = place.key !== undefined && optionByKey(doc, place.key)?.name === 'device';
  return {
    label: `set ${place.device.id || place.device.type}.${name}=${value}`,
    doc: setProperty(doc, machine.types(), place.device, place.key, name, value, property),
    moves: own && place.key !== undefined ? [place.key] : [],
    check: (after) => {
      const option = place.key === undefined ? undefined : optionByKey(after.doc, place.key);
      if (!own || !option) return [];
      const isDefault = value === property.defaultValue;
      const wanted = isDefault ? undefined : value;
      // JSON has words of its own for switches.
      const said = entryOf(option, name)
        ?.replace(/^true$/, 'on')
        .replace(/^false$/, 'off');
      return said === wanted || Number(said) === Number(wanted) || (isDefault && said === value)
        ? []
        : [`${name}=${said} is written, not ${wanted}`];
    },
  };
}

function randomValue(random: Random, { type, choices, value }: PropertyFacts): string {
  const chosen = random.one(choices ?? []);
  if (chosen !== undefined) return chosen;
  if (type === 'bool') return random.chance(50) ? 'on' : 'off';
  if (/^u?int|^size/.test(type))
    return random.one(['0', '1', '2', '3', '8', '0x10', '64', '128', '1000', value || '4']) ?? '';
  if (/^(?:int32|str(?:ing)?)$/.test(type)) return random.one(['a', 'b,c', 'x=y', '12']) ?? '';
  return value || random.one(['3', '0x5', 'on', 'auto']) || '';
}

function deleted(random: Random, made: Made): RandomEdit | undefined {
  const { doc, topology } = made;
  const chosen = [
    random.one(ownPlaces(made))?.key,
    random.chance(20) && random.one(ownPlaces(made))?.key,
  ];
  const devices = [...new Set(chosen.filter((key) => typeof key === 'number'))];
  const unused = doc.options.filter((one) => idKindOf(one) && one.name !== 'device');
  const backEnds = random.chance(30) ? [random.one(unused)?.key] : [];
  const ends = backEnds.filter((key) => key !== undefined);
  if (devices.length + ends.length === 0) return undefined;
  const gone = new Set(ends);
  const visit = (place: Place): void => {
    for (let at: Place | undefined = place; at; at = at.above)
      if (at.key !== undefined && devices.includes(at.key) && place.key !== undefined)
        gone.add(place.key);
  };
  made.tree.places.forEach(visit);
  return {
    label: `delete ${[...devices, ...ends].join(', ')}`,
    doc: deleteNodes(doc, topology, { devices, backEnds: ends }),
    check: (after) => {
      const left = new Set(after.doc.options.map(({ key }) => key));
      return doc.options.flatMap(({ key, name, argument }) =>
        left.has(key) === gone.has(key)
          ? [`-${name} ${argument} ${gone.has(key) ? 'stayed' : 'went too'}`]
          : [],
      );
    },
  };
}

/** A device or a few, or a back end. */
function chosenKeys(random: Random, made: Made): number[] {
  const some = [random.one(ownPlaces(made))?.key];
  if (random.chance(25)) some.push(random.one(ownPlaces(made))?.key);
  if (random.chance(15))
    some.push(random.one(made.doc.options.filter((one) => idKindOf(one)))?.key);
  return [...new Set(some.filter((key) => key !== undefined))];
}

function duplicated(random: Random, made: Made): RandomEdit | undefined {
  const { doc, topology } = made;
  const keys = chosenKeys(random, made);
  if (keys.length === 0) return undefined;
  const copies = made.tree.withBelow(keys);
  return {
    label: `duplicate ${keys.join(', ')}`,
    doc: duplicate(doc, topology, keys),
    check: (after) => {
      const kinds = (list: readonly number[], of: MachineDocument) =>
        list
          .map((key) => optionByKey(of, key))
          .map((one) => one && `${one.name} ${entryOf(one, 'driver')}`)
          .filter((text) => text?.startsWith('device'))
          .sort();
      const wanted = kinds([...copies], doc);
      const got = kinds(newKeys(doc, after.doc), after.doc);
      return `${wanted}` === `${got}` ? [] : [`copies of ${wanted} are ${got}`];
    },
  };
}

function copied(random: Random, made: Made, clip: { text: string }): undefined {
  const keys = chosenKeys(random, made);
  if (keys.length > 0) clip.text = copyText(made.doc, made.topology, keys);
}

/** Text as people have it. */
const TEXTS = [
  '-device virtio-rng-pci',
  '-object rng-random,id=rng0,filename=/dev/urandom -device virtio-rng-pci,rng=rng0',
  '-netdev user,id=net0 -device virtio-net-pci,netdev=net0,mac=52:54:00:12:34:56',
  '-blockdev null-co,node-name=disk0,size=1048576 -device virtio-scsi-pci,id=scsi0 -device scsi-hd,drive=disk0,bus=scsi0.0',
  '-device virtio-serial -chardev null,id=c0 -device virtconsole,chardev=c0 -device virtserialport,chardev=c0,name=org.x',
  `-device '{"driver":"virtio-balloon-pci","id":"b0"}'`,
];

function pasted(random: Random, made: Made, clip: { text: string }): RandomEdit | undefined {
  const { doc, topology, tree, machine } = made;
  const text = (random.chance(60) && clip.text) || (random.one(TEXTS) ?? '');
  const bus = random.chance(30) ? random.one(tree.buses)?.bus : undefined;
  return {
    label: `paste ${text}${bus ? ` to ${bus.name}` : ''}`,
    doc: pasteText(doc, topology, machine.types(), text, bus && { kind: 'bus', bus }),
  };
}

function renamedId(random: Random, { doc, machine }: Made): RandomEdit | undefined {
  const option = random.one(doc.options.filter((one) => idKindOf(one)));
  if (!option) return undefined;
  const id = freshId(doc, random.one(['name', 'b.', 'disk-a_']) ?? '');
  return {
    label: `rename ${optionIdOf(option)} to ${id}`,
    doc: renameId(doc, option.key, id, machine.types()),
  };
}

function linked(random: Random, made: Made): RandomEdit | undefined {
  const { doc, machine, topology } = made;
  const types = machine.types();
  const place = random.one(ownPlaces(made));
  const type = types.find(({ name }) => name === place?.device.type);
  const facts = random.one(type?.links ?? []);
  if (!place || !facts) return undefined;
  const id = random.chance(25)
    ? undefined
    : random.one(topology.backEnds.filter(({ kind }) => facts.kinds.includes(kind)))?.id;
  return {
    label: `link ${place.device.id || place.device.type}.${facts.property} to ${id}`,
    doc: link(doc, place.key, facts.property, id),
  };
}

function backEnd(random: Random, { doc }: Made): RandomEdit | undefined {
  if (random.chance(15))
    return {
      label: 'add a block node by hand',
      doc: addOption(doc, 'blockdev', `null-co,node-name=${freshId(doc, 'n')},size=1048576`),
    };
  const template = random.one(
    BACK_END_TEMPLATES.filter(({ type }) => !/^(?:local|pty|rng-random)$/.test(type)),
  );
  return template && { label: `add a ${template.type}`, doc: addBackEnd(doc, template).doc };
}

/** A device, in a way that does not depend on ids and numbers. */
function identity({ key, device, bus, above }: Place): string {
  if (key !== undefined) return `#${key}`;
  return `${busIdentity({ bus, carrier: above })}/${device.type}${device.address}`;
}

/** A bus, in a way that does not depend on ids and numbers: a virtio device has the same buses in any transport. */
function busIdentity({ bus, carrier }: BusPlace): string {
  let at = carrier;
  while (at && at.key === undefined) at = at.above;
  if (at && carrier) {
    const alike = carrier.device.buses.filter(({ type }) => type === bus.type);
    return `#${at.key}.${bus.type}.${alike.findIndex(({ path }) => path === bus.path)}`;
  }
  return carrier ? `${busIdentity({ bus: carrier.bus, carrier: carrier.above })}/${bus.name}` : '';
}

/** Properties that show an address where `DeviceNode.address` has none. */
const SHOWN = ['scsi-id', 'lun', 'channel', 'nr', 'port', 'unit'];

/** Where every device sits: bus and address by identity. */
export function seats({ tree }: Made): ReadonlyMap<string, string> {
  const buses = new Map(tree.buses.map((place) => [place.bus, busIdentity(place)]));
  return new Map(
    tree.places.map((place) => {
      const { address, properties } = place.device;
      const shown = properties.filter(([name]) => SHOWN.includes(name)).map((one) => one.join(' '));
      return [identity(place), [buses.get(place.bus), address, ...shown].join(' ')];
    }),
  );
}
