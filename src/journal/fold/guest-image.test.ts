import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GuestImage } from './guest-image.ts';

const addr = fc.oneof(
  fc.integer({ min: 0, max: 600 }),
  fc.constantFrom(0xff, 0xfffe, 0xff_ffff, 2 ** 32 - 2, 2 ** 40 + 255),
);
const write = fc.record({ addr, bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) });

describe('the guest’s memory as the journal saw it', () => {
  it('holds what was written last, and zeroes elsewhere', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), addr, (writes, from) => {
        const expected = new Map<number, number>();
        let image = GuestImage.empty;
        for (const { addr: at, bytes } of writes) {
          image = image.with(at, bytes);
          bytes.forEach((byte, i) => {
            expected.set(at + i, byte);
          });
        }
        for (const [at, byte] of expected) expect(image.u8(at)).toBe(byte);
        const byte = (i: number) => expected.get(from + i) ?? 0;
        expect([...image.bytes(from, 300)]).toEqual(Array.from({ length: 300 }, (_, i) => byte(i)));
        expect(image.u16(from)).toBe(byte(0) + byte(1) * 256);
        expect(image.u32(from)).toBe(
          byte(0) + byte(1) * 2 ** 8 + byte(2) * 2 ** 16 + byte(3) * 2 ** 24,
        );
      }),
    );
  });

  it('never changes once it is sealed, and shares the pages that did not change', () => {
    const first = GuestImage.empty.with(0x100, [1, 2, 3]).with(0x2_0000, [9]);
    const builder = first.builder();
    expect(builder.seal()).not.toBe(undefined);
    builder.write(0x101, [7]);
    expect(builder.u16(0x100)).toBe(0x701);
    const second = builder.seal();
    builder.writeWords(0x102, Uint32Array.of(0, 0x0605), 1, 2);
    const third = builder.seal();
    expect([...first.bytes(0x100, 4)]).toEqual([1, 2, 3, 0]);
    expect([...second.bytes(0x100, 4)]).toEqual([1, 7, 3, 0]);
    expect([...third.bytes(0x100, 4)]).toEqual([1, 7, 5, 6]);
    expect(builder.seal()).toBe(third);
    expect(third.pagesNotIn(second)).toBe(1);
    expect(second.pagesNotIn(third)).toBe(1);
    expect(third.pagesNotIn(third)).toBe(0);
    expect(third.pagesNotIn(GuestImage.empty)).toBe(2);
  });
});
