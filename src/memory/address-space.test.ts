import { describe, expect, test } from 'vitest';
import { AddressSpace } from './address-space.ts';
import type { IoHandler } from './io-handler.ts';
import { MemoryRegion } from './memory-region.ts';

/** Registers that answer `tag` and note what was written. */
function handler(tag: number): IoHandler & { written: [number, number, number][] } {
  const written: [number, number, number][] = [];
  return {
    dev: tag,
    region: 0,
    written,
    read: () => tag,
    write: (offset, size, value) => {
      written.push([offset, size, value]);
    },
  };
}

/** Puts `registers` in front of what the space has from `base` on; returns their region. */
function add(space: AddressSpace, base: number, size: number, registers: IoHandler): MemoryRegion {
  return space.root.addSubregion(base, MemoryRegion.io('registers', size, registers));
}

describe('AddressSpace', () => {
  test('answers all ones where nothing answers', () => {
    const space = new AddressSpace();
    add(space, 0x100, 0x10, handler(1));
    space.root.addSubregion(0x200, MemoryRegion.io('silent', 4));
    expect([
      space.read(0xff, 1),
      space.read(0x110, 2),
      space.read(0x200, 4),
      space.read(0x100, 4),
    ]).toEqual([0xff, 0xffff, 0xffff_ffff, 1]);
    space.write(0xff, 1, 5);
    space.write(0x200, 1, 5);
  });

  test('passes offsets from the region’s start, also where only its rest shows', () => {
    const space = new AddressSpace();
    const registers = handler(1);
    add(space, 0x100, 0x10, registers);
    add(space, 0x100, 4, handler(2));
    space.write(0x10c, 4, 7);
    expect(registers.written).toEqual([[0xc, 4, 7]]);
  });

  test('the newest of two ranges decodes, until it goes', () => {
    const space = new AddressSpace();
    add(space, 0x100, 0x10, handler(1));
    const newest = add(space, 0x108, 0x10, handler(2));
    expect([space.read(0x107, 1), space.read(0x108, 1)]).toEqual([1, 2]);
    space.root.removeSubregion(newest);
    expect([space.read(0x108, 1), space.read(0x110, 1)]).toEqual([1, 0xff]);
  });
});
