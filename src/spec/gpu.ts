import type { RegisterMap } from './registers.ts';

/** Feature bits of the GPU device (VIRTIO 1.4 §5.7.3). */
export const VIRTIO_GPU_F = {
  VIRTIO_GPU_F_VIRGL: 0,
  VIRTIO_GPU_F_EDID: 1,
  VIRTIO_GPU_F_RESOURCE_UUID: 2,
  VIRTIO_GPU_F_RESOURCE_BLOB: 3,
  VIRTIO_GPU_F_CONTEXT_INIT: 4,
} as const;

/** Most scanouts of a device (VIRTIO 1.4 §5.7.6.8). */
export const VIRTIO_GPU_MAX_SCANOUTS = 16;

/** Device configuration layout (VIRTIO 1.4 §5.7.4). */
export const VIRTIO_GPU_CONFIG = {
  events_read: { offset: 0, width: 4, access: 'R', doc: 'Pending events' },
  events_clear: { offset: 4, width: 4, access: 'RW', doc: 'Clears pending events' },
  num_scanouts: { offset: 8, width: 4, access: 'R', doc: 'Scanouts, at most 16' },
  num_capsets: { offset: 12, width: 4, access: 'R', doc: 'Capability sets, may be 0' },
} as const satisfies RegisterMap;
