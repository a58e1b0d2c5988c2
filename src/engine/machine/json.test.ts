import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../qom/errors.ts';
import { parseJson } from './json.ts';

test('reads what JSON.parse reads, and single quotes', () => {
  const object = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(object, (value) => {
      // QEMU has no NUL in texts.
      const text = JSON.stringify(value);
      fc.pre(!text.includes('\\u0000'));
      const read = JSON.stringify(parseJson(text));
      expect(JSON.parse(read)).toEqual(JSON.parse(text));
    }),
  );
  expect({ ...parseJson("{'a': 'b\\'c'}") }).toEqual({ a: "b'c" });
});

test.each([
  ['{"a":1,}', 'expecting value'],
  ['{"a"}', 'missing : in object pair'],
  ['{a:1}', "invalid keyword 'a'"],
  ['{1:2}', 'key is not a string in object'],
  ['{"a":1 "b":2}', 'expected separator in dict'],
  ['{"a":[1,2}', 'expected separator in list'],
  ['{"a":1,"a":2}', 'duplicate key'],
  ['{"a":01}', "stray '01'"],
  ['{"a":-}', "stray '-}'"],
  ['{"a":"b', "stray '\"b'"],
  ['{"a":"\\q"}', 'invalid escape sequence in string'],
  ['{"a":1', 'premature EOI'],
])('%s: %s', (text, reason) => {
  expect(() => parseJson(text)).toThrow(`JSON parse error, ${reason}`);
});

test('one value is enough', () => {
  expect(() => parseJson('{} {}')).toThrow('Expecting at most one JSON value');
});

test('no text makes it throw anything but a ConfigError', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'{}[]:,"\'\\u019.-eat ') }),
  );
  fc.assert(
    fc.property(text, (input) => {
      try {
        parseJson(`{${input}`);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});
