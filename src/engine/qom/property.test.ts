import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from './errors.ts';
import {
  bit,
  bool,
  custom,
  i32,
  link,
  oneOf,
  onOffAuto,
  type ParseContext,
  type Property,
  parseSize,
  size,
  size32,
  sizeText,
  str,
  u8,
  u16,
  u32,
  u64,
} from './property.ts';

const context: ParseContext = {
  name: 'p',
  type: 'some-device',
  resolve: (id, type) => `${type}:${id}`,
};

function parse<T>(property: Property<T>, text: string): T {
  return property.parse(text, context);
}

describe('numbers', () => {
  test.each([
    ['0', 0],
    ['10', 10],
    ['0x1F', 31],
    ['010', 8],
    ['+3', 3],
    [' 3', 3],
    ['-0', 0],
    ['255', 255],
  ])('%j is %i', (text, value) => {
    expect(parse(u8(0), text)).toBe(value);
  });

  test.each([
    '',
    'lots',
    '1k',
    '3 ',
    '08',
    '0x',
    '1.0',
    '--1',
    '1e3',
    '18446744073709551616',
    '9'.repeat(5000),
  ])('%j is no integer at all', (text) => {
    for (const property of [u8(0), u16(0), u32(0), u64(0n), i32(0)] as Property<unknown>[])
      expect(() => parse(property, text)).toThrow(new ConfigError("Parameter 'p' expects integer"));
  });

  test.each([
    [u8(0), '256', 'uint8_t'],
    [u16(0), '100000', 'uint16_t'],
    [u32(0), '4294967296', 'uint32_t'],
    [u32(0), '-1', 'uint32_t'],
    [i32(0), '2147483648', 'int32_t'],
  ] as const)('a number out of range is refused with its type', (property, text, type) => {
    expect(() => parse(property as Property<number>, text)).toThrow(
      new ConfigError(`Parameter 'p' expects ${type}`),
    );
  });

  test('64 bits wrap as C’s do', () => {
    expect(parse(u64(0n), '-1')).toBe(2n ** 64n - 1n);
    expect(parse(u64(0n), '18446744073709551615')).toBe(2n ** 64n - 1n);
  });

  test('are printed in both bases, a negative one as 64 bits', () => {
    expect(u32(0).print(26)).toBe('26 (0x1a)');
    expect(i32(0).print(-1)).toBe('-1 (0xffffffffffffffff)');
    expect(u64(0n).print(2n ** 63n - 1n)).toBe('9223372036854775807 (0x7fffffffffffffff)');
  });

  test('read as they are printed', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff_ffff),
        (n) => parse(u32(0), u32(0).print(n).split(' ')[0] ?? '') === n,
      ),
    );
  });
});

describe('byte counts', () => {
  test.each([
    [0, '0 B'],
    [512, '512 B'],
    [999, '999 B'],
    [1000, '0.977 KiB'],
    [4096, '4 KiB'],
    [2 ** 31, '2 GiB'],
    [0xffff_ffff, '4 GiB'],
  ])('%i prints as %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  test.each([
    ['64', 64],
    ['64b', 64],
    ['4k', 4096],
    ['1.5M', 1572864],
    ['0x10', 16],
    ['1G', 2 ** 30],
    ['', undefined],
    ['64X', undefined],
    ['-1', undefined],
    ['1.', undefined],
  ])('%j reads as %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test('are refused as QEMU 7.2 refuses them', () => {
    expect(() => parse(size(0), 'foo')).toThrow(new ConfigError("Parameter 'p' expects size"));
    expect(() => parse(size32(0), '5G')).toThrow(
      new ConfigError("Property some-device.p doesn't take value 5368709120 (maximum: 4294967295)"),
    );
    expect(size(0).print(2 ** 31)).toBe('2147483648 (2 GiB)');
  });
});

describe('words', () => {
  test('a switch knows four pairs of words', () => {
    for (const property of [bool(false), bit(false)]) {
      expect(['on', 'yes', 'true', 'y'].map((text) => parse(property, text))).toEqual([
        true,
        true,
        true,
        true,
      ]);
      expect(['off', 'no', 'false', 'n'].map((text) => parse(property, text))).toEqual([
        false,
        false,
        false,
        false,
      ]);
      for (const text of ['', 'ON', '1', 'maybe'])
        expect(() => parse(property, text)).toThrow(
          new ConfigError("Parameter 'p' expects 'on' or 'off'"),
        );
      expect(property.print(true)).toBe('true');
    }
  });

  test('one of a list', () => {
    const property = oneOf('Colour', ['red', 'green'], 'red');
    expect(parse(property, 'green')).toBe('green');
    expect(property.print('green')).toBe('"green"');
    for (const text of ['', 'Red', 'blue'])
      expect(() => parse(property, text)).toThrow(
        new ConfigError(`Parameter 'p' does not accept value '${text}'`),
      );
    expect(parse(onOffAuto('auto'), 'off')).toBe('off');
    expect(() => parse(onOffAuto('auto'), 'true')).toThrow(ConfigError);
  });

  test('free text stays as it is', () => {
    expect(parse(str(), ' a,b ')).toBe(' a,b ');
    expect(str().print('x')).toBe('"x"');
  });

  test('a link finds its object, and prints its path', () => {
    expect(parse(link('rng-backend'), 'r0')).toBe('rng-backend:r0');
    expect(link('rng-backend').print({ path: '/objects/r0' })).toBe('"/objects/r0"');
    expect(link('rng-backend').print(undefined)).toBe('""');
  });

  test('a kind of its own brings its own rules', () => {
    const property = custom({
      type: 'int32',
      default: -1,
      parse: (text) => text.length,
      print: (n) => `<${n}>`,
    });
    expect(parse(property, 'abc')).toBe(3);
    expect(property.print(3)).toBe('<3>');
    expect(property.hasDefault).toBe(false);
  });
});

test('no text makes a property throw anything but a ConfigError', () => {
  const all = [
    bool(true),
    u8(0),
    u16(0),
    u32(0),
    i32(0),
    u64(0n),
    size(0),
    size32(0),
    str(),
    onOffAuto('on'),
  ];
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...(all as Property<unknown>[])), (text, property) => {
      try {
        expect(typeof property.print(parse(property, text))).toBe('string');
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
  );
});
