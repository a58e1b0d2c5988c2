import { hex } from '../../base/bits.ts';
import { utf8Decode } from '../../base/utf8.ts';
import type { RequestField } from './request.ts';
import type { Side } from './side.ts';

/** Most digits that are shown of bytes without a meaning. */
const MOST_DIGITS = 16;

/** Reads the fields of one side in the order in which they lie, and notes each. */
export class FieldReader {
  readonly fields: RequestField[] = [];
  /** Bytes read so far. */
  at: number;
  readonly #side: Side;

  constructor(side: Side, at = 0) {
    this.#side = side;
    this.at = at;
  }

  /** Bytes that are left. */
  get left(): number {
    return Math.max(0, this.#side.length - this.at);
  }

  /** A number of `width` bytes, at most 8; undefined where the side is too short. */
  number(
    name: string,
    width: number,
    doc: string,
    show: (value: number) => string = String,
  ): number | undefined {
    const value = this.#side.number(this.at, width);
    this.#note(name, width, doc, value === undefined ? 'missing' : show(value));
    return value;
  }

  /** A number that stands for a name of `names`. */
  named(
    name: string,
    width: number,
    doc: string,
    names: Readonly<Record<string, number>>,
  ): number | undefined {
    return this.number(name, width, doc, (value) => nameIn(names, value));
  }

  /** `length` bytes, all that are left where that is not said; nothing is noted where there are none. */
  bytes(
    name: string,
    doc: string,
    show: (bytes: Uint8Array) => string = digits,
    length = this.left,
  ): Uint8Array {
    const bytes = this.#side.bytes(this.at, length);
    if (length > 0) this.#note(name, length, doc, bytes.length > 0 ? show(bytes) : 'missing');
    return bytes;
  }

  /** Bytes of which only the count is told. */
  data(name: string, doc: string, length = this.left): void {
    if (length > 0) this.#note(name, length, doc, count(Math.min(length, this.left)));
  }

  /** Padding and reserved bytes: noted so that every byte has a name. */
  reserved(length: number): void {
    const there = Math.min(length, this.left);
    if (there > 0) this.bytes('reserved', 'Zero', digits, there);
    else this.at += length;
  }

  #note(name: string, length: number, doc: string, value: string): void {
    const parts = this.#side.parts(this.at, length);
    this.fields.push({ name, value, doc, by: this.#side.by, parts });
    this.at += length;
  }
}

/** `NAME (value)`, or the number alone where it has no name. */
export function nameIn(names: Readonly<Record<string, number>>, value: number): string {
  const name = nameOf(names, value);
  return name === undefined ? `unknown, ${hex(value)}` : `${name} (${shortHex(value)})`;
}

/** The name that stands for `value`. */
export function nameOf(
  names: Readonly<Record<string, number>>,
  value: number | undefined,
): string | undefined {
  return Object.keys(names).find((name) => names[name] === value);
}

/** Names of the bits that are set, of a table of bit numbers or masks; `0` where none is. */
export function flagsIn(masks: Readonly<Record<string, number>>, value: number): string {
  const names = Object.keys(masks).filter((name) => (value & (masks[name] ?? 0)) !== 0);
  return names.length > 0 ? `${names.join(' | ')} (${hex(value)})` : hex(value);
}

/** Bytes as hexadecimal digits, the first of them where they are many. */
export function digits(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MOST_DIGITS), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join(' ');
  return bytes.length > MOST_DIGITS ? `${shown} … (${count(bytes.length)})` : shown;
}

/** Text up to a zero byte. */
export function quoted(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return JSON.stringify(utf8Decode(end < 0 ? bytes : bytes.subarray(0, end)));
}

/** `1 byte`, `2 bytes`. */
export function count(bytes: number, unit = 'byte'): string {
  return `${bytes} ${unit}${bytes === 1 ? '' : 's'}`;
}

/** Six bytes as a MAC address. */
export function mac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

const shortHex = (value: number): string => (value < 10 ? String(value) : hex(value));
