import { allOnes } from '../../../base/bits.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { ECAM_FUNCTION_SIZE, REGION_INDEX } from '../../../spec/regions.ts';
import type { PciBus } from './pci-bus.ts';

/** Bytes of configuration space of all buses, as ECAM lays them out (PCIe 4.0 §7.2.2). */
export const ECAM_BYTES = 256 * 2 ** 20;
/**
 * The memory in which every function's configuration space lies (PCIe 4.0 §7.2.2). `dev`: the host
 * bridge's number in journal events; `root`: its root bus.
 */
export function ecamRegion(dev: number, root: () => PciBus): MemoryRegion {
  const functionAt = (offset: number) =>
    root()
      .find(offset >>> 20)
      ?.functionAt((offset >>> 12) & 0xff);
  // What does not fit the space of a function reads as ones, bytes that do as they are.
  const within = (register: number, size: number, end: number) => Math.min(size, end - register);
  return MemoryRegion.io('pcie-mmcfg-mmio', ECAM_BYTES, {
    dev,
    region: REGION_INDEX['pci-ecam'],
    read(offset, size) {
      const device = functionAt(offset);
      const register = offset % ECAM_FUNCTION_SIZE;
      if (!device || register >= device.config.size) return allOnes(size);
      return device.configRead(register, within(register, size, device.config.size));
    },
    write(offset, size, value) {
      const device = functionAt(offset);
      const register = offset % ECAM_FUNCTION_SIZE;
      if (!device || register >= device.config.size) return;
      device.configWrite(register, within(register, size, device.config.size), value);
    },
  });
}
