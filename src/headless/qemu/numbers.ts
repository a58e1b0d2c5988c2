const NUMBER = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)$/;

/** A whole number as C's strtoll reads it with base 0: decimal, `0x` hexadecimal, `0` octal. Undefined where it is none. */
export function parseWhole(text: string): bigint | undefined {
  const [, sign, digits] = NUMBER.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const octal = /^0\d/.test(digits);
  if (octal && /[89]/.test(digits)) return undefined;
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return sign === '-' ? -value : value;
}

/** As strtoull: 64 bits, negative numbers wrap. Undefined where it is no number, or too large. */
export function parseUnsigned(text: string): bigint | undefined {
  const value = parseWhole(text);
  if (value === undefined || value >= 1n << 64n || value <= -(1n << 64n)) return undefined;
  return BigInt.asUintN(64, value);
}

/** Bytes as hexadecimal digits. */
export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Bytes of `0x` and hexadecimal digits; undefined where there are none. */
export function hexBytes(text: string): Uint8Array | undefined {
  if (text.length < 3) return undefined;
  return Buffer.from(text.slice(2), 'hex');
}
