import type { RegisterMap } from './registers.ts';

/** Ports by which firmware asks a PC of QEMU's about itself: an item is chosen, then its bytes are read. */
export const FW_CFG_PORTS = {
  Selector: { offset: 0, width: 2, access: 'W', doc: 'item whose first byte comes next' },
  Data: { offset: 1, width: 1, access: 'R', doc: 'next byte of the item, 0 behind its end' },
} as const satisfies RegisterMap;

/** Items, by number. */
export const FW_CFG_ITEM = {
  SIGNATURE: 0x00,
  ID: 0x01,
  RAM_SIZE: 0x03,
  NB_CPUS: 0x05,
  MAX_CPUS: 0x0f,
} as const;
