import type { BusNode } from '../../../protocol/topology.ts';
import type { DocumentOption } from '../../document.ts';
import { entriesOf } from '../../entries.ts';
import { type Element, element } from '../xml.ts';
import type { Place, World } from './world.ts';

/** What libvirt can say of a device: nothing is said and nothing changed where it cannot say all of it. */
export type Expressed = Element | undefined;

type Values = Readonly<Record<string, string | undefined>>;

/** Entries of every virtio device that libvirt has a word for, by its `<driver>` attribute. */
const DRIVER: Readonly<Record<string, string>> = {
  iommu_platform: 'iommu',
  ats: 'ats',
  packed: 'packed',
  'page-per-vq': 'page_per_vq',
};
/** Said by the place of the element. */
const PLACE = ['driver', 'id', 'bus', 'addr', 'devno', 'multifunction'];

/** The values of an option, if it has none but the `known` ones, each once. */
function valuesOf(
  option: DocumentOption | undefined,
  known: readonly string[],
): Values | undefined {
  if (!option) return undefined;
  const values: Record<string, string> = {};
  for (const { key, value } of entriesOf(option)) {
    if (!known.includes(key) || Object.hasOwn(values, key)) return undefined;
    values[key] = value;
  }
  return values;
}

const VIRTIO = /^virtio-([a-z0-9]+)-(pci|ccw|device)(-transitional|-non-transitional)?$/;

/** The element for a device that an option asked for; undefined where libvirt cannot express it. */
export function express(world: World, place: Place): Expressed {
  const { node } = place;
  const asked = world.optionOf(node)?.name;
  if (asked !== 'device') {
    const short = asked === 'drive' && node.type.startsWith('virtio-blk');
    if (!short && asked !== 'vga') return undefined;
  }
  if (Object.hasOwn(PCI_CONTROLLERS, node.type)) return pciController(world, place);
  if (node.type === 'scsi-hd' || node.type === 'scsi-cd') return scsiDisk(world, place);
  if (node.type === 'ide-hd' || node.type === 'ide-cd') return ideDisk(world, place);
  if (node.type === 'virtserialport' || node.type === 'virtconsole') return port(world, place);
  if (NICS.has(node.type)) return network(world, place, undefined);
  const virtio = VIRTIO.exec(node.type === 'virtio-vga' ? 'virtio-gpu-pci' : node.type);
  const stem = virtio?.[1] ?? '';
  const write = virtio && Object.hasOwn(VIRTIO_ELEMENTS, stem) ? VIRTIO_ELEMENTS[stem] : undefined;
  if (!virtio || !write) return undefined;
  const address = virtioAddress(world, place);
  if (!address) return undefined;
  return write(world, place, { address, model: `virtio${virtio[3] ?? ''}`, stem });
}

interface Virtio {
  readonly address: Element;
  /** `virtio`, `virtio-transitional`, … */
  readonly model: string;
  readonly stem: string;
}

/** NICs that are no virtio devices and that libvirt knows by QEMU's name. */
export const NICS: ReadonlySet<string> = new Set([
  'e1000',
  'e1000e',
  'rtl8139',
  'pcnet',
  'ne2k_pci',
  'igb',
]);

/** Where a virtio device sits; undefined where libvirt cannot say it. */
export function virtioAddress(world: World, place: Place): Element | undefined {
  const option = world.optionOf(place.node);
  const values = new Map(option ? entriesOf(option).map(({ key, value }) => [key, value]) : []);
  if (/-device$/.test(place.node.type))
    // A slot that was asked for by name is more than libvirt can say.
    return place.bus.type === 'virtio-mmio-bus' && !values.has('bus') && !world.mmioVerbatim
      ? element('address', { type: 'virtio-mmio' })
      : undefined;
  if (/-ccw$/.test(place.node.type)) {
    const [, cssid, ssid, devno] = /^(\w+)\.(\w)\.(\w{4})$/.exec(place.node.address) ?? [];
    if (cssid === undefined || ssid === undefined) return undefined;
    return element('address', {
      type: 'ccw',
      cssid: `0x${cssid}`,
      ssid: `0x${ssid}`,
      devno: `0x${devno}`,
    });
  }
  return world.pciAddress(place, values.get('multifunction'));
}

function driver(values: Values, more: Values = {}): Element | undefined {
  const attributes: Record<string, string | undefined> = { ...more };
  for (const [key, name] of Object.entries(DRIVER)) attributes[name] = values[key];
  return Object.values(attributes).some((value) => value !== undefined)
    ? element('driver', attributes)
    : undefined;
}

const COMMON = [...PLACE, ...Object.keys(DRIVER)];

/** By what stands between `virtio-` and the transport. */
const VIRTIO_ELEMENTS: Readonly<
  Record<string, (world: World, place: Place, virtio: Virtio) => Expressed>
> = {
  blk(world, place, virtio) {
    const option = world.optionOf(place.node);
    const short = option?.name === 'drive';
    const values = short
      ? {}
      : valuesOf(option, [...COMMON, ...DISK, 'num-queues', 'queue-size', 'event_idx']);
    const drive = short ? option : world.backEnd('drive', values?.drive ?? '');
    const source = driveParts(drive, short);
    if (!values || !drive || !source) return undefined;
    world.say(option, drive);
    const number = world.count('vd');
    return disk(world, place, values, source, {
      target: element('target', { dev: `vd${letters(number)}`, bus: 'virtio' }),
      usual: `virtio-disk${number}`,
      address: virtio.address,
      model: virtio.model === 'virtio' ? undefined : virtio.model,
      driver: {
        queues: values['num-queues'],
        queue_size: values['queue-size'],
        event_idx: values.event_idx,
        ...Object.fromEntries(
          Object.entries(DRIVER).map(([key, name]) => [name, values[key]] as const),
        ),
      },
    });
  },
  net: network,
  scsi(world, place, virtio) {
    const option = world.optionOf(place.node);
    const values = valuesOf(option, [...COMMON, 'num_queues', 'cmd_per_lun', 'max_sectors']);
    const bus = busBelow(place, 'SCSI');
    if (!values || !bus) return undefined;
    world.say(option);
    const index = world.takeController('scsi', bus);
    const { num_queues: queues, cmd_per_lun, max_sectors } = values;
    return element(
      'controller',
      {
        type: 'scsi',
        index: String(index),
        model: virtio.model === 'virtio' ? 'virtio-scsi' : virtio.model,
      },
      driver(values, { queues, cmd_per_lun, max_sectors }),
      world.alias(place.node, `scsi${index}`),
      virtio.address,
    );
  },
  serial(world, place, virtio) {
    const option = world.optionOf(place.node);
    const values = valuesOf(option, [...COMMON, 'max_ports', 'vectors']);
    const bus = busBelow(place, 'virtio-serial-bus');
    if (!values || !bus) return undefined;
    world.say(option);
    const index = world.takeController('virtio-serial', bus);
    return element(
      'controller',
      {
        type: 'virtio-serial',
        index: String(index),
        model: virtio.model === 'virtio' ? undefined : virtio.model,
        ports: values.max_ports,
        vectors: values.vectors,
      },
      driver(values),
      world.alias(place.node, `virtio-serial${index}`),
      virtio.address,
    );
  },
  rng(world, place, virtio) {
    const option = world.optionOf(place.node);
    const values = valuesOf(option, [...COMMON, 'rng', 'max-bytes', 'period']);
    if (!values || (values.period !== undefined && values['max-bytes'] === undefined))
      return undefined;
    const source = values.rng === undefined ? undefined : world.backEnd('object', values.rng);
    const parts = source && valuesOf(source, ['qom-type', 'id', 'filename']);
    const kind = values.rng === undefined ? 'rng-builtin' : parts?.['qom-type'];
    if (kind !== 'rng-builtin' && kind !== 'rng-random') return undefined;
    world.say(option, source);
    const bytes = values['max-bytes'];
    return element(
      'rng',
      { model: virtio.model },
      bytes === undefined
        ? undefined
        : element('rate', { bytes, period: values.period ?? String(1 << 16) }),
      element(
        'backend',
        { model: kind.slice('rng-'.length) },
        kind === 'rng-random' ? (parts?.filename ?? '/dev/urandom') : '',
      ),
      driver(values),
      world.alias(place.node, `rng${world.count('rng')}`),
      virtio.address,
    );
  },
  balloon(world, place, virtio) {
    const option = world.optionOf(place.node);
    const values = valuesOf(option, [...COMMON, 'deflate-on-oom', 'free-page-reporting']);
    if (!values || world.count('memballoon') > 0) return undefined;
    world.say(option);
    return element(
      'memballoon',
      {
        model: virtio.model,
        autodeflate: values['deflate-on-oom'],
        freePageReporting: values['free-page-reporting'],
      },
      driver(values),
      world.alias(place.node, 'balloon0'),
      virtio.address,
    );
  },
  '9p'(world, place, virtio) {
    const option = world.optionOf(place.node);
    const values = valuesOf(option, [...COMMON, 'fsdev', 'mount_tag']);
    const source = world.backEnd('fsdev', values?.fsdev ?? '');
    const parts = valuesOf(source, ['fsdriver', 'id', 'path', 'security_model', 'readonly']);
    const mode = { passthrough: 'passthrough', mapped: 'mapped', none: 'squash' };
    const model = parts?.security_model ?? 'passthrough';
    if (!values || parts?.fsdriver !== 'local' || !Object.hasOwn(mode, model)) return undefined;
    world.say(option, source);
    return element(
      'filesystem',
      {
        type: 'mount',
        accessmode: mode[model as keyof typeof mode],
        model: virtio.model === 'virtio' ? undefined : virtio.model,
      },
      driver(values),
      element('source', { dir: parts.path }),
      element('target', { dir: values.mount_tag }),
      parts.readonly === 'on' ? element('readonly', {}) : undefined,
      world.alias(place.node, `fs${world.count('fs')}`),
      virtio.address,
    );
  },
  keyboard: virtioInput,
  mouse: virtioInput,
  tablet: virtioInput,
  crypto(world, place, virtio) {
    const option = world.optionOf(place.node);
    const values = valuesOf(option, [...COMMON, 'cryptodev']);
    const source = world.backEnd('object', values?.cryptodev ?? '');
    const parts = valuesOf(source, ['qom-type', 'id', 'queues']);
    if (!values || parts?.['qom-type'] !== 'cryptodev-backend-builtin') return undefined;
    world.say(option, source);
    return element(
      'crypto',
      { model: 'virtio', type: 'qemu' },
      element('backend', { model: 'builtin', queues: parts.queues }),
      driver(values),
      world.alias(place.node, `crypto${world.count('crypto')}`),
      virtio.address,
    );
  },
  gpu(world, place, virtio) {
    const option = world.optionOf(place.node);
    const values = valuesOf(option, [...COMMON, 'max_outputs']);
    // The first display is the VGA one where the program has one, and only there.
    const first = world.count('video') === 0;
    const vga = place.node.type === 'virtio-vga';
    const x86 = world.doc.program === 'qemu-system-x86_64';
    if (!values || vga !== (first && x86)) return undefined;
    world.say(option);
    return element(
      'video',
      {},
      element('model', { type: 'virtio', heads: values.max_outputs ?? '1' }),
      driver(values),
      world.alias(place.node, `video${first ? 0 : 1}`),
      virtio.address,
    );
  },
};

function virtioInput(world: World, place: Place, virtio: Virtio): Expressed {
  const option = world.optionOf(place.node);
  const values = valuesOf(option, COMMON);
  if (!values) return undefined;
  world.say(option);
  return element(
    'input',
    {
      type: virtio.stem,
      bus: 'virtio',
      model: virtio.model === 'virtio' ? undefined : virtio.model,
    },
    driver(values),
    world.alias(place.node, `input${world.count('input')}`),
    virtio.address,
  );
}

const busBelow = (place: Place, type: string): BusNode | undefined => {
  const search = (buses: readonly BusNode[]): BusNode | undefined => {
    for (const bus of buses) {
      if (bus.type === type) return bus;
      for (const child of bus.children) {
        const found = search(child.buses);
        if (found) return found;
      }
    }
    return undefined;
  };
  return search(place.node.buses);
};

/** libvirt's model, and its `<target>` attribute by QEMU's property. */
const PCI_CONTROLLERS: Readonly<
  Record<string, { readonly model: string; readonly numbers: Readonly<Record<string, string>> }>
> = {
  'pcie-root-port': { model: 'pcie-root-port', numbers: { chassis: 'chassis', port: 'port' } },
  ioh3420: { model: 'pcie-root-port', numbers: { chassis: 'chassis', port: 'port' } },
  'pci-bridge': { model: 'pci-bridge', numbers: { chassis_nr: 'chassisNr' } },
  'i82801b11-bridge': { model: 'dmi-to-pci-bridge', numbers: {} },
  'pcie-pci-bridge': { model: 'pcie-to-pci-bridge', numbers: {} },
  'x3130-upstream': { model: 'pcie-switch-upstream-port', numbers: {} },
  'xio3130-downstream': {
    model: 'pcie-switch-downstream-port',
    numbers: { chassis: 'chassis', port: 'port' },
  },
  pxb: { model: 'pci-expander-bus', numbers: { bus_nr: 'busNr' } },
  'pxb-pcie': { model: 'pcie-expander-bus', numbers: { bus_nr: 'busNr' } },
};

function pciController(world: World, place: Place): Expressed {
  const { node } = place;
  const kind = PCI_CONTROLLERS[node.type];
  const option = world.optionOf(node);
  const values = valuesOf(option, [
    ...PLACE,
    ...Object.keys(kind?.numbers ?? {}),
    'slot',
    'hotplug',
  ]);
  const address = world.pciAddress(place, values?.multifunction);
  const bus = node.buses.find(({ type, ancestors }) => type === 'PCI' || ancestors.includes('PCI'));
  if (!kind || !values || !address || !bus) return undefined;
  if (values.slot !== undefined)
    world.note('The physical slot numbers of ports are left out: libvirt has no word for them.');
  world.say(option);
  const index = world.takePciIndex(node, bus);
  const target: Record<string, string | undefined> = { hotplug: values.hotplug };
  for (const [property, name] of Object.entries(kind.numbers)) target[name] = values[property];
  const said = Object.values(target).some((value) => value !== undefined);
  return element(
    'controller',
    { type: 'pci', index: String(index), model: kind.model },
    node.type === 'ioh3420' ? element('model', { name: 'ioh3420' }) : undefined,
    said ? element('target', target) : undefined,
    world.alias(node, `pci.${index}`),
    address,
  );
}

function network(world: World, place: Place, virtio: Virtio | undefined): Expressed {
  const option = world.optionOf(place.node);
  const extra = virtio
    ? [...Object.keys(DRIVER), ...Object.keys(OFFLOADS), 'host_mtu', ...NET_DRIVER]
    : [];
  const values = valuesOf(option, [...PLACE, 'netdev', 'mac', 'bootindex', ...extra]);
  const netdev = world.backEnd('netdev', values?.netdev ?? '');
  const parts = valuesOf(netdev, ['type', 'id']);
  const address = virtio?.address ?? world.pciAddress(place, values?.multifunction);
  if (!values || parts?.type !== 'user' || !address) return undefined;
  world.say(option, netdev);
  const sides: Record<string, Record<string, string | undefined>> = { host: {}, guest: {} };
  for (const [property, [side, name]] of Object.entries(OFFLOADS)) {
    const into = sides[side];
    if (into && values[property] !== undefined) into[name] = values[property];
  }
  const attributes: Record<string, string | undefined> = {};
  for (const key of NET_DRIVER) attributes[key] = values[key];
  for (const [key, name] of Object.entries(DRIVER)) attributes[name] = values[key];
  const parts2 = Object.entries(sides).flatMap(([side, said]) =>
    Object.keys(said).length > 0 ? [element(side, said)] : [],
  );
  const says = parts2.length > 0 || Object.values(attributes).some((value) => value !== undefined);
  const usual = `net${world.count('net')}`;
  return element(
    'interface',
    { type: 'user' },
    values.mac === undefined ? undefined : element('mac', { address: values.mac }),
    element('model', { type: virtio?.model ?? place.node.type }),
    says ? element('driver', attributes, ...parts2) : undefined,
    values.host_mtu === undefined ? undefined : element('mtu', { size: values.host_mtu }),
    values.bootindex === undefined ? undefined : element('boot', { order: values.bootindex }),
    world.alias(place.node, usual),
    address,
  );
}

const NET_DRIVER = ['event_idx', 'rx_queue_size', 'tx_queue_size'];
const OFFLOADS: Readonly<Record<string, readonly [side: string, name: string]>> = {
  csum: ['host', 'csum'],
  gso: ['host', 'gso'],
  host_tso4: ['host', 'tso4'],
  host_tso6: ['host', 'tso6'],
  host_ecn: ['host', 'ecn'],
  host_ufo: ['host', 'ufo'],
  mrg_rxbuf: ['host', 'mrg_rxbuf'],
  guest_csum: ['guest', 'csum'],
  guest_tso4: ['guest', 'tso4'],
  guest_tso6: ['guest', 'tso6'],
  guest_ecn: ['guest', 'ecn'],
  guest_ufo: ['guest', 'ufo'],
};

const DISK = [
  'drive',
  'bootindex',
  'serial',
  'logical_block_size',
  'physical_block_size',
  'share-rw',
];

/** What `<source>` and `<driver>` say of a drive. */
interface DriveParts {
  readonly file: string | undefined;
  readonly driver: Values;
  readonly readonly: boolean;
}

const NO_DRIVE: DriveParts = { file: undefined, driver: {}, readonly: false };

/** `short`: the drive brings its own device (`if=virtio`). */
function driveParts(drive: DocumentOption | undefined, short = false): DriveParts | undefined {
  const values = valuesOf(drive, [
    ...['file', 'format', 'if', 'id', 'cache', 'discard', 'detect-zeroes', 'readonly'],
  ]);
  if (!values || values.file === undefined || values.if !== (short ? 'virtio' : 'none'))
    return undefined;
  // Without a format QEMU looks into the file, and libvirt never does.
  if (values.format === undefined) return undefined;
  const { file, format: type, cache, discard, readonly } = values;
  return {
    file,
    driver: { name: 'qemu', type, cache, discard, detect_zeroes: values['detect-zeroes'] },
    readonly: readonly === 'on',
  };
}

interface DiskPlace {
  readonly target: Element;
  readonly usual: string;
  readonly address: Element;
  readonly model?: string | undefined;
  readonly driver?: Values;
}

function disk(
  world: World,
  place: Place,
  values: Values,
  source: DriveParts,
  where: DiskPlace,
): Element {
  const { logical_block_size, physical_block_size } = values;
  const cdrom = place.node.type.endsWith('-cd');
  return element(
    'disk',
    { type: 'file', device: cdrom ? 'cdrom' : 'disk', model: where.model },
    source.file === undefined
      ? undefined
      : element('driver', { ...source.driver, ...where.driver }),
    source.file === undefined ? undefined : element('source', { file: source.file }),
    where.target,
    source.readonly || cdrom ? element('readonly', {}) : undefined,
    values['share-rw'] === 'on' ? element('shareable', {}) : undefined,
    values.serial === undefined ? undefined : element('serial', {}, values.serial),
    logical_block_size === undefined && physical_block_size === undefined
      ? undefined
      : element('blockio', { logical_block_size, physical_block_size }),
    values.bootindex === undefined ? undefined : element('boot', { order: values.bootindex }),
    world.alias(place.node, where.usual),
    where.address,
  );
}

function scsiDisk(world: World, place: Place): Expressed {
  const { node, bus } = place;
  const option = world.optionOf(node);
  const values = valuesOf(option, [...PLACE, ...DISK, 'channel', 'scsi-id', 'lun']);
  const controller = world.controller('scsi', bus);
  const [, channel, target, lun] = /^(\d+):(\d+):(\d+)$/.exec(node.address) ?? [];
  if (!values || controller === undefined || channel === undefined) return undefined;
  const drive = world.backEnd('drive', values.drive ?? '');
  const source = values.drive === undefined ? NO_DRIVE : driveParts(drive);
  if (!source || readonlyDisagrees(node.type, source)) return undefined;
  world.say(option, drive);
  return disk(world, place, values, source, {
    target: element('target', { dev: `sd${letters(world.count('sd'))}`, bus: 'scsi' }),
    usual: `scsi${controller}-${channel}-${target}-${lun}`,
    address: element('address', {
      type: 'drive',
      controller: String(controller),
      bus: channel,
      target,
      unit: lun,
    }),
  });
}

function ideDisk(world: World, place: Place): Expressed {
  const { node, bus, owner } = place;
  const option = world.optionOf(node);
  const values = valuesOf(option, [...PLACE, ...DISK, 'unit']);
  const number = /^ide\.(\d)$/.exec(bus.name)?.[1];
  if (!values || number === undefined || owner?.option !== undefined) return undefined;
  const drive = world.backEnd('drive', values.drive ?? '');
  const source = values.drive === undefined ? NO_DRIVE : driveParts(drive);
  if (!source || readonlyDisagrees(node.type, source)) return undefined;
  const sata = owner?.type === 'ich9-ahci';
  const unit = sata ? '0' : (values.unit ?? String(bus.children.indexOf(node)));
  world.say(option, drive);
  return disk(world, place, values, source, {
    target: sata
      ? element('target', { dev: `sd${letters(world.count('sd'))}`, bus: 'sata' })
      : element('target', { dev: `hd${letters(Number(number) * 2 + Number(unit))}`, bus: 'ide' }),
    usual: sata ? `sata0-0-${number}` : `ide0-${number}-${unit}`,
    address: element('address', {
      type: 'drive',
      controller: '0',
      bus: sata ? '0' : number,
      target: '0',
      unit: sata ? number : unit,
    }),
  });
}

/** A CD in libvirt is always read-only, which its drive need not be. */
const readonlyDisagrees = (type: string, source: DriveParts): boolean =>
  type.endsWith('-cd') && source.file !== undefined && !source.readonly;

function port(world: World, place: Place): Expressed {
  const { node, bus } = place;
  const option = world.optionOf(node);
  const values = valuesOf(option, [...PLACE, 'chardev', 'name', 'nr']);
  const controller = world.controller('virtio-serial', bus);
  const chardev = world.backEnd('chardev', values?.chardev ?? '');
  const parts = valuesOf(chardev, ['backend', 'id', 'path', 'append']);
  const number = /^port (\d+)$/.exec(node.address)?.[1];
  const type = parts?.backend ?? '';
  if (
    !values ||
    controller === undefined ||
    number === undefined ||
    !['null', 'pty', 'file'].includes(type)
  )
    return undefined;
  const plain = node.type === 'virtserialport';
  if (plain ? values.name === undefined : values.name !== undefined) return undefined;
  world.say(option, chardev);
  const name = plain ? 'channel' : 'console';
  return element(
    name,
    { type },
    type === 'file' ? element('source', { path: parts?.path, append: parts?.append }) : undefined,
    element('target', { type: 'virtio', name: values.name }),
    world.alias(node, `${name}${world.count(name)}`),
    element('address', {
      type: 'virtio-serial',
      controller: String(controller),
      bus: '0',
      port: number,
    }),
  );
}

/** 0 is `a`, 25 `z`, 26 `aa`. */
function letters(number: number): string {
  const last = String.fromCharCode(97 + (number % 26));
  return number < 26 ? last : letters(Math.floor(number / 26) - 1) + last;
}
