import { hex } from '../../base/bits.ts';
import {
  VIRTIO_MSI_NO_VECTOR,
  VIRTIO_PCI_COMMON,
  VIRTIO_PCI_LEGACY,
} from '../../spec/virtio-pci.ts';
import type { Telling } from './narration-types.ts';
import {
  type Access,
  accepts,
  arrow,
  doorbell,
  isr,
  offers,
  type Said,
  type Say,
  selectsFeatures,
  status,
} from './register-words.ts';
import { address, count } from './words.ts';

const COMMON = VIRTIO_PCI_COMMON;
const LEGACY = VIRTIO_PCI_LEGACY;
const selectedQueue = ({ seen }: Access) => seen(COMMON.queue_select);

const vector: Say = (access) => {
  const none = access.value === VIRTIO_MSI_NO_VECTOR;
  const what =
    access.name === 'config_msix_vector'
      ? 'configuration changes'
      : `queue ${selectedQueue(access)}`;
  return {
    title: arrow(access, none ? 'none' : String(access.value)),
    text: none
      ? `There is no MSI-X vector for ${what}.`
      : `MSI-X vector ${access.value} is for ${what}.`,
    section: '4.1.5.1.2',
  };
};

/** One half of the address of a queue area. */
const area =
  (what: string): Say =>
  (access) => {
    const queue = selectedQueue(access);
    const half = access.name.endsWith('_hi') ? 'upper' : 'lower';
    return {
      title: arrow(access, hex(access.value, 8)),
      text: `The ${half} half of the address of the ${what} of queue ${queue}.`,
      section: '4.1.5.1.3',
      queue,
    };
  };

/**
 * What is said of each register of the common configuration; of the rest, its line in the table.
 */
export const COMMON_SAYS: Readonly<Partial<Record<keyof typeof COMMON, Say>>> = {
  device_feature_select: selectsFeatures('shows', 'device_feature', '4.1.4.3'),
  driver_feature_select: selectsFeatures('means', 'driver_feature', '4.1.4.3'),
  device_feature: offers(({ seen }) => seen(COMMON.device_feature_select)),
  driver_feature: accepts(({ seen }) => seen(COMMON.driver_feature_select)),
  config_msix_vector: vector,
  queue_msix_vector: vector,
  num_queues: (access) => ({
    title: arrow(access, String(access.value)),
    text: `The device has ${count(access.value, 'queue')}.`,
    section: '4.1.4.3',
  }),
  device_status: status,
  config_generation: (access) => ({
    title: arrow(access, String(access.value)),
    text: 'If it is the same before and after, what was read of the configuration belongs together.',
    section: '2.5.1',
  }),
  queue_select: (access) => ({
    title: arrow(access, String(access.value)),
    text: `From here on the queue_ registers mean queue ${access.value}.`,
    section: '4.1.5.1.3',
    queue: access.value,
  }),
  queue_size: (access) => {
    const queue = selectedQueue(access);
    const { value, write } = access;
    const has = value === 0 ? 'does not exist' : `can have ${value} entries`;
    return {
      title: arrow(access, String(value)),
      text: write ? `Queue ${queue} gets ${value} entries.` : `Queue ${queue} ${has}.`,
      section: '4.1.5.1.3',
      queue,
    };
  },
  queue_enable: (access) => {
    const queue = selectedQueue(access);
    const on = access.value === 1;
    const text = access.write
      ? `Queue ${queue} is set up: ${on ? 'the device may use it from DRIVER_OK on' : 'only 1 enables it'}.`
      : `Queue ${queue} is ${on ? '' : 'not '}enabled.`;
    return { title: arrow(access, String(access.value)), text, section: '4.1.5.1.3', queue };
  },
  queue_notify_off: (access) => ({
    title: arrow(access, String(access.value)),
    text: `The doorbell of queue ${selectedQueue(access)} is at ${access.value} times the notify multiplier.`,
    section: '4.1.4.4',
    queue: selectedQueue(access),
  }),
  queue_desc_lo: area('descriptor area'),
  queue_desc_hi: area('descriptor area'),
  queue_driver_lo: area('driver area'),
  queue_driver_hi: area('driver area'),
  queue_device_lo: area('device area'),
  queue_device_hi: area('device area'),
  queue_reset: (access) => {
    const queue = selectedQueue(access);
    const done = access.value === 1 ? 'is being reset' : 'is not being reset';
    return {
      title: arrow(access, String(access.value)),
      text: access.write ? `Asks for a reset of queue ${queue} alone.` : `Queue ${queue} ${done}.`,
      section: '2.6.1',
      queue,
    };
  },
};

/** Bytes of the pages that a legacy driver counts in (VIRTIO 1.4 §4.1.4.10). */
const LEGACY_PAGE = 4096;
const legacyQueue = ({ seen }: Access) => seen(LEGACY.queue_select);

/** What is said of each register of the legacy header. */
export const LEGACY_SAYS: Readonly<Record<keyof typeof LEGACY, Say>> = {
  device_features: offers(() => 0),
  driver_features: accepts(() => 0),
  queue_address: (access) => {
    const queue = legacyQueue(access);
    const { value, write } = access;
    const where = address(value * LEGACY_PAGE);
    const text = write
      ? value === 0
        ? `The driver takes queue ${queue} back.`
        : `The whole of queue ${queue} is at ${where}, page ${value}: descriptor table, available ring, used ring.`
      : value === 0
        ? `Queue ${queue} is not set up.`
        : `Queue ${queue} is at ${where}.`;
    return { title: arrow(access), text, section: '4.1.5.1.3.1', queue };
  },
  queue_size: (access) => {
    const queue = legacyQueue(access);
    const { value } = access;
    const text =
      value === 0
        ? `There is no queue ${queue}.`
        : `Queue ${queue} has ${value} entries; a legacy driver cannot choose.`;
    return { title: arrow(access, String(value)), text, section: '4.1.5.1.3.1', queue };
  },
  queue_select: (access) => ({
    title: arrow(access, String(access.value)),
    text: `From here on queue_size and queue_address mean queue ${access.value}.`,
    section: '4.1.5.1.3.1',
    queue: access.value,
  }),
  queue_notify: doorbell,
  device_status: status,
  isr_status: isr,
};

/** Words of an entry of the MSI-X table (PCI 3.0 §6.8.2.6). */
const ENTRY_BYTES = 16;
const ENTRY: readonly ((value: number, write: boolean) => readonly [name: string, text: string])[] =
  [
    (value) => ['message address', `Its message goes to ${address(value)}`],
    (value) => [
      'upper message address',
      value === 0
        ? 'Its message goes below 4 GiB'
        : `The upper half of where its message goes is ${hex(value)}`,
    ],
    (value) => [
      'message data',
      `Its message says ${hex(value)}, which tells the CPU the interrupt`,
    ],
    (value, write) => [
      'vector control',
      value & 1
        ? `It ${write ? 'is masked from now on' : 'is masked'}: interrupts by it wait`
        : `It ${write ? 'is not masked any more' : 'is not masked'}: interrupts by it get through`,
    ],
  ];

/** An access to the MSI-X table of a function. */
export function sayVector({ event }: Telling<'regRead' | 'regWrite'>, write: boolean): Said {
  const { offset, value, size } = event;
  const vector = Math.floor(offset / ENTRY_BYTES);
  const told = size === 4 && offset % 4 === 0 ? ENTRY[(offset % ENTRY_BYTES) / 4] : undefined;
  const [name, text] = told?.(value, write) ?? [
    `${count(size, 'byte')} at ${offset % ENTRY_BYTES}`,
    'A piece of its entry in the table',
  ];
  return {
    title: `Vector ${vector}: ${name} ${write ? '←' : 'is'} ${hex(value)}`,
    text: `MSI-X vector ${vector}. ${text}.`,
    section: '4.1.5.1.2',
    tone: 'interrupt',
  };
}
