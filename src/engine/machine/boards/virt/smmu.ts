import { AddressSpace } from '../../../../memory/address-space.ts';
import { MemoryRegion } from '../../../../memory/memory-region.ts';
import type { GpexHost } from '../../../hw/pci/gpex.ts';
import type { PciBus } from '../../../hw/pci/pci-bus.ts';
import { addRegion } from '../../../qdev/regions.ts';
import type { BuildSite } from '../board.ts';
import { solder } from '../solder.ts';

const REGISTERS = 0x0905_0000;
/** Type of what a function sees through the IOMMU, and the beginning of its name. */
const VIEW = 'smmuv3-iommu-memory-region';
/** Bytes of addresses that a function can name. */
const VIEW_SIZE = 2 ** 48;

/** Puts an IOMMU in front of the functions behind a host bridge. Its own registers do nothing: all is passed through. */
export function addSmmu(site: BuildSite, host: GpexHost): void {
  const smmu = solder(site, 'arm-smmuv3', { at: [REGISTERS] });
  const views = new Map<PciBus, Map<number, MemoryRegion>>();
  let made = 0;
  const viewOf = (bus: PciBus, devfn: number): MemoryRegion => {
    const known = views.get(bus) ?? new Map<number, MemoryRegion>();
    views.set(bus, known);
    let view = known.get(devfn);
    if (!view) {
      const name = `${VIEW}-${devfn}-${made++}`;
      view = addRegion(smmu, MemoryRegion.memory('iommu', name, VIEW_SIZE), VIEW);
      site.context.addressSpaces.add(new AddressSpace(name, view));
      known.set(devfn, view);
    }
    return view;
  };
  host.bus.iommu = (_device, { bus, devfn }) => viewOf(bus, devfn);
}
