import type { RegisterMap } from './registers.ts';

/** What `select` asks for (VIRTIO 1.4 §5.8.4). */
export const VIRTIO_INPUT_CFG = {
  UNSET: 0x00,
  ID_NAME: 0x01,
  ID_SERIAL: 0x02,
  ID_DEVIDS: 0x03,
  PROP_BITS: 0x10,
  EV_BITS: 0x11,
  ABS_INFO: 0x12,
} as const;

/** Head of the device configuration; `size` bytes of the answer follow it (VIRTIO 1.4 §5.8.4). */
export const VIRTIO_INPUT_CONFIG = {
  select: { offset: 0, width: 1, access: 'RW', doc: 'What the driver asks for' },
  subsel: { offset: 1, width: 1, access: 'RW', doc: 'Which of its kind' },
  size: { offset: 2, width: 1, access: 'R', doc: 'Bytes of the answer, 0 where there is none' },
} as const satisfies RegisterMap;

/** Bytes in front of the answer (VIRTIO 1.4 §5.8.4). */
export const VIRTIO_INPUT_CONFIG_HEAD = 8;
/** Most bytes of an answer (VIRTIO 1.4 §5.8.4). */
export const VIRTIO_INPUT_CONFIG_MAX = 128;

/** Bytes of an event: type, code and value (VIRTIO 1.4 §5.8.6). */
export const VIRTIO_INPUT_EVENT_BYTES = 8;
