import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError } from '../qom/errors.ts';
import { mergeKeyval, parseKeyval } from './keyval.ts';

const tree = (text: string, implied?: string) => structuredClone(parseKeyval(text, implied).tree);

test.each([
  ['', {}],
  ['pc', { type: 'pc' }],
  ['pc,', { type: 'pc' }],
  ['a=1,b=2', { a: '1', b: '2' }],
  ['a=x,,y', { a: 'x,y' }],
  ['a.b=1,a.c=2', { a: { b: '1', c: '2' } }],
  ['a.0=x,a.1.b=y', { a: ['x', { b: 'y' }] }],
  ['a=1,a=2', { a: '2' }],
  ['help', {}],
])('%j', (text, expected) => {
  expect(tree(text, 'type')).toEqual(expected);
});

test.each([
  ['pc,foo', "Expected '=' after parameter 'foo'"],
  ['pc,,', "Invalid parameter ''"],
  ['=x', "Invalid parameter ''"],
  ['9=3', "Invalid parameter '9'"],
  ['a..b=3', "Invalid parameter 'a..b'"],
  ['a=1,a.b=2', "Parameters 'a.*' used inconsistently"],
  ['a.b=1,a=2', "Parameters 'a.*' used inconsistently"],
  ['a.0=1,a.b=2', "Parameters 'a.*' used inconsistently"],
  ['a.0=1,a.2=3', "Parameter 'a.1' missing"],
])('%j is refused', (text, message) => {
  expect(() => parseKeyval(text, 'type')).toThrow(message);
});

test('the second of two options adds to the first, text replacing text', () => {
  const first = parseKeyval('pc,smp.cpus=1,usb=on', 'type').tree;
  mergeKeyval(first, parseKeyval('usb=off,smp.cores=2').tree);
  expect(structuredClone(first)).toEqual({
    type: 'pc',
    usb: 'off',
    smp: { cpus: '1', cores: '2' },
  });
  expect(() => mergeKeyval(first, parseKeyval('smp=3').tree)).toThrow(
    "Parameter 'smp' used inconsistently",
  );
});

test('no text makes it throw anything but a ConfigError', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a0.=,_-') }));
  fc.assert(
    fc.property(text, (input) => {
      try {
        parseKeyval(input, 'type');
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});
