import { hex } from '../../base/bits.ts';
import { VIRTIO_BLK_CONFIG, VIRTIO_BLK_SECTOR } from '../../spec/blk.ts';
import { bitsOf, featureBit, flagNames, ISR_BITS, STATUS_BITS } from '../../spec/constants.ts';
import { REGION_INDEX, REGIONS, registerOf } from '../../spec/regions.ts';
import type { Register } from '../../spec/registers.ts';
import { STATUS } from '../../spec/virtio.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import { VIRTIO_MSI_NO_VECTOR, VIRTIO_PCI_COMMON } from '../../spec/virtio-pci.ts';
import { registerKey } from '../fold/moment.ts';
import { SPACES } from '../schema.ts';
import {
  deviceName,
  type Narration,
  type Target,
  type Teller,
  type Telling,
  type Tone,
} from './narration-types.ts';
import { tellConfigSpace, tellPorts } from './pci.ts';
import { address, bytesText, combined, count, list } from './words.ts';

/** What a register access comes down to; the rest is the same for all. */
interface Said {
  readonly title: string;
  readonly text: string;
  readonly section?: string;
  readonly document?: string;
  readonly tone?: Tone;
  readonly queue?: number;
}

/** An access to a known register. */
interface Access {
  readonly telling: Telling<'regRead' | 'regWrite'>;
  readonly write: boolean;
  readonly name: string;
  readonly register: Register;
  readonly value: number;
  /**
   * Value last seen of another register of the same region; 0, as after a reset, where none was.
   */
  readonly seen: (register: Register) => number;
}

type Say = (access: Access) => Said;

const COMMON = VIRTIO_PCI_COMMON;
const arrow = ({ name, write, value }: Access, shown = hex(value)) =>
  write ? `${name} ← ${shown}` : `${name} is ${shown}`;
const selectedQueue = ({ seen }: Access) => seen(COMMON.queue_select);

/** Names of the feature bits in one 32-bit half, by its number. */
function features({ telling, value }: Access, half: number): string {
  const id = telling.names.virtioId(telling.event.dev);
  const names = bitsOf(value).map(
    (bit) => featureBit(id, bit + 32 * half)?.name ?? `bit ${bit + 32 * half}`,
  );
  return names.length === 0 ? 'none' : list(names, 24);
}

const status: Say = (access) => {
  const { write, value, telling, seen, register } = access;
  const title = arrow(access, combined(flagNames(STATUS_BITS, value)));
  const name = deviceName(telling.names, telling.event.dev);
  if (write && value === 0)
    return {
      title: 'Reset',
      text: `Writing 0 to ${access.name} resets ${name}.`,
      section: '2.4',
    };
  if (!write) {
    if (value === 0) return { title, text: `${name} is in its reset state.`, section: '4.1.4.3.2' };
    if (seen(register) & STATUS.FEATURES_OK && !(value & STATUS.FEATURES_OK))
      return {
        title,
        text: 'FEATURES_OK did not stay set: the device refuses the features that the driver chose.',
        section: '2.2.2',
      };
    const needs = value & STATUS.DEVICE_NEEDS_RESET;
    const text = needs
      ? `${name} has met an error and stays silent until it is reset.`
      : `${name} says how far its driver has come.`;
    return { title, text, section: needs ? '2.1.2' : '2.1' };
  }
  const fresh = value & ~(telling.before.devices.get(telling.event.dev)?.status ?? 0);
  const docs = STATUS_BITS.entries
    .filter((bit) => fresh & bit.value)
    .map((bit) => `${bit.doc} (${bit.name})`);
  const more =
    fresh & STATUS.FEATURES_OK ? ' Reading it back tells whether the device agrees.' : '';
  const text = docs.length === 0 ? 'Writes the status that it had.' : `Says: ${list(docs)}.${more}`;
  return { title, text, section: '3.1.1' };
};

const select =
  (what: string, by: string): Say =>
  (access) => ({
    title: arrow(access, String(access.value)),
    text: access.write
      ? `Chooses which feature bits ${by} ${what}: ${32 * access.value} to ${32 * access.value + 31}.`
      : `Feature bits ${32 * access.value} to ${32 * access.value + 31} are chosen.`,
    section: '4.1.4.3',
  });

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
const COMMON_SAYS: Readonly<Partial<Record<keyof typeof COMMON, Say>>> = {
  device_feature_select: select('shows', 'device_feature'),
  driver_feature_select: select('means', 'driver_feature'),
  device_feature: (access) => {
    const half = access.seen(COMMON.device_feature_select);
    return {
      title: arrow(access, hex(access.value, 8)),
      text: `The device offers, of bits ${32 * half} to ${32 * half + 31}: ${features(access, half)}.`,
      section: '2.2',
    };
  },
  driver_feature: (access) => {
    const half = access.seen(COMMON.driver_feature_select);
    return {
      title: arrow(access, hex(access.value, 8)),
      text: `The driver accepts, of bits ${32 * half} to ${32 * half + 31}: ${features(access, half)}.`,
      section: '2.2.1',
    };
  },
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
  queue_desc_lo: area('descriptor table'),
  queue_desc_hi: area('descriptor table'),
  queue_driver_lo: area('available ring'),
  queue_driver_hi: area('available ring'),
  queue_device_lo: area('used ring'),
  queue_device_hi: area('used ring'),
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

const isr: Say = (access) => {
  const causes = ISR_BITS.entries.filter(({ value }) => access.value & value).map(({ doc }) => doc);
  const why = causes.length === 0 ? 'This device has nothing to tell' : `It says: ${list(causes)}`;
  return {
    title: arrow(access, combined(flagNames(ISR_BITS, access.value))),
    text: `${why}. Reading it clears it and lowers the interrupt line.`,
    section: '4.1.4.5',
    tone: 'interrupt',
  };
};

const doorbell: Say = (access) => {
  const queue = access.value & 0xffff;
  const { telling } = access;
  return {
    title: `Doorbell of queue ${queue}`,
    text: `The driver tells ${deviceName(telling.names, telling.event.dev)} that queue ${queue} has new available buffers.`,
    section: '4.1.5.2',
    tone: 'notification',
    queue,
  };
};

const config: Say = (access) => {
  const { telling, register, name, value, write } = access;
  const { event } = telling;
  const whole = event.size >= register.width;
  const half = event.offset === register.offset ? 'lower' : 'upper';
  const capacity = register.doc === VIRTIO_BLK_CONFIG.capacity.doc && whole;
  const part = whole ? '' : ` (${half} ${event.size} of ${register.width} bytes)`;
  return {
    title: write ? `${name}${part} ← ${value}` : `${name}${part} is ${value}`,
    text: `${register.doc}${capacity ? `: ${bytesText(value * VIRTIO_BLK_SECTOR)}` : ''}.`,
    section: '2.5',
  };
};

/** The queue that the Queue registers of a memory-mapped device mean. */
const mmioQueue = ({ seen }: Access) => seen(VIRTIO_MMIO.QueueSel);

/** A register of a memory-mapped device that is about the selected queue. */
const mmioQueueRegister: Say = (access) => ({
  title: arrow(access),
  text: `${access.register.doc} (queue ${mmioQueue(access)}).`,
  section: '4.2.3.2',
  queue: mmioQueue(access),
});

/** What is said of the registers of a memory-mapped device; of the rest, the line in the table. */
const MMIO_SAYS: Readonly<Partial<Record<keyof typeof VIRTIO_MMIO, Say>>> = {
  DeviceFeatures: (access) => {
    const half = access.seen(VIRTIO_MMIO.DeviceFeaturesSel);
    return {
      title: arrow(access, hex(access.value, 8)),
      text: `The device offers, of bits ${32 * half} to ${32 * half + 31}: ${features(access, half)}.`,
      section: '2.2',
    };
  },
  DriverFeatures: (access) => {
    const half = access.seen(VIRTIO_MMIO.DriverFeaturesSel);
    return {
      title: arrow(access, hex(access.value, 8)),
      text: `The driver accepts, of bits ${32 * half} to ${32 * half + 31}: ${features(access, half)}.`,
      section: '2.2.1',
    };
  },
  QueueSel: (access) => ({
    title: arrow(access, String(access.value)),
    text: `From here on the Queue registers mean queue ${access.value}.`,
    section: '4.2.3.2',
    queue: access.value,
  }),
  QueueNumMax: mmioQueueRegister,
  QueueNum: mmioQueueRegister,
  QueueReady: mmioQueueRegister,
  QueueDescLow: mmioQueueRegister,
  QueueDescHigh: mmioQueueRegister,
  QueueDriverLow: mmioQueueRegister,
  QueueDriverHigh: mmioQueueRegister,
  QueueDeviceLow: mmioQueueRegister,
  QueueDeviceHigh: mmioQueueRegister,
  QueueAlign: mmioQueueRegister,
  QueuePFN: mmioQueueRegister,
  QueueNotify: (access) => ({ ...doorbell(access), section: '4.2.3.3' }),
  Status: status,
  InterruptStatus: (access) => {
    const causes = ISR_BITS.entries.filter(({ value }) => access.value & value);
    const why = list(causes.map(({ doc }) => doc)) || 'This device has nothing to tell';
    return {
      title: arrow(access, combined(flagNames(ISR_BITS, access.value))),
      text: `${causes.length > 0 ? 'It says: ' : ''}${why}.`,
      section: '4.2.3.4',
      tone: 'interrupt',
    };
  },
  InterruptACK: (access) => ({
    title: arrow(access, combined(flagNames(ISR_BITS, access.value))),
    text: 'The driver has handled these causes; the interrupt line falls when none is left.',
    section: '4.2.3.4.1',
    tone: 'interrupt',
  }),
};

const plain: Say = (access) => ({
  title: arrow(access),
  text: `${access.register.doc}.`,
  ...sourceOf(access.telling.event.region),
});

/** How accesses to each region are told; of other regions, the line in the table. */
const REGION_SAYS: ReadonlyMap<number, (access: Access) => Said> = new Map([
  [
    REGION_INDEX['virtio-pci-common'],
    (access: Access) => (COMMON_SAYS[access.name as keyof typeof COMMON] ?? plain)(access),
  ],
  [REGION_INDEX['virtio-pci-isr'], isr],
  [REGION_INDEX['virtio-pci-notify'], doorbell],
  [REGION_INDEX['virtio-pci-device'], config],
  [
    REGION_INDEX['virtio-mmio'],
    (access: Access) =>
      access.register.offset >= VIRTIO_MMIO_CONFIG
        ? config(access)
        : (MMIO_SAYS[access.name as keyof typeof VIRTIO_MMIO] ?? plain)(access),
  ],
  [
    REGION_INDEX['virtio-pci-legacy'],
    (access: Access) => {
      if (access.name === 'device_status') return status(access);
      if (access.name === 'isr_status') return isr(access);
      return access.name === 'queue_notify' ? doorbell(access) : plain(access);
    },
  ],
]);

/** A bus read that left the guest. */
export const tellRead: Teller<'regRead'> = (telling) => tell(telling, false);

/** A bus write that left the guest. */
export const tellWrite: Teller<'regWrite'> = (telling) => tell(telling, true);

function tell(telling: Telling<'regRead' | 'regWrite'>, write: boolean): Narration {
  const { event, before, names } = telling;
  const { dev, region, offset, value } = event;
  const at: Target = { dev, region, offset };
  if (region === REGION_INDEX['pci-config-ports']) return tellPorts(telling, write);
  if (region === REGION_INDEX['pci-config']) return tellConfigSpace(telling, write);
  const found = registerOf(region, offset, names.virtioId(dev));
  if (!found) return { ...unnamed(telling, write), tone: 'driver', at };
  const registers = before.devices.get(dev)?.registers;
  const seen = (register: Register) =>
    registers?.get(registerKey(region, register.offset))?.value ?? 0;
  const access = { telling, write, value, seen, ...found };
  const { queue, tone = 'driver', ...said } = (REGION_SAYS.get(region) ?? plain)(access);
  return { ...said, tone, at: queue === undefined ? at : { ...at, queue } };
}

/** An access to an address where no register has a name. */
function unnamed({ event, names }: Telling<'regRead' | 'regWrite'>, write: boolean): Said {
  const { addr, size, value, space, offset, dev } = event;
  const where = SPACES[space] === 'io' ? `port ${hex(addr, 4)}` : address(addr);
  const shown = hex(value, size * 2);
  const title = write ? `${where} ← ${shown}` : `${where} is ${shown}`;
  const name = regionName(event.region);
  if (!name) {
    const text = write
      ? `Writes ${count(size, 'byte')} to ${where}, where nothing listens.`
      : `Reads ${count(size, 'byte')} from ${where}, where nothing answers.`;
    return { title, text };
  }
  const place = `${hex(offset)} of ${name} of ${deviceName(names, dev)}`;
  const text = write
    ? `Writes ${count(size, 'byte')} at offset ${place}.`
    : `Reads ${count(size, 'byte')} at offset ${place}.`;
  return { title, text, ...sourceOf(event.region) };
}

function regionName(region: number): string | undefined {
  const info: { readonly name: string } | undefined = REGIONS[region];
  return info?.name;
}

/** The section that defines a region, as a narration carries it. */
export function sourceOf(region: number): { section?: string; document?: string } {
  const info: { readonly source: string } | undefined = REGIONS[region];
  const section = /^VIRTIO 1\.4 §(.+)$/.exec(info?.source ?? '')?.[1];
  if (section) return { section };
  return info ? { document: info.source } : {};
}
