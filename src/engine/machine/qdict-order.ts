/** Buckets of QEMU's dictionaries. */
const BUCKETS = 512;

/** The hash that they use: Samba's of 1999, in 32 bits. */
function hash(key: string): number {
  const bytes = utf8(key);
  let value = Math.imul(0x238f_13af, bytes.length) >>> 0;
  bytes.forEach((byte, i) => {
    value = (value + (byte << ((i * 5) % 24))) >>> 0;
  });
  return (Math.imul(1_103_515_243, value) + 12_345) >>> 0;
}

/** Bytes of a text in UTF-8. */
function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x1_0000)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
  }
  return bytes;
}

/**
 * Keys in the order in which QEMU walks a dictionary that got them in the given order (each counts once):
 * by bucket, the newest of a bucket first. Properties are set, and options printed, in this order.
 */
export function qdictOrder(keys: Iterable<string>): string[] {
  const buckets = new Map<number, string[]>();
  for (const key of new Set(keys)) {
    const at = hash(key) % BUCKETS;
    buckets.set(at, [key, ...(buckets.get(at) ?? [])]);
  }
  return [...buckets.keys()].sort((a, b) => a - b).flatMap((at) => buckets.get(at) ?? []);
}
