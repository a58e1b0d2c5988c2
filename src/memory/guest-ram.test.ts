import { describe, expect, test } from 'vitest';
import { AddressSpace } from './address-space.ts';
import { GuestRam } from './guest-ram.ts';
import { MemoryRegion } from './memory-region.ts';
import { peek } from './peek.ts';

const PAGE = 4096;

function twoPieces(): GuestRam {
  return new GuestRam(new ArrayBuffer(4 * PAGE), 0, 4 * PAGE, [
    { base: 0, size: PAGE, offset: 0 },
    { base: 0x1_0000_0000, size: 3 * PAGE, offset: PAGE },
  ]);
}

describe('GuestRam', () => {
  test('finds the bytes of an address in whichever window it lies', () => {
    const ram = twoPieces();
    expect(ram.offsetOf(0xfff, 1)).toBe(0xfff);
    expect(ram.offsetOf(0x1_0000_0000, 3 * PAGE)).toBe(PAGE);
    expect([ram.addressOf(0xfff), ram.addressOf(PAGE)]).toEqual([0xfff, 0x1_0000_0000]);
  });

  test('has nothing that runs out of a window, or lies between two', () => {
    const ram = twoPieces();
    expect(ram.offsetOf(0xfff, 2)).toBe(-1);
    expect(ram.offsetOf(PAGE, 1)).toBe(-1);
    expect(ram.offsetOf(0xffff_ffff, 4)).toBe(-1);
    expect(ram.offsetOf(0x1_0000_0000 + 3 * PAGE, 1)).toBe(-1);
  });

  test('keeps its bytes when its windows move', () => {
    const ram = twoPieces();
    ram.u8[PAGE] = 7;
    ram.windows = [{ base: 0x8000, size: 2 * PAGE, offset: PAGE }];
    expect(ram.u8[ram.offsetOf(0x8000, 1)]).toBe(7);
    expect([ram.base, ram.offsetOf(0, 1), ram.addressOf(0)]).toEqual([0x8000, -1, -1]);
  });
});

test('peek reads memory across regions, zeros where no bytes are kept, and never a register', () => {
  const ram = new GuestRam(new ArrayBuffer(PAGE));
  ram.u8.fill(0xaa);
  const space = new AddressSpace();
  const region = MemoryRegion.memory('ram', 'ram', PAGE, { ramOffset: 0 });
  space.root.addSubregion(0x1000, region);
  space.root.addSubregion(0x2000, MemoryRegion.memory('rom', 'rom', 2));
  space.root.addSubregion(0x2002, MemoryRegion.io('io', 4));
  expect(peek(space, ram, 0x1ffe, 4)).toEqual(Uint8Array.of(0xaa, 0xaa, 0, 0));
  expect(peek(space, ram, 0x1ffe, 5)).toBeUndefined();
  expect(peek(space, ram, 0xfff, 2)).toBeUndefined();
});
