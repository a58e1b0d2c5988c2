import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { joinWords, OptionsError, splitWords } from './words.ts';

describe('a pasted line falls into words as a shell splits it', () => {
  test.each([
    ['', []],
    [' -M  pc\t-m 64\n', ['-M', 'pc', '-m', '64']],
    ['-device "a b",c', ['-device', 'a b,c']],
    [`'it''s' 'a"b'`, ['its', 'a"b']],
    ['a\\ b c\\\\d', ['a b', 'c\\d']],
    ['"a\\"b\\n\\$"', ['a"b\\n$']],
    ['""', ['']],
    ["''x", ['x']],
    ['qemu \\\n  -M pc \\\r\n  -m 64', ['qemu', '-M', 'pc', '-m', '64']],
    ['"a\\\nb"', ['ab']],
    ['-m 64 # memory\n-S', ['-m', '64', '-S']],
    ['file=a#b', ['file=a#b']],
    ['{"driver":"x"}', ['{driver:x}']],
    [`'{"driver":"x"}'`, ['{"driver":"x"}']],
    ['$HOME `x` *', ['$HOME', '`x`', '*']],
    ['a\\', ['a']],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});

test.each(["'", 'a "b', '"a\\"', `'it's'`])('%s: a quote that stays open is refused', (text) => {
  expect(() => splitWords(text)).toThrow(OptionsError);
});

test('joined words split into the same words', () => {
  const word = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ab \'"\\\n\r#,=') }));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(splitWords(joinWords(words))).toEqual(words);
    }),
  );
});
