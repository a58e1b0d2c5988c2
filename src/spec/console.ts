import type { RegisterMap } from './registers.ts';

/** Feature bits of the console device (VIRTIO 1.4 §5.3.3). */
export const VIRTIO_CONSOLE_F = {
  VIRTIO_CONSOLE_F_SIZE: 0,
  VIRTIO_CONSOLE_F_MULTIPORT: 1,
  VIRTIO_CONSOLE_F_EMERG_WRITE: 2,
} as const;

/** Device configuration layout (VIRTIO 1.4 §5.3.4). */
export const VIRTIO_CONSOLE_CONFIG = {
  cols: { offset: 0, width: 2, access: 'R', doc: 'Columns, with SIZE' },
  rows: { offset: 2, width: 2, access: 'R', doc: 'Rows, with SIZE' },
  max_nr_ports: { offset: 4, width: 4, access: 'R', doc: 'Most ports, with MULTIPORT' },
  emerg_wr: { offset: 8, width: 4, access: 'W', doc: 'One character, with EMERG_WRITE' },
} as const satisfies RegisterMap;

/** Fields of a control message (VIRTIO 1.4 §5.3.6.2). */
export const VIRTIO_CONSOLE_CONTROL = {
  id: { offset: 0, width: 4, doc: 'Port number' },
  event: { offset: 4, width: 2, doc: 'What happened' },
  value: { offset: 6, width: 2, doc: 'More about it' },
} as const;
/** Bytes of a control message; a port's name follows it. */
export const VIRTIO_CONSOLE_CONTROL_BYTES = 8;
/** Events of control messages (VIRTIO 1.4 §5.3.6.2). */
export const VIRTIO_CONSOLE_EVENT = {
  DEVICE_READY: 0,
  DEVICE_ADD: 1,
  DEVICE_REMOVE: 2,
  PORT_READY: 3,
  CONSOLE_PORT: 4,
  RESIZE: 5,
  PORT_OPEN: 6,
  PORT_NAME: 7,
} as const;
