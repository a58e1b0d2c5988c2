import { MemoryRegion } from '../../memory/memory-region.ts';
import { addRegion } from '../qdev/regions.ts';
import type { QObject } from '../qom/object.ts';

/** What CPUs see of a VGA adapter where PC programs look for it: base and size in bytes. */
const LOW_MEMORY = { base: 0xa0000, size: 0x20000 };
/** I/O ports, in the order in which QEMU declares them. */
const PORTS = [
  { base: 0x3b4, size: 2 },
  { base: 0x3ba, size: 1 },
  { base: 0x3c0, size: 16 },
  { base: 0x3d4, size: 2 },
  { base: 0x3da, size: 1 },
];
const VBE_PORTS = { base: 0x1ce, size: 4 };
/** Places of the same registers in a BAR. */
const REMAPPED = {
  ports: { base: 0x400, size: 0x20 },
  dispi: { base: 0x500, size: 0x16 },
  extended: { base: 0x600, size: 8 },
};

/** Where an adapter's fixed addresses lie. */
interface Spaces {
  readonly memory: MemoryRegion;
  readonly io: MemoryRegion;
}

/** The fixed addresses of a VGA adapter, for its owner's `unrealize`. */
export interface VgaRegions {
  readonly vram: MemoryRegion;
  remove(): void;
}

/** Puts a VGA adapter's fixed addresses into `spaces`; its registers do not answer. `vramBytes`: video memory. */
export function addVga(owner: QObject, spaces: Spaces, vramBytes: number): VgaRegions {
  const vram = addRegion(owner, MemoryRegion.memory('ram', 'vga.vram', vramBytes));
  const placed: MemoryRegion[] = [];
  const place = (
    space: MemoryRegion,
    name: string,
    at: { base: number; size: number },
    priority = 0,
  ) => {
    const region = addRegion(owner, MemoryRegion.io(name, at.size));
    space.addSubregion(at.base, region, priority);
    placed.push(region);
  };
  place(spaces.memory, 'vga-lowmem', LOW_MEMORY, 1);
  for (const port of PORTS) place(spaces.io, 'vga', port);
  place(spaces.io, 'vbe', VBE_PORTS);
  return {
    vram,
    remove: () => {
      for (const region of placed) region.container?.removeSubregion(region);
    },
  };
}

/** Puts a VGA adapter's registers into a BAR too. */
export function addVgaRegisters(owner: QObject, bar: MemoryRegion): void {
  const place = (name: string, { base, size }: { base: number; size: number }) =>
    bar.addSubregion(base, addRegion(owner, MemoryRegion.io(name, size)));
  place('vga ioports remapped', REMAPPED.ports);
  place('bochs dispi interface', REMAPPED.dispi);
  place('qemu extended regs', REMAPPED.extended);
}
