import type { PlatformNode, PlatformParts } from '../../../hw/platform.ts';

const repeat = (name: string, count: number): string[] => Array.from({ length: count }, () => name);

/** Bus types of the pc board on which nothing that is modelled sits. */
export const PC_BUS_TYPES = ['ISA', 'IDE', 'i2c-bus', 'floppy-bus'] as const;

const I440FX = '/machine/i440fx';
const I8042 = '/machine/unattached/device[13]';

/** The devices of the pc board, in the order in which they are realized; the CPU stands before them. */
export const PC_NODES: readonly PlatformNode[] = [
  { type: 'kvmvapic', bus: 'main-system-bus' },
  { type: 'fw_cfg_io', bus: 'main-system-bus', owner: '/machine', name: 'fw_cfg' },
  { type: 'i440FX-pcihost', bus: 'main-system-bus', owner: '/machine', name: 'i440fx' },
  { type: 'i440FX', bus: 'pci.0', values: { addr: 0 } },
  { type: 'PIIX3', bus: 'pci.0', values: { addr: 8 } },
  { type: 'i8257', bus: 'isa.0' },
  { type: 'i8257', bus: 'isa.0', values: { base: 0xc0, 'page-base': 0x88, dshift: 1 } },
  { type: 'isa-i8259', bus: 'isa.0', values: { master: true } },
  {
    type: 'isa-i8259',
    bus: 'isa.0',
    values: { iobase: 0xa0, elcr_addr: 0x4d1, elcr_mask: 0xde },
  },
  { type: 'ioapic', bus: 'main-system-bus', owner: I440FX, name: 'ioapic' },
  { type: 'hpet', bus: 'main-system-bus' },
  { type: 'mc146818rtc', bus: 'isa.0' },
  { type: 'isa-pit', bus: 'isa.0' },
  { type: 'isa-pcspk', bus: 'isa.0' },
  { type: 'isa-fdc', bus: 'isa.0' },
  { type: 'i8042', bus: 'isa.0' },
  { type: 'ps2-kbd', bus: 'main-system-bus', owner: I8042, name: 'ps2kbd' },
  { type: 'ps2-mouse', bus: 'main-system-bus', owner: I8042, name: 'ps2mouse' },
  { type: 'vmport', bus: 'isa.0' },
  { type: 'vmmouse', bus: 'isa.0' },
  { type: 'port92', bus: 'isa.0' },
  { type: 'piix3-ide', bus: 'pci.0', values: { addr: 9 } },
  { type: 'PIIX4_PM', bus: 'pci.0', values: { addr: 11 } },
  ...Array.from({ length: 8 }, (_, i) => ({
    type: 'smbus-eeprom',
    bus: 'i2c',
    values: { address: 80 + i },
  })),
];

/** What hangs below `/machine/unattached` besides devices. */
export const PC_UNATTACHED: PlatformParts = {
  regions: [
    ...repeat('ide', 4),
    'io',
    'ioport80',
    'ioportF0',
    'isa-bios',
    'pc.bios',
    'pc.rom',
    'pci',
    'ram-below-4g',
    'system',
  ],
  irqs: repeat('non-qdev-gpio', 28),
};

/** Memory regions of types with behaviour, which know nothing of them. */
export const PC_HOST_REGIONS: Readonly<Record<string, readonly string[]>> = {
  'i440FX-pcihost': [
    ...repeat('pam-pci', 26),
    ...repeat('pam-ram', 13),
    ...repeat('pam-rom', 13),
    'pci-conf-data',
    'pci-conf-idx',
  ],
  PIIX3: ['piix3-reset-control'],
};

/** Memory regions of a CPU. */
export const PC_CPU_REGIONS = ['memory', 'memory', 'smram'] as const;
