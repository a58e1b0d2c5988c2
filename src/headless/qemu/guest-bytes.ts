import type { AddressSpace } from '../../memory/address-space.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';

/** The guest's memory as a CPU would copy from and to it: RAM in one go, registers access by access. */
export interface GuestBytes {
  read(addr: number, into: Uint8Array): void;
  write(addr: number, bytes: Uint8Array): void;
}

/** What copying needs of a machine. */
interface Memory {
  readonly ram: GuestRam;
  readonly memory: AddressSpace;
  read(space: 'memory', addr: number, size: 1 | 2 | 4): number;
  write(space: 'memory', addr: number, size: 1 | 2 | 4, value: number): void;
}

/** Copies as QEMU's `address_space_rw` does: a register access is as wide as fits, at most four bytes. */
export function guestBytes(machine: Memory): GuestBytes {
  const { ram } = machine;
  return {
    read(addr, into) {
      pieces(machine, addr, into.length, (at, length, where) => {
        if (where >= 0) into.set(ram.u8.subarray(where, where + length), at);
        else {
          const value = machine.read('memory', addr + at, length as 1 | 2 | 4);
          for (let i = 0; i < length; i++) into[at + i] = value >>> (8 * i);
        }
      });
    },
    write(addr, bytes) {
      pieces(machine, addr, bytes.length, (at, length, where) => {
        if (where >= 0) ram.u8.set(bytes.subarray(at, at + length), where);
        else {
          let value = 0;
          for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
          machine.write('memory', addr + at, length as 1 | 2 | 4, value);
        }
      });
    },
  };
}

/** Calls `visit` for each piece: its start, its length, and where it lies in RAM or -1. */
function pieces(
  { ram, memory }: Memory,
  addr: number,
  total: number,
  visit: (at: number, length: number, where: number) => void,
): void {
  for (let at = 0; at < total; ) {
    const left = total - at;
    const end = memory.find(addr + at)?.end ?? addr + at + left;
    const whole = Math.min(left, end - addr - at);
    const where = ram.offsetOf(addr + at, whole);
    const length = where >= 0 ? whole : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    visit(at, length, where);
    at += length;
  }
}
