import { AddressSpace } from '../../../../memory/address-space.ts';
import { MemoryRegion, WHOLE } from '../../../../memory/memory-region.ts';
import { type GpexHost, type GpexPlace, gpexPlatform } from '../../../hw/pci/gpex.ts';
import type { SysBusDevice } from '../../../hw/sysbus.ts';
import { registerSysBusTypes } from '../../../hw/sysbus-platform.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { ConfigError } from '../../../qom/errors.ts';
import { Container } from '../../../qom/object.ts';
import type { VirtioMmio } from '../../../transports/virtio-mmio/virtio-mmio.ts';
import { addAcpiTables } from '../acpi-tables.ts';
import { addCpus, type Board, type BuildSite } from '../board.ts';
import { BOARD_TYPES, FW_CFG_TYPE } from '../board-types.ts';
import { addDeviceMemory } from '../device-memory.ts';
import { allowIommu } from '../iommu.ts';
import { addNics } from '../nics.ts';
import { addMemoryHotplug } from '../pc/plug-rules.ts';
import { addFlash, addFwCfg, addPlatformBus, solder } from '../solder.ts';
import { isOn } from '../switches.ts';
import { fitsVirt, is64Bit, isArmCpuModel } from './cpus.ts';
import {
  addGic,
  type GicChoice,
  gicVersion,
  maxCpus,
  messageAddresses,
  messageFrame,
} from './gic.ts';
import { addSmmu } from './smmu.ts';
import { VIRT_ABSTRACT_TYPES, VIRT_TYPES } from './types.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const RAM_BASE = GIB;
const FLASH = { base: 0, size: 64 * MIB };
const UART = 0x0900_0000;
const CLOCK = 0x0901_0000;
const FW_CFG = 0x0902_0000;
const GPIO = 0x0903_0000;
const MEMORY_EVENTS = 0x0907_0000;
const EVENTS = 0x0908_0000;
/** Bits of what ACPI's event device tells of. */
const MEMORY_EVENT = 1;
const POWER_EVENT = 2;
const SECURE_UART = 0x0904_0000;
const SECURE_GPIO = 0x090b_0000;
const SECURE_RAM = { base: 0x0e00_0000, size: 16 * MIB };
const VIRTIO = { base: 0x0a00_0000, count: 32, stride: 0x200, irqBase: 16 };
const PLATFORM_BUS = { base: 0x0c00_0000, size: 32 * MIB, irqs: 64 };
/** Above RAM, at least this far up, lie the windows that need 64-bit addresses. */
const HIGH_BASE = 256 * GIB;

/** Refuses words that a property does not take. Throws ConfigError. */
function checkWords(options: ReadonlyMap<string, string>): void {
  const acpi = options.get('acpi');
  if (acpi !== undefined && !['on', 'off', 'auto'].includes(acpi))
    throw new ConfigError(`Parameter 'acpi' does not accept value '${acpi}'`);
  for (const [key, most] of [
    ['oem-id', 6],
    ['oem-table-id', 8],
  ] as const)
    if ((options.get(`x-${key}`)?.length ?? 0) > most)
      throw new ConfigError(`User specified ${key} value is bigger than ${most} bytes in size`);
  const iommu = options.get('iommu');
  if (iommu !== undefined && iommu !== 'none' && iommu !== 'smmuv3')
    throw new ConfigError('Invalid iommu value\nValid values are none, smmuv3.');
}

/** Puts the devices of the board into the tree, in QEMU's order. */
function build(site: BuildSite): void {
  const { context } = site;
  if (!fitsVirt(site.cpu))
    throw new ConfigError(`mach-virt: CPU type ${site.cpu}-arm-cpu not supported`);
  checkWords(site.options);
  const virtualization = isOn(site.options, 'virtualization', false);
  const version = gicVersion(site.options, virtualization);
  site.machine.values['gic-version'] = String(version);
  if (site.cpus > maxCpus(version))
    throw new ConfigError(
      `Number of SMP CPUs requested (${site.cpus}) exceeds max CPUs supported by machine 'mach-virt' (${maxCpus(version)})`,
    );
  const end = alignTo(RAM_BASE + site.ramBytes, GIB);
  if (!isOn(site.options, 'highmem', true) && end > 4 * GIB)
    throw new ConfigError(
      `Addressing limited to 32 bits, but memory exceeds it by ${end - 4 * GIB} bytes\n`,
    );
  if (isOn(site.options, 'mte', false) && site.cpu !== 'max')
    throw new ConfigError('MTE requested, but not supported by the guest CPU');
  const secureMemory = isOn(site.options, 'secure', false) ? addSecureMemory(site) : undefined;
  addFlash(site, FLASH.base, FLASH.size, secureMemory);
  // Interrupt, fast interrupt, and the same of a guest's guest.
  addCpus(site, {
    gpios: ['gpio-in "" 4'],
    realized(_cpu, i) {
      if (secureMemory)
        context.addressSpaces.add(new AddressSpace(`cpu-secure-memory-${i}`, secureMemory));
    },
  });
  const secure = secureMemory !== undefined;
  const gic = { version, virtualization, secure, its: isOn(site.options, 'its', true) };
  addGic(site, gic);
  addPlugRules(site, gic);
  addUart(site, 0).showMmio(0, UART);
  if (secureMemory) {
    const ram = MemoryRegion.memory('ram', 'virt.secure-ram', SECURE_RAM.size);
    secureMemory.addSubregion(SECURE_RAM.base, addRegion(site.unattached, ram));
    addUart(site, 1).showMmio(0, SECURE_UART, secureMemory);
  }
  solder(site, 'pl031', { at: [CLOCK] });
  const bypass = isOn(site.options, 'default-bus-bypass-iommu', false);
  const host = solder<GpexHost>(site, 'gpex-pcihost', { values: { 'bypass-iommu': bypass } });
  host.bus.takesMessages = messageAddresses(gic) !== undefined;
  const place = pciePlace(site);
  host.place(place);
  site.platform.pci = gpexPlatform(place);
  const frame = messageFrame(gic);
  if (frame !== undefined) site.platform.messages = { gicv2m: frame };
  addNics(site, { bus: host.bus, model: 'virtio' });
  if (site.options.get('iommu') === 'smmuv3') addSmmu(site, host);
  if (tellsEventsByAcpi(site)) addEventDevice(site);
  else {
    solder(site, 'pl061', { values: { pulldowns: 0xff } }).showMmio(0, GPIO);
    solder(site, 'gpio-key');
  }
  if (secureMemory) {
    solder(site, 'pl061', { values: { pulldowns: 0xff } }).showMmio(0, SECURE_GPIO, secureMemory);
    solder(site, 'gpio-pwr');
  }
  for (let i = 0; i < VIRTIO.count; i++) {
    const transport = solder<VirtioMmio>(site, 'virtio-mmio', {
      at: [VIRTIO.base + i * VIRTIO.stride],
    });
    transport.irq = VIRTIO.irqBase + i;
  }
  site.platform.virtioMmio = Array.from({ length: VIRTIO.count }, (_, i) => ({
    base: VIRTIO.base + i * VIRTIO.stride,
    size: VIRTIO.stride,
    input: VIRTIO.irqBase + i,
  }));
  const fwCfg = addFwCfg(site, FW_CFG);
  if (site.options.get('acpi') !== 'off') addAcpiTables(fwCfg);
  addPlatformBus(site, PLATFORM_BUS);
}

/** What the machine takes beside what its buses take: memory devices behind its RAM, and one IOMMU. */
function addPlugRules(site: BuildSite, gic: GicChoice): void {
  addDeviceMemory(site, {
    behind: RAM_BASE + site.ramBytes,
    absent: 'not supported',
    tooMany: (slots) => `unsupported number of memory slots: ${slots}`,
  });
  allowIommu(site, {
    conflict: 'virt machine does not support multiple IOMMUs',
    messages: messageAddresses(gic),
    taken: site.options.get('iommu') === 'smmuv3',
  });
}

/** Whether firmware runs, which would tell the guest of the board by ACPI's tables. */
function hasFirmware({ firmwareBytes, options, backEnds }: BuildSite): boolean {
  const flash = options.get('pflash0') ?? backEnds.drives.at('pflash', 0, 0);
  return firmwareBytes !== undefined || flash !== undefined;
}

/** Whether power button and memory hot-plug are ACPI's events, not GPIO's. */
function tellsEventsByAcpi(site: BuildSite): boolean {
  return is64Bit(site.cpu) && hasFirmware(site) && site.options.get('acpi') !== 'off';
}

/** The device by which the guest hears of ACPI's events. */
function addEventDevice(site: BuildSite): void {
  const values = { 'ged-event': site.ramSlots > 0 ? MEMORY_EVENT | POWER_EVENT : POWER_EVENT };
  const events = solder(site, 'acpi-ged', { values, at: [EVENTS, MEMORY_EVENTS] });
  const [, memory] = events.mmio;
  if (memory?.region) addMemoryHotplug(site, events, memory.region, 0);
}

/** A serial port, at its end what the line names for port `index`. */
function addUart(site: BuildSite, index: number): SysBusDevice {
  return solder(site, 'pl011', { values: { chardev: site.backEnds.serials[index] } });
}

/** What the CPUs' secure world sees: things of its own in front of everybody's. */
function addSecureMemory(site: BuildSite): MemoryRegion {
  const secure = addRegion(site.machine, MemoryRegion.container('secure-memory', WHOLE));
  secure.addSubregion(0, site.context.memory.root, -1);
  return secure;
}

/** Windows of the PCI Express host bridge. */
function pciePlace(site: BuildSite): GpexPlace {
  const shared = { mmio: { base: 0x1000_0000, size: 0x2eff_0000 }, ports: 0x3eff_0000, irqBase: 3 };
  const lowEcam = { base: 0x3f00_0000, size: 16 * MIB };
  if (!isOn(site.options, 'highmem', true)) return { ...shared, ecam: lowEcam };
  // Room for memory devices begins at the next gibibyte, and each may waste one.
  const room = site.maxRamBytes - site.ramBytes + site.ramSlots * GIB;
  const end = alignTo(RAM_BASE + site.ramBytes, GIB) + alignTo(room, GIB);
  const high = Math.max(HIGH_BASE, end);
  // The redistributors of many CPUs come first there.
  const ecam = alignTo(high + 64 * MIB, 256 * MIB);
  const memory = alignTo(ecam + 256 * MIB, 512 * GIB);
  return {
    ...shared,
    // Firmware of 32 bits finds configuration space below 4 GiB only.
    ecam: hasFirmware(site) && !is64Bit(site.cpu) ? lowEcam : { base: ecam, size: 256 * MIB },
    highMmio: { base: memory, size: 512 * GIB },
  };
}

function alignTo(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** The machine for virtual ARM systems. */
export const VIRT: Board = {
  type: 'virt-7.2-machine',
  ancestors: ['virt-machine', 'machine'],
  arch: 'aarch64',
  names: ['virt-7.2', 'virt'],
  ramBytes: 128 * MIB,
  maxRamBytes: 2 ** 40,
  ramBase: RAM_BASE,
  dynamicSysBus: [
    'ramfb',
    'tpm-tis-device',
    'vfio-amd-xgbe',
    'vfio-calxeda-xgmac',
    'vfio-platform',
  ],
  ramId: 'mach-virt.ram',
  cpu: { model: 'cortex-a15', parent: 'arm-cpu', suffix: '-arm-cpu', knows: isArmCpuModel },
  defaults: { driveInterface: 'virtio', without: ['cdrom'], places: { pflash: 2 } },
  smp: { most: 512, clusters: true },
  heeds: [
    'pflash0',
    'pflash1',
    'default-bus-bypass-iommu',
    'acpi',
    'gic-version',
    'highmem',
    'iommu',
    'its',
    'secure',
    'virtualization',
  ],
  registerTypes(registry) {
    for (const type of [
      { name: 'cpu', parent: 'device', abstract: true },
      { name: 'arm-cpu', parent: 'cpu', abstract: true },
      FW_CFG_TYPE,
      ...VIRT_ABSTRACT_TYPES,
    ])
      if (!registry.declares(type.name)) registry.register(type);
    if (!registry.declares('clock'))
      registry.register({ name: 'clock', create: (init) => new Container(init) });
    registerSysBusTypes(registry, [...BOARD_TYPES, ...VIRT_TYPES]);
  },
  build,
};
