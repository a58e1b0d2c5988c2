import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../qom/errors.ts';
import { isWellFormedId, parseOpts } from './opts.ts';

const pairs = (text: string, implied?: string) =>
  parseOpts(text, implied).entries.map(({ key, value }) => `${key}=${value}`);

test.each([
  ['', []],
  ['a=1,b=2', ['a=1', 'b=2']],
  ['virtio-rng-pci', ['driver=virtio-rng-pci']],
  ['virtio-rng-pci,vectors=3', ['driver=virtio-rng-pci', 'vectors=3']],
  ['driver=x,y=z', ['driver=x', 'y=z']],
  ['a=1,,2', ['a=1,2']],
  ['a=1,,,b=2', ['a=1,', 'b=2']],
  ['x,,y', ['driver=x,y']],
  ['a=b=c', ['a=b=c']],
  ['a=', ['a=']],
  ['=x', ['=x']],
  ['a=1,', ['a=1']],
  [',', ['driver=']],
  ['x,packed', ['driver=x', 'packed=on']],
  ['x,nopacked', ['driver=x', 'packed=off']],
  ['x,no', ['driver=x', '=off']],
  ['a= 1', ['a= 1']],
])('%j', (text, entries) => {
  expect(pairs(text, 'driver')).toEqual(entries);
});

test('without an implied key a first word is a flag', () => {
  expect(pairs('file')).toEqual(['file=on']);
});

test('a flag is remarked upon, as QEMU 7.2 does', () => {
  expect(parseOpts('x,nopacked', 'driver').warnings).toEqual([
    "short-form boolean option 'nopacked' deprecated\nPlease use packed=off instead",
  ]);
});

test('id is kept apart, the first one counts, and it must be an identifier', () => {
  const { id, entries } = parseOpts('x,id=a,id=b,c=d', 'driver');
  expect(id).toBe('a');
  expect(entries.map(({ key }) => key)).toEqual(['driver', 'c']);
  for (const text of ['x,id=1a', 'x,id=', 'x,id=a b', 'x,id=a,,b'])
    expect(() => parseOpts(text, 'driver')).toThrow(/^Parameter 'id' expects an identifier\n/);
});

test('where flags are not allowed, a key needs its value', () => {
  expect(() => parseOpts('driver=null-co,size', 'driver', false)).toThrow(
    "Expected '=' after parameter 'size'",
  );
  expect(() => parseOpts('pc,=3', 'type', false)).toThrow("Invalid parameter ''");
});

test('what was put together comes apart', () => {
  const key = fc.stringMatching(/^[a-z][a-z.-]{0,8}$/).filter((text) => text !== 'id');
  const entry = fc.record({ key, value: fc.string() });
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const text = entries
        .map(({ key: k, value }) => `${k}=${value.replaceAll(',', ',,')}`)
        .join(',');
      expect(parseOpts(text).entries).toEqual(entries);
    }),
  );
});

test('no text makes it throw anything but a ConfigError', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'aid=,no') }));
  fc.assert(
    fc.property(text, fc.boolean(), (input, flags) => {
      try {
        parseOpts(input, 'driver', flags);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});

test('an identifier begins with a letter', () => {
  expect(['a', 'A1.b-c_d'].every(isWellFormedId)).toBe(true);
  expect(['', '1', '-a', 'a/b', 'é'].some(isWellFormedId)).toBe(false);
});
