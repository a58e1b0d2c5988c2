import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OPTION_LISTS } from '../engine/machine/option-lists.ts';
import { parseOpts } from '../engine/machine/opts.ts';
import { impliedKey } from '../options/entries.ts';
import type { DocumentOption } from './document.ts';
import { entriesOf, entryOf, optionIdOf, withEntry } from './entries.ts';

const option = (name: string, argument: string): DocumentOption => ({ key: 1, name, argument });
const device = (argument: string) => option('device', argument);

test.each(Object.entries(OPTION_LISTS))('-%s: the engine implies the same key', (list, rules) => {
  const name = { memory: 'm' }[list] ?? list;
  expect(impliedKey(name)).toBe('implied' in rules ? rules.implied : '');
});

const argument = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('a', 'b', ',', '=', 'no', 'id', '.') }),
);

test('entries are those that the engine reads', () => {
  fc.assert(
    fc.property(
      // An `id` that is a first word, or stands in a first value behind a comma, is an id as well, to QEMU.
      argument.filter((text) => !/^(?:\{|(?:[^=]*,,)?(?:no)?id(?:[,=]|$))/.test(text)),
      (text) => {
        let read: ReturnType<typeof parseOpts>;
        try {
          read = parseOpts(text, 'driver');
        } catch {
          return;
        }
        const entries = entriesOf(device(text));
        expect(entries.filter(({ key }) => key !== 'id')).toEqual(read.entries);
        expect(optionIdOf(device(text))).toBe(read.id);
      },
    ),
  );
});

test('a first value that looks like JSON gets its key', () => {
  const set = withEntry(device('virtio-rng-pci,id=r'), 'driver', '{"a"');
  expect(set.argument).toBe('driver={"a",id=r');
  expect(entryOf(set, 'driver')).toBe('{"a"');
});

test('an entry that was set has that value, and the others have theirs', () => {
  const key = fc.constantFrom('driver', 'id', 'a', 'b', 'drive');
  fc.assert(
    fc.property(argument, key, fc.option(fc.string(), { nil: undefined }), (text, name, value) => {
      const before = device(text);
      const after = withEntry(before, name, value);
      // A key that begins with a brace is JSON where it comes first, and no key of QEMU's does.
      if (/(?:^|,)\{/.test(text)) return;
      // Nor is any key empty, which can stand in some places only.
      if (entriesOf(before).some((entry) => entry.key === '')) return;
      expect(entryOf(after, name)).toBe(value);
      const others = (one: DocumentOption) => entriesOf(one).filter((entry) => entry.key !== name);
      expect(others(after)).toEqual(others(before));
    }),
  );
});

describe('an entry is set where it stands, and nothing else changes', () => {
  test.each([
    ['virtio-blk-pci,drive=d,,x,addr=3', 'addr', '4', 'virtio-blk-pci,drive=d,,x,addr=4'],
    ['virtio-blk-pci,addr=3,id=a', 'addr', undefined, 'virtio-blk-pci,id=a'],
    ['virtio-blk-pci', 'serial', 'a,b', 'virtio-blk-pci,serial=a,,b'],
    ['virtio-blk-pci,id=x', 'driver', 'virtio-rng-pci', 'virtio-rng-pci,id=x'],
    ['id=x,driver=virtio-blk-pci', 'driver', 'y', 'id=x,driver=y'],
    ['id=x', 'driver', 'y', 'y,id=x'],
    ['x,a=1,a=2', 'a', '3', 'x,a=3'],
    ['x,id=a,id=b', 'id', 'c', 'x,id=c'],
    ['x,share', 'share', 'off', 'x,share=off'],
    ['x,share', 'driver', undefined, 'share=on'],
  ])('%s: %s=%s', (text, key, value, expected) => {
    expect(withEntry(device(text), key, value).argument).toBe(expected);
  });

  test.each([
    ['{"driver":"a", "id": "x"}', 'id', 'y', '{"driver":"a", "id": "y"}'],
    ['{"driver":"a","addr":"3"}', 'addr', undefined, '{"driver":"a"}'],
    ['{"addr":"3", "driver":"a"}', 'addr', undefined, '{"driver":"a"}'],
    ['{}', 'driver', 'b"c', '{"driver":"b\\"c"}'],
    ['{"max-bytes":1}', 'max-bytes', '0x10', '{"max-bytes":16}'],
    ['{"driver":"a"}', 'multifunction', 'on', '{"driver":"a","multifunction":true}'],
    ["{'driver':'a'}", 'bus', 'b', `{'driver':'a',"bus":"b"}`],
    ['{"driver":', 'bus', 'b', '{"driver":'],
  ])('%s: %s=%s', (text, key, value, expected) => {
    expect(withEntry(device(text), key, value).argument).toBe(expected);
  });

  test('in JSON by the type of the property, where it is told', () => {
    const set = (key: string, value: string, type: string) =>
      withEntry(device('{}'), key, value, type).argument;
    expect(set('serial', '12', 'str')).toBe('{"serial":"12"}');
    expect(set('packed', 'on', 'bool')).toBe('{"packed":true}');
    expect(set('disable-legacy', 'on', 'OnOffAuto')).toBe('{"disable-legacy":"on"}');
  });

  test('inside a block node', () => {
    const node = option('blockdev', '{"driver":"raw","file":{"driver":"file","filename":"x"}}');
    expect(entriesOf(node).map(({ key, value }) => `${key}=${value}`)).toEqual([
      'driver=raw',
      'file.driver=file',
      'file.filename=x',
    ]);
    expect(withEntry(node, 'file.filename', 'y').argument).toBe(
      '{"driver":"raw","file":{"driver":"file","filename":"y"}}',
    );
    expect(withEntry(node, 'file.locking', 'off').argument).toContain('"locking":false}}');
  });
});

test('arguments that are one key and one value may have commas', () => {
  const all = option('global', 'virtio-blk-pci.serial=a,b');
  expect(entriesOf(all)).toEqual([{ key: 'virtio-blk-pci.serial', value: 'a,b' }]);
  expect(withEntry(all, 'virtio-blk-pci.serial', 'c,d').argument).toBe('virtio-blk-pci.serial=c,d');
});

test('hostile JSON takes no time to speak of', () => {
  const blanks = `{"a":1,${' '.repeat(500_000)}"b":2}`;
  const way = 'x'.repeat(400_000);
  const members = Array.from({ length: 50_000 }, (_, i) => `"${i}":1`).join();
  const started = performance.now();
  expect(withEntry(device(blanks), 'b', undefined).argument).toBe('{"a":1}');
  expect(entriesOf(device(`{"${way}":{${members}}}`))).toEqual([]);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('hostile JSON is read as far as it goes', () => {
  for (const text of ['{"a":'.repeat(5000), `{"a":${'['.repeat(5000)}`, '{"a":"\\', '{"a" 1}'])
    expect(entriesOf(device(text))).toEqual([]);
});
