import { alignUp, TWO_32 } from '../../../base/bits.ts';
import {
  PCI_BRIDGE_CONFIG,
  PCI_COMMAND,
  PCI_CONFIG,
  PCI_VENDOR_VIRTIO,
} from '../../../spec/pci.ts';
import { BootDisk, RING_BYTES } from './boot-disk.ts';
import { ConfigCycles, type CpuBus } from './config-cycles.ts';
import { findFunctions, numberBuses, type PciFunction } from './pci-functions.ts';
import { assignResources } from './pci-resources.ts';

const INTEL = 0x8086;
/** Interrupt lines of the four PCI wires. */
const WIRES = [10, 10, 11, 11] as const;
/** Ports where power management goes, and the SMBus behind it. */
const PM_BASE = 0x600;
const SMBUS_BASE = 0x700;
/** Interrupt line of ACPI's events. */
const ACPI_LINE = 9;
const SERR_FORWARDING = 0x02;
/** Classes of what firmware boots from. */
const CLASS_AHCI = 0x0106;
const CLASS_ETHERNET = 0x0200;
/** virtio-blk and virtio-scsi, transitional and modern. */
const VIRTIO_BLK = [0x1001, 0x1042];
const VIRTIO_SCSI = [0x1004, 0x1048];
/** Bytes at the end of low RAM that the firmware keeps for itself. */
const TABLES = 0x2_0000;
const ROM_ENABLE = 1;
/** Bytes that the boot ROM of a network function goes on using. */
const BOOT_ROM_RESIDENT = 0x1000;
const OPTION_ROMS = 0xc_0000;
/** Option ROMs lie one after the other, at multiples of this. */
const ROM_UNIT = 2048;

/** What differs from one chipset to the next. */
interface Chipset {
  /** Offsets of the attribute map and of the control of system management memory. */
  readonly pam: number;
  readonly smram: number;
  /** Lowest address for memory of devices. */
  memoryStart(ramBelow4g: number): number;
  /** Wire that pin 0 of a slot of the root bus drives, counted from 0. */
  wire(slot: number): number;
}

const I440FX: Chipset = {
  pam: 0x59,
  smram: 0x72,
  memoryStart: (ram) => (ram <= 2 ** 31 ? 2 ** 31 : 3 * 2 ** 30),
  wire: (slot) => slot - 1,
};
const Q35: Chipset = {
  pam: 0x90,
  smram: 0x9d,
  memoryStart: () => 0xc000_0000,
  wire: (slot) => (slot <= 24 ? slot : 0),
};

/** What the firmware learns of the machine from the machine itself. */
export interface FirmwareFacts {
  /** Bytes of RAM below 4 GiB, and from there on. */
  readonly ramBelow4g: number;
  readonly ramAbove4g: number;
  /** Whether there is system management mode to set up. */
  readonly smm: boolean;
  /** Bytes of the display's ROM, 0 where there is none. */
  readonly vgaRomBytes: number;
}

/** What the firmware leaves to the machine. */
export interface FirmwareResult {
  /** Where its last option ROM came to lie, which accelerates the interrupt controller. */
  readonly optionRom: number;
}

/**
 * What SeaBIOS does to the machine until it looks for something to boot, as far as the monitor shows
 * it: PCI bus numbers, windows and BARs, interrupt lines, the places of the chipset's own registers,
 * and what it shows below 1 MiB. Its code is not run. Returns undefined where it knows no such chipset.
 */
export function runSeaBios(bus: CpuBus, facts: FirmwareFacts): FirmwareResult | undefined {
  const config = new ConfigCycles(bus);
  const chipset = chipsetOf(config);
  if (!chipset) return undefined;
  showRam(config, chipset);
  const functions = findFunctions(config, numberBuses(config));
  if (chipset === Q35) {
    config.write(0, 0x64, 4, 0);
    config.write(0, 0x60, 4, 0xb000_0001);
  }
  assignResources(config, functions, {
    start: chipset.memoryStart(facts.ramBelow4g),
    above: TWO_32 + facts.ramAbove4g,
  });
  for (const one of functions) initialise(config, chipset, one);
  if (facts.smm) config.write(0, chipset.smram, 1, 0x0a);
  const network = functions.some((one) => one.classCode === CLASS_ETHERNET && hasRom(config, one));
  for (const one of functions) {
    if (hasRom(config, one)) copyRom(config, one);
    if (boots(config, one)) master(config, one);
  }
  startDisks(bus, config, functions, facts.ramBelow4g - TABLES);
  protectRoms(config, chipset);
  const boot = OPTION_ROMS + alignUp(facts.vgaRomBytes, ROM_UNIT);
  return { optionRom: boot + (network ? BOOT_ROM_RESIDENT : 0) };
}

function chipsetOf(config: ConfigCycles): Chipset | undefined {
  if (config.read(0, PCI_CONFIG.VendorID.offset, 2) !== INTEL) return undefined;
  const device = config.read(0, PCI_CONFIG.DeviceID.offset, 2);
  return device === 0x1237 ? I440FX : device === 0x29c0 ? Q35 : undefined;
}

/** Makes all legacy addresses RAM, so that the firmware can copy itself there. */
function showRam(config: ConfigCycles, { pam }: Chipset): void {
  config.write(0, pam, 1, 0x30);
  for (let i = 1; i <= 6; i++) config.write(0, pam + i, 1, 0x33);
}

/** Protects option ROMs and firmware; its data behind the ROMs stay writable. */
function protectRoms(config: ConfigCycles, { pam }: Chipset): void {
  for (let i = 1; i <= 5; i++) config.write(0, pam + i, 1, 0x11);
  config.write(0, pam, 1, 0x10);
}

function initialise(config: ConfigCycles, chipset: Chipset, one: PciFunction): void {
  const { address } = one;
  const pin = config.read(address, PCI_CONFIG.InterruptPin.offset, 1);
  if (pin !== 0)
    config.write(address, PCI_CONFIG.InterruptLine.offset, 1, interruptLine(chipset, one, pin));
  if (one.vendor === INTEL) CHIPSET_SETUP[one.device]?.(config, address);
  config.set16(
    address,
    PCI_CONFIG.Command.offset,
    PCI_COMMAND.IO | PCI_COMMAND.MEMORY | PCI_COMMAND.SERR,
  );
  if (one.bridge) config.set16(address, PCI_BRIDGE_CONFIG.BridgeControl.offset, SERR_FORWARDING);
}

/** Behind a bridge, a pin is shifted by its slot at each step (PCI 3.0 §2.2.6). */
function interruptLine(chipset: Chipset, one: PciFunction, pin: number): number {
  let shift = pin - 1;
  let at = one;
  for (; at.parent; at = at.parent) shift += at.slot;
  return WIRES[(shift + chipset.wire(at.slot)) & 3] ?? 0;
}

function routeWires(config: ConfigCycles, address: number, register: number): void {
  for (const [i, line] of WIRES.entries()) config.write(address, register + i, 1, line);
}

/** What Intel's own functions need, by device ID. */
const CHIPSET_SETUP: Readonly<Record<number, (config: ConfigCycles, address: number) => void>> = {
  // PIIX3: ISA bridge.
  0x7000: (config, address) => routeWires(config, address, 0x60),
  // PIIX3: both channels of the IDE controller.
  0x7010(config, address) {
    config.write(address, 0x40, 2, 0x8000);
    config.write(address, 0x42, 2, 0x8000);
  },
  // PIIX4: power management.
  0x7113(config, address) {
    config.write(address, PCI_CONFIG.InterruptLine.offset, 1, ACPI_LINE);
    config.write(address, 0x40, 4, PM_BASE | 1);
    config.write(address, 0x80, 1, 1);
    config.write(address, 0x90, 4, SMBUS_BASE | 1);
    config.write(address, 0xd2, 1, 9);
  },
  // ICH9: LPC bridge.
  0x2918(config, address) {
    routeWires(config, address, 0x60);
    routeWires(config, address, 0x68);
    config.write(address, 0x40, 4, PM_BASE | 1);
    config.write(address, 0x44, 1, 0x80);
    config.write(address, 0xf0, 4, 0xfed1_c001);
  },
  // ICH9: SMBus.
  0x2930(config, address) {
    config.write(address, 0x20, 4, SMBUS_BASE | 1);
    config.write(address, 0x40, 1, 1);
  },
};

function hasRom(config: ConfigCycles, { address }: PciFunction): boolean {
  return (config.read(address, PCI_CONFIG.ExpansionROM.offset, 4) & 0xffff_f800) !== 0;
}

/** Whether firmware has a driver for it, and runs it. */
function boots(config: ConfigCycles, one: PciFunction): boolean {
  if (one.classCode === CLASS_AHCI) return true;
  if (one.classCode === CLASS_ETHERNET) return hasRom(config, one);
  return isVirtio(one, VIRTIO_BLK) || isVirtio(one, VIRTIO_SCSI);
}

function isVirtio({ vendor, device }: PciFunction, ids: readonly number[]): boolean {
  return vendor === PCI_VENDOR_VIRTIO && ids.includes(device);
}

/** Lets a ROM decode for as long as it takes to copy it. */
function copyRom(config: ConfigCycles, { address }: PciFunction): void {
  const { offset } = PCI_CONFIG.ExpansionROM;
  const base = config.read(address, offset, 4);
  config.write(address, offset, 4, (base | ROM_ENABLE) >>> 0);
  config.write(address, offset, 4, base);
}

/** Brings virtio disks up, their rings below `top`, and reads the boot sector of the first; SCSI disks come before. */
function startDisks(
  bus: CpuBus,
  config: ConfigCycles,
  functions: readonly PciFunction[],
  top: number,
): void {
  const others = functions.some((one) => isVirtio(one, VIRTIO_SCSI));
  let rings = top;
  let first = !others;
  for (const one of functions) {
    const disk = isVirtio(one, VIRTIO_BLK) ? BootDisk.find(bus, config, one) : undefined;
    if (!disk) continue;
    rings -= RING_BYTES;
    if (!disk.start(rings)) continue;
    if (first) disk.readBootSector();
    first = false;
  }
}

function master(config: ConfigCycles, { address }: PciFunction): void {
  config.set16(address, PCI_CONFIG.Command.offset, PCI_COMMAND.MASTER);
}
