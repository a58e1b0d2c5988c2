import { describe, expect, it } from 'vitest';
import { FakeHal } from '../../testing/fake-transport.ts';
import { DmaBuffer } from '../dma.ts';
import { format, hexdump, text } from './format.ts';

describe('format', () => {
  it.each([
    ['texts as they stand', ['a', 'b "c"'], 'a b "c"'],
    ['numbers in base 10', [255, -1.5, Number.NaN, 10n], '255 -1.5 NaN 10n'],
    ['what is not there', [undefined, null], 'undefined null'],
    ['texts inside of others quoted', [['a'], { b: 'c' }], '["a"] { b: "c" }'],
    ['bytes in base 16', [Uint8Array.of(0, 10, 255)], '00 0a ff'],
    ['other arrays as lists', [Uint16Array.of(1, 2), Float64Array.of(0.5)], '[1, 2] [0.5]'],
    ['maps and sets', [new Map([[1, 'a']]), new Set([1])], 'Map [[1, "a"]] Set [1]'],
    ['errors', [new TypeError('no')], 'TypeError: no'],
    ['functions', [function f() {}, () => 1], '[function f] [function without a name]'],
    ['empty things', [[], {}, new Uint8Array()], '[] {} '],
    [
      'deep things in part',
      [{ a: { b: { c: { d: 1 } } } }, [[[[1]]]]],
      '{ a: { b: { c: {…} } } } [[[[…]]]]',
    ],
    ['symbols', [Symbol('s')], 'Symbol(s)'],
    ['nothing', [], ''],
  ])('shows %s', (_, values, expected) => {
    expect(format(values)).toBe(expected);
  });

  it('shows objects of the library as they describe themselves', () => {
    expect(format([new DmaBuffer(new FakeHal(1).ram, 0x1000, 16)])).toBe('16 bytes at 0x1000');
  });

  it('shows only a part of what is long', () => {
    const bytes = format([new Uint8Array(65)]);
    expect(bytes).toBe(`${'00 '.repeat(64)}… (65 bytes)`);
    expect(format([new Array(40).fill(1)])).toMatch(/^\[(1, ){32}… \(40 items\)\]$/);
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i]));
    expect(format([many])).toMatch(/k31: 31, … \(40 properties\) \}$/);
  });

  it('never throws, whatever the value does', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(format([cycle])).toBe('{ self: { self: { self: {…} } } }');
    const hostile = {
      get a() {
        throw new Error('no');
      },
    };
    const hidden = {
      toString() {
        throw new Error('no');
      },
    };
    expect(format([hostile, hidden])).toMatch(/cannot be shown\] \[a value/);
    expect(format([Object.create(null)])).toBe('{}');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(format([proxy])).toMatch(/cannot be shown/);
  });
});

describe('hexdump', () => {
  it('has sixteen bytes in a line, with address and text', () => {
    const bytes = Uint8Array.from({ length: 19 }, (_, i) => i + 62);
    expect(hexdump(bytes, 0x1000).split('\n')).toEqual([
      '00001000  3e 3f 40 41 42 43 44 45  46 47 48 49 4a 4b 4c 4d  |>?@ABCDEFGHIJKLM|',
      '00001010  4e 4f 50                                          |NOP|',
    ]);
    expect(hexdump(Uint8Array.of(0, 127, 200))).toContain('|...|');
    expect(hexdump(new Uint8Array())).toBe('');
  });
});

describe('text', () => {
  it('ends at the first zero byte', () => {
    expect(text(Uint8Array.of(0xc3, 0xa4, 98, 0, 99))).toBe('äb');
    expect(text(Uint8Array.of(97))).toBe('a');
  });
});
