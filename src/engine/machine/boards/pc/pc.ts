import { MemoryRegion } from '../../../../memory/memory-region.ts';
import { PC_PCI, type Platform } from '../../../../spec/platform.ts';
import { registerKvmVapic } from '../../../hw/kvm-vapic.ts';
import { I440fx, type I440fxPciHost } from '../../../hw/pci/i440fx.ts';
import { registerPlatform } from '../../../hw/platform.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { registerPcParts } from '../../cards/register.ts';
import { findBus } from '../../find-bus.ts';
import { addAcpiTables } from '../acpi-tables.ts';
import { addNodes, type Board, type BuildSite } from '../board.ts';
import { isX86CpuModel } from '../cpu-models.ts';
import { addNics } from '../nics.ts';
import { addX86Cpus } from './cpus.ts';
import { runPcFirmware } from './firmware.ts';
import { i440fxHole, placePcRam, placePcRoms } from './memory.ts';
import { PC_BUS_TYPES, pcIrqs, pcNodes, pcParts } from './nodes.ts';
import { addMemoryHotplug, addPcPlugRules, MEMORY_HOTPLUG_PORT } from './plug-rules.ts';
import {
  addDisks,
  addDisplay,
  addFloppies,
  addParallelPorts,
  addSerialPorts,
} from './requested.ts';
import { PC_TYPES } from './types.ts';

/** Slots and functions of the disk controller and of PIIX4_PM. */
const DISK_CONTROLLER = 8 + 1;
const POWER_MANAGEMENT = 8 + 3;
/** Ports of the board itself: the diagnostic code, and the coprocessor's interrupt. */
const BOARD_PORTS = { ioport80: 0x80, ioportF0: 0xf0 } as const;

/** Puts the pc machine's CPUs and board into the tree, in QEMU's order. */
function build(site: BuildSite): void {
  const { unattached, context, options } = site;
  const parts = pcParts(options);
  for (let i = pcIrqs(parts); i > 0; i--)
    unattached.addPart({ name: 'non-qdev-gpio', type: 'irq' });
  const below = placePcRam(site, i440fxHole(site));
  addPcPlugRules(site, below);
  addX86Cpus(site, () => {
    const bridge = host(site).bus.functionAt(0);
    return bridge instanceof I440fx ? bridge.smram : undefined;
  });
  for (const [name, port] of Object.entries(BOARD_PORTS))
    context.io.root.addSubregion(port, addRegion(unattached, MemoryRegion.io(name, 1)));
  const bus = (name: string) => findBus(site.sysbus, name);
  const requests = {
    display: () => addDisplay(site, bus('pci.0')),
    ports() {
      addSerialPorts(site, bus('isa.0'));
      addParallelPorts(site, bus('isa.0'));
      addFloppies(site, bus('isa.0'), true);
    },
    nics: () => addNics(site, { bus: bus('pci.0'), model: 'e1000' }),
    disks() {
      const controller = host(site).bus.functionAt(DISK_CONTROLLER);
      if (controller) addDisks(site, controller, 2);
    },
  };
  addNodes(site, pcNodes(parts, requests));
  Object.assign(site.platform, { pci: PC_PCI, messages: 'apic' } satisfies Partial<Platform>);
  const power = host(site).bus.functionAt(POWER_MANAGEMENT);
  if (power) addMemoryHotplug(site, power, context.io.root, MEMORY_HOTPLUG_PORT);
  placePcRoms(site, host(site).bus.memory);
  const fwCfg = site.machine.at('fw_cfg');
  if (parts.acpi && fwCfg) addAcpiTables(fwCfg);
}

function host({ root }: BuildSite): I440fxPciHost {
  return root.at('/machine/i440fx') as I440fxPciHost;
}

/** The i440FX and PIIX3 machine: QEMU's default on x86. */
export const PC: Board = {
  type: 'pc-i440fx-7.2-machine',
  ancestors: ['generic-pc-machine', 'x86-machine', 'machine'],
  arch: 'x86_64',
  names: ['pc-i440fx-7.2', 'pc'],
  isDefault: true,
  dynamicSysBus: ['ramfb', 'vmbus-bridge'],
  ramBytes: 128 * 2 ** 20,
  maxRamBytes: 2 ** 40 - 2 ** 30,
  ramBase: 0,
  ramId: 'pc.ram',
  cpu: { model: 'qemu64', parent: 'x86_64-cpu', suffix: '-x86_64-cpu', knows: isX86CpuModel },
  hotpluggableCpus: true,
  smp: { most: 255, dies: true },
  defaults: { vga: true, places: { ide: 4, floppy: 2, pflash: 2 } },
  heeds: [
    ...['acpi', 'default-bus-bypass-iommu', 'hpet', 'i8042', 'max-ram-below-4g', 'pic', 'pit'],
    ...['smm', 'usb', 'vmport'],
  ],
  registerTypes(registry) {
    for (const name of PC_BUS_TYPES) registry.register({ name, parent: 'bus' });
    registerKvmVapic(registry);
    registerPlatform(registry, PC_TYPES);
    registerPcParts(registry);
  },
  build,
  firmware: runPcFirmware,
};
