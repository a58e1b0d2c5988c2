import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensOf, withReferences } from './line-tokens.ts';

const told = (text: string) =>
  withReferences(tokensOf(text))
    .filter(({ kind }) => kind !== 'mark')
    .map(({ text: part, kind, option }) => `${option} ${kind} ${part}`);

describe('tokensOf', () => {
  it('tells options, types, keys, ids and references', () => {
    expect(
      told('qemu-system-x86_64 -M pc -object rng-builtin,id=r0 -device virtio-rng-pci,rng=r0 -S'),
    ).toEqual([
      '-1 program qemu-system-x86_64',
      '0 option -M',
      '0 type pc',
      '1 option -object',
      '1 type rng-builtin',
      '1 key id',
      '1 id r0',
      '2 option -device',
      '2 type virtio-rng-pci',
      '2 key rng',
      '2 reference r0',
      '3 option -S',
    ]);
  });

  it('knows the bus of a device by the device’s id, and no text of the person’s own', () => {
    const tokens = told('-device virtio-scsi-pci,id=s -device scsi-hd,bus=s.0,serial=s');
    expect(tokens).toContain('1 reference s.0');
    expect(tokens).toContain('1 value s');
  });

  it('reads JSON, quotes, doubled commas, comments and continued lines', () => {
    expect(told(`-device '{"driver":"virtio-blk-pci","id":"d"}' # it\n`)).toEqual([
      '0 option -device',
      '0 key "driver"',
      '0 type "virtio-blk-pci"',
      '0 key "id"',
      '0 id "d"',
      '0 comment # it',
    ]);
    expect(told('-drive "file=a,,b",if=none \\\n -append "x=y, z"')).toEqual([
      '0 option -drive',
      '0 key file',
      '0 value a,,b',
      '0 key if',
      '0 value none',
      '1 option -append',
      '1 value "x=y, z"',
    ]);
  });

  it('loses no character, whatever is typed', () => {
    const piece = fc.constantFrom(
      '-device',
      ' ',
      '"',
      "'",
      '\\',
      '\n',
      ',',
      '=',
      '#',
      '{',
      'a',
      'id=',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (parts) => {
        const text = parts.join('');
        const tokens = withReferences(tokensOf(text));
        expect(tokens.map((token) => token.text).join('')).toBe(text);
      }),
    );
  });
});
