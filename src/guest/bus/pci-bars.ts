import { alignUp, hex, hi32, lo32 } from '../../base/bits.ts';
import { PCI_BAR, PCI_BRIDGE_CONFIG, PCI_COMMAND, PCI_CONFIG } from '../../spec/pci.ts';
import type { PciPlatform } from '../../spec/platform.ts';
import type { BusSpace } from '../hal.ts';
import type { PciFunction } from './pci-function.ts';

/** Base address registers of a type 0 header, and of a bridge's. */
const BARS = 6;
const BRIDGE_BARS = 2;
/** Units of a bridge's windows (PCI-to-PCI Bridge 1.2 §3.2.5). */
const WINDOW_UNIT = { io: 0x1000, memory: 0x10_0000 } as const;
/** Bits of the Command register that let a function answer and master the bus. */
export const DECODING: number = PCI_COMMAND.IO | PCI_COMMAND.MEMORY | PCI_COMMAND.MASTER;

/** One base address register, placed. */
export interface PciBar {
  /** Number of the register, 0 to 5; a 64-bit BAR takes the next one too. */
  readonly index: number;
  readonly space: BusSpace;
  /** First address or port. */
  readonly addr: number;
  /** Bytes, a power of two. */
  readonly size: number;
  /** Whether it holds a 64-bit address. */
  readonly is64: boolean;
}

/** Something that needs addresses: a BAR, or a bridge's window with all that lies behind. */
interface Piece {
  readonly space: BusSpace;
  readonly size: number;
  /** A power of two. */
  readonly align: number;
  readonly what: string;
  place(addr: number): void;
}

/**
 * Gives BARs their addresses: upwards in each window of the host bridge, each aligned to its size, as
 * firmware does. All that lies behind a bridge is placed at once, as its windows have one range each.
 */
export class PciWindows {
  readonly #platform: PciPlatform;
  /** Next free address by space. */
  readonly #next: Record<BusSpace, number>;
  readonly #placed = new Map<PciFunction, PciBar[]>();

  constructor(platform: PciPlatform) {
    this.#platform = platform;
    this.#next = { io: platform.ports?.base ?? 0, memory: platform.memory.base };
  }

  /** BARs of `fn`, if they have their addresses. */
  placed(fn: PciFunction): readonly PciBar[] | undefined {
    return this.#placed.get(fn);
  }

  /**
   * Sizes and places every BAR of `fn`, which is on the root bus, and of what `behind` says is behind
   * bridges; decoding must be off. Throws where a window is full.
   */
  place(fn: PciFunction, behind: (bridge: PciFunction) => readonly PciFunction[]): void {
    for (const piece of this.#pieces(fn, behind)) piece.place(this.#take(piece));
  }

  *#pieces(
    fn: PciFunction,
    behind: (bridge: PciFunction) => readonly PciFunction[],
  ): Generator<Piece> {
    const bars: PciBar[] = [];
    this.#placed.set(fn, bars);
    const count = fn.isBridge ? BRIDGE_BARS : BARS;
    for (let index = 0; index < count; index++) {
      const bar = sized(fn, index, count);
      if (!bar) continue;
      if (bar.is64) index++;
      if (bar.space === 'io' && !this.#platform.ports) continue;
      const at = PCI_CONFIG.BAR0.offset + 4 * bar.index;
      const place = (addr: number): void => {
        fn.writeConfig(at, 4, lo32(addr));
        if (bar.is64) fn.writeConfig(at + 4, 4, hi32(addr));
        bars.push({ ...bar, addr });
      };
      const { space, size } = bar;
      yield { space, size, align: size, what: `BAR${bar.index} of ${fn}`, place };
    }
    if (!fn.isBridge) return;
    const inside = behind(fn).flatMap((child) => [...this.#pieces(child, behind)]);
    closeWindows(fn);
    for (const space of ['io', 'memory'] as const) {
      const pieces = inside.filter((piece) => piece.space === space);
      if (pieces.length > 0) yield bridgeWindow(fn, space, pieces);
    }
  }

  #take({ space, size, align, what }: Piece): number {
    const window = space === 'io' ? this.#platform.ports : this.#platform.memory;
    const addr = alignUp(this.#next[space], align);
    if (!window || !(addr + size <= window.base + window.size))
      throw new Error(`${what}: no room for ${size} bytes in the window ${hex(window?.base ?? 0)}`);
    this.#next[space] = addr + size;
    return addr;
  }
}

/** The window of `bridge` on what lies behind it: the largest first, so that nothing is wasted between. */
function bridgeWindow(bridge: PciFunction, space: BusSpace, inside: readonly Piece[]): Piece {
  const unit = WINDOW_UNIT[space];
  const places: [Piece, number][] = [];
  let end = 0;
  for (const piece of inside.toSorted((a, b) => b.align - a.align)) {
    const offset = alignUp(end, piece.align);
    places.push([piece, offset]);
    end = offset + piece.size;
  }
  const size = alignUp(end, unit);
  return {
    space,
    size,
    align: Math.max(unit, ...inside.map(({ align }) => align)),
    what: `the window of ${bridge}`,
    place(addr) {
      openWindow(bridge, space, addr, addr + size - 1);
      for (const [piece, offset] of places) piece.place(addr + offset);
    },
  };
}

/** A window whose limit is below its base decodes nothing (PCI-to-PCI Bridge 1.2 §3.2.5.6). */
function closeWindows(bridge: PciFunction): void {
  openWindow(bridge, 'io', 0xf000, 0);
  openWindow(bridge, 'memory', 0xfff0_0000, 0);
  bridge.writeConfig(PCI_BRIDGE_CONFIG.PrefetchBase.offset, 2, 0xfff0);
  bridge.writeConfig(PCI_BRIDGE_CONFIG.PrefetchLimit.offset, 2, 0);
}

function openWindow(bridge: PciFunction, space: BusSpace, first: number, last: number): void {
  const { IOBase, IOLimit, MemoryBase, MemoryLimit } = PCI_BRIDGE_CONFIG;
  if (space === 'io') {
    bridge.writeConfig(IOBase.offset, 1, (first >>> 8) & 0xf0);
    bridge.writeConfig(IOLimit.offset, 1, (last >>> 8) & 0xf0);
  } else {
    bridge.writeConfig(MemoryBase.offset, 2, (first >>> 16) & 0xfff0);
    bridge.writeConfig(MemoryLimit.offset, 2, (last >>> 16) & 0xfff0);
  }
}

/** BAR `index` of `fn` with its size, of `count` that there are; undefined where it is none. */
function sized(fn: PciFunction, index: number, count: number): Omit<PciBar, 'addr'> | undefined {
  const at = PCI_CONFIG.BAR0.offset + 4 * index;
  // A BAR answers all ones with zeros in the address bits that it decodes (PCI 3.0 §6.2.5.1).
  const low = writeOnes(fn, at);
  if (low === 0) return undefined;
  const io = (low & PCI_BAR.IO) !== 0;
  const is64 = !io && (low & PCI_BAR.MEM_64) !== 0 && index + 1 < count;
  const high = is64 ? writeOnes(fn, at + 4) : 0xffff_ffff;
  const space = io ? 'io' : 'memory';
  const size = high === 0xffff_ffff ? sizeOf(low, space) : Number.POSITIVE_INFINITY;
  return { index, space, size, is64 };
}

/** Bytes of a BAR that answered `mask`: the address bits that stayed zero, and one more. */
function sizeOf(mask: number, space: BusSpace): number {
  return space === 'io' ? (~(mask & 0xfffc) & 0xffff) + 1 : (~(mask & ~15) >>> 0) + 1;
}

function writeOnes(fn: PciFunction, at: number): number {
  fn.writeConfig(at, 4, 0xffff_ffff);
  return fn.config32(at);
}
