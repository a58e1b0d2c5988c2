import { hex, OUT_OF_RANGE } from '../../base/bits.ts';

/** A guest-physical address or a bus address, as eight digits or more. */
export function address(value: number): string {
  return value >= OUT_OF_RANGE ? 'an address of 2^53 or more' : hex(value, 8);
}

/** `1 byte`, `2,000 bytes`; the plural adds an s. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`; of more than `most` only the first are named. */
export function list(words: readonly string[], most = 8, joined: 'and' | 'or' = 'and'): string {
  const named = words.slice(0, most);
  const rest = words.length - named.length;
  if (rest > 0) named.push(`${rest} more`);
  if (named.length < 2) return named[0] ?? '';
  return `${named.slice(0, -1).join(', ')} ${joined} ${named.at(-1)}`;
}

/** Names that combine: `ACKNOWLEDGE | DRIVER`, or 0. */
export function combined(names: readonly string[]): string {
  return names.length === 0 ? '0' : names.join(' | ');
}

/** Bytes as hexadecimal numbers in groups of four; of many only the first 16. */
export function hexBytes(bytes: ArrayLike<number>): string {
  const digits = Array.from({ length: Math.min(bytes.length, 16) }, (_, i) =>
    (bytes[i] ?? 0).toString(16).padStart(2, '0'),
  );
  const groups: string[] = [];
  for (let i = 0; i < digits.length; i += 4) groups.push(digits.slice(i, i + 4).join(''));
  return groups.join(' ') + (bytes.length > 16 ? ' …' : '');
}

/** A size in the largest binary unit that divides it. */
export function bytesText(bytes: number): string {
  const units = ['GiB', 'MiB', 'KiB'] as const;
  for (const [i, unit] of units.entries()) {
    const size = 2 ** (30 - 10 * i);
    if (bytes >= size && bytes % size === 0) return `${bytes / size} ${unit}`;
  }
  return count(bytes, 'byte');
}

/** Text of a guest's in quotes, cut to one short line. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `“${line.length > 120 ? `${line.slice(0, 119)}…` : line}”`;
}

/** Little-endian number of the first `size` bytes from `at`, at most 6 of them. */
export function number(bytes: readonly number[], at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
