import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPTIONS } from '../options/option-table.ts';
import { DocumentError, type MachineDocument } from './document.ts';
import { lineOf, optionText, readDocument } from './read.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'ab \'"\\\n\r#,=-{}') }),
);
const option = fc
  .constantFrom(...OPTIONS.entries())
  .filter(([name]) => name !== '-preconfig')
  .chain(([name, { argument }]) =>
    fc.record({
      name: fc.constant(name),
      argument: argument ? text : fc.constant(undefined),
    }),
  );
const documents = fc
  .record({
    program: fc.constantFrom('qemu-system-x86_64', 'qemu-system-s390x', 'qemu-system-sparc'),
    options: fc.array(option),
  })
  .map(
    ({ program, options }): MachineDocument => ({
      program,
      options: options.map((one, i) => ({ key: i + 1, ...one })),
    }),
  );

test('reading the line of a document gives the document', () => {
  fc.assert(
    fc.property(documents, (doc) => {
      expect(readDocument(lineOf(doc))).toEqual(doc);
    }),
  );
});

test('any text is read or refused in words', () => {
  const any = fc
    .array(fc.oneof(fc.constantFrom('-device', '-M', '--', '-', '-drive', '"', '# x\n'), text))
    .map((parts) => parts.join(' '));
  fc.assert(
    fc.property(any, (line) => {
      try {
        const doc = readDocument(line);
        expect(readDocument(lineOf(doc), doc)).toEqual(doc);
      } catch (error) {
        expect(error).toBeInstanceOf(DocumentError);
      }
    }),
  );
});

describe('a pasted line', () => {
  test.each([
    ['sudo /usr/bin/qemu-system-aarch64 -M virt', 'qemu-system-aarch64 -M virt'],
    ['kvm -m 64 # memory\n  --nodefaults', '-m 64 -nodefaults'],
    ['$ LANG=C qemu-system-x86_64 \\\n  -M pc \\\n  disk.img', '-M pc -hda disk.img'],
    ['-device "virtio-rng-pci,id=a b"', "-device 'virtio-rng-pci,id=a b'"],
    ['-unheard of -S', '-unheard of -S'],
    ['-M pc -device', '-M pc -device'],
  ])('%j', (pasted, line) => {
    expect(lineOf(readDocument(pasted))).toBe(line);
  });

  test('is refused where it is too long, or a quote stays open', () => {
    expect(() => readDocument("-M 'pc")).toThrow(DocumentError);
    expect(() => readDocument('x'.repeat(2 ** 20 + 1))).toThrow(/longer/);
    expect(() => readDocument('-S '.repeat(10_001))).toThrow(/more than/);
  });
});

describe('keys', () => {
  const before = readDocument(
    '-M pc -drive if=none,id=d,file=x -device virtio-blk-pci,drive=d -device virtio-rng-pci -S',
  );
  const keysOf = (line: string) =>
    readDocument(line, before).options.map((one) => [optionText(one), one.key]);

  test('stay with their options when another is added, taken out or changed', () => {
    expect(
      keysOf('-m 64 -M q35 -device virtio-blk-pci,drive=d,addr=5 -device virtio-rng-pci,id=r -S'),
    ).toEqual([
      ['-m 64', 6],
      ['-M q35', 1],
      ['-device virtio-blk-pci,drive=d,addr=5', 3],
      ['-device virtio-rng-pci,id=r', 4],
      ['-S', 5],
    ]);
  });

  test('go along with an option that is put elsewhere', () => {
    expect(keysOf('-S -M pc -device virtio-rng-pci')).toEqual([
      ['-S', 5],
      ['-M pc', 1],
      ['-device virtio-rng-pci', 4],
    ]);
  });

  test('are unique, whatever was edited', () => {
    fc.assert(
      fc.property(documents, documents, (old, next) => {
        const { options } = readDocument(lineOf(next), old);
        expect(new Set(options.map(({ key }) => key)).size).toBe(options.length);
      }),
    );
  });

  test('are found in time on a line of thousands of options', () => {
    const line = (from: number) =>
      Array.from({ length: 9000 }, (_, i) => `-device virtio-rng-pci,id=r${from + i}`).join(' ');
    const many = readDocument(line(0));
    expect(readDocument(line(4500), many).options[0]?.key).toBe(4501);
  });
});
