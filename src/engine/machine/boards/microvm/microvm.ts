import { MemoryRegion } from '../../../../memory/memory-region.ts';
import { type GpexHost, gpexPlatform } from '../../../hw/pci/gpex.ts';
import { registerPlatform } from '../../../hw/platform.ts';
import type { TypeInfo } from '../../../qom/type.ts';
import type { VirtioMmio } from '../../../transports/virtio-mmio/virtio-mmio.ts';
import { findBus } from '../../find-bus.ts';
import { addAcpiTables } from '../acpi-tables.ts';
import { addNodes, type Board, type BuildSite } from '../board.ts';
import { addX86Cpus } from '../pc/cpus.ts';
import { placeFirmware, placePcRam } from '../pc/memory.ts';
import { given, interruptControllers } from '../pc/nodes.ts';
import { PC } from '../pc/pc.ts';
import { addMemoryHotplug } from '../pc/plug-rules.ts';
import { addSerialPorts } from '../pc/requested.ts';
import { solder } from '../solder.ts';
import { isOn } from '../switches.ts';
import { MICROVM_PROPERTIES } from './properties.ts';
import { MICROVM_TYPES } from './types.ts';

const GIB = 2 ** 30;
/** Where the addresses of devices begin below 4 GiB. */
const RAM_HOLE = 3 * GIB;
/** Bytes of the board's own firmware, to which a guest may write here. */
const FIRMWARE = 64 * 1024;
const VIRTIO = { base: 0xfeb0_0000, stride: 0x200 };
const SECOND_IOAPIC = 0xfec1_0000;
/** Interrupt inputs of one controller. */
const INPUTS = 24;
/** Interrupt inputs of single devices. */
const TIMER = 0;
const CLOCK = 8;
const EVENTS = 9;
/** Windows of PCI Express: the upper one is the last quarter of what a CPU with 40 address bits reaches. */
const PCIE = {
  ecam: { base: 0xe000_0000, size: 0x1000_0000 },
  mmio: { base: 0xc000_0000, size: 0x2000_0000 },
  highMmio: { base: 0.75 * 2 ** 40, size: 0.25 * 2 ** 40 },
  names: ['pcie-mmio32', 'pcie-mmio64'],
} as const;

/** What the properties of the machine ask for. */
interface Parts {
  readonly acpi: boolean;
  readonly secondIoapic: boolean;
  readonly pcie: boolean;
  readonly pic: boolean;
  readonly pit: boolean;
  readonly rtc: boolean;
}

function partsOf({ options }: BuildSite): Parts {
  const acpi = isOn(options, 'acpi', true);
  return {
    acpi,
    secondIoapic: acpi && isOn(options, 'ioapic2', true),
    pcie: acpi && isOn(options, 'pcie', false),
    pic: isOn(options, 'pic', true),
    pit: isOn(options, 'pit', true),
    rtc: isOn(options, 'rtc', true),
  };
}

/** Where interrupts of virtio transports and of PCI begin, and how many transports there are. */
function interrupts({ acpi, secondIoapic }: Parts): {
  readonly virtio: number;
  readonly transports: number;
  readonly pci: number;
} {
  if (secondIoapic) return { virtio: INPUTS, transports: INPUTS, pci: 16 };
  return acpi ? { virtio: 16, transports: 8, pci: 12 } : { virtio: 5, transports: 8, pci: 0 };
}

/** Puts the microvm's CPUs and board into the tree, in QEMU's order. */
function build(site: BuildSite): void {
  const { unattached, machine } = site;
  const parts = partsOf(site);
  for (let i = countLines(parts); i > 0; i--)
    unattached.addPart({ name: 'non-qdev-gpio', type: 'irq' });
  placePcRam(site, RAM_HOLE);
  addNodes(site, [
    { type: 'fw_cfg_io', bus: 'main-system-bus', owner: '/machine', name: 'fw_cfg' },
  ]);
  addX86Cpus(site, () => undefined);
  addNodes(site, [
    { type: 'isabus-bridge', bus: 'main-system-bus' },
    () => addPlatform(site, parts),
    ...given(parts.pic, ...interruptControllers()),
    ...given(parts.pit, { type: 'isa-pit', bus: 'isa.0' }),
    ...given(parts.rtc, { type: 'mc146818rtc', bus: 'isa.0', values: { base_year: 0 } }),
    () => {
      if (isOn(site.options, 'isa-serial', true))
        addSerialPorts(site, findBus(site.sysbus, 'isa.0'), 1);
    },
  ]);
  placeFirmware(site, site.context.memory.root, 'ram', FIRMWARE);
  const fwCfg = machine.at('fw_cfg');
  if (parts.acpi && fwCfg) addAcpiTables(fwCfg);
}

/** Adds interrupt controllers, transports, and what ACPI tells the guest of. */
function addPlatform(site: BuildSite, parts: Parts): void {
  solder(site, 'ioapic', { owner: site.machine, name: 'ioapic' });
  if (parts.secondIoapic) solder(site, 'ioapic', { values: { place: SECOND_IOAPIC } });
  addTransports(site, parts);
  if (parts.acpi) {
    const events = solder(site, 'acpi-ged-x86', { values: { 'ged-event': 2 } });
    const memory = events.parts.find(({ name }) => name === 'memhp container')?.region;
    if (memory instanceof MemoryRegion) addMemoryHotplug(site, events, memory, 0);
  }
  if (parts.pcie) {
    const place = { ...PCIE, irqBase: interrupts(parts).pci };
    solder<GpexHost>(site, 'gpex-pcihost').place(place);
    site.platform.pci = gpexPlatform(place);
  }
  site.platform.messages = 'apic';
}

function addTransports(site: BuildSite, parts: Parts): void {
  const { virtio, transports } = interrupts(parts);
  for (let i = 0; i < transports; i++) {
    const at = [VIRTIO.base + i * VIRTIO.stride];
    solder<VirtioMmio>(site, 'virtio-mmio', { at }).irq = virtio + i;
  }
  site.platform.virtioMmio = Array.from({ length: transports }, (_, i) => ({
    base: VIRTIO.base + i * VIRTIO.stride,
    size: VIRTIO.stride,
    input: virtio + i,
  }));
}

/** How many interrupt lines hang below `/machine/unattached`: those that devices drive, and the CPU's. */
function countLines(parts: Parts): number {
  const { virtio, transports, pci } = interrupts(parts);
  const lines = new Set<number>();
  for (let i = 0; i < transports; i++) lines.add(virtio + i);
  if (parts.pcie) for (let i = 0; i < 4; i++) lines.add(pci + i);
  if (parts.acpi) lines.add(EVENTS);
  if (parts.pit) lines.add(TIMER);
  if (parts.rtc) lines.add(CLOCK);
  return lines.size + (parts.pic ? 1 : 0);
}

/** Ports of PCI Express keep no I/O ports free, since the CPUs do not see any. */
function withoutPorts(info: TypeInfo): TypeInfo {
  if (info.name !== 'pcie-root-port') return info;
  return { ...info, defaults: { ...info.defaults, 'io-reserve': 0 } };
}

/** The machine for many small guests: virtio over MMIO, PCI Express only where asked for. */
export const MICROVM: Board = {
  ...PC,
  type: 'microvm-machine',
  ancestors: ['x86-machine', 'machine'],
  names: ['microvm'],
  isDefault: false,
  hotpluggableCpus: false,
  smp: { most: 288, dies: true },
  defaults: { driveInterface: 'none', unitsPerBus: 1, without: ['floppy'] },
  ramId: 'microvm.ram',
  properties: MICROVM_PROPERTIES,
  adaptType: withoutPorts,
  heeds: ['acpi', 'ioapic2', 'isa-serial', 'pcie', 'pic', 'pit', 'rtc'],
  registerTypes(registry) {
    registerPlatform(registry, MICROVM_TYPES);
  },
  build,
};
