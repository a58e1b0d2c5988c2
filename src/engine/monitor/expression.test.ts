import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpressionReader } from './expression.ts';
import { MonitorError } from './target.ts';

const read = (text: string) => new ExpressionReader(text, 0).read();

test.each([
  ['0', 0n],
  ['0x10', 16n],
  ['010', 8n],
  ['16+8*2', 32n],
  ['(16+8)*2', 48n],
  ['7/2', 3n],
  ['7%4', 3n],
  ['~0', 2n ** 64n - 1n],
  ['-1', 2n ** 64n - 1n],
  ['0xff & 0xf', 15n],
  // & | ^ bind tighter than + here.
  ['1+2&2', 3n],
  ['5 ^ 1 | 8', 12n],
  ["'a'", 97n],
  ['  3', 3n],
])('%s is %i', (text, value) => {
  expect(read(text)).toBe(value);
});

test.each([
  ['', 'unexpected end of expression'],
  ['1+', 'unexpected end of expression'],
  ['foo', "invalid char 'f' in expression"],
  ['(1', "')' expected"],
  ['1/0', 'division by zero'],
  ['1%0', 'division by zero'],
  ['$foo', 'unknown register'],
  ['0x1ffffffffffffffff', 'number too large'],
  ["'", 'character constant expected'],
  ["'ab", "missing terminating ' character"],
  ['('.repeat(10_000), 'expression is nested too deeply'],
])('%s is refused', (text, message) => {
  expect(() => read(text)).toThrow(new MonitorError(message));
});

test('sums and products of numbers come out as 64-bit arithmetic has them', () => {
  const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      expect(read(`${a}+${b}*${c}`)).toBe(BigInt.asUintN(64, a + b * c));
      expect(read(`0x${a.toString(16)}-(${b}|${c})`)).toBe(BigInt.asUintN(64, a - (b | c)));
    }),
  );
});
