import { VIRTIO_MMIO, VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import { VIRTIO_PCI_COMMON, VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import { type Access, read, type Space, type Width, write } from './access.ts';

/** Where the three areas of a queue lie: guest-physical addresses. */
export interface Areas {
  readonly desc: number;
  readonly driver: number;
  readonly device: number;
}

/** A range of registers that a driver may poke at. */
export interface RegisterRange {
  readonly name: string;
  readonly space: Space;
  readonly address: number;
  readonly size: number;
  /** Offsets of registers, which are hit more often than what lies between them. */
  readonly known: readonly number[];
}

/** How a driver of one transport does what every driver does. */
export interface TransportDriver {
  /** Whether queues are one piece of memory, laid out by the legacy rules. */
  readonly legacy: boolean;
  readonly ranges: readonly RegisterRange[];
  /** Before the driver looks at the device for the first time, and after each reset of it. */
  readonly prepare: readonly Access[];
  readStatus(): Access;
  writeStatus(value: number): Access;
  readFeatures(): readonly Access[];
  writeFeatures(low: number, high: number): readonly Access[];
  /** Selects a queue, chooses its size where the driver may, and enables it. */
  setUpQueue(index: number, size: number, areas: Areas, enable: number): readonly Access[];
  /** Asks what is known of a queue. */
  readQueue(index: number): readonly Access[];
  notify(index: number): Access;
  /** Looks why there was an interrupt, and acknowledges it. */
  acknowledge(): readonly Access[];
  resetQueue(index: number): readonly Access[];
  readConfig(offset: number, width: Width): Access;
  writeConfig(offset: number, width: Width, value: number): Access;
  /** Assigns interrupt vectors; nothing where the transport has none. */
  assignVector(queue: number | undefined, vector: number): readonly Access[];
}

const high = (address: number) => Math.floor(address / 2 ** 32);
const low = (address: number) => address % 2 ** 32;
const offsets = (map: Readonly<Record<string, { offset: number }>>) =>
  Object.values(map).map(({ offset }) => offset);

/** Structures in the modern BAR, as QEMU places them. */
export const MODERN = { common: 0, isr: 0x1000, device: 0x2000, notify: 0x3000 } as const;

/** Modern virtio-pci whose BAR is at `bar`. */
export function modernPci(bar: number, notifyMultiplier: number): TransportDriver {
  const common = (register: keyof typeof VIRTIO_PCI_COMMON) => {
    const { offset, width } = VIRTIO_PCI_COMMON[register];
    return { address: bar + MODERN.common + offset, width };
  };
  const get = (register: keyof typeof VIRTIO_PCI_COMMON): Access => {
    const { address, width } = common(register);
    return read('memory', address, width);
  };
  const put = (register: keyof typeof VIRTIO_PCI_COMMON, value: number): Access => {
    const { address, width } = common(register);
    return write('memory', address, width, value);
  };
  return {
    legacy: false,
    ranges: [
      {
        name: 'common',
        space: 'memory',
        address: bar + MODERN.common,
        size: 0x40,
        known: offsets(VIRTIO_PCI_COMMON),
      },
      { name: 'isr', space: 'memory', address: bar + MODERN.isr, size: 8, known: [0] },
      {
        name: 'device',
        space: 'memory',
        address: bar + MODERN.device,
        size: 0x48,
        known: [0, 4, 8, 12, 20, 32],
      },
      {
        name: 'notify',
        space: 'memory',
        address: bar + MODERN.notify,
        size: 4 * notifyMultiplier,
        known: [0, notifyMultiplier],
      },
      { name: 'gap', space: 'memory', address: bar + 0xff8, size: 16, known: [0, 8] },
    ],
    prepare: [],
    readStatus: () => get('device_status'),
    writeStatus: (value) => put('device_status', value),
    readFeatures: () =>
      [0, 1].flatMap((half) => [put('device_feature_select', half), get('device_feature')]),
    writeFeatures: (lowHalf, highHalf) => [
      put('driver_feature_select', 0),
      put('driver_feature', lowHalf),
      put('driver_feature_select', 1),
      put('driver_feature', highHalf),
    ],
    setUpQueue: (index, size, { desc, driver, device }, enable) => [
      put('queue_select', index),
      put('queue_size', size),
      put('queue_desc_lo', low(desc)),
      put('queue_desc_hi', high(desc)),
      put('queue_driver_lo', low(driver)),
      put('queue_driver_hi', high(driver)),
      put('queue_device_lo', low(device)),
      put('queue_device_hi', high(device)),
      put('queue_enable', enable),
    ],
    readQueue: (index) => [
      put('queue_select', index),
      get('queue_size'),
      get('queue_enable'),
      get('queue_msix_vector'),
      get('queue_notify_off'),
      get('queue_desc_lo'),
      get('queue_device_hi'),
      get('queue_reset'),
    ],
    notify: (index) => write('memory', bar + MODERN.notify + notifyMultiplier * index, 2, index),
    acknowledge: () => [read('memory', bar + MODERN.isr, 1)],
    resetQueue: (index) => [put('queue_select', index), put('queue_reset', 1), get('queue_reset')],
    readConfig: (offset, width) => read('memory', bar + MODERN.device + offset, width),
    writeConfig: (offset, width, value) =>
      write('memory', bar + MODERN.device + offset, width, value),
    assignVector: (queue, vector) =>
      queue === undefined
        ? [put('config_msix_vector', vector), get('config_msix_vector')]
        : [put('queue_select', queue), put('queue_msix_vector', vector), get('queue_msix_vector')],
  };
}

/** The same, whose driver notifies through the I/O BAR at port `bar`. */
export function withPortDoorbell(transport: TransportDriver, bar: number): TransportDriver {
  return {
    ...transport,
    ranges: [
      ...transport.ranges,
      { name: 'doorbell', space: 'io', address: bar, size: 4, known: [0] },
    ],
    notify: (index) => write('io', bar, 2, index),
  };
}

/** Unit of the legacy queue address. */
const LEGACY_PAGE = 4096;

/** Legacy virtio-pci whose I/O BAR is at port `bar`; the vectors are there once MSI-X is on. */
export function legacyPci(bar: number): TransportDriver {
  const at = (register: keyof typeof VIRTIO_PCI_LEGACY) => VIRTIO_PCI_LEGACY[register];
  const get = (register: keyof typeof VIRTIO_PCI_LEGACY) =>
    read('io', bar + at(register).offset, at(register).width);
  const put = (register: keyof typeof VIRTIO_PCI_LEGACY, value: number) =>
    write('io', bar + at(register).offset, at(register).width, value);
  const header = 20;
  return {
    legacy: true,
    ranges: [
      {
        name: 'legacy',
        space: 'io',
        address: bar,
        size: 0x40,
        known: [...offsets(VIRTIO_PCI_LEGACY), 20, 22, 24],
      },
    ],
    prepare: [],
    readStatus: () => get('device_status'),
    writeStatus: (value) => put('device_status', value),
    readFeatures: () => [get('device_features')],
    writeFeatures: (value) => [put('driver_features', value), get('driver_features')],
    setUpQueue: (index, _size, { desc }, enable) => [
      put('queue_select', index),
      put('queue_address', enable === 1 ? Math.floor(desc / LEGACY_PAGE) : 0),
    ],
    readQueue: (index) => [put('queue_select', index), get('queue_size'), get('queue_address')],
    notify: (index) => put('queue_notify', index),
    acknowledge: () => [get('isr_status')],
    resetQueue: (index) => [put('queue_select', index), put('queue_address', 0)],
    readConfig: (offset, width) => read('io', bar + header + offset, width),
    writeConfig: (offset, width, value) => write('io', bar + header + offset, width, value),
    assignVector: (queue, vector) =>
      queue === undefined
        ? [write('io', bar + header, 2, vector), read('io', bar + header, 2)]
        : [
            put('queue_select', queue),
            write('io', bar + header + 2, 2, vector),
            read('io', bar + header + 2, 2),
          ],
  };
}

/** virtio-mmio whose window is at `base`. */
export function mmio(base: number, legacy: boolean): TransportDriver {
  const get = (register: keyof typeof VIRTIO_MMIO) =>
    read('memory', base + VIRTIO_MMIO[register].offset, 4);
  const put = (register: keyof typeof VIRTIO_MMIO, value: number) =>
    write('memory', base + VIRTIO_MMIO[register].offset, 4, value);
  const area = (name: 'Desc' | 'Driver' | 'Device', address: number) => [
    put(`Queue${name}Low`, low(address)),
    put(`Queue${name}High`, high(address)),
  ];
  return {
    legacy,
    ranges: [
      {
        name: 'registers',
        space: 'memory',
        address: base,
        size: 0x100,
        known: offsets(VIRTIO_MMIO),
      },
      {
        name: 'config',
        space: 'memory',
        address: base + VIRTIO_MMIO_CONFIG,
        size: 0x48,
        known: [0, 4, 8, 12, 20, 32],
      },
    ],
    prepare: legacy ? [put('GuestPageSize', LEGACY_PAGE)] : [],
    readStatus: () => get('Status'),
    writeStatus: (value) => put('Status', value),
    readFeatures: () =>
      [0, 1].flatMap((half) => [put('DeviceFeaturesSel', half), get('DeviceFeatures')]),
    writeFeatures: (lowHalf, highHalf) => [
      put('DriverFeaturesSel', 0),
      put('DriverFeatures', lowHalf),
      put('DriverFeaturesSel', 1),
      put('DriverFeatures', highHalf),
    ],
    setUpQueue: (index, size, { desc, driver, device }, enable) => [
      put('QueueSel', index),
      get('QueueNumMax'),
      put('QueueNum', size),
      ...(legacy
        ? [put('QueueAlign', LEGACY_PAGE), put('QueuePFN', Math.floor(desc / LEGACY_PAGE))]
        : [
            ...area('Desc', desc),
            ...area('Driver', driver),
            ...area('Device', device),
            put('QueueReady', enable),
          ]),
    ],
    readQueue: (index) => [
      put('QueueSel', index),
      get('QueueNumMax'),
      get('QueueReady'),
      get('QueuePFN'),
    ],
    notify: (index) => put('QueueNotify', index),
    acknowledge: () => [get('InterruptStatus'), put('InterruptACK', 3), get('InterruptStatus')],
    resetQueue: (index) => [put('QueueSel', index), put(legacy ? 'QueuePFN' : 'QueueReady', 0)],
    readConfig: (offset, width) => read('memory', base + VIRTIO_MMIO_CONFIG + offset, width),
    writeConfig: (offset, width, value) =>
      write('memory', base + VIRTIO_MMIO_CONFIG + offset, width, value),
    assignVector: () => [],
  };
}
