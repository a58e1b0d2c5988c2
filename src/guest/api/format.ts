import { hex } from '../../base/bits.ts';
import { utf8Decode } from '../../base/utf8.ts';

/** Bytes of an array that a line of output shows. */
const MOST_BYTES = 64;
/** Items and levels of other values that it shows. */
const MOST_ITEMS = 32;
const MOST_LEVELS = 3;

/** Values as one line of output, separated by spaces; a text stands as it is. Never throws. */
export function format(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : inspect(value, 0))).join(' ');
}

function inspect(value: unknown, level: number): string {
  try {
    return inspectOne(value, level);
  } catch {
    // A getter or a toString of the script's own threw: the output goes on without it.
    return '[a value that cannot be shown]';
  }
}

function inspectOne(value: unknown, level: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `[function ${value.name || 'without a name'}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Uint8Array) return bytes(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return items(value, level);
  if (value instanceof Map) return `Map ${items([...value], level)}`;
  if (value instanceof Set) return `Set ${items([...value], level)}`;
  const describe: unknown = value.toString;
  const describesItself = typeof describe === 'function' && describe !== Object.prototype.toString;
  return describesItself ? String(value) : properties(value, level);
}

function bytes(value: Uint8Array): string {
  const shown = Array.from(value.subarray(0, MOST_BYTES), twoDigits).join(' ');
  const rest = value.length > MOST_BYTES ? ` … (${value.length} bytes)` : '';
  return shown + rest;
}

function items(value: unknown, level: number): string {
  if (level === MOST_LEVELS) return '[…]';
  const all = Array.from(value as ArrayLike<unknown>);
  const shown = all.slice(0, MOST_ITEMS).map((item) => inspect(item, level + 1));
  if (all.length > MOST_ITEMS) shown.push(`… (${all.length} items)`);
  return `[${shown.join(', ')}]`;
}

function properties(value: object, level: number): string {
  if (level === MOST_LEVELS) return '{…}';
  const keys = Object.keys(value);
  const shown = keys
    .slice(0, MOST_ITEMS)
    .map((key) => `${key}: ${inspect((value as Record<string, unknown>)[key], level + 1)}`);
  if (keys.length > MOST_ITEMS) shown.push(`… (${keys.length} properties)`);
  return shown.length === 0 ? '{}' : `{ ${shown.join(', ')} }`;
}

/** Bytes as text, UTF-8, up to the first zero byte. */
export function text(content: Uint8Array): string {
  const end = content.indexOf(0);
  return utf8Decode(end < 0 ? content : content.subarray(0, end));
}

/** Bytes as lines of sixteen, with their address and their text, as `hexdump -C` prints them. */
export function hexdump(content: Uint8Array, address = 0): string {
  const lines: string[] = [];
  for (let from = 0; from < content.length; from += 16) {
    const row = Array.from(content.subarray(from, from + 16));
    const left = row.slice(0, 8).map(twoDigits).join(' ').padEnd(23);
    const right = row.slice(8).map(twoDigits).join(' ').padEnd(23);
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'));
    lines.push(`${hex(address + from, 8).slice(2)}  ${left}  ${right}  |${text.join('')}|`);
  }
  return lines.join('\n');
}

const twoDigits = (byte: number): string => byte.toString(16).padStart(2, '0');
