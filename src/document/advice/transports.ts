import type { DocumentOption, MachineDocument } from '../document.ts';
import { entryOf, withEntry } from '../entries.ts';

/** How a virtio device is reached. `mmio` stands for the device alone, which any virtio-bus takes. */
export type Transport = 'pci' | 'mmio' | 'ccw' | 's390';

/** A virtio device's type, taken apart. */
export interface VirtioName {
  /** What it is, wherever it is plugged: `virtio-blk`. */
  readonly stem: string;
  /** Undefined for a short name (`virtio-blk`), which each program reads in its own way. */
  readonly transport: Transport | undefined;
  /** Whether it may be driven the legacy way, where its name says so. */
  readonly variant?: 'transitional' | 'non-transitional';
}

/** Devices whose type on a virtio-bus has no `-device` behind its name. */
const BARE = [
  'vhost-scsi',
  'vhost-user-blk',
  'vhost-user-scsi',
  'vhost-user-input',
  'vhost-user-rng',
  'vhost-user-gpu',
  'virtio-mem',
  'virtio-pmem',
];
/** Graphics adapters of PCs, whose virtio device has another name. */
const ADAPTERS: Readonly<Record<string, string>> = {
  'virtio-vga': 'virtio-gpu',
  'virtio-vga-gl': 'virtio-gpu-gl',
  'vhost-user-vga': 'vhost-user-gpu',
};
/** Devices that have a channel proxy. */
const ON_CHANNELS = [
  'vhost-scsi',
  'vhost-user-fs',
  'vhost-vsock',
  'virtio-9p',
  'virtio-balloon',
  'virtio-blk',
  'virtio-crypto',
  'virtio-gpu',
  'virtio-keyboard',
  'virtio-mouse',
  'virtio-net',
  'virtio-rng',
  'virtio-scsi',
  'virtio-serial',
  'virtio-tablet',
];
/** Devices that had a legacy interface before VIRTIO 1.0, and so have `-transitional` types. */
const HAD_LEGACY = [
  'vhost-scsi',
  'vhost-user-blk',
  'vhost-user-scsi',
  'virtio-9p',
  'virtio-balloon',
  'virtio-blk',
  'virtio-net',
  'virtio-rng',
  'virtio-scsi',
  'virtio-serial',
];
/** Devices that the transport of QEMU before 2.6 for s390 takes. */
const ON_S390_VIRTIO = ['virtio-blk', 'virtio-net', 'virtio-serial', 'virtio-scsi', 'virtio-rng'];

/** Properties that belong to a transport, and are left behind with it. */
export const OF_TRANSPORT: Readonly<Record<Transport, readonly string[]>> = {
  pci: [
    'acpi-index',
    'addr',
    'aer',
    'ats',
    'class',
    'command_serr_enable',
    'disable-legacy',
    'disable-modern',
    'failover_pair_id',
    'ioeventfd',
    'migrate-extra',
    'modern-pio-notify',
    'multifunction',
    'page-per-vq',
    'rombar',
    'romfile',
    'romsize',
    'vectors',
    'virtio-pci-bus-master-bug-migration',
  ],
  ccw: ['devno', 'ioeventfd', 'loadparm', 'max_revision'],
  mmio: [],
  s390: [],
};

/** Takes the type of a virtio device apart; undefined for any other type. */
export function virtioName(driver: string): VirtioName | undefined {
  const adapter = Object.hasOwn(ADAPTERS, driver) ? ADAPTERS[driver] : undefined;
  if (adapter !== undefined) return { stem: adapter, transport: 'pci' };
  if (BARE.includes(driver)) return { stem: driver, transport: 'mmio' };
  const found =
    /^((?:virtio|vhost)-[\w-]+?)(?:-(pci|ccw|device|s390)(?:-(transitional|non-transitional))?)?$/.exec(
      driver,
    );
  const [, stem, end, variant] = found ?? [];
  if (
    stem === undefined ||
    [
      'virtio-mmio',
      'virtio-pci',
      'virtio-ccw',
      'virtio-device',
      'virtio-bus',
      'virtio-s390',
    ].includes(driver)
  )
    return undefined;
  const transport = end === 'device' ? 'mmio' : (end as Transport | undefined);
  return variant === undefined
    ? { stem, transport }
    : { stem, transport, variant: variant as 'transitional' };
}

/** The type that a device has behind a transport; undefined where QEMU has none. */
export function typeBehind(stem: string, transport: Transport): string | undefined {
  if (transport === 'ccw' && !ON_CHANNELS.includes(stem)) return undefined;
  if (transport === 's390' && !ON_S390_VIRTIO.includes(stem)) return undefined;
  if (transport !== 'mmio') return `${stem}-${transport}`;
  return BARE.includes(stem) ? stem : `${stem}-device`;
}

/** Whether a device has a legacy interface at all. */
export function hadLegacy(stem: string): boolean {
  return HAD_LEGACY.includes(stem);
}

/** Another type for a device's option, without what its transport alone understood, and without place. */
export function behind(option: DocumentOption, transport: Transport): DocumentOption | undefined {
  const name = virtioName(entryOf(option, 'driver') ?? '');
  const type = name && typeBehind(name.stem, transport);
  if (!name || type === undefined) return undefined;
  const left = name.transport ?? (transport === 'pci' ? 'ccw' : 'pci');
  const stays = transport === left ? [] : OF_TRANSPORT[left];
  return ['bus', ...stays].reduce(
    (one, key) => withEntry(one, key, undefined),
    withEntry(option, 'driver', type),
  );
}

/** The document with all of `keys` behind `transport`; devices that QEMU has no type for stay as they are. */
export function allBehind(
  doc: MachineDocument,
  keys: readonly number[],
  transport: Transport,
): MachineDocument {
  const moved = new Set(keys);
  return {
    ...doc,
    options: doc.options.map((option) =>
      moved.has(option.key) ? (behind(option, transport) ?? option) : option,
    ),
  };
}

/** A type's name, shortened where a hostile line made it long. */
export function shortName(name: string): string {
  return name.length > 40 ? `${name.slice(0, 39)}…` : name;
}
