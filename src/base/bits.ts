/** Bit, endianness and wrapping-integer helpers. Numbers are unsigned and below 2^53 unless said otherwise. */

/** 2^32, the weight of the upper half of a 64-bit value held as two numbers. */
export const TWO_32 = 0x1_0000_0000;

/** Marks a 64-bit value that does not fit a safe integer; never a valid address or length. */
export const OUT_OF_RANGE = Number.MAX_SAFE_INTEGER;

/** Joins two unsigned 32-bit halves; a value of 2^53 or more saturates to `OUT_OF_RANGE`. */
export function join64(lo: number, hi: number): number {
  return hi >>> 0 >= 0x20_0000 ? OUT_OF_RANGE : (hi >>> 0) * TWO_32 + (lo >>> 0);
}

/** Low 32 bits of a safe integer. */
export function lo32(value: number): number {
  return value >>> 0;
}

/** Bits 32 to 52 of a safe integer. */
export function hi32(value: number): number {
  return value < TWO_32 ? 0 : Math.floor(value / TWO_32) >>> 0;
}

/** Wraps to an unsigned 16-bit index, as every ring index does (VIRTIO 1.4 §2.7.6). */
export function wrap16(value: number): number {
  return value & 0xffff;
}

/** Distance from `from` to `to` on free-running 16-bit indices. */
export function distance16(from: number, to: number): number {
  return (to - from) & 0xffff;
}

/**
 * The same integer as V8 computes fastest with. One that came through a register may be a float to
 * it, and then so is all that is computed of it, at every buffer.
 */
export function smallInt(value: number): number {
  return value === (value | 0) ? value | 0 : value;
}

/** The low `size` bytes (1, 2, 4 or more) of a safe integer, unsigned. */
export function lowBytes(value: number, size: number): number {
  if (size === 4) return value >>> 0;
  if (size === 2) return value & 0xffff;
  return size === 1 ? value & 0xff : value;
}

/** Reverses the bytes of a number of `size` bytes, 1, 2 or 4. */
export function swapBytes(value: number, size: number): number {
  let swapped = 0;
  for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256))
    swapped = swapped * 256 + (rest % 256);
  return swapped;
}

/** Rounds up to a multiple of `align`, a power of two. */
export function alignUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

/** Whether `value` is a power of two. */
export function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}

/** All-ones of `size` bytes (1, 2 or 4), unsigned: what an undecoded bus read returns. */
export function allOnes(size: number): number {
  return size >= 4 ? 0xffff_ffff : (1 << (size * 8)) - 1;
}

/** `0x`-prefixed hexadecimal, padded to `digits`. */
export function hex(value: number, digits = 0): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
