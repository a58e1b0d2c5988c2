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

/** Bytes of the header of commands and responses (VIRTIO 1.4 §5.7.6.7). */
export const VIRTIO_GPU_HEADER = 24;
/** Flag of a header: the response comes when the command is done (VIRTIO 1.4 §5.7.6.7). */
export const VIRTIO_GPU_FLAG_FENCE = 1;
/** Commands (VIRTIO 1.4 §5.7.6.7). */
export const VIRTIO_GPU_CMD = {
  GET_DISPLAY_INFO: 0x100,
  RESOURCE_CREATE_2D: 0x101,
  RESOURCE_UNREF: 0x102,
  SET_SCANOUT: 0x103,
  RESOURCE_FLUSH: 0x104,
  TRANSFER_TO_HOST_2D: 0x105,
  RESOURCE_ATTACH_BACKING: 0x106,
  RESOURCE_DETACH_BACKING: 0x107,
  GET_EDID: 0x10a,
  RESOURCE_CREATE_BLOB: 0x10c,
  SET_SCANOUT_BLOB: 0x10d,
  UPDATE_CURSOR: 0x300,
  MOVE_CURSOR: 0x301,
} as const;
/** Responses (VIRTIO 1.4 §5.7.6.7). */
export const VIRTIO_GPU_RESP = {
  OK_NODATA: 0x1100,
  OK_DISPLAY_INFO: 0x1101,
  OK_EDID: 0x1104,
  ERR_UNSPEC: 0x1200,
  ERR_OUT_OF_MEMORY: 0x1201,
  ERR_INVALID_SCANOUT_ID: 0x1202,
  ERR_INVALID_RESOURCE_ID: 0x1203,
  ERR_INVALID_CONTEXT_ID: 0x1204,
  ERR_INVALID_PARAMETER: 0x1205,
} as const;
/** Formats of a resource's pixels, four bytes each (VIRTIO 1.4 §5.7.6.8). */
export const VIRTIO_GPU_FORMATS: readonly number[] = [1, 2, 3, 4, 67, 68, 121, 134];
/** Bytes of a display's place in the answer to GET_DISPLAY_INFO (VIRTIO 1.4 §5.7.6.8). */
export const VIRTIO_GPU_DISPLAY = 24;
/** Bytes of the answer to GET_EDID behind its header, and of the EDID in it (VIRTIO 1.4 §5.7.6.8). */
export const VIRTIO_GPU_EDID = { answer: 1032, edid: 1024 } as const;
