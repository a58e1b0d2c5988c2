import { Inflate, strFromU8, strToU8, zlibSync } from 'fflate';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import {
  BUNDLE_VERSION,
  type Bundle,
  checkVersion,
  fieldsOf,
  ShareError,
  validBundle,
} from './bundle.ts';

/** Characters of a hash, and bytes of what it unfolds to, beyond which nothing is even looked at. */
export const LINK_LIMITS = { hash: 256 * 1024, bytes: 1024 * 1024 } as const;

/** Bytes inflated at a time: a bomb is noticed at the latest a thousand times this much later. */
const SLICE = 1024;

/**
 * The hash of a link that carries a bundle, with its `#`: `v`, the version, a dot, and base64url of
 * JSON in zlib's format (RFC 1950), whose checksum tells a damaged link. Throws ShareError where the
 * bundle is too large for a link.
 */
export function encodeLink(bundle: Bundle): string {
  // As strict as the other end: no link is made that cannot be opened.
  const fields = fieldsOf(validBundle(fieldsOf(bundle), 'machine'));
  const json = strToU8(JSON.stringify(fields));
  const hash = `#v${BUNDLE_VERSION}.${toBase64Url(zlibSync(json, { level: 9 }))}`;
  if (hash.length > LINK_LIMITS.hash || json.length > LINK_LIMITS.bytes)
    throw new ShareError('This is too large for a link. Save it as a file instead.');
  return hash;
}

/** Whether a hash claims to be a link of this page, of whatever version. */
export function isLink(hash: string): boolean {
  return /^#?v\d{1,9}\./.test(hash);
}

/** What a link's hash carries, with or without its `#`. Throws ShareError for everything else. */
export function decodeLink(hash: string): Bundle {
  if (hash.length > LINK_LIMITS.hash)
    throw new ShareError(
      `This link is too long: ${sizeOf(hash.length)}, and at most ${sizeOf(LINK_LIMITS.hash)} are read.`,
    );
  const match = /^#?v(\d{1,9})\./.exec(hash);
  if (!match) throw new ShareError('What follows # in this address is not a machine.');
  checkVersion(Number(match[1]), 'link');
  const body = hash.slice(match[0].length).trimEnd();
  const packed = fromBase64Url(body);
  if (!(packed instanceof Uint8Array))
    throw new ShareError(
      `This link is damaged: its character ${match[0].length + packed.strayAt + 1} does not belong in a link.`,
    );
  let value: unknown;
  const json = unfolded(packed);
  try {
    value = JSON.parse(json);
  } catch {
    throw new ShareError('This link is not valid: it does not hold JSON.');
  }
  return validBundle(value, 'link');
}

function sizeOf(count: number): string {
  const kib = count / 1024;
  return kib < 1024 ? `${Math.round(kib)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

/** The text that zlib's format holds. Throws ShareError. */
function unfolded(packed: Uint8Array): string {
  const [method = 0, flags = 0] = packed;
  const damaged = () => new ShareError('This link is damaged: a part is missing or was changed.');
  // RFC 1950 §2.2: deflate, no dictionary, and a check over both bytes.
  if (packed.length < 7 || (method & 15) !== 8 || flags & 32 || ((method << 8) | flags) % 31 !== 0)
    throw damaged();
  const parts: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((part) => {
    length += part.length;
    if (length > LINK_LIMITS.bytes)
      throw new ShareError(
        `This link unfolds to more than ${sizeOf(LINK_LIMITS.bytes)}, which no machine needs.`,
      );
    parts.push(part);
  });
  const end = packed.length - 4;
  try {
    for (let at = 2; at < end; at += SLICE)
      inflate.push(packed.subarray(at, Math.min(at + SLICE, end)), at + SLICE >= end);
  } catch (error) {
    throw error instanceof ShareError ? error : damaged();
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const sum = packed.subarray(end).reduce((word, byte) => word * 256 + byte, 0);
  if (sum !== adler32(bytes)) throw damaged();
  return strFromU8(bytes);
}

/** Checksum of RFC 1950 §8. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
