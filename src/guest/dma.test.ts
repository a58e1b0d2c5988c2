import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeHal } from '../testing/fake-transport.ts';
import { DmaAllocator, DmaBuffer } from './dma.ts';

const MIB = 1 << 20;

describe('DmaAllocator', () => {
  it('starts at 16 MiB where the guest has more than twice that', () => {
    expect(new DmaAllocator(new FakeHal(64).ram).alloc(1).addr).toBe(16 * MIB);
  });

  it('starts in the middle of a small guest, counted from where its RAM begins', () => {
    expect(new DmaAllocator(new FakeHal(4).ram).alloc(1).addr).toBe(2 * MIB);
    const high = new FakeHal(4, undefined, undefined, 0x4000_0000);
    expect(new DmaAllocator(high.ram).alloc(1).addr).toBe(0x4000_0000 + 2 * MIB);
  });

  it('aligns to a cache line unless told otherwise', () => {
    const dma = new DmaAllocator(new FakeHal(4).ram);
    const start = dma.alloc(1).addr;
    expect(dma.alloc(1).addr).toBe(start + 64);
    expect(dma.alloc(1, 1).addr).toBe(start + 1);
    expect(dma.alloc(1, 4096).addr % 4096).toBe(0);
  });

  it('gives the first range that fits, and joins what is freed with its neighbours', () => {
    const dma = new DmaAllocator(new FakeHal(4).ram);
    const before = dma.available;
    const [a, b, c] = [dma.alloc(64), dma.alloc(64), dma.alloc(64)];
    dma.free(a);
    dma.free(c);
    expect(dma.alloc(128).addr).toBe(c.addr);
    dma.free(b);
    expect(dma.alloc(128).addr).toBe(a.addr);
    dma.free({ addr: a.addr, length: 128 });
    dma.free({ addr: c.addr, length: 128 });
    expect(dma.available).toBe(before);
    expect(dma.alloc(before).length).toBe(before);
  });

  it('clears what an earlier program left, and writes nothing where there is nothing to clear', () => {
    const hal = new FakeHal(4);
    hal.ram.writeBytes(2 * MIB + 3, Uint8Array.of(1, 2, 3));
    const writes: number[] = [];
    const { fill } = hal.ram;
    hal.ram.fill = (addr, length, value) => {
      writes.push(addr);
      fill.call(hal.ram, addr, length, value);
    };
    const dma = new DmaAllocator(hal.ram);
    expect(dma.alloc(64).bytes()).toEqual(new Uint8Array(64));
    dma.alloc(64);
    expect(writes).toEqual([2 * MIB]);
  });

  it('refuses what it cannot give, and what it never gave', () => {
    const dma = new DmaAllocator(new FakeHal(4).ram);
    expect(() => dma.alloc(8 * MIB)).toThrow(/8388608 bytes of guest memory/);
    for (const length of [0, -1, 1.5, Number.NaN])
      expect(() => dma.alloc(length)).toThrow(RangeError);
    expect(() => dma.alloc(1, 3)).toThrow(/power of two/);
    const buffer = dma.alloc(64);
    expect(() => dma.free(buffer.part(0, 8))).toThrow(/not allocated/);
    dma.free(buffer);
    expect(() => dma.free(buffer)).toThrow(/not allocated/);
  });

  it('never gives a byte twice, whatever is allocated and freed', () => {
    const step = fc.record({
      size: fc.integer({ min: 1, max: 5000 }),
      align: fc.integer({ min: 0, max: 12 }),
      free: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const dma = new DmaAllocator(new FakeHal(1).ram);
        const whole = dma.available;
        const live: DmaBuffer[] = [];
        for (const { size, align, free } of steps) {
          if (free !== null && live.length > 0) dma.free(live.splice(free % live.length, 1)[0]!);
          const fresh = dma.alloc(size, 2 ** align);
          expect(fresh.addr % 2 ** align).toBe(0);
          for (const other of live)
            expect(fresh.addr + size <= other.addr || other.addr + other.length <= fresh.addr).toBe(
              true,
            );
          live.push(fresh);
        }
        expect(dma.available).toBe(whole - live.reduce((sum, { length }) => sum + length, 0));
        for (const buffer of live) dma.free(buffer);
        expect(dma.alloc(whole).length).toBe(whole);
      }),
      { numRuns: 50 },
    );
  });
});

describe('DmaBuffer', () => {
  const make = (length: number) => new DmaBuffer(new FakeHal(1).ram, 0x1000, length);

  it('[1.4] holds numbers in little-endian order', () => {
    const buffer = make(16).u8(0, 0x11).u16(1, 0x2233).u32(4, 0x4455_6677).u64(8, 0x1_8000_0001);
    expect([...buffer.bytes()]).toEqual([
      0x11, 0x33, 0x22, 0, 0x77, 0x66, 0x55, 0x44, 1, 0, 0, 0x80, 1, 0, 0, 0,
    ]);
    expect([buffer.u8(0), buffer.u16(1), buffer.u32(4), buffer.u64(8)]).toEqual([
      0x11, 0x2233, 0x4455_6677, 0x1_8000_0001,
    ]);
  });

  it('takes a 64-bit value as a number or a bigint, if it is a whole one below 2^53', () => {
    expect(
      make(8)
        .u64(0, 2n ** 53n - 1n)
        .u64(0),
    ).toBe(2 ** 53 - 1);
    for (const bad of [2 ** 53, -1, 0.5, 2n ** 64n])
      expect(() => make(8).u64(0, bad)).toThrow(RangeError);
    expect(() => make(8).fill(0xff).u64(0)).toThrow(/2\^53/);
  });

  it('reads text up to the first zero byte, as UTF-8', () => {
    const buffer = make(16).write('Grüße');
    expect(buffer.text()).toBe('Grüße');
    expect(buffer.text(2, 3)).toBe('ü\ufffd');
    expect(make(3).write('abc').text()).toBe('abc');
  });

  it('shares its memory with its parts', () => {
    const buffer = make(16);
    buffer.part(8, 4).u32(0, 7);
    expect(buffer.u32(8)).toBe(7);
    expect(buffer.part(12).length).toBe(4);
  });

  it('refuses offsets beyond its end', () => {
    const buffer = make(8);
    expect(() => buffer.u32(5)).toThrow('4 bytes from offset 5 on are not in a buffer of 8');
    expect(() => buffer.u8(-1, 0)).toThrow(RangeError);
    expect(() => buffer.write('123456789')).toThrow(RangeError);
    expect(() => buffer.bytes(4, 5)).toThrow(RangeError);
    expect(() => buffer.part(9)).toThrow(RangeError);
    expect(() => buffer.u8(0.5)).toThrow(RangeError);
  });
});
