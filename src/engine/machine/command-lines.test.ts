import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goldenCommandLines, goldenHost } from '../../testing/golden.ts';
import { ConfigError } from '../qom/errors.ts';
import { Machine } from './machine.ts';

const cases = goldenCommandLines();

test.each(cases.filter(({ exit }) => exit !== undefined))(
  'refused as QEMU 7.2 does: $line',
  ({ line, stderr }) => {
    let message = 'built';
    try {
      Machine.build(line, goldenHost());
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = `${(error as Error).message}\n`;
    }
    expect(message).toBe(stderr);
  },
);

test.each(cases.filter(({ exit }) => exit === undefined))(
  'built as QEMU 7.2 does: $line',
  ({ line, stderr }) => {
    const { warnings } = Machine.build(line, goldenHost());
    expect(warnings.map((warning) => `${warning}\n`).join('')).toBe(stderr);
  },
);

test('no command line makes it throw anything but a ConfigError', () => {
  const word = fc.constantFrom(
    '-M',
    '-m',
    '-drive',
    '-device',
    '-object',
    '-blockdev',
    '-global',
    '-set',
    '-cpu',
    '-nodefaults',
    '-machine',
    'pc',
    'none',
    '64',
    '1G',
    'virtio-blk-pci',
    'virtio-rng-pci',
    'virtio-blk',
    ',',
    '=',
    ',,',
    'id=a',
    'drive=d0',
    'if=none',
    'if=virtio',
    'file=img/disk.raw',
    'format=raw',
    'null-co',
    'node-name=d0',
    'file=null-co://',
    'rng-builtin',
    'rng=a',
    'addr=3',
    'bus=pci.0',
    'vectors=2',
    'packed',
    'constructor',
    '__proto__',
    'toString',
    '/',
    "'",
    '"',
    '\\',
    '{"driver":"virtio-rng-pci"',
    '}',
    '[',
    '-1',
    '0x',
    '99999999999999999999',
    'device.a.vectors=1',
    '\n',
    'é',
    '😀',
  );
  const separator = fc.constantFrom(' ', ' ', ',', '=', '');
  const line = fc
    .array(fc.tuple(fc.oneof({ weight: 9, arbitrary: word }, fc.string()), separator), {
      maxLength: 14,
    })
    .map((parts) => parts.flat().join(''));
  fc.assert(
    fc.property(line, (text) => {
      try {
        Machine.build(text, goldenHost());
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { numRuns: 300 },
  );
});
