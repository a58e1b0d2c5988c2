import { fwCfgPorts } from '../../../hw/fw-cfg-ports.ts';
import { apicMessages } from '../../../hw/message-interrupts.ts';
import type { PlatformType } from '../../../hw/platform.ts';
import type { PlatformRegion } from '../../../hw/platform-regions.ts';
import { bit, bool, i32, oneOf, str, u8, u16, u32 } from '../../../qom/property.ts';

type Values = Readonly<Record<string, number>>;

const iobase = (values: Values) => values.iobase;
/** Ports of the channels of a DMA controller, and of its commands. */
const dmaBlock = (values: Values) => 8 << (values.dshift ?? 0);

/** Both channels: the ports of old, which belong to nobody, and the bus master's registers. */
const IDE_REGIONS: readonly PlatformRegion[] = [
  { name: 'piix-bmdma-container', size: 16, kind: 'container' },
  ...[0, 1].flatMap((channel): PlatformRegion[] => [
    {
      name: 'piix-bmdma',
      size: 4,
      within: { name: 'piix-bmdma-container', at: 8 * channel },
    },
    { name: 'bmdma', size: 4, within: { name: 'piix-bmdma-container', at: 8 * channel + 4 } },
    { name: 'ide', size: 8, io: channel === 0 ? 0x1f0 : 0x170, orphan: true },
    { name: 'ide', size: 1, io: channel === 0 ? 0x3f6 : 0x376, orphan: true },
  ]),
];

const FDC_TYPES = ['144', '288', '120', 'none', 'auto'] as const;
const fdcType = (value: (typeof FDC_TYPES)[number]) =>
  oneOf('FdcDriveType', FDC_TYPES, value, 'FDC drive type, 144/288/120/none/auto');

/** Everything on the pc machine's board that has no behaviour here; parents stand before their children. */
export const PC_TYPES: readonly PlatformType[] = [
  { name: 'cpu', parent: 'device', abstract: true },
  {
    name: 'x86_64-cpu',
    parent: 'cpu',
    abstract: true,
  },
  { name: 'apic-common', parent: 'device', abstract: true },
  {
    name: 'apic',
    parent: 'apic-common',
    regions: [{ name: 'apic-msi', size: 0x10_0000, handler: apicMessages }],
  },
  {
    name: 'fw_cfg',
    parent: 'sys-bus-device',
    abstract: true,
  },
  {
    name: 'fw_cfg_io',
    parent: 'fw_cfg',
    properties: {
      dma_enabled: bool(true),
      'x-file-slots': u16(32),
      'acpi-mr-restore': bool(true),
    },
    regions: [
      { name: 'fwcfg', size: 2, io: 0x510, handler: fwCfgPorts },
      { name: 'fwcfg.dma', size: 8, io: 0x514 },
    ],
  },
  { name: 'ioapic-common', parent: 'sys-bus-device', abstract: true },
  {
    name: 'ioapic',
    parent: 'ioapic-common',
    properties: { version: u8(0x20) },
    gpios: ['gpio-in "" 24'],
    // A board with a second one says where that is.
    regions: [{ name: 'ioapic', size: 0x1000, mmio: ({ place }) => place ?? 0xfec0_0000 }],
  },
  {
    name: 'hpet',
    parent: 'sys-bus-device',
    properties: {
      timers: u8(3),
      msi: bit(false),
      'hpet-intcap': u32(4),
      'hpet-offset-saved': bool(true),
    },
    gpios: ['gpio-in "" 2', 'gpio-out "" 1', 'gpio-out "sysbus-irq" 32'],
    regions: [{ name: 'hpet', size: 0x400, mmio: 0xfed0_0000 }],
  },
  { name: 'ps2-device', parent: 'sys-bus-device', abstract: true },
  { name: 'ps2-kbd', parent: 'ps2-device', gpios: ['gpio-out "" 1'] },
  { name: 'ps2-mouse', parent: 'ps2-device', gpios: ['gpio-out "" 1'] },
  { name: 'isa-device', parent: 'device', abstract: true, bus: 'ISA' },
  {
    name: 'i8257',
    parent: 'isa-device',
    properties: {
      base: i32(0),
      'page-base': i32(0x80),
      'pageh-base': i32(-1),
      dshift: i32(0),
    },
    regions: [
      { name: 'dma-chan', size: dmaBlock, io: ({ base }) => base },
      { name: 'dma-page', size: 3, io: (values) => (values['page-base'] ?? 0) + 1 },
      { name: 'dma-page', size: 1, io: (values) => (values['page-base'] ?? 0) + 7 },
      {
        name: 'dma-cont',
        size: dmaBlock,
        io: (values) => (values.base ?? 0) + dmaBlock(values),
      },
    ],
  },
  {
    name: 'pic-common',
    parent: 'isa-device',
    abstract: true,
    properties: {
      iobase: u32(0x20),
      elcr_addr: u32(0x4d0),
      elcr_mask: u8(0xf8),
      master: bit(false),
    },
  },
  {
    name: 'isa-i8259',
    parent: 'pic-common',
    gpios: ['gpio-in "" 8', 'gpio-out "" 1'],
    regions: [
      { name: 'pic', size: 2, io: iobase },
      { name: 'elcr', size: 1, io: (values) => values.elcr_addr },
    ],
  },
  {
    name: 'mc146818rtc',
    parent: 'isa-device',
    properties: {
      base_year: i32(1980),
      iobase: u16(0x70),
      irq: u8(8),
      lost_tick_policy: oneOf('LostTickPolicy', ['discard', 'delay', 'slew'], 'discard'),
    },
    gpios: ['gpio-out "" 1'],
    regions: [
      { name: 'rtc', size: 2, io: iobase },
      { name: 'rtc-index', size: 1, within: { name: 'rtc', at: 0 } },
    ],
  },
  { name: 'pit-common', parent: 'isa-device', abstract: true, properties: { iobase: u32(0x40) } },
  {
    name: 'isa-pit',
    parent: 'pit-common',
    gpios: ['gpio-in "" 1', 'gpio-out "" 1'],
    regions: [{ name: 'pit', size: 4, io: iobase }],
  },
  {
    name: 'isa-pcspk',
    parent: 'isa-device',
    properties: { audiodev: str(), iobase: u32(0x61), migrate: bool(true) },
    regions: [{ name: 'pcspk', size: 1, io: iobase }],
  },
  {
    name: 'isa-fdc',
    parent: 'isa-device',
    userCreatable: true,
    properties: {
      iobase: u32(0x3f0),
      irq: u32(6),
      dma: u32(2),
      fdtypeA: fdcType('auto'),
      fdtypeB: fdcType('auto'),
      fallback: fdcType('288'),
    },
    buses: [{ type: 'floppy-bus' }],
    regions: [
      { name: 'fdc', size: 5, io: (values) => (values.iobase ?? 0) + 1 },
      { name: 'fdc', size: 1, io: (values) => (values.iobase ?? 0) + 7 },
    ],
  },
  {
    name: 'i8042',
    parent: 'isa-device',
    properties: {
      'extended-state': bool(true),
      'kbd-throttle': bool(false),
      'kbd-irq': u8(1),
      'mouse-irq': u8(12),
    },
    gpios: [
      'gpio-in "ps2-mouse-input-irq" 1',
      'gpio-in "ps2-kbd-input-irq" 1',
      'gpio-out "" 2',
      'gpio-out "a20" 1',
    ],
    regions: [
      { name: 'i8042-data', size: 1, io: 0x60 },
      { name: 'i8042-cmd', size: 1, io: 0x64 },
    ],
  },
  {
    name: 'vmport',
    parent: 'isa-device',
    properties: {
      'x-read-set-eax': bit(true),
      'x-signal-unsupported-cmd': bit(true),
      'x-report-vmx-type': bit(true),
      'x-cmds-v2': bit(true),
      'vmware-vmx-version': u32(6),
      'vmware-vmx-type': u8(2),
    },
    regions: [{ name: 'vmport', size: 1, io: 0x5658 }],
  },
  { name: 'vmmouse', parent: 'isa-device' },
  {
    name: 'port92',
    parent: 'isa-device',
    gpios: ['gpio-out "a20" 1'],
    regions: [{ name: 'port92', size: 1, io: 0x92 }],
  },
  { name: 'pci-ide', parent: 'pci-device', abstract: true },
  {
    name: 'piix3-ide',
    parent: 'pci-ide',
    pci: {
      vendor: 0x8086,
      device: 0x7010,
      revision: 0,
      classCode: 0x0101,
      progIf: 0x80,
      status: 0x0280,
      bars: { 4: { kind: 'io', region: 'piix-bmdma-container' } },
    },
    buses: [{ type: 'IDE' }, { type: 'IDE' }],
    regions: IDE_REGIONS,
  },
  { name: 'pci-uhci-usb', parent: 'pci-device', abstract: true },
  {
    name: 'piix3-usb-uhci',
    parent: 'pci-uhci-usb',
    properties: { bandwidth: u32(1280), maxframes: u32(128) },
    pci: {
      vendor: 0x8086,
      device: 0x7020,
      revision: 1,
      classCode: 0x0c03,
      pin: 4,
      bars: { 4: { kind: 'io', region: 'uhci' } },
    },
    buses: [{ type: 'usb-bus', name: 'usb-bus.0' }],
    regions: [{ name: 'uhci', size: 0x20 }],
  },
  {
    name: 'i2c-slave',
    parent: 'device',
    abstract: true,
    bus: 'i2c-bus',
    properties: { address: u8(0) },
  },
  { name: 'smbus-device', parent: 'i2c-slave', abstract: true },
  { name: 'smbus-eeprom', parent: 'smbus-device' },
];
