import { TWO_32 } from '../../../../base/bits.ts';
import { MemoryRegion } from '../../../../memory/memory-region.ts';
import type { Device } from '../../../qdev/device.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { ConfigError } from '../../../qom/errors.ts';
import type { QObject } from '../../../qom/object.ts';
import type { BuildSite } from '../board.ts';
import { addDeviceMemory } from '../device-memory.ts';
import { allowIommu } from '../iommu.ts';

/** Bytes of a page of the guest's. */
const PAGE = 4096;
/** Where processors take interrupt messages. */
const MESSAGES = [0xfee0_0000, 0xfeef_ffff] as const;
/** Registers by which firmware learns of memory that came: on a PC, the port of the first; their bytes. */
export const MEMORY_HOTPLUG_PORT = 0xa00;
const MEMORY_HOTPLUG_BYTES = 0x18;

/**
 * What a PC takes beside what its buses take: memory devices behind its RAM, and one IOMMU. `below`:
 * bytes of RAM below 4 GiB.
 */
export function addPcPlugRules(site: BuildSite, below: number): void {
  addCpuRule(site);
  addDeviceMemory(site, {
    behind: TWO_32 + site.ramBytes - below,
    absent: 'not enabled',
    tooMany: (slots) => `unsupported amount of memory slots: ${slots}`,
  });
  if (site.maxRamBytes > site.ramBytes && site.maxRamBytes % PAGE !== 0)
    throw new ConfigError(`maximum memory size must by aligned to multiple of ${PAGE} bytes`);
  allowIommu(site, {
    conflict: 'QEMU does not support multiple vIOMMUs for x86 yet.',
    messages: MESSAGES,
  });
}

/** A CPU leaves when the guest lets go of it, but never the first. */
function addCpuRule(site: BuildSite): void {
  let first: Device | undefined;
  const handler = {
    prePlug(device: Device): void {
      first ??= device;
    },
    unplugRequest(device: Device): void {
      if (device === first) throw new ConfigError('Boot CPU is unpluggable');
      device.unplugPending = true;
    },
  };
  site.handlers.push((device) => (device.type.isA('x86_64-cpu') ? handler : undefined));
}

/** Shows the registers of memory hot-plug in `space`, where there are slots; they belong to `owner`. */
export function addMemoryHotplug(
  { ramSlots }: BuildSite,
  owner: QObject,
  space: MemoryRegion,
  base: number,
): void {
  if (ramSlots === 0) return;
  const region = MemoryRegion.io('acpi-mem-hotplug', MEMORY_HOTPLUG_BYTES);
  space.addSubregion(base, addRegion(owner, region));
}
