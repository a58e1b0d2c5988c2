import type { RegisterMap } from './registers.ts';

/** Feature bits of the memory device (VIRTIO 1.4 §5.15.3). */
export const VIRTIO_MEM_F = {
  VIRTIO_MEM_F_ACPI_PXM: 0,
  VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE: 1,
} as const;

/** Device configuration layout of the memory device (VIRTIO 1.4 §5.15.4). */
export const VIRTIO_MEM_CONFIG = {
  block_size: { offset: 0, width: 8, access: 'R', doc: 'Bytes of a block, a power of two' },
  node_id: { offset: 8, width: 2, access: 'R', doc: 'Proximity domain, with ACPI_PXM' },
  addr: { offset: 16, width: 8, access: 'R', doc: 'Guest address of the device memory' },
  region_size: { offset: 24, width: 8, access: 'R', doc: 'Most bytes that can be plugged' },
  usable_region_size: { offset: 32, width: 8, access: 'R', doc: 'Bytes that may be in use now' },
  plugged_size: { offset: 40, width: 8, access: 'R', doc: 'Bytes that are plugged' },
  requested_size: { offset: 48, width: 8, access: 'R', doc: 'Bytes that ought to be plugged' },
} as const satisfies RegisterMap;

/** Device configuration layout of the persistent memory device (VIRTIO 1.4 §5.19.4). */
export const VIRTIO_PMEM_CONFIG = {
  start: { offset: 0, width: 8, access: 'R', doc: 'Guest address of the memory' },
  size: { offset: 8, width: 8, access: 'R', doc: 'Its length in bytes' },
} as const satisfies RegisterMap;

/** Bytes of a request, and of a response (VIRTIO 1.4 §5.15.6). */
export const VIRTIO_MEM_BYTES = { request: 24, response: 10 } as const;
/** Types of requests (VIRTIO 1.4 §5.15.6). */
export const VIRTIO_MEM_REQ = { PLUG: 0, UNPLUG: 1, UNPLUG_ALL: 2, STATE: 3 } as const;
/** Types of responses (VIRTIO 1.4 §5.15.6). */
export const VIRTIO_MEM_RESP = { ACK: 0, NACK: 1, BUSY: 2, ERROR: 3 } as const;
/** States of a range (VIRTIO 1.4 §5.15.6.6). */
export const VIRTIO_MEM_STATE = { PLUGGED: 0, UNPLUGGED: 1, MIXED: 2 } as const;
