import type { Handlers } from '../../../spec/registers.ts';
import { VIRTIO_MSI_NO_VECTOR, VIRTIO_PCI_COMMON } from '../../../spec/virtio-pci.ts';
import type { VirtioPci } from './virtio-pci.ts';

/** What the driver has written about one queue, until it enables it. */
export interface QueueSetup {
  /** 0 until written. */
  size: number;
  enabled: boolean;
  /** Low and high halves of the three areas. */
  readonly desc: [number, number];
  readonly driver: [number, number];
  readonly device: [number, number];
}

/** A queue nothing was written about. */
export function freshSetup(): QueueSetup {
  return { size: 0, enabled: false, desc: [0, 0], driver: [0, 0], device: [0, 0] };
}

/** Largest count of queues that QEMU's registers reach. */
export const VIRTIO_QUEUE_MAX = 1024;

/** Halves of an address area as registers. */
function half(area: 'desc' | 'driver' | 'device', which: 0 | 1) {
  return {
    read: (pci: VirtioPci) => pci.setup[area][which],
    write: (pci: VirtioPci, value: number) => {
      pci.setup[area][which] = value;
    },
  };
}

/** Behaviour of the common configuration (VIRTIO 1.4 §4.1.4.3). */
const HANDLERS: Handlers<typeof VIRTIO_PCI_COMMON, VirtioPci> = {
  device_feature_select: {
    read: (pci) => pci.deviceFeatureSelect,
    write: (pci, value) => {
      pci.deviceFeatureSelect = value;
    },
  },
  device_feature: {
    read: (pci) =>
      word(pci.vdev.deviceFeatures & ~pci.vdev.legacyFeatures, pci.deviceFeatureSelect),
  },
  driver_feature_select: {
    read: (pci) => pci.driverFeatureSelect,
    write: (pci, value) => {
      pci.driverFeatureSelect = value;
    },
  },
  driver_feature: {
    read: (pci) =>
      pci.driverFeatureSelect < 2 ? (pci.driverFeatureWords[pci.driverFeatureSelect] ?? 0) : 0,
    write: (pci, value) => {
      if (pci.driverFeatureSelect > 1) return;
      pci.driverFeatureWords[pci.driverFeatureSelect] = value;
      const [low, high] = pci.driverFeatureWords;
      pci.vdev.setDriverFeatures((BigInt(high) << 32n) | BigInt(low));
    },
  },
  config_msix_vector: {
    read: (pci) => pci.vdev.configVector,
    write: (pci, value) => {
      pci.interrupts.assignConfig(value);
    },
  },
  num_queues: { read: (pci) => pci.vdev.queues.length },
  device_status: {
    read: (pci) => pci.vdev.status,
    write: (pci, value) => pci.writeStatus(value & 0xff),
  },
  config_generation: { read: (pci) => pci.vdev.generation },
  queue_select: {
    read: (pci) => pci.vdev.queueSel,
    write: (pci, value) => {
      if (value < VIRTIO_QUEUE_MAX) pci.vdev.queueSel = value;
    },
  },
  queue_size: {
    read: (pci) => pci.selected?.vq.size ?? 0,
    write: (pci, value) => {
      pci.setup.size = value;
      pci.vdev.setQueueSize(pci.vdev.queueSel, value);
    },
  },
  queue_msix_vector: {
    read: (pci) => pci.selected?.vector ?? VIRTIO_MSI_NO_VECTOR,
    write: (pci, value) => {
      pci.interrupts.assignQueue(pci.selected, value);
    },
  },
  queue_enable: {
    read: (pci) => (pci.setup.enabled ? 1 : 0),
    write: (pci, value) => pci.enableQueue(value),
  },
  queue_notify_off: { read: (pci) => pci.vdev.queueSel },
  queue_desc_lo: half('desc', 0),
  queue_desc_hi: half('desc', 1),
  queue_driver_lo: half('driver', 0),
  queue_driver_hi: half('driver', 1),
  queue_device_lo: half('device', 0),
  queue_device_hi: half('device', 1),
  // QEMU 7.2 does not know it: reads as zero.
  queue_notif_config_data: { read: () => 0 },
  queue_reset: {
    read: () => 0,
    write: (pci, value) => {
      // As in QEMU, whether VIRTIO_F_RING_RESET is offered or not.
      if (value === 1) pci.resetQueue();
    },
  },
};

function word(value: bigint, select: number): number {
  return select === 0
    ? Number(value & 0xffff_ffffn)
    : select === 1
      ? Number((value >> 32n) & 0xffff_ffffn)
      : 0;
}

interface AnyHandler {
  read?(pci: VirtioPci): number;
  write?(pci: VirtioPci, value: number): void;
}

/** Handlers by exact register offset: as in QEMU, an access inside a register reaches nothing. */
export const COMMON_BY_OFFSET: ReadonlyMap<number, AnyHandler> = new Map(
  Object.entries(VIRTIO_PCI_COMMON).map(([name, { offset }]) => [
    offset,
    HANDLERS[name as keyof typeof HANDLERS] as AnyHandler,
  ]),
);
