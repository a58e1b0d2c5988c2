import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressSpace, type IoHandler, type Mapping } from './address-space.ts';

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

describe('AddressSpace', () => {
  test('answers all ones where nothing decodes', () => {
    const space = new AddressSpace();
    space.map(0x100, 0x10, handler(1));
    expect([space.read(0xff, 1), space.read(0x110, 2), space.read(0x200, 4)]).toEqual([
      0xff, 0xffff, 0xffff_ffff,
    ]);
    space.write(0xff, 1, 5);
  });

  test('passes offsets from the range’s start', () => {
    const space = new AddressSpace();
    const registers = handler(1);
    space.map(0x100, 0x10, registers);
    space.write(0x10c, 4, 7);
    expect(registers.written).toEqual([[0xc, 4, 7]]);
  });

  test('finds, after any mapping and unmapping, the newest range that covers an address', () => {
    const step = fc.record({
      base: fc.integer({ min: 0, max: 63 }),
      size: fc.integer({ min: 1, max: 32 }),
      drop: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const space = new AddressSpace();
        const model: { mapping: Mapping; tag: number }[] = [];
        steps.forEach(({ base, size, drop }, tag) => {
          const oldest = model[0];
          if (drop && oldest) {
            space.unmap(oldest.mapping);
            model.shift();
          } else model.push({ mapping: space.map(base, size, handler(tag)), tag });
          for (let addr = 0; addr < 100; addr++) {
            const newest = model.findLast(
              ({ mapping }) => addr >= mapping.base && addr < mapping.base + mapping.size,
            );
            expect(space.read(addr, 1)).toBe(newest?.tag ?? 0xff);
          }
        });
      }),
    );
  });
});
