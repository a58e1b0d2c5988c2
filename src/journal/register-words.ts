import { hex } from '../base/bits.ts';
import {
  bitsOf,
  featureBit,
  flagNames,
  ISR_BITS,
  PCI_COMMAND_BITS,
  STATUS_BITS,
} from '../spec/constants.ts';
import { DEVICE_CONFIG, REGION_INDEX, registerOf } from '../spec/regions.ts';
import { registerAt } from '../spec/registers.ts';
import { VIRTIO_ID } from '../spec/virtio.ts';
import { VIRTIO_MMIO_CONFIG } from '../spec/virtio-mmio.ts';
import { VIRTIO_MSI_NO_VECTOR } from '../spec/virtio-pci.ts';
import { bytesText, list } from './narration/words.ts';

/** What names and values of a device's registers depend on. */
export interface RegisterContext {
  readonly virtioId: number | undefined;
  /** Names of its queues. */
  readonly queues: readonly string[];
  /** Whether MSI-X is on: the legacy configuration begins behind two more registers then. */
  readonly msix: boolean;
}

/** A register as a reader of the specification knows it. */
export interface RegisterName {
  readonly name: string;
  readonly doc: string;
  /** Bytes from the field's own start, where an access began inside it. */
  readonly within: number;
  /** The field is of the device's own configuration (VIRTIO 1.4 §2.5). */
  readonly config: boolean;
}

const { 'msix-table': TABLE, 'msix-pba': PBA } = REGION_INDEX;
const LEGACY = REGION_INDEX['virtio-pci-legacy'];
const MMIO = REGION_INDEX['virtio-mmio'];
const DEVICE = REGION_INDEX['virtio-pci-device'];

/** Fields of an entry of the MSI-X table (PCI 3.0 §6.8.2). */
const TABLE_FIELDS = [
  ['MessageAddressLow', 'Where the message goes, low half'],
  ['MessageAddressHigh', 'Where the message goes, high half'],
  ['MessageData', 'What the message says'],
  ['VectorControl', 'Bit 0: masked'],
] as const;
/** Legacy registers that are there with MSI-X alone (VIRTIO 1.4 §4.1.4.10). */
const LEGACY_VECTORS = [
  ['config_msix_vector', 'MSI-X vector of configuration changes'],
  ['queue_msix_vector', 'MSI-X vector of the queue'],
] as const;
/** Bytes of the legacy header, without those. */
const LEGACY_HEADER = 0x14;
const LEGACY_VECTORS_BYTES = 4;

/** Where the device's own configuration begins in a region; undefined where that has none. */
export function configStart(region: number, { msix }: RegisterContext): number | undefined {
  if (region === DEVICE) return 0;
  if (region === MMIO) return VIRTIO_MMIO_CONFIG;
  if (region === LEGACY) return LEGACY_HEADER + (msix ? LEGACY_VECTORS_BYTES : 0);
  return undefined;
}

/** The register at `offset` of region `region`, or undefined where no table names one. */
export function registerNamed(
  region: number,
  offset: number,
  context: RegisterContext,
): RegisterName | undefined {
  if (region === TABLE) {
    const [name, doc] = TABLE_FIELDS[(offset % 16) >> 2] as (typeof TABLE_FIELDS)[number];
    return { name: `[${Math.floor(offset / 16)}].${name}`, doc, within: offset % 4, config: false };
  }
  if (region === PBA)
    return {
      name: `Pending ${8 * offset}`,
      doc: 'Bit a vector, from this one on',
      within: 0,
      config: false,
    };
  const start = configStart(region, context);
  if (start !== undefined && offset >= start) {
    const found = registerAt(DEVICE_CONFIG[context.virtioId ?? 0] ?? {}, offset - start);
    if (!found) return undefined;
    const { doc, offset: own } = found.register;
    return { name: found.name, doc, within: offset - start - own, config: true };
  }
  if (region === LEGACY && offset >= LEGACY_HEADER) {
    const vector = LEGACY_VECTORS[(offset - LEGACY_HEADER) >> 1];
    return vector && { name: vector[0], doc: vector[1], within: offset % 2, config: false };
  }
  const found = registerOf(region, offset, context.virtioId);
  if (!found) return undefined;
  const { doc, offset: own } = found.register;
  const within = region === REGION_INDEX['virtio-pci-notify'] ? 0 : Math.max(0, offset - own);
  return { name: found.name, doc, within, config: false };
}

/** Value in words; undefined where the number says it all. `selected`: half of the features, or queue. */
type Words = (value: number, context: RegisterContext, selected: number) => string | undefined;

const status: Words = (value) => flagNames(STATUS_BITS, value).join(' | ') || 'reset';
const cause: Words = (value) => flagNames(ISR_BITS, value).join(' | ') || 'none';
const yes: Words = (value) => (value === 0 ? 'no' : 'yes');
const vector: Words = (value) => (value === VIRTIO_MSI_NO_VECTOR ? 'no vector' : `vector ${value}`);
const queue: Words = (value, { queues }) => queues[value & 0xffff];
const half: Words = (value) => `bits ${32 * value} to ${32 * value + 31}`;
const entries: Words = (value) => (value === 0 ? 'not available' : `${value} entries`);
const features: Words = (value, { virtioId }, selected) =>
  list(
    bitsOf(value).map(
      (bit) => featureBit(virtioId, bit + 32 * selected)?.name ?? `bit ${bit + 32 * selected}`,
    ),
    64,
  ) || 'none';
const page: Words = (value) => (value === 0 ? 'none' : undefined);

/** By name of the register: names that several transports share mean the same. */
const WORDS: Readonly<Record<string, Words>> = {
  device_status: status,
  Status: status,
  isr_status: cause,
  InterruptStatus: cause,
  InterruptACK: cause,
  device_feature_select: half,
  driver_feature_select: half,
  DeviceFeaturesSel: half,
  DriverFeaturesSel: half,
  device_feature: features,
  driver_feature: features,
  DeviceFeatures: features,
  DriverFeatures: features,
  device_features: features,
  driver_features: features,
  queue_select: queue,
  QueueSel: queue,
  queue_notify: queue,
  QueueNotify: queue,
  queue_size: entries,
  QueueNum: entries,
  QueueNumMax: entries,
  queue_enable: yes,
  QueueReady: yes,
  queue_reset: yes,
  QueueReset: yes,
  config_msix_vector: vector,
  queue_msix_vector: vector,
  queue_address: page,
  QueuePFN: page,
  GuestPageSize: (value) => bytesText(value),
  QueueAlign: (value) => bytesText(value),
  MagicValue: (value) => (value === 0x7472_6976 ? '“virt”' : 'not a virtio device'),
  Version: (value) => (value === 1 ? 'legacy' : value === 2 ? 'modern' : undefined),
  DeviceID: (value) => {
    const found = Object.entries(VIRTIO_ID).find(([, id]) => id === value);
    return found?.[0].toLowerCase().replaceAll('_', ' ');
  },
  VendorID: () => undefined,
  Command: (value) => flagNames(PCI_COMMAND_BITS, value).join(' | ') || 'nothing',
};

/** What a register's value says; '' where the number says it all. */
export function registerWords(
  region: number,
  offset: number,
  value: number,
  context: RegisterContext,
  selected = 0,
): string {
  if (region === TABLE && offset % 16 === 12) return value & 1 ? 'masked' : 'not masked';
  const found = registerNamed(region, offset, context);
  if (!found || found.config || found.within !== 0) return '';
  // In PCI configuration space these names mean something else.
  if (found.name in WORDS && !(region !== MMIO && found.name === 'DeviceID'))
    return WORDS[found.name]?.(value, context, selected) ?? '';
  return '';
}

/** A register's value, with all the digits of its access. */
export function valueText(value: number, size: number): string {
  return hex(value, 2 * size);
}
