import { assert } from '../../../base/assert.ts';
import {
  bool,
  i32,
  link,
  type NamedBackEnd,
  onOffAuto,
  opaque,
  optionalStr,
  type Property,
  type PropertyTable,
  size,
  u8,
  u16,
  u32,
  u64,
} from '../../qom/property.ts';
import { TWIN_PREFIX } from '../../qom/type.ts';
import { KINDS, ROWS } from './property-table.ts';

/** Properties that a type adds to its parent's. */
export interface PropertyRow {
  readonly declared: PropertyTable;
  /** Those of the class that the device tree does not print. */
  readonly hidden: PropertyTable;
  readonly instance: PropertyTable;
  /** Names as lists show them, where the order of `declared` is not that of declaration. */
  readonly listed: readonly string[] | undefined;
}

interface Kind {
  readonly type: string;
  readonly description: string;
  readonly twin: boolean;
}

/** Lines of a table; one that begins with a blank goes on from the one before. */
export function tableLines(table: string): string[] {
  return table
    .replaceAll('\n ', ' ')
    .split('\n')
    .filter((line) => line !== '');
}

function readKinds(): ReadonlyMap<string, Kind> {
  return new Map(
    tableLines(KINDS).map((line) => {
      const [code = '', type = '', ...rest] = line.split('|');
      const description = rest.join('|');
      const twin = description.endsWith('!');
      return [code, { type, description: twin ? description.slice(0, -1) : description, twin }];
    }),
  );
}

/** Kinds of back end that a kind of property names: QEMU tells them apart by these words alone. */
const NAMES: Readonly<Record<string, readonly NamedBackEnd[]>> = {
  'ID of a chardev to use as a backend': ['chardev'],
  'ID of a netdev to use as a backend': ['netdev'],
  'Node name or ID of a block device to use as a backend': ['drive', 'blockdev'],
  'Node name or ID of a block device to use as eFUSE backend': ['drive', 'blockdev'],
};

/** A property of a kind; `value` is its default as the table has it, or undefined. */
function make({ type, description, twin }: Kind, value: string | undefined): Property<unknown> {
  const known = withRules(type, value, description);
  const names = NAMES[description];
  const shown = { ...known, hasDefault: value !== undefined, ...(names && { names }) };
  const { twin: _, ...plain } = shown;
  if (!twin) return plain;
  return { ...plain, twin: type.startsWith('link<') ? 'unreadable' : 'text' };
}

function withRules(
  type: string,
  value: string | undefined,
  description: string,
): Property<unknown> {
  const number = Number(value ?? 0);
  switch (type) {
    case 'bool':
      return bool(value === 'true', description) as Property<unknown>;
    case 'uint8':
      return u8(number, description) as Property<unknown>;
    case 'uint16':
      return u16(number, description) as Property<unknown>;
    case 'uint32':
      return u32(number, description) as Property<unknown>;
    case 'uint64':
      return u64(BigInt(value ?? 0), description) as Property<unknown>;
    case 'int32':
      return i32(number, description) as Property<unknown>;
    case 'size':
      return size(number, description) as Property<unknown>;
    case 'str':
      return (
        value === undefined ? optionalStr(description) : opaque(type, text(value), description)
      ) as Property<unknown>;
    case 'OnOffAuto':
      return onOffAuto((value ?? 'auto') as 'auto', description) as Property<unknown>;
  }
  const target = /^link<(.*)>$/.exec(type)?.[1];
  if (target !== undefined) return link(target, description) as Property<unknown>;
  return opaque(
    type,
    value === undefined ? undefined : text(value),
    description,
  ) as Property<unknown>;
}

/** `''` stands for empty text. */
function text(value: string): string {
  return value === "''" ? '' : value;
}

/** Rows of a program, by its letter and the type's name. */
export function propertyRows(letter: string): ReadonlyMap<string, () => PropertyRow> {
  const kinds = readKinds();
  const rows = new Map<string, () => PropertyRow>();
  for (const line of tableLines(ROWS)) {
    const [names = '', ...words] = line.split(' ');
    const read = once(() => readRow(words, kinds));
    for (const entry of names.split('&')) {
      const [name = '', letters] = entry.split('@');
      if (letters === undefined || letters.includes(letter)) rows.set(name, read);
    }
  }
  return rows;
}

function readRow(words: readonly string[], kinds: ReadonlyMap<string, Kind>): PropertyRow {
  const declared: Record<string, Property<unknown>> = {};
  const hidden: Record<string, Property<unknown>> = {};
  const instance: Record<string, Property<unknown>> = {};
  let table = declared;
  const listed = words[0] === '=';
  const names: string[] = [];
  for (const word of listed ? words.slice(1) : words) {
    if (word === '+' || word === '-') {
      table = word === '+' ? instance : hidden;
      continue;
    }
    const [, name = '', code = '', fixed, value] = /^(.+):(\w+)(~)?(?:=(.*))?$/.exec(word) ?? [];
    const kind = kinds.get(code);
    assert(kind, `${word} is of no known kind`);
    if (table === declared) names.push(name);
    if (name.startsWith(TWIN_PREFIX)) continue;
    table[name] = fixed ? { ...make(kind, value), readOnly: true } : make(kind, value);
  }
  return { declared, hidden, instance, listed: listed ? names : undefined };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
