import { VIRTIO_F } from '../../spec/virtio.ts';
import type { VirtioDevice } from '../virtio/virtio-device.ts';

/** Whether the fields of the driver's structures are little-endian: always, but for a legacy driver on a big-endian CPU (VIRTIO 1.4 §2.4.2). */
export function littleEndian(device: VirtioDevice): boolean {
  return device.accepted(VIRTIO_F.VIRTIO_F_VERSION_1) || device.context.bigEndian !== true;
}
