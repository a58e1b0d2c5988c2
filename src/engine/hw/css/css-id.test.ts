import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../qom/errors.ts';
import { assignedId, cssIdText, devno } from './css-id.ts';

const context = { name: 'devno', type: 'virtio-rng-ccw', resolve: () => undefined };

describe('a device number', () => {
  test.each([
    ['fe.0.0001', 'fe.0.0001'],
    ['FE.3.ABCD', 'fe.3.abcd'],
    ['e.0.0001', 'e.0.0001'],
    ['+e.0.0001', 'e.0.0001'],
    ['0x.0.0001', '0.0.0001'],
    ['fe.0.0x1f', 'fe.0.001f'],
    ['fe.0.-001', 'fe.0.ffff'],
  ])('%s reads as %s', (text, printed) => {
    const id = devno().parse(text, context);
    expect(id && cssIdText(id)).toBe(printed);
    expect(devno().print(id)).toBe(`"${printed}"`);
  });

  test.each([
    '',
    'fe',
    'fe.0',
    'fe.0.001',
    'fe.0.00001',
    '0fe.0.0001',
    'fe.-.0001',
    'fe.g.0001',
    'fe.0.',
    '.0.0001',
  ])('%j is none', (text) => {
    expect(() => devno().parse(text, context)).toThrow(
      new ConfigError(`Property 'virtio-rng-ccw.devno' doesn't take value '${text}'`),
    );
  });

  test.each([
    ['fe.4.0001', 'cssid fe, ssid 4'],
    ['-1.0.0001', 'cssid ffffffff, ssid 0'],
    ['ff.f.0000', 'cssid ff, ssid f'],
  ])('%s is outside of any channel subsystem', (text, where) => {
    expect(() => devno().parse(text, context)).toThrow(
      new ConfigError(`Invalid cssid or ssid: ${where}`),
    );
  });

  test('that the machine gives is nobody’s to set', () => {
    expect(assignedId().print(undefined)).toBe('"<unset>"');
    expect(() => assignedId().parse('fe.0.0001', { ...context, name: 'dev_id' })).toThrow(
      new ConfigError("Property 'virtio-rng-ccw.dev_id' is not writable"),
    );
  });
});
