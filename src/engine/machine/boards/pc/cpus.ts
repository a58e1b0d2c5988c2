import { TWO_32 } from '../../../../base/bits.ts';
import { AddressSpace } from '../../../../memory/address-space.ts';
import { MemoryRegion, WHOLE } from '../../../../memory/memory-region.ts';
import type { Device } from '../../../qdev/device.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { addCpus, addNodes, type BuildSite } from '../board.ts';

/** Where messages to interrupt controllers go, in front of everything else. */
const APIC = { base: 0xfee0_0000, priority: 4096 };

/**
 * Adds x86 CPUs, each with its interrupt controller and with a view of memory for system management
 * mode, in which `smram` lies in front where the chipset has it. The first brings along what all
 * interrupt controllers share.
 */
export function addX86Cpus(site: BuildSite, smram: () => MemoryRegion | undefined): void {
  addCpus(site, {
    children: { lapic: 'apic' },
    realized(cpu, index) {
      addManagementView(site, cpu, index, smram);
      if (index > 0) return;
      placeApic(site, cpu);
      addNodes(site, [{ type: 'kvmvapic', bus: site.sysbus.busName }]);
    },
  });
}

function placeApic(site: BuildSite, cpu: Device): void {
  const part = cpu.children.get('lapic')?.parts.find(({ name }) => name === 'apic-msi');
  if (part?.region instanceof MemoryRegion)
    site.context.memory.root.addSubregion(APIC.base, part.region, APIC.priority);
}

function addManagementView(
  { context }: BuildSite,
  cpu: Device,
  index: number,
  smram: () => MemoryRegion | undefined,
): void {
  const root = addRegion(cpu, MemoryRegion.container('memory'));
  const all = MemoryRegion.alias('memory', context.memory.root, 0, WHOLE);
  root.addSubregion(0, addRegion(cpu, all));
  context.addressSpaces.add(new AddressSpace(`cpu-smm-${index}`, root));
  context.whenStarted(() => {
    const target = smram();
    if (!target) return;
    root.addSubregion(0, addRegion(cpu, MemoryRegion.alias('smram', target, 0, TWO_32)), 1);
  });
}
