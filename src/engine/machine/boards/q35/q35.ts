import { MemoryRegion } from '../../../../memory/memory-region.ts';
import { PC_PCI, type Platform } from '../../../../spec/platform.ts';
import { registerIch9Smbus } from '../../../hw/pci/ich9-functions.ts';
import { Ich9Lpc, registerIch9Lpc } from '../../../hw/pci/ich9-lpc.ts';
import { registerIntelIommu } from '../../../hw/pci/intel-iommu.ts';
import { registerMch } from '../../../hw/pci/mch.ts';
import { type Q35PciHost, registerQ35Host } from '../../../hw/pci/q35-host.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { findBus } from '../../find-bus.ts';
import { addAcpiTables } from '../acpi-tables.ts';
import { addNodes, type Board, type BuildSite } from '../board.ts';
import { addNics } from '../nics.ts';
import { addX86Cpus } from '../pc/cpus.ts';
import { placePcRam, placePcRoms, q35Hole } from '../pc/memory.ts';
import { PC } from '../pc/pc.ts';
import { addMemoryHotplug, addPcPlugRules, MEMORY_HOTPLUG_PORT } from '../pc/plug-rules.ts';
import {
  addDisks,
  addDisplay,
  addFloppies,
  addParallelPorts,
  addSerialPorts,
} from '../pc/requested.ts';
import { isOn } from '../switches.ts';
import { FUNCTION, q35Irqs, q35Nodes, q35Parts } from './nodes.ts';

/** Ports of the board itself: the diagnostic code, and the coprocessor's interrupt. */
const BOARD_PORTS = { ioport80: 0x80, ioportF0: 0xf0 } as const;

/** Puts the q35 machine's CPUs and board into the tree, in QEMU's order. */
function build(site: BuildSite): void {
  const { unattached, context, root, ram } = site;
  const parts = q35Parts(site.options);
  for (let i = q35Irqs(parts); i > 0; i--)
    unattached.addPart({ name: 'non-qdev-gpio', type: 'irq' });
  const below = placePcRam(site, q35Hole(site));
  addPcPlugRules(site, below);
  const host = () => root.at('/machine/q35') as Q35PciHost;
  addX86Cpus(site, () => host().mch.smram);
  for (const [name, port] of Object.entries(BOARD_PORTS))
    context.io.root.addSubregion(port, addRegion(unattached, MemoryRegion.io(name, 1)));
  const isa = () => findBus(site.sysbus, 'isa.0');
  const requests = {
    display: () => addDisplay(site, host().bus),
    ports() {
      addSerialPorts(site, isa());
      addParallelPorts(site, isa());
      addFloppies(site, isa(), false);
    },
    nics: () => addNics(site, { bus: host().bus, model: 'e1000e' }),
    disks() {
      const controller = host().bus.functionAt(FUNCTION.sata);
      if (controller) addDisks(site, controller, 1);
    },
  };
  addNodes(site, [
    { type: 'fw_cfg_io', bus: 'main-system-bus', owner: '/machine', name: 'fw_cfg' },
    {
      type: 'q35-pcihost',
      bus: 'main-system-bus',
      owner: '/machine',
      name: 'q35',
      values: {
        'below-4g-mem-size': below,
        'above-4g-mem-size': (ram?.size ?? 0) - below,
        'bypass-iommu': isOn(site.options, 'default-bus-bypass-iommu', false),
      },
    },
    ...q35Nodes(parts, requests),
  ]);
  const pci = { ...PC_PCI, routing: 'ich9' } as const;
  Object.assign(site.platform, { pci, messages: 'apic' } satisfies Partial<Platform>);
  const lpc = host().bus.functionAt(FUNCTION.lpc);
  if (lpc instanceof Ich9Lpc) lpc.startPowerManagement();
  if (lpc) addMemoryHotplug(site, lpc, context.io.root, MEMORY_HOTPLUG_PORT);
  placePcRoms(site, host().bus.memory);
  const fwCfg = site.machine.at('fw_cfg');
  if (fwCfg && isOn(site.options, 'acpi', true)) addAcpiTables(fwCfg);
}

/** The Q35 and ICH9 machine: PCI Express on x86. */
export const Q35: Board = {
  ...PC,
  type: 'pc-q35-7.2-machine',
  names: ['pc-q35-7.2', 'q35'],
  isDefault: false,
  dynamicSysBus: ['amd-iommu', 'intel-iommu', 'ramfb', 'vmbus-bridge'],
  smp: { most: 288, dies: true },
  defaults: {
    vga: true,
    unitsPerBus: 1,
    without: ['floppy'],
    places: { ide: 6, floppy: 2, pflash: 2 },
  },
  heeds: [
    ...['default-bus-bypass-iommu', 'hpet', 'i8042', 'max-ram-below-4g', 'pic', 'pit', 'sata'],
    ...['smbus', 'vmport'],
  ],
  registerTypes(registry) {
    registerQ35Host(registry);
    registerMch(registry);
    registerIntelIommu(registry);
    registerIch9Lpc(registry);
    registerIch9Smbus(registry);
  },
  build,
};
