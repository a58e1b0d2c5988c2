import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../qom/errors.ts';
import { isWellFormedId, parseOpts, readOpts } from './opts.ts';

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

test('what an option knows is checked as it is read, warnings first', () => {
  const rules = {
    implied: 'size',
    merged: true,
    keys: { size: 'size', slots: 'number', on: 'bool' },
  } as const;
  const read = (text: string) => readOpts(text, rules);
  expect(read('64,slots=2').fault).toBeUndefined();
  expect(read('64,foo').warnings).toHaveLength(1);
  for (const [text, message] of [
    ['64,foo=1', "Invalid parameter 'foo'"],
    ['64,id=x', "Invalid parameter 'id'"],
    ['64x', "Parameter 'size' expects a non-negative number below 2^64\n"],
    ['16E', "Value '16E' is out of range for parameter 'size'"],
    ['1,slots=x', "Parameter 'slots' expects a number"],
    [
      '1,slots=99999999999999999999',
      "Value '99999999999999999999' is too large for parameter 'slots'",
    ],
    ['1,on=maybe', "Parameter 'on' expects 'on' or 'off'"],
  ] as const)
    expect(read(text).fault?.message).toContain(message);
  expect(read('0x10M').warnings).toEqual([
    'Using a multiplier suffix on hex numbers is deprecated: 0x10M',
  ]);
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
    fc.property(text, (input) => {
      try {
        parseOpts(input, 'driver');
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
