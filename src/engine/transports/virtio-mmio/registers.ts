import { join64 } from '../../../base/bits.ts';
import type { Handlers } from '../../../spec/registers.ts';
import { STATUS } from '../../../spec/virtio.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_MAGIC } from '../../../spec/virtio-mmio.ts';
import type { VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtioMmio } from './virtio-mmio.ts';

/** What the driver has written about one queue of a version 2 device. */
export interface QueueSetup {
  /** 0 until written. */
  num: number;
  ready: boolean;
  /** Low and high halves of the three areas. */
  readonly desc: [number, number];
  readonly driver: [number, number];
  readonly device: [number, number];
}

/** A queue nothing was written about. */
export function freshSetup(): QueueSetup {
  return { num: 0, ready: false, desc: [0, 0], driver: [0, 0], device: [0, 0] };
}

/** Vendor ID: "QEMU". */
const VENDOR = 0x554d_4551;
/** What QEMU calls the most entries of any queue, however many the queue has. */
const VIRTQUEUE_MAX_SIZE = 1024;
/** Largest count of queues that QEMU's registers reach. */
const VIRTIO_QUEUE_MAX = 1024;
/** Length of a shared memory region that does not exist (VIRTIO 1.4 §4.2.2), half of it. */
const NO_REGION = 0xffff_ffff;

/** A transport whose bus carries a device. */
type Plugged = VirtioMmio & { readonly vdev: VirtioDevice };

/** A register without effect when read. */
const nothing = () => 0;
const ignore = () => {};

/** Runs `act` on a version 2 device; the registers of the other version do not exist in this one. */
function modern(act: (mmio: Plugged, value: number) => void) {
  return (mmio: Plugged, value: number) => {
    if (!mmio.legacy) act(mmio, value);
  };
}

/** Runs `act` on a version 1 device. */
function legacy(act: (mmio: Plugged, value: number) => void) {
  return (mmio: Plugged, value: number) => {
    if (mmio.legacy) act(mmio, value);
  };
}

/** Half of an area's address. */
function half(area: 'desc' | 'driver' | 'device', which: 0 | 1) {
  return {
    write: modern((mmio, value) => {
      mmio.setup[area][which] = value;
    }),
  };
}

/** Behaviour of the registers (VIRTIO 1.4 §4.2.2, VIRTIO 1.4 §4.2.4). */
const HANDLERS: Handlers<typeof VIRTIO_MMIO, Plugged> = {
  MagicValue: { read: () => VIRTIO_MMIO_MAGIC },
  Version: { read: (mmio) => mmio.version },
  DeviceID: { read: ({ vdev }) => vdev.deviceId },
  VendorID: { read: () => VENDOR },
  DeviceFeatures: {
    read({ vdev, legacy: old, deviceFeaturesSel: sel }) {
      if (old) return sel === 0 ? low(vdev.deviceFeatures) : 0;
      const offered = vdev.deviceFeatures & ~vdev.legacyFeatures;
      return sel === 0 ? low(offered) : low(offered >> 32n);
    },
  },
  DeviceFeaturesSel: {
    write(mmio, value) {
      mmio.deviceFeaturesSel = value === 0 ? 0 : 1;
    },
  },
  DriverFeatures: {
    write(mmio, value) {
      if (!mmio.legacy) mmio.driverFeatures[mmio.driverFeaturesSel] = value;
      else if (mmio.driverFeaturesSel === 0) mmio.vdev.setDriverFeatures(BigInt(value));
    },
  },
  DriverFeaturesSel: {
    write(mmio, value) {
      mmio.driverFeaturesSel = value === 0 ? 0 : 1;
    },
  },
  QueueSel: {
    write({ vdev }, value) {
      if (value < VIRTIO_QUEUE_MAX) vdev.queueSel = value;
    },
  },
  QueueNumMax: { read: ({ selected }) => (selected ? VIRTQUEUE_MAX_SIZE : 0) },
  QueueNum: {
    write(mmio, value) {
      mmio.vdev.setQueueSize(mmio.vdev.queueSel, value, VIRTQUEUE_MAX_SIZE);
      if (mmio.legacy) mmio.placeQueue();
      else mmio.setup.num = value;
    },
  },
  QueueReady: {
    read: (mmio) => (!mmio.legacy && mmio.setup.ready ? 1 : 0),
    write: modern((mmio, value) => {
      const { vdev, setup } = mmio;
      setup.ready = value !== 0;
      if (!setup.ready) return;
      vdev.setQueueSize(vdev.queueSel, setup.num, VIRTQUEUE_MAX_SIZE);
      vdev.enableQueue(vdev.queueSel, {
        desc: join64(...setup.desc),
        driver: join64(...setup.driver),
        device: join64(...setup.device),
      });
    }),
  },
  QueueNotify: { write: ({ vdev }, value) => vdev.notifiedBy(value, 4) },
  InterruptStatus: { read: ({ vdev }) => vdev.isr },
  InterruptACK: { write: (mmio, value) => mmio.acknowledge(value) },
  Status: {
    read: ({ vdev }) => vdev.status,
    write(mmio, value) {
      const { vdev } = mmio;
      if (!mmio.legacy && value & STATUS.FEATURES_OK) mmio.passFeatures();
      vdev.setStatus(value & 0xff);
      if (vdev.status === 0) mmio.resetByDriver();
    },
  },
  QueueDescLow: half('desc', 0),
  QueueDescHigh: half('desc', 1),
  QueueDriverLow: half('driver', 0),
  QueueDriverHigh: half('driver', 1),
  QueueDeviceLow: half('device', 0),
  QueueDeviceHigh: half('device', 1),
  // QEMU 7.2 has no shared memory regions on this transport.
  SHMSel: { write: ignore },
  SHMLenLow: { read: () => NO_REGION },
  SHMLenHigh: { read: () => NO_REGION },
  SHMBaseLow: { read: nothing },
  SHMBaseHigh: { read: nothing },
  // QEMU 7.2 offers VIRTIO_F_RING_RESET here, but has no register for it.
  QueueReset: { read: nothing, write: ignore },
  ConfigGeneration: { read: ({ vdev, legacy: old }) => (old ? 0 : vdev.generation) },
  GuestPageSize: {
    write: legacy((mmio, value) => {
      // The lowest bit that is set decides, whatever else was written.
      mmio.pageShift = value === 0 ? 0 : 31 - Math.clz32(value & -value);
    }),
  },
  QueueAlign: { write: legacy((mmio, value) => mmio.setAlignment(value)) },
  QueuePFN: {
    read: (mmio) => (mmio.legacy ? mmio.queuePfn : 0),
    write: legacy((mmio, value) => {
      if (value === 0) mmio.resetByDriver();
      else mmio.placeQueue((value * 2 ** mmio.pageShift) % 2 ** 32);
    }),
  },
};

function low(value: bigint): number {
  return Number(value & 0xffff_ffffn);
}

interface AnyHandler {
  read?(mmio: Plugged): number;
  write?(mmio: Plugged, value: number): void;
}

/** Handlers by register offset. */
const BY_OFFSET: ReadonlyMap<number, AnyHandler> = new Map(
  Object.entries(VIRTIO_MMIO).map(([name, { offset }]) => [
    offset,
    HANDLERS[name as keyof typeof HANDLERS] as AnyHandler,
  ]),
);

/** What a transport without a device still tells (VIRTIO 1.4 §4.2.1). */
const EMPTY: ReadonlyMap<number, (mmio: VirtioMmio) => number> = new Map([
  [VIRTIO_MMIO.MagicValue.offset, () => VIRTIO_MMIO_MAGIC],
  [VIRTIO_MMIO.Version.offset, (mmio: VirtioMmio) => mmio.version],
  [VIRTIO_MMIO.VendorID.offset, () => VENDOR],
]);

/** Reads a register below the configuration; only whole words are registers. */
export function readRegister(mmio: VirtioMmio, offset: number, size: number): number {
  if (!isPlugged(mmio)) return (EMPTY.get(offset)?.(mmio) ?? 0) % 2 ** (8 * size);
  return size === 4 ? (BY_OFFSET.get(offset)?.read?.(mmio) ?? 0) : 0;
}

/** Writes a register below the configuration. */
export function writeRegister(mmio: VirtioMmio, offset: number, size: number, value: number): void {
  if (isPlugged(mmio) && size === 4) BY_OFFSET.get(offset)?.write?.(mmio, value);
}

function isPlugged(mmio: VirtioMmio): mmio is Plugged {
  return mmio.vdev !== undefined;
}
