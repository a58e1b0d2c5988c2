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
