import { wordsOfOption } from '../../options/command.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import { shortText } from '../advice/refusal.ts';
import type { MachineDocument } from '../document.ts';
import { boardDevice, boardElements, wantsKvm, wantsNic } from './to/board.ts';
import { express } from './to/devices.ts';
import { verbatimOptions } from './to/verbatim.ts';
import { type Place, World } from './to/world.ts';
import { type Element, element, writeXml } from './xml.ts';

/** A machine as a libvirt domain, and what is to be known of it. */
export interface ToLibvirt {
  readonly xml: string;
  readonly notes: readonly string[];
}

/** Name space of what is handed to QEMU as it is. */
const QEMU = 'http://libvirt.org/schemas/domain/qemu/1.0';
/** Options that libvirt gives by itself, or that say how one looks at the machine. */
const IMPLIED = new Set(['nodefaults', 'display', 'S', 'no-user-config']);
/** Elements in the order in which libvirt makes their devices; those that are not listed come last. */
const ORDER = [
  'controller',
  'filesystem',
  'disk',
  'interface',
  'input',
  'video',
  'memballoon',
  'rng',
];
/** Types that a board brings along and that libvirt does without where nobody asks for them. */
const DEFAULTS = [
  'isa-serial',
  'isa-parallel',
  'floppy',
  'ide-cd',
  'scsi-cd',
  'sclpconsole',
  'sd-card',
];

/**
 * The libvirt domain of a machine that was built. What libvirt has no words for is handed to QEMU as it is.
 * `name`: the domain's, where the machine has none.
 */
export function toLibvirt(
  doc: MachineDocument,
  topology: MachineTopology,
  name?: string,
): ToLibvirt {
  const plain = write(doc, topology, name, false);
  return plain.ordered ? plain : write(doc, topology, name, true);
}

interface Written extends ToLibvirt {
  /** Whether devices in virtio-mmio slots come in their order again. */
  readonly ordered: boolean;
}

function write(
  doc: MachineDocument,
  topology: MachineTopology,
  name: string | undefined,
  mmioVerbatim: boolean,
): Written {
  const world = new World(doc, topology, mmioVerbatim);
  const kvm = wantsKvm(world);
  const board = boardElements(world, topology);
  for (const option of doc.options) if (IMPLIED.has(option.name)) world.say(option);
  const devices: Element[] = [];
  const mmio: Element[] = [];
  for (const place of inOrderOfLine(world.places)) {
    if (world.idOf(place.node) !== undefined) continue;
    const option = world.optionOf(place.node);
    const board = !option || option.name === 'nic' || option.name === 'net';
    const found = board ? boardDevice(world, place) : express(world, place);
    if (!found) continue;
    devices.push(found);
    if (place.bus.type === 'virtio-mmio-bus') mmio.push(found);
  }
  const left = verbatimOptions(world);
  const missing = lostDefaults(world);
  if (missing.length > 0)
    world.note(
      `libvirt starts the machine without what the board brings along: ${missing.join(', ')}.`,
    );
  if (left.length > 0)
    world.note(
      `libvirt has no words for some options, which are handed to QEMU as they are: ${listed(left.map(shortText))}.`,
    );
  if (wantsNic(world)) left.push({ key: 0, name: 'nic', argument: 'user' });
  const args = left.flatMap(({ name: option, argument }) => wordsOfOption(option, argument));
  const domain = element(
    'domain',
    { type: kvm ? 'kvm' : 'qemu', ...(args.length > 0 && { 'xmlns:qemu': QEMU }) },
    ...board.map((one, i) => (i === 0 && name !== undefined ? named(one, name) : one)),
    element(
      'devices',
      {},
      element('emulator', {}, `/usr/bin/${doc.program}`),
      ...implicit(world, devices),
      ...devices,
      devices.some((one) => one.name === 'memballoon')
        ? undefined
        : element('memballoon', { model: 'none' }),
    ),
    args.length === 0
      ? undefined
      : element('qemu:commandline', {}, ...args.map((value) => element('qemu:arg', { value }))),
  );
  const plugged = world.places.filter(
    ({ node, bus }) => bus.type === 'virtio-mmio-bus' && node.option !== undefined,
  );
  const whole = mmio.length === 0 || mmio.length === plugged.length;
  return { xml: writeXml(domain), notes: world.notes, ordered: whole && isSorted(mmio) };
}

/** Devices as the line asks for them: what carries a bus comes before what sits on it. */
function inOrderOfLine(places: readonly Place[]): Place[] {
  const seen = new Set<number>();
  return places
    .filter(({ node }) => {
      // Inside a transport is the device that the same option asked for.
      if (node.option === undefined) return true;
      const isNew = !seen.has(node.option);
      seen.add(node.option);
      return isNew;
    })
    .toSorted((a, b) => (a.node.option ?? -1) - (b.node.option ?? -1));
}

const rank = (one: Element): number => {
  const at = ORDER.indexOf(one.name);
  const late = one.name === 'controller' && one.attr('type') === 'virtio-serial' ? 0.5 : 0;
  return (at < 0 ? ORDER.length : at) + late;
};

const isSorted = (elements: readonly Element[]): boolean =>
  elements.every((one, i) => i === 0 || rank(elements[i - 1] ?? one) <= rank(one));

/** Elements that say that libvirt need not add what it usually adds. */
function implicit(world: World, devices: readonly Element[]): Element[] {
  const root = world.places
    .flatMap(({ node }) => node.buses)
    .find((bus) => world.pciIndex(bus) === 0);
  const none = devices.some((one) => one.attr('type') === 'usb')
    ? []
    : [element('controller', { type: 'usb', index: '0', model: 'none' })];
  if (!root) return none;
  const model = root.name === 'pcie.0' ? 'pcie-root' : 'pci-root';
  return [...none, element('controller', { type: 'pci', index: '0', model })];
}

function named(one: Element | undefined, name: string): Element | undefined {
  return one?.name === 'name' && one.text === 'playground' ? element('name', {}, name) : one;
}

/** Devices of the board that nobody asked for, and that no element speaks for. */
function lostDefaults(world: World): string[] {
  if (world.doc.options.some(({ name }) => name === 'nodefaults')) return [];
  const lost = world.places
    .filter(({ node }) => node.option === undefined && world.idOf(node) === undefined)
    .map(({ node }) => node.type)
    .filter((type) => DEFAULTS.includes(type));
  return [...new Set(lost)];
}

/** What is named before the rest is counted. */
const NAMED = 6;

function listed(texts: readonly string[]): string {
  const named = texts.slice(0, NAMED).join(', ');
  return texts.length > NAMED ? `${named} and ${texts.length - NAMED} more` : named;
}
