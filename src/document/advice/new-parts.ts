import type { LinkFacts } from '../../protocol/messages.ts';
import type { BackEndKind } from '../../protocol/topology.ts';
import type { DocumentOption, MachineDocument } from '../document.ts';
import { addOption, freshId } from '../edits.ts';
import { entriesOf, entryOf, optionIdOf } from '../entries.ts';
import type { Refusal } from './refusal.ts';
import { virtioName } from './transports.ts';
import { worldOf } from './world.ts';

/** Something new on the line, and what it is called. */
export interface Added {
  readonly doc: MachineDocument;
  readonly id: string;
}

/** A back end that works on any computer: no file, no device of the host's. */
interface Recipe {
  readonly option: 'blockdev' | 'netdev' | 'chardev' | 'fsdev' | 'object';
  readonly stem: string;
  readonly argument: (id: string) => string;
  /** `an empty disk of 64 MiB`. */
  readonly words: string;
}

const DISK: Recipe = {
  option: 'blockdev',
  stem: 'drive',
  argument: (id) => `driver=null-co,node-name=${id},size=67108864,read-zeroes=on`,
  words: 'an empty disk of 64 MiB that forgets what is written to it',
};
const NETWORK: Recipe = {
  option: 'netdev',
  stem: 'net',
  argument: (id) => `user,id=${id}`,
  words: "QEMU's own small network, which needs no rights on the host",
};
const CHARACTERS: Recipe = {
  option: 'chardev',
  stem: 'char',
  argument: (id) => `null,id=${id}`,
  words: 'a character device that swallows everything',
};
const FILES: Recipe = {
  option: 'fsdev',
  stem: 'fs',
  argument: (id) => `synth,id=${id}`,
  words: 'a made-up file system, which needs no folder of the host',
};
const OBJECTS: Readonly<Record<string, Recipe>> = {
  'rng-backend': {
    option: 'object',
    stem: 'rng',
    argument: (id) => `rng-builtin,id=${id}`,
    words: 'the random numbers that QEMU makes itself',
  },
  'memory-backend': {
    option: 'object',
    stem: 'mem',
    argument: (id) => `memory-backend-ram,id=${id},size=64M`,
    words: '64 MiB of memory',
  },
  'cryptodev-backend': {
    option: 'object',
    stem: 'crypto',
    argument: (id) => `cryptodev-backend-builtin,id=${id}`,
    words: 'the ciphers that QEMU computes itself',
  },
  iothread: {
    option: 'object',
    stem: 'iothread',
    argument: (id) => `iothread,id=${id}`,
    words: 'a thread of its own',
  },
};

/** What links take where the types are not known: by QEMU's names of the properties. */
const LINKS: Readonly<Record<string, Omit<LinkFacts, 'property'>>> = {
  drive: { kinds: ['drive', 'blockdev'] },
  netdev: { kinds: ['netdev'] },
  chardev: { kinds: ['chardev'] },
  fsdev: { kinds: ['fsdev'] },
  rng: { kinds: ['object'], type: 'rng-backend' },
  memdev: { kinds: ['object'], type: 'memory-backend' },
  cryptodev: { kinds: ['object'], type: 'cryptodev-backend' },
  iothread: { kinds: ['object'], type: 'iothread' },
};

/** What a property of the refused device names; undefined where it names no back end. */
export function linkFacts(
  refusal: Refusal,
  property: string,
): Omit<LinkFacts, 'property'> | undefined {
  const known = refusal.type(refusal.driver)?.links.find((link) => link.property === property);
  return known ?? (Object.hasOwn(LINKS, property) ? LINKS[property] : undefined);
}

function recipeFor(link: Omit<LinkFacts, 'property'>): Recipe | undefined {
  for (const kind of link.kinds) {
    if (kind === 'drive' || kind === 'blockdev') return DISK;
    if (kind === 'netdev') return NETWORK;
    if (kind === 'chardev') return CHARACTERS;
    if (kind === 'fsdev') return FILES;
  }
  const { type } = link;
  return type !== undefined && Object.hasOwn(OBJECTS, type) ? OBJECTS[type] : undefined;
}

/** A new back end of the kind that a link takes, before option `key`; `wish`: an id that nothing has. */
export function newBackEnd(
  doc: MachineDocument,
  key: number,
  link: Omit<LinkFacts, 'property'>,
  wish?: string,
): (Added & { readonly words: string }) | undefined {
  const recipe = recipeFor(link);
  if (!recipe) return undefined;
  const id =
    wish !== undefined && /^[A-Za-z][\w.-]*$/.test(wish) ? wish : freshId(doc, recipe.stem);
  const added = addBefore(doc, key, recipe.option, recipe.argument(id));
  return { doc: added, id, words: recipe.words };
}

/** Adds an option before the one that `key` names. */
export function addBefore(
  doc: MachineDocument,
  key: number,
  name: string,
  argument: string,
): MachineDocument {
  const at = doc.options.findIndex((option) => option.key === key);
  const added = addOption(doc, name, argument);
  const known = new Set(doc.options.map((option) => option.key));
  const fresh = added.options.filter((option) => !known.has(option.key));
  const rest = added.options.filter((option) => known.has(option.key));
  const place = at < 0 ? rest.length : at;
  return { ...added, options: [...rest.slice(0, place), ...fresh, ...rest.slice(place)] };
}

/** Back ends on the line that a link takes and nothing uses, by id. */
export function spareBackEnds(refusal: Refusal, link: Omit<LinkFacts, 'property'>): string[] {
  const used = new Set(
    refusal.doc.options.flatMap((option) =>
      entriesOf(option)
        .filter(({ key }) => !['id', 'node-name', 'driver', 'qom-type', 'type'].includes(key))
        .map(({ value }) => value),
    ),
  );
  return refusal.doc.options.flatMap((option) => {
    const id = option.name === 'blockdev' ? entryOf(option, 'node-name') : optionIdOf(option);
    return id !== undefined && !used.has(id) && fits(option, link) ? [id] : [];
  });
}

function fits(option: DocumentOption, link: Omit<LinkFacts, 'property'>): boolean {
  const kind = option.name as BackEndKind;
  if (!link.kinds.includes(kind)) return false;
  if (kind === 'drive')
    return entryOf(option, 'if') === 'none' && entryOf(option, 'file') !== undefined;
  if (kind !== 'object' || link.type === undefined) return true;
  return entryOf(option, 'qom-type')?.startsWith(link.type.replace(/-backend$/, '')) === true;
}

/** Who offers a bus of each type, the best first: a virtio device by its stem, any other by its type. */
const CONTROLLERS: Readonly<Record<string, readonly string[]>> = {
  SCSI: ['virtio-scsi', 'lsi53c895a', 'megasas'],
  'virtio-serial-bus': ['virtio-serial'],
  'usb-bus': [
    'qemu-xhci',
    'nec-usb-xhci',
    'usb-ehci',
    'ich9-usb-ehci1',
    'piix3-usb-uhci',
    'pci-ohci',
  ],
  IDE: ['ich9-ahci', 'piix3-ide'],
  'floppy-bus': ['isa-fdc'],
  HDA: ['intel-hda', 'ich9-intel-hda'],
  'nvme-bus': ['nvme'],
  'sd-bus': ['sdhci-pci'],
  'ccid-bus': ['usb-ccid'],
};

/** Types that offer a bus of `bus` on the machine that was wanted, or on it with PCI, the best first. */
export function controllersFor(refusal: Refusal, bus: string, withPci = false): string[] {
  const stems = Object.hasOwn(CONTROLLERS, bus) ? (CONTROLLERS[bus] ?? []) : [];
  const { transports } = worldOf(refusal);
  return stems.flatMap((stem) => {
    if (!virtioName(stem)) {
      const needsPci = stem !== 'isa-fdc' && stem !== 'usb-ccid';
      return refusal.has(stem) && (!needsPci || withPci || transports.includes('pci'))
        ? [stem]
        : [];
    }
    const types = transports.map((transport) =>
      transport === 'mmio' ? `${stem}-device` : `${stem}-${transport}`,
    );
    return types.filter((type) => refusal.has(type)).slice(0, 1);
  });
}
