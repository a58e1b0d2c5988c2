import { TWO_32 } from '../../../../base/bits.ts';
import { MemoryRegion } from '../../../../memory/memory-region.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { ConfigError } from '../../../qom/errors.ts';
import { parseSize } from '../../../qom/property.ts';
import type { BuildSite } from '../board.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const DEFAULT_HOLE = 3.5 * GIB;
const Q35_HOLE = 2.75 * GIB;
/** Option ROMs, and the last part of the firmware, show below 1 MiB. */
const OPTION_ROMS = { base: 0xc_0000, size: 0x2_0000 };
const LEGACY_BIOS = 0x2_0000;
/** SeaBIOS, which a machine without `-bios` runs. */
const BIOS = 256 * 1024;

/**
 * Shows the machine's RAM from 0 up to `hole` at most, in bytes, and from 4 GiB on what did not fit.
 * Returns the bytes below.
 */
export function placePcRam(site: BuildSite, hole: number): number {
  const { ram, unattached, context } = site;
  if (!ram) return 0;
  const below = Math.min(ram.size, hole);
  const show = (name: string, offset: number, size: number, at: number) => {
    const alias = addRegion(unattached, MemoryRegion.alias(name, ram, offset, size));
    context.memory.root.addSubregion(at, alias);
  };
  show('ram-below-4g', 0, below, 0);
  if (ram.size > below) show('ram-above-4g', below, ram.size - below, TWO_32);
  return below;
}

/**
 * Where the addresses of devices begin below 4 GiB on the machine with i440FX, in bytes: as the user
 * says, else at 3.5 GiB. A machine whose RAM comes up to there leaves devices at least the last GiB.
 */
export function i440fxHole(site: BuildSite): number {
  const hole = askedHole(site) || DEFAULT_HOLE;
  if (site.ramBytes < hole) return hole;
  const low = Math.min(hole, 3 * GIB);
  if (low % GIB !== 0)
    site.context.report(
      `warning: Large machine and max_ram_below_4g (${hole}) not a multiple of 1G; possible bad performance.`,
    );
  return low;
}

/**
 * The same on Q35, where ECAM comes at 2.75 GiB: a machine with more RAM than that leaves devices
 * 2 GiB. The user can only ask for less RAM below.
 */
export function q35Hole(site: BuildSite): number {
  const { ramBytes, context } = site;
  const most = ramBytes >= Q35_HOLE ? 2 * GIB : Q35_HOLE;
  const asked = askedHole(site) || TWO_32;
  if (asked >= most) return most;
  if (ramBytes - asked > asked && asked % GIB !== 0)
    context.report(
      `warning: There is possibly poor performance as the ram size  (0x${ramBytes.toString(16)}) is more then twice the size of max-ram-below-4g (${asked}) and max-ram-below-4g is not a multiple of 1G.`,
    );
  return asked;
}

/** `max-ram-below-4g`, or 0. Throws ConfigError. */
function askedHole({ options, context }: BuildSite): number {
  const text = options.get('max-ram-below-4g');
  if (text === undefined) return 0;
  const asked = parseSize(text) ?? 0;
  if (asked > TWO_32)
    throw new ConfigError(
      `Machine option 'max-ram-below-4g=${asked}' expects size less than or equal to 4G`,
    );
  if (asked < MIB)
    context.report(
      `warning: Only ${asked} bytes of RAM below the 4GiB boundary,BIOS may not work with less than 1MiB`,
    );
  return asked;
}

/** Puts firmware and option ROMs among PCI's addresses. */
export function placePcRoms(site: BuildSite, pci: MemoryRegion): void {
  const roms = MemoryRegion.memory('rom', 'pc.rom', OPTION_ROMS.size);
  pci.addSubregion(OPTION_ROMS.base, addRegion(site.unattached, roms), 1);
  placeFirmware(site, pci, 'rom', BIOS);
}

/**
 * Puts firmware below 4 GiB, and its last part below 1 MiB. The firmware itself is not there: it reads as zeros.
 * `bytes`: how much a board has where the line names none.
 */
export function placeFirmware(
  { unattached, firmwareBytes = 0 }: BuildSite,
  root: MemoryRegion,
  kind: 'rom' | 'ram',
  bytes: number,
): void {
  const size = firmwareBytes || bytes;
  const shown = Math.min(size, LEGACY_BIOS);
  const bios = addRegion(unattached, MemoryRegion.memory(kind, 'pc.bios', size));
  const readonly = kind === 'rom';
  const legacy = MemoryRegion.alias('isa-bios', bios, size - shown, shown, { readonly });
  root.addSubregion(MIB - shown, addRegion(unattached, legacy), 1);
  root.addSubregion(TWO_32 - size, bios);
}
