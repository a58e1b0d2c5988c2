import { allOnes } from '../../base/bits.ts';
import type { VirtioDevice } from '../virtio/virtio-device.ts';

/** Reads `size` bytes of the device-specific configuration; all ones where they are not all there. */
export function readDeviceConfig(vdev: VirtioDevice, offset: number, size: number): number {
  if (offset + size > vdev.configSize) return allOnes(size);
  const { configImage: image } = vdev;
  image.set(vdev.readConfig());
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (image[offset + i] ?? 0);
  return value;
}

/** Writes `size` bytes of the device-specific configuration; lost where they are not all there. */
export function writeDeviceConfig(
  vdev: VirtioDevice,
  offset: number,
  size: number,
  value: number,
): void {
  if (offset + size > vdev.configSize) return;
  const { configImage: image } = vdev;
  for (let i = 0; i < size; i++) image[offset + i] = (value >>> (8 * i)) & 0xff;
  vdev.writeConfig(image.slice());
}
