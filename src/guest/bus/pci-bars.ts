import { alignUp, hex, hi32, lo32 } from '../../base/bits.ts';
import { PCI_BAR, PCI_CONFIG } from '../../spec/pci.ts';
import type { BusSpace } from '../hal.ts';
import type { PciFunction } from './pci-function.ts';

/** Address space that firmware leaves to PCI: where BARs are placed. */
const WINDOWS = {
  io: { start: 0xc000, end: 0x1_0000 },
  memory: { start: 0xe000_0000, end: 0xfec0_0000 },
} as const;

/** Base address registers of a type 0 header. */
const BARS = 6;

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

/** Gives BARs their addresses: upwards in each window, each aligned to its size, as firmware does. */
export class PciWindows {
  #io: number = WINDOWS.io.start;
  #memory: number = WINDOWS.memory.start;

  /** Sizes and places every BAR of `fn`, whose decoding must be off. Throws where a window is full. */
  place(fn: PciFunction): PciBar[] {
    const bars: PciBar[] = [];
    for (let index = 0; index < BARS; index++) {
      const bar = this.#placeOne(fn, index);
      if (!bar) continue;
      bars.push(bar);
      if (bar.is64) index++;
    }
    return bars;
  }

  #placeOne(fn: PciFunction, index: number): PciBar | undefined {
    const at = PCI_CONFIG.BAR0.offset + 4 * index;
    // A BAR answers all ones with zeros in the address bits that it decodes (PCI 3.0 §6.2.5.1).
    const low = writeOnes(fn, at);
    if (low === 0) return undefined;
    const io = (low & PCI_BAR.IO) !== 0;
    const is64 = !io && (low & PCI_BAR.MEM_64) !== 0 && index + 1 < BARS;
    const high = is64 ? writeOnes(fn, at + 4) : 0xffff_ffff;
    const space = io ? 'io' : 'memory';
    const size = high === 0xffff_ffff ? sizeOf(low, space) : Number.POSITIVE_INFINITY;
    const addr = this.#take(space, size, `BAR${index} of ${fn}`);
    fn.writeConfig(at, 4, lo32(addr));
    if (is64) fn.writeConfig(at + 4, 4, hi32(addr));
    return { index, space, addr, size, is64 };
  }

  #take(space: BusSpace, size: number, what: string): number {
    const addr = alignUp(space === 'io' ? this.#io : this.#memory, size);
    if (!(addr + size <= WINDOWS[space].end))
      throw new Error(
        `${what}: no room for ${size} bytes in the window ${hex(WINDOWS[space].start)}`,
      );
    if (space === 'io') this.#io = addr + size;
    else this.#memory = addr + size;
    return addr;
  }
}

/** Bytes of a BAR that answered `mask`: the address bits that stayed zero, and one more. */
function sizeOf(mask: number, space: BusSpace): number {
  return space === 'io' ? (~(mask & 0xfffc) & 0xffff) + 1 : (~(mask & ~15) >>> 0) + 1;
}

function writeOnes(fn: PciFunction, at: number): number {
  fn.writeConfig(at, 4, 0xffff_ffff);
  return fn.config32(at);
}
