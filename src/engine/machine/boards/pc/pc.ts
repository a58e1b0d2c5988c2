import { registerPlatform } from '../../../hw/platform.ts';
import { addCpus, addNodes, type Board, type BuildSite } from '../board.ts';
import { isX86CpuModel } from '../cpu-models.ts';
import { PC_BUS_TYPES, PC_CPU_REGIONS, PC_HOST_REGIONS, PC_NODES, PC_UNATTACHED } from './nodes.ts';
import { PC_PROPERTIES } from './properties.ts';
import { PC_TYPES } from './types.ts';

/** Puts the pc machine's CPUs and board into the tree, in QEMU's order. */
function build(site: BuildSite): void {
  const { unattached } = site;
  unattached.addRegions(...PC_UNATTACHED.regions);
  for (const name of PC_UNATTACHED.irqs) unattached.parts.push({ name, type: 'irq' });
  addCpus(site, { regions: PC_CPU_REGIONS, children: { lapic: 'apic' } });
  addNodes(site, PC_NODES, PC_HOST_REGIONS);
}

/** The i440FX and PIIX3 machine: QEMU's default on x86. */
export const PC: Board = {
  type: 'pc-i440fx-7.2-machine',
  ancestors: ['generic-pc-machine', 'x86-machine', 'machine'],
  arch: 'x86_64',
  names: ['pc-i440fx-7.2', 'pc'],
  isDefault: true,
  ramBytes: 128 * 2 ** 20,
  maxRamBytes: 0xe000_0000 - 8192,
  ramBase: 0,
  ramId: 'pc.ram',
  cpu: { model: 'qemu64', parent: 'x86_64-cpu', suffix: '-x86_64-cpu', knows: isX86CpuModel },
  properties: PC_PROPERTIES,
  registerTypes(registry) {
    for (const name of PC_BUS_TYPES) registry.register({ name, parent: 'bus' });
    registerPlatform(registry, PC_TYPES);
  },
  build,
};
