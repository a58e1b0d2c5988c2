import type { MachineTopology } from '../../../protocol/topology.ts';
import { archOf, machineOf } from '../../advice/world.ts';
import type { DocumentOption } from '../../document.ts';
import { entriesOf, entryOf } from '../../entries.ts';
import { type Element, element } from '../xml.ts';
import { NICS, virtioAddress } from './devices.ts';
import type { Place, World } from './world.ts';

/** What a domain says of its machine as a whole, in libvirt's order. */
export function boardElements(world: World, topology: MachineTopology): (Element | undefined)[] {
  const name = first(world, 'name', ['guest']);
  const uuid = world.doc.options.filter((option) => option.name === 'uuid');
  world.say(...uuid);
  return [
    element('name', {}, name?.guest ?? 'playground'),
    uuid[0] && element('uuid', {}, uuid[0].argument ?? ''),
    maxMemory(world),
    memory(world, topology),
    ...processors(world),
    system(world),
    features(world),
  ];
}

/** Values of the only option of a name, where they are no others than the `known`; it is said then. */
function first(
  world: World,
  name: string,
  known: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const options = world.doc.options.filter((option) => option.name === name);
  const [option] = options;
  if (!option || options.length > 1) return undefined;
  const entries = entriesOf(option);
  if (!entries.every(({ key }) => known.includes(key))) return undefined;
  world.say(option);
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

function memory(world: World, { ramBytes }: MachineTopology): Element {
  const sizes = world.doc.options
    .filter(({ name }) => name === 'm')
    .map((option) => entryOf(option, 'size'));
  // A board may have more than it was asked for; it adds that again.
  const asked = /^(\d+)([KMGT]?)$/i.exec(sizes.findLast((size) => size !== undefined) ?? '');
  if (asked) return element('memory', { unit: `${asked[2]?.toUpperCase() || 'M'}iB` }, asked[1]);
  return element('memory', { unit: 'KiB' }, String(Math.ceil(ramBytes / 1024)));
}

function maxMemory(world: World): Element | undefined {
  const options = world.doc.options.filter(({ name }) => name === 'm');
  const said = options.flatMap(entriesOf);
  const value = (key: string) => said.findLast((entry) => entry.key === key)?.value;
  const [, number, unit] = /^(\d+)([kMGT])B?$/i.exec(value('maxmem') ?? '') ?? [];
  const slots = value('slots');
  if (value('maxmem') === undefined) {
    world.say(...options);
    return undefined;
  }
  if (number === undefined || slots === undefined) return undefined;
  world.say(...options);
  return element('maxMemory', { slots, unit: `${unit?.toUpperCase()}iB` }, number);
}

const TOPOLOGY = ['sockets', 'dies', 'cores', 'threads'];

function processors(world: World): (Element | undefined)[] {
  const smp = first(world, 'smp', ['cpus', 'maxcpus', ...TOPOLOGY]) ?? {};
  const count = smp.cpus ?? '1';
  const most = smp.maxcpus === undefined || smp.maxcpus === count ? undefined : smp.maxcpus;
  const parts = Object.fromEntries(TOPOLOGY.map((key) => [key, smp[key]]));
  const arranged = TOPOLOGY.some((key) => smp[key] !== undefined);
  const topology = arranged ? element('topology', parts) : undefined;
  return [
    element('vcpu', { placement: 'static', current: most && count }, most ?? count),
    processor(world, topology),
  ];
}

function processor(world: World, topology: Element | undefined): Element | undefined {
  const options = world.doc.options.filter(({ name }) => name === 'cpu');
  const [model = '', ...features] = (options[0]?.argument ?? '').split(',');
  const said = features.map(featureOf);
  const readable = options.length === 1 && said.every((found) => found !== undefined);
  const arm = archOf(world.doc) === 'aarch64' && options.length === 0;
  if (!readable && !arm) return topology && element('cpu', {}, topology);
  world.say(...options);
  if (model === 'max' && said.length === 0) return element('cpu', { mode: 'maximum' }, topology);
  // What QEMU takes where nothing is said, and libvirt would not.
  const name = arm ? 'cortex-a15' : model;
  return element(
    'cpu',
    { mode: 'custom', match: 'exact', check: 'none' },
    element('model', { fallback: 'forbid' }, name),
    topology,
    ...said.map((found) =>
      element('feature', { policy: found?.off ? 'disable' : 'require', name: found?.name }),
    ),
  );
}

/** `+name`, `-name`, `name=on`, `name=off`; undefined where it is something else. */
function featureOf(text: string): { readonly name: string; readonly off: boolean } | undefined {
  const [, sign, short, name, value] = /^(?:([-+])([\w.-]+)|([\w.-]+)=(on|off))$/.exec(text) ?? [];
  const found = short ?? name;
  return found === undefined ? undefined : { name: found, off: sign === '-' || value === 'off' };
}

/** Entries of `-machine` that are elsewhere in a domain, or that libvirt says by itself. */
const MACHINE_KEYS = ['type', 'accel', 'vmport', 'smm', 'gic-version', 'acpi', 'usb'];

function machineEntries(world: World): Map<string, string> {
  const options = world.doc.options.filter(({ name }) => name === 'M' || name === 'machine');
  const entries = options.flatMap(entriesOf);
  return new Map(entries.map(({ key, value }) => [key, value]));
}

function system(world: World): Element {
  const entries = machineEntries(world);
  const options = world.doc.options.filter(({ name }) => name === 'M' || name === 'machine');
  // An option with more in it is given to QEMU as well: it agrees with what the domain says.
  for (const option of options)
    if (entriesOf(option).every(({ key, value }) => saidElsewhere(world, key, value)))
      world.say(option);
  const files = ['kernel', 'initrd', 'append'].map((name) => {
    const found = world.doc.options.filter((option) => option.name === name);
    return found.length === 1 ? found[0] : undefined;
  });
  world.say(...files);
  const [kernel, initrd, append] = files.map((option) => option?.argument);
  return element(
    'os',
    {},
    element(
      'type',
      { arch: archOf(world.doc), machine: entries.get('type') ?? machineOf(world.doc) },
      'hvm',
    ),
    kernel === undefined ? undefined : element('kernel', {}, kernel),
    initrd === undefined ? undefined : element('initrd', {}, initrd),
    append === undefined ? undefined : element('cmdline', {}, append),
  );
}

function saidElsewhere(world: World, key: string, value: string): boolean {
  if (key === 'usb') return value === 'off' && archOf(world.doc) === 'x86_64';
  if (key === 'accel') return /^(?:tcg|kvm)$/.test(value);
  if (key === 'acpi') return archOf(world.doc) !== 's390x';
  return MACHINE_KEYS.includes(key);
}

function features(world: World): Element | undefined {
  const entries = machineEntries(world);
  const state = (key: string) => entries.get(key);
  const gic = state('gic-version');
  const acpi = archOf(world.doc) !== 's390x' && state('acpi') !== 'off';
  const parts = [
    acpi ? element('acpi', {}) : undefined,
    gic === undefined ? undefined : element('gic', { version: gic }),
    ...['vmport', 'smm'].map((key) => state(key) && element(key, { state: state(key) })),
  ].filter((part) => part !== undefined && part !== '');
  const off = state('acpi') === 'off';
  return parts.length > 0 || off ? element('features', {}, ...parts) : undefined;
}

/** Whether the machine asks for KVM. */
export function wantsKvm(world: World): boolean {
  const accelerators = world.doc.options.filter(
    ({ name }) => name === 'accel' || name === 'enable-kvm',
  );
  world.say(...accelerators.filter((option) => /^(?:kvm|tcg)?$/.test(option.argument ?? '')));
  const first = accelerators[0];
  const asked = first ? (first.argument ?? 'kvm') : (machineEntries(world).get('accel') ?? '');
  return asked.split(/[:,]/, 1)[0] === 'kvm';
}

/** A NIC or a display that the board brought along, or that `-nic` asked it for: libvirt names them like any other. */
export function boardDevice(world: World, place: Place): Element | undefined {
  const { node } = place;
  const option = world.optionOf(node);
  if (node.type === 'VGA' && !option && world.count('video') === 0) {
    const address = world.pciAddress(place);
    return (
      address &&
      element('video', {}, element('model', { type: 'vga' }), world.alias(node, 'video0'), address)
    );
  }
  const model = NICS.has(node.type)
    ? node.type
    : /^virtio-net-(?:pci|ccw|device)$/.test(node.type)
      ? 'virtio'
      : undefined;
  if (model === undefined || !plainNic(world, option)) return undefined;
  const address = model === 'virtio' ? virtioAddress(world, place) : world.pciAddress(place);
  if (!address) return undefined;
  const mac = node.properties.find(([name]) => name === 'mac')?.[1].replaceAll('"', '');
  return element(
    'interface',
    { type: 'user' },
    mac === undefined ? undefined : element('mac', { address: mac }),
    element('model', { type: model }),
    world.alias(node, `net${world.count('net')}`),
    address,
  );
}

/** Whether a NIC that nobody asked for is there without an element for it: the board has to be asked then. */
export function wantsNic(world: World): boolean {
  return world.places.some(
    ({ node }) =>
      node.option === undefined &&
      (NICS.has(node.type) || /^virtio-net-(?!device$)/.test(node.type)) &&
      world.idOf(node) === undefined,
  );
}

/** Whether a NIC is on a user network of which nothing more is said; its options are said then. */
function plainNic(world: World, option: DocumentOption | undefined): boolean {
  if (!option) return true;
  const plain = (one: DocumentOption, keys: readonly string[]) =>
    entriesOf(one).every(({ key }) => keys.includes(key));
  if (option.name === 'nic') {
    if (entryOf(option, 'type') !== 'user') return false;
    if (!plain(option, ['type', 'model', 'mac', 'macaddr', 'id'])) return false;
    world.say(option);
    return true;
  }
  if (option.name !== 'net') return false;
  const all = world.doc.options.filter(({ name }) => name === 'net');
  const users = all.filter((one) => entryOf(one, 'type') === 'user');
  if (all.length !== 2 || users.length !== 1 || !plain(users[0] ?? option, ['type'])) return false;
  if (!plain(option, ['type', 'model', 'macaddr', 'name'])) return false;
  world.say(...all);
  return true;
}
