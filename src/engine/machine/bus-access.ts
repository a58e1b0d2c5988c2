import { allOnes, lowBytes } from '../../base/bits.ts';
import { ACTOR, NONE } from '../../journal/schema.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import type { AddressSpace } from '../../memory/address-space.ts';
import type { FlatRange } from '../../memory/flat-view.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';

/** Region of an access that nothing decodes. */
const NO_REGION = 0xffff;

/** Loads, stores and port instructions of the CPUs. Accesses to devices are recorded, and what is written to RAM. */
export class BusAccess {
  readonly #ram: GuestRam;
  readonly #memory: AddressSpace;
  readonly #io: AddressSpace;
  readonly #journal: JournalWriter;

  constructor(ram: GuestRam, memory: AddressSpace, io: AddressSpace, journal: JournalWriter) {
    this.#ram = ram;
    this.#memory = memory;
    this.#io = io;
    this.#journal = journal;
  }

  /** Reads `size` bytes; unsigned. */
  read(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4): number {
    if (space === 'memory') {
      const offset = this.#ram.offsetOf(addr, size);
      if (offset >= 0) return this.#ram.readAt(offset, size);
    }
    const bus = space === 'memory' ? this.#memory : this.#io;
    const slot = this.#journal.on ? this.#record(bus, false, space, addr, size, 0) : -1;
    const value = readSplit(bus, this.#ram, addr, size, space === 'memory' ? 0 : 0xff);
    if (slot !== -1) this.#journal.setValue(slot, value);
    return value;
  }

  /** Writes `size` bytes of `value`. Recorded before devices act on it. */
  write(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4, value: number): void {
    const written = size === 4 ? value >>> 0 : value & allOnes(size);
    const ram = this.#ram;
    const journal = this.#journal;
    if (space === 'memory') {
      const offset = ram.offsetOf(addr, size);
      if (offset >= 0) {
        if (journal.on)
          journal.memWrite(ACTOR.driver, addr, size, ram.readAt(offset, size), 0, written, 0);
        ram.writeAt(offset, size, written);
        return;
      }
    }
    const bus = space === 'memory' ? this.#memory : this.#io;
    if (journal.on) this.#record(bus, true, space, addr, size, written);
    writeSplit(bus, ram, addr, size, written);
  }

  /** Returns the slot for the value. */
  #record(
    bus: AddressSpace,
    write: boolean,
    space: 'memory' | 'io',
    addr: number,
    size: number,
    value: number,
  ): number {
    const range = bus.find(addr);
    if (!range?.handler)
      return this.#journal.register(write, space, addr, size, value, NONE, NO_REGION, 0);
    const offset = addr - range.base;
    const { dev, region, origin = 0 } = range.handler;
    return this.#journal.register(write, space, addr, size, value, dev, region, offset + origin);
  }
}

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
function readSplit(
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
function writeSplit(
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
