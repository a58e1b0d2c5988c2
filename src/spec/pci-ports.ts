import type { RegisterMap } from './registers.ts';

/** I/O ports of configuration mechanism #1 (PCI 3.0 §3.2.2.3.2). */
export const PCI_PORTS = {
  CONFIG_ADDRESS: {
    offset: 0,
    width: 4,
    access: 'RW',
    doc: 'Enable bit, bus, device, function and register to access',
  },
  CONFIG_DATA: {
    offset: 4,
    width: 4,
    access: 'RW',
    doc: 'Window on the selected configuration register',
  },
} as const satisfies RegisterMap;
/** First I/O port of `PCI_PORTS`. */
export const PCI_PORT_BASE = 0xcf8;
