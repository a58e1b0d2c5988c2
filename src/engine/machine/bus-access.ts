import { allOnes, lowBytes } from '../../base/bits.ts';
import type { AddressSpace } from '../../memory/address-space.ts';
import type { FlatRange } from '../../memory/flat-view.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';

/** Where in RAM's buffer an address of a range lies, or -1 where the range is no RAM. */
function ramAt(range: FlatRange | undefined, addr: number): number {
  const offset = range?.region.ramOffset;
  return range && offset !== undefined ? offset + addr - range.base : -1;
}

/**
 * Bytes of the first piece of an access: as QEMU splits it, by the alignment of its offset in a region,
 * and where RAM ends.
 */
function pieceSize(range: FlatRange | undefined, addr: number, size: number): number {
  const offset = addr - (range?.base ?? 0);
  const most = range && ramAt(range, addr) >= 0 ? range.end - addr : size;
  let piece = size === 3 ? 2 : size;
  while (offset % piece !== 0 || piece > most) piece >>= 1;
  return piece;
}

/** Reads `size` bytes in pieces. `nothing`: byte where nothing answers, zero in QEMU's memory, ones at its ports. */
export function readSplit(
  bus: AddressSpace,
  ram: GuestRam,
  addr: number,
  size: number,
  nothing: 0 | 0xff,
): number {
  const range = bus.find(addr);
  const piece = pieceSize(range, addr, size);
  const at = ramAt(range, addr);
  const value = range?.handler
    ? range.handler.read(addr - range.base, piece)
    : at >= 0
      ? ram.readAt(at, piece)
      : nothing && allOnes(piece);
  if (piece === size) return value;
  return value + readSplit(bus, ram, addr + piece, size - piece, nothing) * 2 ** (8 * piece);
}

/** Writes `size` bytes in pieces; what nothing answers to is lost. */
export function writeSplit(
  bus: AddressSpace,
  ram: GuestRam,
  addr: number,
  size: number,
  value: number,
): void {
  const range = bus.find(addr);
  const piece = pieceSize(range, addr, size);
  const low = lowBytes(value, piece);
  const at = ramAt(range, addr);
  if (range?.handler) range.handler.write(addr - range.base, piece, low);
  else if (at >= 0 && !range?.readonly) ram.writeAt(at, piece, low);
  if (piece < size)
    writeSplit(bus, ram, addr + piece, size - piece, Math.floor(value / 2 ** (8 * piece)));
}
