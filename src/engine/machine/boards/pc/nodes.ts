import type { PlatformNode } from '../../../hw/platform.ts';
import { isOn } from '../switches.ts';

/** Bus types of the pc board on which nothing that is modelled sits. */
export const PC_BUS_TYPES = ['ISA', 'i2c-bus', 'usb-bus'] as const;

const I440FX = '/machine/i440fx';
/** Inputs of the interrupt controllers. */
const INTERRUPTS = 24;

/** Which of the parts that the user may leave out, or ask for, a pc has. */
export interface PcParts {
  readonly hpet: boolean;
  readonly i8042: boolean;
  readonly vmport: boolean;
  readonly usb: boolean;
  readonly acpi: boolean;
  readonly pit: boolean;
  readonly pic: boolean;
  readonly smm: boolean;
  /** Whether the IOMMU leaves the root bus alone. */
  readonly bypassesIommu: boolean;
}

/** The parts that the properties of the machine ask for. */
export function pcParts(options: ReadonlyMap<string, string>): PcParts {
  const i8042 = isOn(options, 'i8042', true);
  return {
    hpet: isOn(options, 'hpet', true),
    i8042,
    vmport: i8042 && isOn(options, 'vmport', true),
    usb: isOn(options, 'usb', false),
    acpi: isOn(options, 'acpi', true),
    pit: isOn(options, 'pit', true),
    pic: isOn(options, 'pic', true),
    smm: isOn(options, 'smm', true),
    bypassesIommu: isOn(options, 'default-bus-bypass-iommu', false),
  };
}

/** `nodes` where `present`, else none. */
export function given(
  present: boolean,
  ...nodes: readonly PlatformNode[]
): readonly PlatformNode[] {
  return present ? nodes : [];
}

/** The controllers of DMA and of interrupts on an ISA bus. */
export function isaControllers({ pic }: Pick<PcParts, 'pic'>): readonly PlatformNode[] {
  return [
    { type: 'i8257', bus: 'isa.0' },
    { type: 'i8257', bus: 'isa.0', values: { base: 0xc0, 'page-base': 0x88, dshift: 1 } },
    ...given(pic, ...interruptControllers()),
  ];
}

/** The two legacy interrupt controllers. */
export function interruptControllers(): readonly PlatformNode[] {
  return [
    { type: 'isa-i8259', bus: 'isa.0', values: { master: true } },
    {
      type: 'isa-i8259',
      bus: 'isa.0',
      values: { iobase: 0xa0, elcr_addr: 0x4d1, elcr_mask: 0xde },
    },
  ];
}

/** One thing on a board: a device as data, or something to be done in its turn. */
export type BoardStep = PlatformNode | (() => void);

/** What the line asks a PC for, each to be done in its turn. */
export interface PcRequests {
  /** Adds the display adapter. */
  readonly display: () => void;
  /** Adds serial and parallel ports, and floppy drives. */
  readonly ports: () => void;
  readonly nics: () => void;
  /** Adds the disks of the controller on the board. */
  readonly disks: () => void;
}

/** The devices of the pc board, in the order in which they are realized; the CPUs stand before them. */
export function pcNodes(parts: PcParts, requests: PcRequests): readonly BoardStep[] {
  return [
    { type: 'fw_cfg_io', bus: 'main-system-bus', owner: '/machine', name: 'fw_cfg' },
    {
      type: 'i440FX-pcihost',
      bus: 'main-system-bus',
      owner: '/machine',
      name: 'i440fx',
      values: { 'bypass-iommu': parts.bypassesIommu },
    },
    { type: 'i440FX', bus: 'pci.0', values: { addr: 0 } },
    { type: 'PIIX3', bus: 'pci.0', values: { addr: 8 } },
    ...isaControllers(parts),
    { type: 'ioapic', bus: 'main-system-bus', owner: I440FX, name: 'ioapic' },
    requests.display,
    ...given(parts.hpet, { type: 'hpet', bus: 'main-system-bus' }),
    { type: 'mc146818rtc', bus: 'isa.0', values: { base_year: 0 } },
    ...given(parts.pit, { type: 'isa-pit', bus: 'isa.0' }, { type: 'isa-pcspk', bus: 'isa.0' }),
    requests.ports,
    ...keyboard(parts),
    requests.nics,
    { type: 'piix3-ide', bus: 'pci.0', values: { addr: 9 } },
    requests.disks,
    ...given(parts.usb, { type: 'piix3-usb-uhci', bus: 'pci.0', values: { addr: 10 } }),
    ...given(
      parts.acpi,
      { type: 'PIIX4_PM', bus: 'pci.0', values: { addr: 11, 'smm-enabled': parts.smm } },
      ...Array.from({ length: 8 }, (_, i) => ({
        type: 'smbus-eeprom',
        bus: 'i2c',
        values: { address: 80 + i },
      })),
    ),
  ];
}

/** Keyboard and mouse, and what comes with them. */
export function keyboard({ i8042, vmport }: PcParts): readonly PlatformNode[] {
  return given(
    i8042,
    { type: 'i8042', bus: 'isa.0' },
    { type: 'ps2-kbd', bus: 'main-system-bus', owner: 'i8042', name: 'ps2kbd' },
    { type: 'ps2-mouse', bus: 'main-system-bus', owner: 'i8042', name: 'ps2mouse' },
    ...given(vmport, { type: 'vmport', bus: 'isa.0' }, { type: 'vmmouse', bus: 'isa.0' }),
    { type: 'port92', bus: 'isa.0' },
  );
}

/**
 * How many interrupt lines hang below `/machine/unattached`: those of the interrupt controllers that
 * some device drives, the CPU's, the two of the address line A20, and the one into system management mode.
 */
export function pcIrqs({ hpet, pit, pic, i8042, acpi }: PcParts): number {
  const count = (present: boolean, lines: number) => (present ? lines : 0);
  const clockAndDevices = 1 + count(pit, 1) + count(i8042, 2) + count(acpi, 1);
  const driven = hpet ? INTERRUPTS : clockAndDevices;
  return driven + count(pic, 1) + count(i8042, 2) + count(acpi, 1);
}
