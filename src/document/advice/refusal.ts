import type { DeviceType } from '../../protocol/messages.ts';
import type { BusNode, DeviceNode } from '../../protocol/topology.ts';
import type { DocumentOption, MachineDocument } from '../document.ts';
import { optionByKey, removeOptions } from '../edits.ts';
import { entriesOf, entryOf, optionIdOf, withEntry } from '../entries.ts';
import { optionText } from '../read.ts';
import type { Advice, Fix, RefusalFacts } from './advice.ts';
import { shortName } from './transports.ts';

/** One way in which QEMU refuses, and what to say of it; undefined where it is about something else. */
export interface Rule {
  /** Meets the reason without the program's name and the option. */
  readonly match: RegExp;
  readonly advise: (found: RegExpExecArray, refusal: Refusal) => Advice | undefined;
}

/** Properties of devices that name a back end, and so end with it. */
const NEEDED_LINKS = ['drive', 'fsdev', 'memdev', 'cryptodev', 'target'];

/** A refusal with what its rules ask of it. */
export class Refusal {
  readonly facts: RefusalFacts;
  readonly doc: MachineDocument;
  /** QEMU's reason: its last sentence, without warnings, the program's name and the option. */
  readonly reason: string;
  /** The option that it is about. */
  readonly option: DocumentOption | undefined;

  constructor(facts: RefusalFacts) {
    this.facts = facts;
    this.doc = facts.doc;
    const { reason, option } = readRefusal(facts);
    this.reason = reason;
    this.option = option;
  }

  /** Whether what is known of types and of the tree is about the program that refused. */
  get sameProgram(): boolean {
    return this.facts.before.program === this.doc.program;
  }

  /** What the refused option's entry `key` says. */
  entry(key: string): string | undefined {
    return this.option && entryOf(this.option, key);
  }

  /** What the refused option calls its device. */
  get driver(): string | undefined {
    return this.option?.name === 'device' ? this.entry('driver') : undefined;
  }

  /** A type by its name or a short one; undefined where the program does not list it. */
  type(name: string | undefined): DeviceType | undefined {
    if (name === undefined || !this.sameProgram) return undefined;
    const { types } = this.facts;
    return (
      types.find((one) => one.name === name) ?? types.find((one) => one.aliases.includes(name))
    );
  }

  /** Whether a device type can be had: modelled, as far as is known. */
  has(name: string): boolean {
    if (!this.sameProgram || this.facts.types.length === 0) return true;
    const type = this.type(name);
    return type !== undefined && !type.unmodelled;
  }

  /** Buses of the tree that goes on, in QEMU's order of search; none where the machine type is another. */
  get buses(): readonly BusNode[] {
    const { topology, before } = this.facts;
    if (!topology || !sameMachine(before, this.doc)) return [];
    return busesBelow(topology.root);
  }

  /** Options of `-device` that plug `driver`s that `test` picks, as the line has them. */
  devices(test: (driver: string, option: DocumentOption) => boolean): DocumentOption[] {
    return this.doc.options.filter((option) => {
      const driver = option.name === 'device' ? entryOf(option, 'driver') : undefined;
      return driver !== undefined && test(driver, option);
    });
  }

  /** The option of `doc` that a device of the tree came from. */
  optionOf(device: DeviceNode): DocumentOption | undefined {
    const key =
      device.option === undefined ? undefined : this.facts.before.options[device.option]?.key;
    return key === undefined ? undefined : optionByKey(this.doc, key);
  }

  /** The document with another text for the refused option's entries; undefined values are taken out. */
  changed(values: Readonly<Record<string, string | undefined>>, doc = this.doc): MachineDocument {
    if (!this.option) return doc;
    return changeOption(doc, this.option.key, values);
  }

  /** Taking the refused option out, with what cannot be without it; none where the option is not known. */
  without(): Fix[] {
    const { option } = this;
    if (!option) return [];
    const keys = dependents(this.doc, option);
    const others = keys.length - 1;
    const what = shortText(option);
    return [
      {
        label: `Take out ${what}`,
        words:
          others === 0
            ? 'The machine is built without it.'
            : `The machine is built without it and without ${others === 1 ? 'the option that needs it' : `the ${others} options that need it`}.`,
        doc: unlinked(removeOptions(this.doc, keys), option),
        ...this.anew,
      },
    ];
  }

  /** What a fix for a running machine adds where the machine has to be built anew. */
  get anew(): { readonly act?: 'power-off' } {
    return this.facts.hot ? { act: 'power-off' } : {};
  }
}

/** Changes entries of an option; undefined values are taken out. */
export function changeOption(
  doc: MachineDocument,
  key: number,
  values: Readonly<Record<string, string | undefined>>,
): MachineDocument {
  return {
    ...doc,
    options: doc.options.map((option) =>
      option.key === key
        ? Object.entries(values).reduce((one, [name, value]) => withEntry(one, name, value), option)
        : option,
    ),
  };
}

/** A bus and all below it, as QEMU looks for one: a bus before those below it. */
export function busesBelow(bus: BusNode): BusNode[] {
  return [bus, ...bus.children.flatMap(({ buses }) => buses.flatMap(busesBelow))];
}

/** How a button calls an option: `virtio-rng-pci`, `-netdev user,id=n0`. */
export function shortText(option: DocumentOption): string {
  if (option.name === 'device') return shortName(entryOf(option, 'driver') ?? 'the device');
  const text = optionText(option);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** Whether two documents are of one machine type, whatever is plugged. */
export function sameMachine(one: MachineDocument, other: MachineDocument): boolean {
  return one.program === other.program && machineEntries(one) === machineEntries(other);
}

/** `-M` as text, however often it was given. */
function machineEntries({ options }: MachineDocument): string {
  return options
    .filter(({ name }) => name === 'M' || name === 'machine')
    .map(({ argument }) => argument ?? '')
    .join(',');
}

/** Longest name of a bus that is looked up by its owner. */
const MOST_BUS = 256;

/** Keys of an option and of all that hangs on it: devices on its buses, and what cannot be without a back end. */
export function dependents(doc: MachineDocument, option: DocumentOption): number[] {
  const users = new Map<string, number[]>();
  const note = (what: string, key: number) => {
    const known = users.get(what);
    if (known) known.push(key);
    else users.set(what, [key]);
  };
  for (const device of doc.options) {
    if (device.name !== 'device') continue;
    const needs = new Set(namesOf(device));
    for (const what of needs) note(what, device.key);
  }
  const owners = new Map(doc.options.map((one) => [one.key, one]));
  const keys = new Set([option.key]);
  for (const root of keys) {
    const owner = owners.get(root);
    const id = owner && optionIdOf(owner);
    if (!owner || id === undefined) continue;
    const kind = owner.name === 'device' ? 'bus' : 'link';
    for (const key of users.get(`${kind} ${id}`) ?? []) keys.add(key);
  }
  return [...keys];
}

/** What a device cannot be without: owners of its bus, and back ends. */
function namesOf(device: DocumentOption): string[] {
  const names: string[] = [];
  for (const { key, value } of entriesOf(device))
    if (key === 'bus' && value.length <= MOST_BUS) {
      names.push(`bus ${value}`);
      for (let dot = value.indexOf('.'); dot >= 0; dot = value.indexOf('.', dot + 1))
        names.push(`bus ${value.slice(0, dot)}`);
    } else if (NEEDED_LINKS.includes(key)) names.push(`link ${value}`);
  return names;
}

/** Takes the name of a back end that is gone out of the devices that can do without. */
export function unlinked(doc: MachineDocument, gone: DocumentOption): MachineDocument {
  const id = gone.name === 'device' ? undefined : optionIdOf(gone);
  if (id === undefined) return doc;
  const options = doc.options.map((option) => {
    if (option.name !== 'device') return option;
    const links = entriesOf(option).filter(
      ({ key, value }) => value === id && key !== 'id' && key !== 'driver' && key !== 'bus',
    );
    return links.reduce((one, { key }) => withEntry(one, key, undefined), option);
  });
  return { ...doc, options };
}

/** Longest reason that rules read: QEMU's own are short, and what they quote may be hostile. */
const MOST_REASON = 4096;

/** Takes QEMU's words apart: warnings before it, program, option, reason. */
function readRefusal(facts: RefusalFacts): {
  reason: string;
  option: DocumentOption | undefined;
} {
  const { doc, message } = facts;
  let text = lastSentence(message.trim());
  let option = facts.option === undefined ? undefined : doc.options[facts.option];
  let place: { readonly option: DocumentOption; readonly length: number } | undefined;
  for (const one of doc.options)
    for (const words of places(one))
      if (words.length > (place?.length ?? -1) && text.startsWith(`${words}: `))
        place = { option: one, length: words.length };
  if (place) {
    text = text.slice(place.length + 2);
    option ??= place.option;
  }
  if (facts.hot) option ??= newcomer(facts);
  return { reason: text.slice(0, MOST_REASON), option };
}

/** How QEMU names the place of an option: as it stands on the line, with one dash or two. */
function places({ name, argument }: DocumentOption): string[] {
  const tail = argument === undefined ? '' : ` ${argument}`;
  const bare = name === 'hda' && argument !== undefined ? [argument] : [];
  return [`-${name}${tail}`, `--${name}${tail}`, `-${name}`, `--${name}`, ...bare];
}

/** The last complaint of several, without program or `Error:`. */
function lastSentence(message: string): string {
  const start = /^(?:qemu-system-[\w]+: (?!warning:)|(?:Error: )+)/gm;
  let at = 0;
  for (const found of message.matchAll(start)) at = found.index;
  return message.slice(at).replace(start, '');
}

/** What a running machine was asked to take: the one device that is new. */
function newcomer({ doc, before }: RefusalFacts): DocumentOption | undefined {
  const known = new Set(before.options.map(({ key }) => key));
  const fresh = doc.options.filter(({ key, name }) => !known.has(key) && name === 'device');
  return fresh.length === 1 ? fresh[0] : undefined;
}
