import { VIRTIO_BLK_F, VIRTIO_BLK_S, VIRTIO_BLK_T } from './blk.ts';
import { DEVICE_FEATURE_NAMES } from './feature-names.ts';
import { PCI_CAP, PCI_COMMAND, PCI_STATUS } from './pci.ts';
import { VIRTIO_RNG_F } from './rng.ts';
import {
  STATUS,
  VIRTIO_F,
  VIRTIO_ID,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from './virtio.ts';
import { VIRTIO_PCI_CAP } from './virtio-pci.ts';

/** One named number, and what it means in a few words. */
export interface Constant {
  readonly name: string;
  /** A mask, a bit's number or a value: see `ConstantSet.kind`. */
  readonly value: number;
  readonly doc: string;
}

/** Named numbers that belong to one field. */
export interface ConstantSet {
  /** Section of VIRTIO 1.4 that defines them, or undefined where another document does. */
  readonly section: string | undefined;
  /** `flags`: masks that combine; `bits`: numbers of bits that combine; `values`: one at a time. */
  readonly kind: 'flags' | 'bits' | 'values';
  readonly entries: readonly Constant[];
}

/**
 * Joins a table of numbers with a table of what they mean; the types see to it that both name the
 * same.
 */
function constants<T extends Readonly<Record<string, number>>>(
  kind: ConstantSet['kind'],
  section: string | undefined,
  values: T,
  docs: { readonly [Name in keyof T]: string },
): ConstantSet {
  const entries = Object.entries(values).map(([name, value]) => ({
    name,
    value,
    doc: docs[name as keyof T],
  }));
  return { section, kind, entries };
}

/** Bits of the device status field. */
export const STATUS_BITS = constants('flags', '2.1', STATUS, {
  ACKNOWLEDGE: 'the guest has noticed the device',
  DRIVER: 'the guest knows how to drive it',
  DRIVER_OK: 'the driver is set up and ready',
  FEATURES_OK: 'the driver has chosen its features',
  SUSPEND: 'the device is suspended',
  DEVICE_NEEDS_RESET: 'the device has met an error that only a reset mends',
  FAILED: 'the guest has given up on the device',
});

/** Flags of a split-ring descriptor. */
export const DESC_FLAGS = constants(
  'flags',
  '2.7.5',
  { NEXT: VIRTQ_DESC_F_NEXT, WRITE: VIRTQ_DESC_F_WRITE, INDIRECT: VIRTQ_DESC_F_INDIRECT },
  {
    NEXT: 'the chain goes on',
    WRITE: 'the device may write the buffer; without it, read it',
    INDIRECT: 'the buffer is a table of descriptors',
  },
);

/** Flags of the available ring. */
export const AVAIL_FLAGS = constants(
  'flags',
  '2.7.6',
  { NO_INTERRUPT: VIRTQ_AVAIL_F_NO_INTERRUPT },
  { NO_INTERRUPT: 'the driver wants no interrupt when a buffer is used' },
);

/** Flags of the used ring. */
export const USED_FLAGS = constants(
  'flags',
  '2.7.8',
  { NO_NOTIFY: VIRTQ_USED_F_NO_NOTIFY },
  { NO_NOTIFY: 'the device wants no notification when a buffer is available' },
);

/** Feature bits that mean the same for every device. */
const COMMON_FEATURES = constants('bits', '6', VIRTIO_F, {
  VIRTIO_F_NOTIFY_ON_EMPTY: 'legacy: interrupt when the queue runs empty, whatever was asked',
  VIRTIO_F_ANY_LAYOUT: 'legacy: a request may be cut into descriptors anywhere',
  VIRTIO_F_INDIRECT_DESC: 'a descriptor may point to a table of descriptors',
  VIRTIO_F_EVENT_IDX: 'each side says at which index it wants to hear of news',
  VIRTIO_F_VERSION_1: 'the device follows VIRTIO 1, not its drafts',
  VIRTIO_F_ACCESS_PLATFORM: 'the platform may restrict or translate the device’s memory accesses',
  VIRTIO_F_RING_PACKED: 'queues are packed',
  VIRTIO_F_IN_ORDER: 'buffers are used in the order in which they became available',
  VIRTIO_F_ORDER_PLATFORM: 'memory is ordered as for a real device',
  VIRTIO_F_SR_IOV: 'single root I/O virtualisation',
  VIRTIO_F_NOTIFICATION_DATA: 'a notification carries more than the queue’s number',
  VIRTIO_F_NOTIF_CONFIG_DATA: 'the device says which value a notification carries',
  VIRTIO_F_RING_RESET: 'one queue can be reset alone',
  VIRTIO_F_ADMIN_VQ: 'there is an administration queue',
});

/** Feature bits of the block device. */
const BLK_FEATURES = constants('bits', '5.2.3', VIRTIO_BLK_F, {
  VIRTIO_BLK_F_BARRIER: 'legacy: requests can be barriers',
  VIRTIO_BLK_F_SIZE_MAX: 'size_max limits a segment',
  VIRTIO_BLK_F_SEG_MAX: 'seg_max limits the segments of a request',
  VIRTIO_BLK_F_GEOMETRY: 'cylinders, heads and sectors are given',
  VIRTIO_BLK_F_RO: 'read-only',
  VIRTIO_BLK_F_BLK_SIZE: 'blk_size is given',
  VIRTIO_BLK_F_SCSI: 'legacy: SCSI commands',
  VIRTIO_BLK_F_FLUSH: 'the FLUSH request',
  VIRTIO_BLK_F_TOPOLOGY: 'alignment and best transfer sizes are given',
  VIRTIO_BLK_F_CONFIG_WCE: 'the driver can switch the write cache',
  VIRTIO_BLK_F_MQ: 'more than one request queue',
  VIRTIO_BLK_F_DISCARD: 'the DISCARD request',
  VIRTIO_BLK_F_WRITE_ZEROES: 'the WRITE_ZEROES request',
  VIRTIO_BLK_F_LIFETIME: 'the GET_LIFETIME request',
  VIRTIO_BLK_F_SECURE_ERASE: 'the SECURE_ERASE request',
  VIRTIO_BLK_F_ZONED: 'the device is zoned',
});

/** Request types of the block device. */
export const BLK_TYPES = constants('values', '5.2.6', VIRTIO_BLK_T, {
  IN: 'read',
  OUT: 'write',
  FLUSH: 'make everything written before durable',
  GET_ID: 'read the device’s name',
  GET_LIFETIME: 'read how worn the device is',
  DISCARD: 'forget a range',
  WRITE_ZEROES: 'write zeroes to a range',
  SECURE_ERASE: 'erase a range beyond recovery',
});

/** Status bytes of a block request. */
export const BLK_STATUS = constants('values', '5.2.6', VIRTIO_BLK_S, {
  OK: 'done',
  IOERR: 'failed',
  UNSUPP: 'no such request here',
});

/** Bits of the ISR status of virtio-pci. */
export const ISR_BITS = constants(
  'flags',
  '4.1.4.5',
  { QUEUE: 1, CONFIG: 2 },
  { QUEUE: 'a queue has used buffers', CONFIG: 'the configuration changed' },
);

/** Values of `cfg_type` in a virtio PCI capability. */
export const PCI_CAP_TYPES = constants('values', '4.1.4', VIRTIO_PCI_CAP, {
  COMMON_CFG: 'common configuration',
  NOTIFY_CFG: 'notifications',
  ISR_CFG: 'ISR status',
  DEVICE_CFG: 'device-specific configuration',
  PCI_CFG: 'access through PCI configuration space',
  SHARED_MEMORY_CFG: 'shared memory region',
  VENDOR_CFG: 'vendor data',
});

/** PCI capability IDs. */
export const PCI_CAP_IDS = constants('values', undefined, PCI_CAP, {
  PM: 'power management',
  SLOT_ID: 'slot identification',
  MSI: 'MSI',
  VENDOR: 'vendor-specific',
  SHPC: 'standard hot-plug controller',
  SUBSYSTEM: "the bridge's subsystem",
  EXPRESS: 'PCI Express',
  MSIX: 'MSI-X',
  SATA: 'SATA',
});

/** Bits of the PCI Command register. */
export const PCI_COMMAND_BITS = constants('flags', undefined, PCI_COMMAND, {
  IO: 'answer I/O ports',
  MEMORY: 'answer memory addresses',
  MASTER: 'may read and write memory itself',
  SERR: 'may report system errors',
  INTX_DISABLE: 'no INTx interrupts',
});

/** Bits of the PCI Status register. */
export const PCI_STATUS_BITS = constants('flags', undefined, PCI_STATUS, {
  INTERRUPT: 'an INTx interrupt is pending',
  CAP_LIST: 'there is a list of capabilities',
});

/** Feature bits by virtio ID, without those that all devices share. */
const DEVICE_FEATURES: Readonly<Record<number, ConstantSet>> = {
  [VIRTIO_ID.BLOCK]: BLK_FEATURES,
  [VIRTIO_ID.ENTROPY]: constants('bits', '5.4.3', VIRTIO_RNG_F, {}),
};

/** Feature bits of a device type as QEMU names them, without those of vhost, which are no features of the device. */
function qemuNames(virtioId: number): Constant[] {
  return (DEVICE_FEATURE_NAMES[virtioId] ?? [])
    .filter(({ name }) => !name.startsWith('VHOST_'))
    .map(({ bit, name, text }) => ({ name, value: bit, doc: text }));
}

/**
 * The feature bit with this number, of a device with this virtio ID or of all devices; undefined
 * where this program has no name for it.
 */
export function featureBit(virtioId: number | undefined, bit: number): Constant | undefined {
  const own = DEVICE_FEATURES[virtioId ?? 0]?.entries ?? qemuNames(virtioId ?? 0);
  return [...own, ...COMMON_FEATURES.entries].find(({ value }) => value === bit);
}

/** Numbers of the bits that are set in a feature set, below 2^53. */
export function bitsOf(value: number): readonly number[] {
  const bits: number[] = [];
  for (let bit = 0, rest = value; rest >= 1; bit++, rest = Math.floor(rest / 2))
    if (rest % 2 === 1) bits.push(bit);
  return bits;
}

/** Names of the features in a set of bits; `bit n` for one that has none. */
export function featureNames(virtioId: number | undefined, features: number): readonly string[] {
  return bitsOf(features).map((bit) => featureBit(virtioId, bit)?.name ?? `bit ${bit}`);
}

/**
 * Names of the flags that are set in `value`, in the order of their bits; the rest as one
 * hexadecimal number.
 */
export function flagNames(set: ConstantSet, value: number): readonly string[] {
  const found = set.entries.filter((entry) => (value & entry.value) !== 0);
  const names = found.sort((a, b) => a.value - b.value).map(({ name }) => name);
  const rest = found.reduce((left, entry) => left & ~entry.value, value) >>> 0;
  return rest === 0 ? names : [...names, `0x${rest.toString(16)}`];
}

/** The entry of a set of values, or undefined. */
export function constantOf(set: ConstantSet, value: number): Constant | undefined {
  return set.entries.find((entry) => entry.value === value);
}
