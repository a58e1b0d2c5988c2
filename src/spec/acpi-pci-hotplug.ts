import type { RegisterMap } from './registers.ts';

/** Registers by which firmware's tables learn of PCI devices that come and go; one bit a slot. */
export const ACPI_PCI_HOTPLUG = {
  PCIU: {
    offset: 0x00,
    width: 4,
    access: 'R',
    doc: 'slots with a device that came; reading clears',
  },
  PCID: { offset: 0x04, width: 4, access: 'R', doc: 'slots that the guest shall let go of' },
  B0EJ: { offset: 0x08, width: 4, access: 'W', doc: 'slots that the guest has let go of' },
  RMV: { offset: 0x0c, width: 4, access: 'R', doc: 'slots whose device may go' },
  BNUM: { offset: 0x10, width: 4, access: 'RW', doc: 'bus that the other registers mean' },
} as const satisfies RegisterMap;
