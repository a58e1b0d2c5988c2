import { RECORD_WORDS } from './schema.ts';

/**
 * Records take a quarter of their room when they are kept as what differs from the record of the same
 * kind, actor and size before: two bytes that tell these, two whose bits tell which words differ, and
 * those words' differences, seven bits a byte. A clock differs from the one before plus one.
 */

/** Most bytes that a record takes. */
const MOST_BYTES = 4 + 5 * RECORD_WORDS;
/** Records that are remembered to compare with: by kind, actor and size, folded together. */
const CONTEXTS = 512;

function contextOf(head: number): number {
  return ((head & 0xff) ^ (((head >>> 8) & 0xff) * 37)) & (CONTEXTS - 1);
}

/** The bytes of the first `count` records of `words`. */
export function packRecords(words: Uint32Array, count: number): Uint8Array {
  const bytes = new Uint8Array(count * MOST_BYTES);
  const known = new Int32Array(CONTEXTS * RECORD_WORDS);
  let clock = 0;
  let at = 0;
  for (let record = 0; record < count; record++) {
    const from = record * RECORD_WORDS;
    const head = words[from] as number;
    const base = contextOf(head) * RECORD_WORDS;
    known[base + 1] = clock + 1;
    clock = words[from + 1] as number;
    bytes[at] = head & 0xff;
    bytes[at + 1] = (head >>> 8) & 0xff;
    const marks = at + 2;
    at += 4;
    let mask = 0;
    for (let i = 0; i < RECORD_WORDS; i++) {
      const word = (i === 0 ? head >>> 16 : (words[from + i] as number)) | 0;
      const change = (word - (known[base + i] as number)) | 0;
      if (change === 0) continue;
      known[base + i] = word;
      mask |= 1 << i;
      let rest = ((change << 1) ^ (change >> 31)) >>> 0;
      for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
      bytes[at++] = rest;
    }
    bytes[marks] = mask & 0xff;
    bytes[marks + 1] = mask >>> 8;
  }
  return bytes.slice(0, at);
}

/**
 * Fills `words` with the first `count` records of `bytes`. Returns whether they are exactly those of
 * `count` records; whatever the bytes are, nothing else is touched.
 */
export function unpackRecords(bytes: Uint8Array, count: number, words: Uint32Array): boolean {
  const known = new Int32Array(CONTEXTS * RECORD_WORDS);
  const end = bytes.length;
  let clock = 0;
  let at = 0;
  for (let record = 0; record < count; record++) {
    if (at + 4 > end) return false;
    const to = record * RECORD_WORDS;
    const head = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const mask = (bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8);
    if (mask >>> RECORD_WORDS !== 0) return false;
    at += 4;
    const base = contextOf(head) * RECORD_WORDS;
    known[base + 1] = clock + 1;
    for (let i = 0; i < RECORD_WORDS; i++) {
      if (mask & (1 << i)) {
        let value = 0;
        for (let shift = 0; ; shift += 7) {
          const byte = bytes[at++] as number;
          if (at > end || shift > 28) return false;
          value |= (byte & 0x7f) << shift;
          if (byte < 0x80) break;
        }
        known[base + i] = (known[base + i] as number) + ((value >>> 1) ^ -(value & 1));
      }
      words[to + i] = known[base + i] as number;
    }
    words[to] = (head | ((words[to] as number) << 16)) >>> 0;
    clock = words[to + 1] as number;
  }
  return at === end;
}
