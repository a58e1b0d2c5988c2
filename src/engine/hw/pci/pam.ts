import { MemoryRegion } from '../../../memory/memory-region.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { QObject } from '../../qom/object.ts';

/** What one piece of legacy addresses can show. */
interface Piece {
  /** By the register's two bits: bit 0 reads from RAM, bit 1 writes to it. */
  readonly views: readonly MemoryRegion[];
  /** Register, counted from the first one, and place of the two bits. */
  readonly register: number;
  readonly shift: number;
}

/** Addresses from 0xc0000 to 0xf0000 come in pieces of 16 KiB, two to a register; then 64 KiB in one. */
const LOW = { base: 0xc_0000, size: 0x4000, count: 12 };
const HIGH = { base: 0xf_0000, size: 0x1_0000 };
const PRIORITY = 1;

/** Memory that only system management mode sees, until the chipset opens it; bytes. */
export const SMRAM_WINDOW = { base: 0xa_0000, size: 0x2_0000 };
/** Bit of the chipset's SMRAM register: everybody sees the memory. */
export const SMRAM_OPEN = 0x40;
/** Bit of that register: system management mode sees the memory. */
export const SMRAM_ENABLE = 0x08;
/** What the register is after a reset: shut. */
export const SMRAM_DEFAULT = 0x02;

/** Registers of the Programmable Attribute Map. */
export const PAM_REGISTERS = 7;

/**
 * The chipset's switch between RAM and PCI for the addresses below 1 MiB where firmware lies: a
 * register of four bits a piece chooses where reads and writes go.
 */
export class AttributeMap {
  readonly #pieces: Piece[] = [];

  /** Owned by `owner`; shows `ram` or `pci` in `system`. */
  constructor(owner: QObject, system: MemoryRegion, pci: MemoryRegion, ram: MemoryRegion) {
    const add = (base: number, size: number, register: number, shift: number) => {
      const alias = (name: string, target: MemoryRegion, readonly: boolean) =>
        addRegion(owner, MemoryRegion.alias(name, target, base, size, { readonly }));
      // As in QEMU, reading PCI and writing RAM shows RAM for both.
      const made = {
        ram: alias('pam-ram', ram, false),
        rom: alias('pam-rom', ram, true),
        split: alias('pam-pci', ram, false),
        pci: alias('pam-pci', pci, false),
      };
      const views = [made.pci, made.rom, made.split, made.ram];
      for (const [index, view] of views.entries()) {
        view.setEnabled(index === 0);
        system.addSubregion(base, view, PRIORITY);
      }
      this.#pieces.push({ views, register, shift });
    };
    add(HIGH.base, HIGH.size, 0, 4);
    for (let i = 0; i < LOW.count; i++)
      add(LOW.base + i * LOW.size, LOW.size, 1 + (i >> 1), 4 * (i & 1));
  }

  /** Shows what the registers' bytes ask for. */
  update(registers: Uint8Array): void {
    for (const { views, register, shift } of this.#pieces) {
      const chosen = ((registers[register] ?? 0) >> shift) & 3;
      for (const [index, view] of views.entries()) view.setEnabled(index === chosen);
    }
  }
}
