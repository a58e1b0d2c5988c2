import { ConfigError } from './errors.ts';
import type { QObject } from './object.ts';

/** Where a property value comes from while it is parsed. */
export interface ParseContext {
  /** Property name, for messages. */
  readonly name: string;
  /** Concrete type of the object, for messages. */
  readonly type: string;
  /** Finds the object that a `link` names, by id or path. */
  resolve(id: string, type: string): unknown;
}

/** Kinds of back end that a property can name by id; objects are named by links. */
export type NamedBackEnd = 'drive' | 'blockdev' | 'netdev' | 'chardev' | 'fsdev';

/** One typed property: QEMU's type name, default, description, and how text becomes a value and back. */
export interface Property<T = unknown> {
  /** As `qom-list-properties` prints it: `bool`, `uint32`, `str`, `link<rng-backend>`, … */
  readonly type: string;
  readonly default: T;
  readonly description: string;
  /** Whether help lists the default; links, drives and addresses have none. */
  readonly hasDefault: boolean;
  /** Parses command-line or monitor text. Throws ConfigError with QEMU's sentence. */
  parse(text: string, context: ParseContext): T;
  /** The value as `info qtree` prints it. */
  print(value: T): string;
  /** The value as QMP gives it. */
  toJson(value: T): unknown;
  /** Whether a class lists `legacy-NAME` beside it, and whether that can be read: its value is the text. */
  readonly twin?: 'text' | 'unreadable';
  /** Whether help does not offer it and nobody can set it. */
  readonly readOnly?: boolean;
  /** Every text that it takes, where they can be listed. */
  readonly choices?: readonly string[];
  /** Kinds of back end that its value names, where it names one. */
  readonly names?: readonly NamedBackEnd[];
  /** Where the value comes from if not from the object's `values`; such a property cannot be set. */
  read?(object: QObject): unknown;
  /** Stores a new value, where there is more to do than that. Throws ConfigError to refuse it. */
  store?(object: QObject, value: T): void;
}

/** Properties of one type, in QEMU's order. */
export type PropertyTable = Readonly<Record<string, Property<never> | Property<unknown>>>;

/** Values of a table. */
export type Values<P> = { -readonly [K in keyof P]: P[K] extends Property<infer T> ? T : never };

function property<T>(
  type: string,
  value: T,
  description: string,
  parse: (text: string, context: ParseContext) => T,
  print: (value: T) => string,
  hasDefault = true,
  toJson: (value: T) => unknown = (v) => v,
): Property<T> {
  return { type, default: value, description, hasDefault, parse, print, toJson };
}

/** A whole number for JSON: as bigint only where a number would round it. */
function jsonNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function quoted(text: string): string {
  return `"${text}"`;
}

/** `on`/`off` switch (QEMU prints type bool). */
export function bool(value: boolean, description = ''): Property<boolean> {
  return {
    ...property(
      'bool',
      value,
      description,
      (text, { name }) => {
        if (['on', 'yes', 'true', 'y'].includes(text)) return true;
        if (['off', 'no', 'false', 'n'].includes(text)) return false;
        throw new ConfigError(`Parameter '${name}' expects 'on' or 'off'`);
      },
      String,
    ),
    choices: ['on', 'off'],
  };
}

/** Same as `bool`, with the words that QEMU puts after a bit's type in help. */
export function bit(value: boolean, description = 'on/off'): Property<boolean> {
  return bool(value, description);
}

function parseInteger(text: string): bigint | undefined {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (!match || text.length > 64) return undefined;
  const digits = match[2] ?? '0';
  const magnitude = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return match[1] === '-' ? -magnitude : magnitude;
}

function integer(
  type: string,
  bits: number,
  signed: boolean,
  value: number,
  description: string,
): Property<number> {
  const max = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const min = signed ? -(2 ** (bits - 1)) : 0;
  const limit = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return property(
    type,
    value,
    description,
    (text, { name }) => {
      const parsed = parseInteger(text);
      if (parsed === undefined || parsed > limit || parsed < -(2n ** 63n))
        throw new ConfigError(`Parameter '${name}' expects integer`);
      if (parsed > max || parsed < min)
        throw new ConfigError(`Parameter '${name}' expects ${type}_t`);
      return Number(parsed);
    },
    (v) => `${v} (0x${(v < 0 ? BigInt.asUintN(64, BigInt(v)) : BigInt(v)).toString(16)})`,
  );
}

/** Unsigned number of 8 bits. */
export const u8 = (value: number, description = '') =>
  integer('uint8', 8, false, value, description);
/** Unsigned number of 16 bits. */
export const u16 = (value: number, description = '') =>
  integer('uint16', 16, false, value, description);
/** Unsigned number of 32 bits. */
export const u32 = (value: number, description = '') =>
  integer('uint32', 32, false, value, description);
/** Signed number of 32 bits. */
export const i32 = (value: number, description = '') =>
  integer('int32', 32, true, value, description);

/** Unsigned 64-bit number. */
export function u64(value: bigint, description = ''): Property<bigint> {
  return property(
    'uint64',
    value,
    description,
    (text, { name }) => {
      const parsed = parseInteger(text);
      if (parsed === undefined || parsed > 2n ** 64n - 1n || parsed < -(2n ** 63n))
        throw new ConfigError(`Parameter '${name}' expects integer`);
      return BigInt.asUintN(64, parsed);
    },
    // As QEMU has it, the decimal digits are those of a signed number.
    (v) => `${BigInt.asIntN(64, v)} (0x${v.toString(16)})`,
    true,
    jsonNumber,
  );
}

const SUFFIX = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** A byte count as QEMU prints it for people: three significant digits of the largest binary unit. */
export function sizeText(value: number): string {
  let unit = 0;
  let rest = value;
  // The mantissa is kept at or below 1000, so 1023 B already prints as 0.999 KiB.
  while (rest > 999 && unit < SUFFIX.length - 1) {
    rest /= 1024;
    unit++;
  }
  return `${Number(rest.toPrecision(3))} ${SUFFIX[unit]}`;
}

/** Parses `64`, `64K`, `1.5G`…; a bare number counts `defaultUnit` bytes. Undefined where malformed. */
export function parseSize(text: string, defaultUnit = 1): number | undefined {
  const match = /^(?:(0[xX][0-9a-fA-F]+)|([0-9]+(?:\.[0-9]+)?))([bBkKmMgGtTpPeE]?)$/.exec(text);
  if (!match) return undefined;
  const number = Number(match[1] ?? match[2]);
  const letter = (match[3] ?? '').toUpperCase();
  const unit = letter === '' ? defaultUnit : 1024 ** 'BKMGTPE'.indexOf(letter);
  // Part of a byte is none.
  if (unit === 1 && !Number.isInteger(number)) return undefined;
  return Math.floor(number * unit);
}

function sized(type: string, max: number, value: number, description: string): Property<number> {
  return property(
    type,
    value,
    description,
    (text, { name, type: owner }) => {
      const parsed = parseSize(text);
      if (parsed === undefined) throw new ConfigError(`Parameter '${name}' expects size`);
      if (parsed > max)
        throw new ConfigError(
          `Property ${owner}.${name} doesn't take value ${sizeDigits(parsed)} (maximum: ${max})`,
        );
      return parsed;
    },
    (v) => `${sizeDigits(v)} (${sizeText(v)})`,
    true,
    (v) => jsonNumber(BigInt(sizeDigits(v))),
  );
}

/** A byte count in decimal; the largest one is a whole 64 bits, which no number can hold. */
export function sizeDigits(value: number): string {
  return String(value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(value));
}

/** A byte count of 64 bits; values beyond 2^53 are rounded. */
export const size = (value: number, description = '') =>
  sized('size', 2 ** 64 - 1, value, description);
/** A byte count of 32 bits. */
export const size32 = (value: number, description = '') =>
  sized('size', 2 ** 32 - 1, value, description);

/** Free text. */
export function str(value = '', description = ''): Property<string> {
  return property('str', value, description, (text) => text, quoted, false);
}

/** Free text that may be absent altogether, which is not the same as empty. */
export function optionalStr(description = ''): Property<string | undefined> {
  return property<string | undefined>(
    'str',
    undefined,
    description,
    (text) => text,
    (v) => quoted(v ?? ''),
    false,
    (v) => v ?? '',
  );
}

/** One of `names`; `type` is QEMU's name of the enumeration. */
export function oneOf<const T extends string>(
  type: string,
  names: readonly T[],
  value: T,
  description = '',
): Property<T> {
  return {
    ...property(
      type,
      value,
      description,
      (text, { name }) => {
        const found = names.find((candidate) => candidate === text);
        if (found === undefined)
          throw new ConfigError(`Parameter '${name}' does not accept value '${text}'`);
        return found;
      },
      quoted,
    ),
    choices: names,
  };
}

/** `on`, `off` or `auto`. */
export const onOffAuto = (value: 'on' | 'off' | 'auto', description = 'on/off/auto') =>
  oneOf('OnOffAuto', ['auto', 'on', 'off'], value, description);

/** Path of an object, or '' where there is none. */
function pathOf(value: unknown): string {
  return value && typeof value === 'object' && 'path' in value ? String(value.path) : '';
}

/** Another object, named by id or path; undefined where none is set. */
export function link<T = unknown>(type: string, description = ''): Property<T | undefined> {
  return {
    ...property<T | undefined>(
      `link<${type}>`,
      undefined,
      description,
      (text, context) => context.resolve(text, type) as T,
      (v) => quoted(pathOf(v)),
      false,
    ),
    toJson: pathOf,
    twin: 'unreadable',
  };
}

/** A property that shows something of the object and cannot be set. */
export function live(
  type: string,
  read: (object: QObject) => unknown,
  description = '',
): Property<undefined> {
  return {
    ...property<undefined>(type, undefined, description, () => undefined, String, false),
    read,
  };
}

/** A property whose kind has no rules here: free text of QEMU's type `type`. */
export function opaque(
  type: string,
  value: string | undefined,
  description = '',
): Property<string> {
  return property(type, value ?? '', description, (text) => text, quoted, value !== undefined);
}

/** A property of its own kind: for addresses, drives and the like, whose rules belong to their bus or back end. */
export function custom<T>(spec: {
  type: string;
  default: T;
  description?: string;
  /** Whether lists of properties tell the default. */
  hasDefault?: boolean;
  twin?: 'text' | 'unreadable';
  names?: readonly NamedBackEnd[];
  parse(text: string, context: ParseContext): T;
  print(value: T): string;
  toJson?(value: T): unknown;
}): Property<T> {
  return {
    type: spec.type,
    default: spec.default,
    description: spec.description ?? '',
    hasDefault: spec.hasDefault ?? false,
    parse: spec.parse,
    print: spec.print,
    toJson: spec.toJson ?? ((v) => v),
    ...(spec.twin && { twin: spec.twin }),
    ...(spec.names && { names: spec.names }),
  };
}
