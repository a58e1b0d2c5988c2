import { VIRTIO_F } from '../../spec/virtio.ts';
import type { VirtioDevice } from './virtio-device.ts';
import { inOrder } from './virtqueue/in-order.ts';
import { PackedQueue } from './virtqueue/packed-queue.ts';
import { SplitQueue } from './virtqueue/split-queue.ts';
import type { DeviceRing } from './virtqueue/virtqueue.ts';

const IN_ORDER_SPLIT = inOrder(SplitQueue);
const IN_ORDER_PACKED = inOrder(PackedQueue);

/**
 * The ring that the driver's features ask for: `old` itself where it has that format, else another one in its
 * place with what the driver had already set up.
 */
export function ringFor(device: VirtioDevice, old: DeviceRing): DeviceRing {
  const accepted = (feature: number) => device.accepted(feature);
  const packed = accepted(VIRTIO_F.VIRTIO_F_RING_PACKED);
  const ordered = accepted(VIRTIO_F.VIRTIO_F_IN_ORDER);
  const Split = ordered ? IN_ORDER_SPLIT : SplitQueue;
  const Packed = ordered ? IN_ORDER_PACKED : PackedQueue;
  const Ring = packed ? Packed : Split;
  const vq = old.constructor === Ring ? old : moved(old, new Ring(device, old.index, old.maxSize));
  vq.eventIdx = accepted(VIRTIO_F.VIRTIO_F_EVENT_IDX);
  vq.indirectDesc = accepted(VIRTIO_F.VIRTIO_F_INDIRECT_DESC);
  if (vq instanceof PackedQueue) vq.inOrder = ordered;
  if (vq instanceof SplitQueue) {
    vq.notifyOnEmpty = accepted(VIRTIO_F.VIRTIO_F_NOTIFY_ON_EMPTY);
    vq.bigEndian = device.bigEndian;
  }
  return vq;
}

function moved<R extends DeviceRing>(old: DeviceRing, vq: R): R {
  const { size, addresses } = old;
  old.reset();
  vq.size = size;
  if (addresses.desc !== 0) vq.enable(addresses);
  return vq;
}
