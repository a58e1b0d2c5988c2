/** How text was misread: not a number, or a number beyond 64 bits. */
export type NumberFault = 'malformed' | 'range';

const MAX_U64 = 2n ** 64n - 1n;
/** Longest text that is looked at; no 64-bit number is longer in any notation. */
const MAX_TEXT = 80;

/** Integer text as C's strtol reads it in base 0: blanks, a sign, then decimal, 0x… or 0… digits. */
function readInteger(text: string): bigint | undefined {
  if (text.length > MAX_TEXT) return undefined;
  const match = /^[ \t\n\v\f\r]*([+-]?)(?:(0[xX][0-9a-fA-F]+)|0([0-7]*)|([1-9]\d*))$/.exec(text);
  if (!match) return undefined;
  const [, sign, hex, octal, decimal] = match;
  const magnitude = hex ? BigInt(hex) : octal ? BigInt(`0o${octal}`) : BigInt(decimal ?? 0);
  return sign === '-' ? -magnitude : magnitude;
}

/** Reads an unsigned 64-bit number; a negative one wraps, as in C. */
export function readU64(text: string): bigint | NumberFault {
  const value = readInteger(text);
  if (value === undefined) return /^\s*[+-]?\d{81,}$/.test(text) ? 'range' : 'malformed';
  if (value > MAX_U64 || value < -MAX_U64) return 'range';
  return BigInt.asUintN(64, value);
}

/** Reads a signed 64-bit number. */
export function readI64(text: string): bigint | NumberFault {
  const value = readInteger(text);
  if (value === undefined) return 'malformed';
  return BigInt.asIntN(64, value) === value ? value : 'range';
}

/** A size that was read. */
export interface SizeText {
  /** Bytes. */
  readonly bytes: bigint;
  /** Whether it is hexadecimal with a suffix, of which QEMU warns. */
  readonly deprecated: boolean;
}

/** Fraction digits that are looked at; more do not change 64 bits. */
const FRACTION_DIGITS = 40;

/** Reads `64`, `64K`, `1.5G`, `0x20`: a suffix counts powers of 1024, a fraction needs one. */
export function readSize(text: string): SizeText | NumberFault {
  const match =
    /^[ \t\n\v\f\r]*\+?(?:(0[xX][0-9a-fA-F]+)|(\d+)(?:(\.)(\d*))?)([bBkKmMgGtTpPeE]?)$/.exec(text);
  if (!match) return 'malformed';
  const [, hex, whole = '0', , fraction = '', suffix = ''] = match;
  // In a hexadecimal number B and E are digits.
  if ((hex ?? whole).length > MAX_TEXT) return 'range';
  const unit = 1024n ** BigInt(suffix === '' ? 0 : 'BKMGTPE'.indexOf(suffix.toUpperCase()));
  const digits = fraction.slice(0, FRACTION_DIGITS);
  const fractional = digits === '' ? 0n : BigInt(digits);
  if (unit === 1n && fractional !== 0n) return 'malformed';
  const scale = 10n ** BigInt(digits.length);
  const bytes = BigInt(hex ?? whole) * unit + (fractional * unit * 2n + scale) / (scale * 2n);
  if (BigInt(hex ?? whole) > MAX_U64 || bytes > MAX_U64) return 'range';
  return { bytes, deprecated: hex !== undefined && suffix !== '' };
}
