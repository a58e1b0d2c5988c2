import type { RegisterMap } from './registers.ts';

/** Type 0 configuration header (PCI 3.0 §6.1). */
export const PCI_CONFIG = {
  VendorID: { offset: 0x00, width: 2, access: 'R', doc: 'Vendor; 0x1af4 for virtio' },
  DeviceID: {
    offset: 0x02,
    width: 2,
    access: 'R',
    doc: 'Device; 0x1040 + virtio ID, or a transitional one',
  },
  Command: { offset: 0x04, width: 2, access: 'RW', doc: 'I/O, memory, bus master, INTx disable' },
  Status: { offset: 0x06, width: 2, access: 'RW', doc: 'Capabilities present, interrupt pending' },
  RevisionID: {
    offset: 0x08,
    width: 1,
    access: 'R',
    doc: 'Revision; 0 transitional, 1 or more modern',
  },
  ProgIF: { offset: 0x09, width: 1, access: 'R', doc: 'Programming interface' },
  SubClass: { offset: 0x0a, width: 1, access: 'R', doc: 'Sub-class' },
  BaseClass: { offset: 0x0b, width: 1, access: 'R', doc: 'Base class' },
  CacheLineSize: { offset: 0x0c, width: 1, access: 'RW', doc: 'Cache line size, in words' },
  LatencyTimer: { offset: 0x0d, width: 1, access: 'RW', doc: 'Latency timer' },
  HeaderType: {
    offset: 0x0e,
    width: 1,
    access: 'R',
    doc: 'Layout of the header; bit 7: multifunction',
  },
  BIST: { offset: 0x0f, width: 1, access: 'R', doc: 'Built-in self test' },
  BAR0: { offset: 0x10, width: 4, access: 'RW', doc: 'Base address 0' },
  BAR1: { offset: 0x14, width: 4, access: 'RW', doc: 'Base address 1' },
  BAR2: { offset: 0x18, width: 4, access: 'RW', doc: 'Base address 2' },
  BAR3: { offset: 0x1c, width: 4, access: 'RW', doc: 'Base address 3' },
  BAR4: { offset: 0x20, width: 4, access: 'RW', doc: 'Base address 4' },
  BAR5: { offset: 0x24, width: 4, access: 'RW', doc: 'Base address 5' },
  CardbusCIS: { offset: 0x28, width: 4, access: 'R', doc: 'CardBus CIS pointer' },
  SubsystemVendorID: { offset: 0x2c, width: 2, access: 'R', doc: 'Subsystem vendor' },
  SubsystemID: {
    offset: 0x2e,
    width: 2,
    access: 'R',
    doc: 'Subsystem; the virtio ID of a transitional device',
  },
  ExpansionROM: { offset: 0x30, width: 4, access: 'RW', doc: 'Expansion ROM base address' },
  CapabilitiesPointer: {
    offset: 0x34,
    width: 1,
    access: 'R',
    doc: 'Offset of the first capability',
  },
  InterruptLine: {
    offset: 0x3c,
    width: 1,
    access: 'RW',
    doc: 'Platform interrupt input, noted by firmware',
  },
  InterruptPin: { offset: 0x3d, width: 1, access: 'R', doc: '1: INTA# … 4: INTD#, 0: none' },
} as const satisfies RegisterMap;

/** What a type 1 header, of a bridge, has in place of the upper part of `PCI_CONFIG` (PCI-to-PCI Bridge 1.2 §3.2). */
export const PCI_BRIDGE_CONFIG = {
  PrimaryBus: { offset: 0x18, width: 1, access: 'RW', doc: 'Number of the bus the bridge sits on' },
  SecondaryBus: { offset: 0x19, width: 1, access: 'RW', doc: 'Number of the bus behind it' },
  SubordinateBus: { offset: 0x1a, width: 1, access: 'RW', doc: 'Highest bus number behind it' },
  SecondaryLatency: { offset: 0x1b, width: 1, access: 'RW', doc: 'Latency timer behind it' },
  IOBase: { offset: 0x1c, width: 1, access: 'RW', doc: 'Window on I/O ports: bits 12 to 15' },
  IOLimit: { offset: 0x1d, width: 1, access: 'RW', doc: 'Its end' },
  SecondaryStatus: { offset: 0x1e, width: 2, access: 'RW', doc: 'Status behind the bridge' },
  MemoryBase: { offset: 0x20, width: 2, access: 'RW', doc: 'Window on memory: bits 20 to 31' },
  MemoryLimit: { offset: 0x22, width: 2, access: 'RW', doc: 'Its end' },
  PrefetchBase: { offset: 0x24, width: 2, access: 'RW', doc: 'Prefetchable window' },
  PrefetchLimit: { offset: 0x26, width: 2, access: 'RW', doc: 'Its end' },
  PrefetchBaseUpper: { offset: 0x28, width: 4, access: 'RW', doc: 'Bits 32 to 63 of its base' },
  PrefetchLimitUpper: { offset: 0x2c, width: 4, access: 'RW', doc: 'Bits 32 to 63 of its end' },
  ExpansionROM: { offset: 0x38, width: 4, access: 'RW', doc: 'Expansion ROM base address' },
  BridgeControl: { offset: 0x3e, width: 2, access: 'RW', doc: 'VGA forwarding, bus reset' },
} as const satisfies RegisterMap;

/** Bits of the Bridge Control register (PCI-to-PCI Bridge 1.2 §3.2.5.18). */
export const PCI_BRIDGE_CONTROL = { VGA: 0x08, BUS_RESET: 0x40 } as const;
/** Layout of the header; bit 7 tells that the slot has more functions (PCI 3.0 §6.2.1). */
export const PCI_HEADER = { BRIDGE: 0x01, MULTIFUNCTION: 0x80 } as const;

/** Bits of the Command register (PCI 3.0 §6.2.2). */
export const PCI_COMMAND = {
  IO: 1,
  MEMORY: 2,
  MASTER: 4,
  SERR: 0x100,
  INTX_DISABLE: 0x400,
} as const;
/** Bits of the Status register (PCI 3.0 §6.2.3). */
export const PCI_STATUS = { INTERRUPT: 8, CAP_LIST: 0x10 } as const;
/** Bits of a base address register (PCI 3.0 §6.2.5.1). */
export const PCI_BAR = { IO: 1, MEM_64: 4, PREFETCH: 8 } as const;
/** Capability IDs. */
export const PCI_CAP = {
  PM: 0x01,
  SLOT_ID: 0x04,
  MSI: 0x05,
  VENDOR: 0x09,
  SHPC: 0x0c,
  SUBSYSTEM: 0x0d,
  EXPRESS: 0x10,
  MSIX: 0x11,
  SATA: 0x12,
} as const;
/** Extended capability IDs (PCIe 4.0 §7.6). */
export const PCI_EXT_CAP = { AER: 0x01, SERIAL: 0x03, ACS: 0x0d, ATS: 0x0f } as const;

/** Value of the interrupt pin register for INTA# (PCI 3.0 §6.2.4). */
export const PCI_INTA = 1;

/** Vendor of every virtio PCI device (VIRTIO 1.4 §4.1.2). */
export const PCI_VENDOR_VIRTIO = 0x1af4;
