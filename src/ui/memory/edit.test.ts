import { describe, expect, it } from 'vitest';
import { addressTyped, bytesOf, caretOf, type Edit, typeDigit, typedAt, untype } from './edit.ts';

const typed = (digits: string) =>
  [...digits].reduce<Edit | undefined>(
    (edit, digit) => typeDigit(edit, 0x100, digit),
    undefined,
  ) as Edit;

describe('typing over memory', () => {
  it('fills byte after byte', () => {
    const edit = typed('dEadb');
    expect([...bytesOf(edit)]).toEqual([0xde, 0xad, 0x0b]);
    expect(caretOf(edit)).toBe(0x102);
    expect(caretOf(typed('dead'))).toBe(0x102);
    expect([0xff, 0x100, 0x101, 0x102, 0x103].map((addr) => typedAt(edit, addr))).toEqual([
      undefined,
      'de',
      'ad',
      'b_',
      undefined,
    ]);
  });

  it('can be taken back, digit by digit', () => {
    const one = untype(typed('ab'));
    expect(one).toEqual(typed('a'));
    expect(untype(one as Edit)).toBeUndefined();
  });
});

describe('addressTyped', () => {
  it.each([
    ['0x1000', 0x1000],
    ['1000', 0x1000],
    [' fFh ', 0xff],
    ['1_0000_0000', 2 ** 32],
  ])('reads %s', (text, addr) => expect(addressTyped(text)).toBe(addr));

  it.each(['', '0x', 'desc', '-1', '12 34', 'ffffffffffffffff'])('refuses %j', (text) => {
    expect(addressTyped(text)).toBeUndefined();
  });
});
