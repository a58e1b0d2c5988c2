import { assert } from '../../base/assert.ts';
import type { IoHandler } from '../../memory/io-handler.ts';
import { MemoryRegion } from '../../memory/memory-region.ts';
import type { Device } from '../qdev/device.ts';
import { addOrphanRegion, addRegion } from '../qdev/regions.ts';
import { SysBusDevice } from './sysbus.ts';

/** A number of bytes, or one that follows from the device's property values; undefined: not at all. */
export type Amount = number | ((values: Readonly<Record<string, number>>) => number | undefined);

/** A memory region of a platform device, and where it decodes. Nothing answers in it without a handler. */
export interface PlatformRegion {
  readonly name: string;
  /** Bytes. */
  readonly size: Amount;
  /** `io` where absent. */
  readonly kind?: 'io' | 'ram' | 'rom' | 'container';
  /** Decodes from this I/O port on. */
  readonly io?: Amount;
  /** Decodes from this guest-physical address on. */
  readonly memory?: Amount;
  /** Is the next register window of a system bus device, at this guest-physical address. */
  readonly mmio?: Amount;
  /** Lies in another region of the device, which stands before it, at an offset in bytes. */
  readonly within?: { readonly name: string; readonly at: number };
  readonly priority?: number;
  readonly enabled?: boolean;
  /** Who answers in an `io` region. */
  readonly handler?: (device: Device) => IoHandler;
  /** Belongs to nobody: it hangs below `/machine/unattached`. */
  readonly orphan?: boolean;
}

/** Gives `device` its regions, each in its place; of those that are only names it gets the names. */
export function furnishRegions(
  device: Device,
  declared: readonly (string | PlatformRegion)[],
): ReadonlyMap<string, MemoryRegion> {
  const made = new Map<string, MemoryRegion>();
  for (const entry of declared)
    if (typeof entry === 'string') device.addRegions(entry);
    else made.set(entry.name, place(device, entry, made));
  return made;
}

function place(
  device: Device,
  entry: PlatformRegion,
  made: ReadonlyMap<string, MemoryRegion>,
): MemoryRegion {
  const amount = (of: Amount | undefined) =>
    typeof of === 'function' ? of(device.values as Record<string, number>) : of;
  const region = makeRegion(device, entry, amount(entry.size) ?? 0);
  const { memory, io } = device.context;
  if (entry.mmio !== undefined) {
    assert(device instanceof SysBusDevice, `${device.type.name} is not on the system bus`);
    device.addMmio(region);
    const base = amount(entry.mmio);
    if (base !== undefined) device.mapMmio(device.mmio.length - 1, base);
    return region;
  }
  if (entry.orphan) addOrphanRegion(device, region);
  else addRegion(device, region);
  const port = amount(entry.io);
  const address = amount(entry.memory);
  if (port !== undefined) io.root.addSubregion(port, region, entry.priority);
  if (address !== undefined) memory.root.addSubregion(address, region, entry.priority);
  if (entry.within) {
    const container = made.get(entry.within.name);
    assert(container, `${entry.name} lies in ${entry.within.name}, which is not there`);
    container.addSubregion(entry.within.at, region, entry.priority);
  }
  return region;
}

function makeRegion(
  device: Device,
  { name, kind = 'io', enabled, handler }: PlatformRegion,
  size: number,
): MemoryRegion {
  const options = enabled === undefined ? {} : { enabled };
  if (kind === 'io') return MemoryRegion.io(name, size, handler?.(device), options);
  if (kind === 'container') return MemoryRegion.container(name, size, options);
  return MemoryRegion.memory(kind, name, size, options);
}
