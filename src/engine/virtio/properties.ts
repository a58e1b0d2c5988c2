import { VIRTIO_F } from '../../spec/virtio.ts';
import { bit, bool } from '../qom/property.ts';

/** Properties of every virtio device, in QEMU's order. */
export const PROPERTIES = {
  indirect_desc: bit(true),
  event_idx: bit(true),
  notify_on_empty: bit(true),
  any_layout: bit(true),
  iommu_platform: bit(false),
  packed: bit(false),
  queue_reset: bit(true),
  'use-started': bool(true),
  'use-disabled-flag': bool(true),
  'x-disable-legacy-check': bool(false),
} as const;

/** Features that VIRTIO has and QEMU 7.2 cannot offer: ours are there on request. */
export const HIDDEN_PROPERTIES = {
  'x-in-order': bit(false),
  'x-notification-data': bit(false),
} as const;

/** Properties that stand for a feature bit each. */
export const FEATURE_PROPERTIES = {
  indirect_desc: VIRTIO_F.VIRTIO_F_INDIRECT_DESC,
  event_idx: VIRTIO_F.VIRTIO_F_EVENT_IDX,
  notify_on_empty: VIRTIO_F.VIRTIO_F_NOTIFY_ON_EMPTY,
  any_layout: VIRTIO_F.VIRTIO_F_ANY_LAYOUT,
  iommu_platform: VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM,
  packed: VIRTIO_F.VIRTIO_F_RING_PACKED,
  queue_reset: VIRTIO_F.VIRTIO_F_RING_RESET,
  'x-in-order': VIRTIO_F.VIRTIO_F_IN_ORDER,
  'x-notification-data': VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA,
} as const;
