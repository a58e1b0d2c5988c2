import { NONE } from '../../journal/schema.ts';
import { FEATURE_REQUIREMENTS } from '../../spec/feature-requirements.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import type { VirtioDevice } from './virtio-device.ts';
import type { DeviceRing } from './virtqueue/virtqueue.ts';

/** Status bits that a driver sets. */
const DRIVER_BITS = 0x3f;

/** Notes what a driver must not do with the status field (VIRTIO 1.4 §2.1.1, VIRTIO 1.4 §3.1.1). */
export function checkStatus(device: VirtioDevice, value: number): void {
  const old = device.status;
  const cleared = old & ~value & DRIVER_BITS;
  if (cleared !== 0) device.violate(NONE, 'statusBitCleared', 0, cleared);
  const set = value & ~old;
  if (set !== 0 && old & STATUS.FAILED) device.violate(NONE, 'statusAfterFailed', 0, set);
  const { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK } = STATUS;
  // A legacy driver knows no FEATURES_OK.
  const steps = device.accepted(VIRTIO_F.VIRTIO_F_VERSION_1)
    ? [ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK]
    : [ACKNOWLEDGE, DRIVER, DRIVER_OK];
  const last = steps.findLastIndex((step) => set & step);
  const missing = steps.slice(0, Math.max(last, 0)).filter((step) => !(value & step));
  if (missing.length > 0) device.violate(NONE, 'statusStepMissing', 0, set);
  if (set & FEATURES_OK) checkRequirements(device);
}

/** Notes features that were accepted without what they require (VIRTIO 1.4 §2.2.1). */
function checkRequirements(device: VirtioDevice): void {
  for (const { feature, oneOf } of FEATURE_REQUIREMENTS[device.deviceId] ?? [])
    if (device.accepted(feature) && !oneOf.some((other) => device.accepted(other)))
      device.violate(NONE, 'featureRequirement', feature, oneOf[0] ?? 0);
}

/** Notes a changed feature set after FEATURES_OK (VIRTIO 1.4 §3.1.1). */
export function checkLateFeatures(device: VirtioDevice, value: bigint): void {
  const late = value ^ device.driverFeatures;
  if (late !== 0n) device.violate(NONE, 'featuresTooLate', 0, Number(BigInt.asUintN(53, late)));
}

/**
 * Notes a size that the selected ring cannot have (VIRTIO 1.4 §2.7, VIRTIO 1.4 §4.1.4.3.2). `most`: what
 * the transport told the driver that it may choose.
 */
export function checkQueueSize(
  device: VirtioDevice,
  vq: DeviceRing,
  size: number,
  most: number,
): void {
  if (size > most) device.violate(vq.index, 'queueSizeTooLarge', vq.index, size);
  if (!vq.packed && (size & (size - 1)) !== 0)
    device.violate(vq.index, 'queueSizeNotPowerOfTwo', vq.index, size);
}

/**
 * Notes a notification that says something else than the ring, which the device looks at in any case
 * (VIRTIO 1.4 §2.9). `data` as in `VirtioDevice.notified`.
 */
export function checkNotificationData(
  device: VirtioDevice,
  vq: DeviceRing,
  data: number | undefined,
): void {
  if (!device.accepted(VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA)) return;
  if (data === undefined) device.violate(vq.index, 'notificationWithoutData', vq.index, 0);
  else if (data !== vq.nextAvailable())
    device.violate(vq.index, 'notificationDataWrong', vq.nextAvailable(), data);
}
