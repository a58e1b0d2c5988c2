import type { MachineDocument } from '../document.ts';
import { addOption } from '../edits.ts';
import { entryOf } from '../entries.ts';
import { changeOption, type Refusal } from './refusal.ts';
import type { Transport } from './transports.ts';

/** Ways in which a machine takes virtio devices. */
export interface World {
  /** Its name as it was given, or the one that the program takes by itself; '' where it takes none. */
  readonly machine: string;
  /** What virtio devices can be reached by, the best for a device that comes from elsewhere first. */
  readonly transports: readonly Transport[];
  /** Its first PCI bus, where it has one. */
  readonly pciRoot?: 'pci.0' | 'pcie.0';
}

/** Bus types that say which transports there are. */
const OFFERED: readonly (readonly [bus: string, transport: Transport])[] = [
  ['virtual-css-bus', 'ccw'],
  ['s390-virtio-bus', 's390'],
  ['PCI', 'pci'],
  ['virtio-mmio-bus', 'mmio'],
];

/** Machine types before there is a machine to ask: program, name, what they have. */
const KNOWN: readonly (readonly [program: string, name: RegExp, world: Omit<World, 'machine'>])[] =
  [
    ['x86_64', /^pc(?:-i440fx-.*|-\d.*)?$/, { transports: ['pci'], pciRoot: 'pci.0' }],
    ['x86_64', /^(?:pc-)?q35/, { transports: ['pci'], pciRoot: 'pcie.0' }],
    ['x86_64', /^microvm$/, { transports: ['mmio'] }],
    ['aarch64', /^virt(?:-|$)/, { transports: ['pci', 'mmio'], pciRoot: 'pcie.0' }],
    ['riscv64', /^virt$/, { transports: ['pci', 'mmio'], pciRoot: 'pcie.0' }],
    ['s390x', /^s390-ccw-virtio/, { transports: ['ccw', 'pci'], pciRoot: 'pci.0' }],
    ['s390x', /^s390-virtio$/, { transports: ['s390'] }],
  ];
/** Machine types where `-M` is not given. */
const DEFAULTS: Readonly<Record<string, string>> = { x86_64: 'pc', s390x: 's390-ccw-virtio' };

/** `x86_64` of a document's program. */
export function archOf({ program }: MachineDocument): string {
  return /qemu-system-(\w+)/.exec(program)?.[1] ?? 'x86_64';
}

/** The machine type that a document names, or the program's own; '' where it has none. */
export function machineOf(doc: MachineDocument): string {
  return machineEntry(doc, 'type') ?? DEFAULTS[archOf(doc)] ?? '';
}

/** What `-M` says of `key`; the last one counts. */
export function machineEntry(doc: MachineDocument, key: string): string | undefined {
  const values = doc.options
    .filter(({ name }) => name === 'M' || name === 'machine')
    .map((option) => entryOf(option, key));
  return values.findLast((value) => value !== undefined);
}

/** The document with an entry of its machine changed; undefined takes it out. */
export function withMachineEntry(
  doc: MachineDocument,
  key: string,
  value: string | undefined,
): MachineDocument {
  const machines = doc.options.filter(({ name }) => name === 'M' || name === 'machine');
  const said = machines.filter((option) => entryOf(option, key) !== undefined);
  const targets = said.length > 0 ? said : machines.slice(-1);
  if (targets.length > 0)
    return targets.reduce((one, option) => changeOption(one, option.key, { [key]: value }), doc);
  if (value === undefined) return doc;
  const added = addOption(doc, 'M', key === 'type' ? value : machineOf(doc));
  const option = added.options.at(-1);
  return option && key !== 'type' ? changeOption(added, option.key, { [key]: value }) : added;
}

/** What the machine that was wanted has: read off its tree where that is known, else from its name. */
export function worldOf(refusal: Refusal): World {
  const machine = machineOf(refusal.doc);
  const known = KNOWN.find(([arch, name]) => arch === archOf(refusal.doc) && name.test(machine));
  const world = { machine, transports: [], ...known?.[2] };
  if (refusal.buses.length === 0)
    return machine === 'microvm' && machineEntry(refusal.doc, 'pcie') === 'on'
      ? { machine, transports: ['mmio', 'pci'], pciRoot: 'pcie.0' }
      : world;
  const transports = OFFERED.filter(([type]) =>
    refusal.buses.some(({ ancestors }) => ancestors.includes(type)),
  ).map(([, transport]) => transport);
  const root = refusal.buses.find(({ ancestors }) => ancestors.includes('PCI'));
  const pciRoot = root?.name === 'pci.0' || root?.name === 'pcie.0' ? root.name : undefined;
  return { machine, transports, ...(pciRoot && { pciRoot }) };
}

/** How a sentence names the places of a transport. */
export const PLACES: Readonly<Record<Transport, string>> = {
  pci: 'a PCI bus',
  mmio: 'virtio-mmio slots',
  ccw: 'channel subchannels',
  s390: 'the old s390 virtio bus',
};
