import type { MemoryRegion } from '../../../memory/memory-region.ts';
import type { BlockBackend } from '../../backends/block.ts';
import type { SysBusDevice } from '../../hw/sysbus.ts';
import type { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import type { QObject } from '../../qom/object.ts';
import type { BuildSite } from './board.ts';

/** How one device of the system bus sits on its board. */
interface Seat {
  /** Owner and name there; absent: `/machine/unattached/device[N]`. */
  readonly owner?: QObject;
  readonly name?: string;
  /** What `info qtree` prints as its id. */
  readonly id?: string;
  /** Property values that differ from the type's defaults. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Addresses of its register windows, in its order; a window that has none is left alone. */
  readonly at?: readonly number[];
}

/** Makes a device, realizes it on the system bus and maps its windows: what a board does with each of its parts. */
export function solder<T extends SysBusDevice = SysBusDevice>(
  site: BuildSite,
  type: string,
  seat: Seat = {},
): T {
  const device = site.context.registry.create(type, site.context) as T;
  seatDevice(site, device, seat);
  device.plugInto(site.sysbus);
  for (const [index, base] of (seat.at ?? []).entries()) device.mapMmio(index, base);
  return device;
}

function seatDevice(site: BuildSite, device: Device, seat: Seat): void {
  (seat.owner ?? site.unattached).addChild(seat.name ?? 'device[*]', device);
  if (seat.id !== undefined) device.id = seat.id;
  Object.assign(device.values, seat.values);
}

/** Blocks of the flash chips, in bytes. */
const FLASH_BLOCK = 256 * 1024;

/** The drive in a flash chip, from `-drive if=pflash` or the machine's property. Throws ConfigError with QEMU's sentence. */
function flashMedium({ backEnds, options }: BuildSite, index: number): BlockBackend | undefined {
  const { drives, log } = backEnds;
  const named = options.get(`pflash${index}`);
  const drive = drives.at('pflash', 0, index);
  if (named !== undefined && drive)
    log.at(drive.location, () => {
      throw new ConfigError('clashes with -machine');
    });
  if (drive) {
    drives.claim(drive);
    return drive.tray;
  }
  if (named === undefined || named === '') return undefined;
  const found = drives.resolve(named);
  if (!found) throw new ConfigError(`Property 'cfi.pflash01.drive' can't find value '${named}'`);
  return found;
}

/** Puts two flash chips of `bytes` each behind one another from `base` on, the first where only `first` shows it. */
export function addFlash(
  site: BuildSite,
  base: number,
  bytes: number,
  first: MemoryRegion = site.context.memory.root,
): void {
  for (let i = 0; i < 2; i++) {
    const medium = flashMedium(site, i);
    const flash = solder(site, 'cfi.pflash01', {
      owner: site.machine,
      name: `virt.flash${i}`,
      values: {
        'num-blocks': bytes / FLASH_BLOCK,
        'sector-length': BigInt(FLASH_BLOCK),
        width: 4,
        'device-width': 2,
        'max-device-width': 2,
        id0: 0x89,
        id1: 0x18,
        name: `virt.flash${i}`,
        ...(medium && { drive: medium }),
      },
    });
    site.machine.addAlias(`pflash${i}`, flash, 'drive');
    flash.showMmio(0, base + i * bytes, i === 0 ? first : site.context.memory.root);
  }
}

/** Adds the device by which firmware asks about the machine, its three windows from `base` on. */
export function addFwCfg(site: BuildSite, base: number): SysBusDevice {
  return solder(site, 'fw_cfg_mem', {
    owner: site.machine,
    name: 'fw_cfg',
    values: { data_width: 8 },
    at: [base + 8, base, base + 16],
  });
}

/** Adds the bus on which a user's own devices of the platform would be. */
export function addPlatformBus(
  site: BuildSite,
  { base, size, irqs }: { readonly base: number; readonly size: number; readonly irqs: number },
): void {
  const type = 'platform-bus-device';
  const bus = solder(site, type, { id: type, values: { num_irqs: irqs, mmio_size: size } });
  bus.showMmio(0, base);
}
