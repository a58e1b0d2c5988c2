import { expect, test } from 'vitest';
import { readI64, readSize, readU64 } from './numbers.ts';

test.each([
  ['12', 12n],
  [' +12', 12n],
  ['0x1f', 31n],
  ['017', 15n],
  ['-1', 2n ** 64n - 1n],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['18446744073709551616', 'range'],
  ['', 'malformed'],
  ['08', 'malformed'],
  ['1k', 'malformed'],
  ['9'.repeat(10_000), 'range'],
])('%s as an unsigned number', (text, value) => {
  expect(readU64(text)).toBe(value);
});

test('signed numbers end at 63 bits', () => {
  expect([readI64('-9223372036854775808'), readI64('9223372036854775808')]).toEqual([
    -(2n ** 63n),
    'range',
  ]);
});

test.each([
  ['1', 1n],
  ['1k', 1024n],
  ['1.5K', 1536n],
  ['1.k', 1024n],
  ['0x10', 16n],
  ['0x1e', 30n],
  ['16E', 'range'],
  ['1.5', 'malformed'],
  ['-1', 'malformed'],
  ['1e3', 'malformed'],
  ['1kk', 'malformed'],
])('%s as a size', (text, value) => {
  const size = readSize(text);
  expect(typeof size === 'string' ? size : size.bytes).toBe(value);
});
