/** UTF-8 without the platform's TextEncoder, so that the engine depends on ECMAScript alone. */

/** Encodes a string; lone surrogates become U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    let c = char.codePointAt(0) ?? 0xfffd;
    if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd;
    if (c < 0x80) out.push(c);
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x1_0000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else
      out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return Uint8Array.from(out);
}

/** Decodes bytes; every malformed sequence becomes U+FFFD, nothing throws. */
export function utf8Decode(bytes: ArrayLike<number>): string {
  let out = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++] ?? 0;
    const extra = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : -1;
    if (extra === 0) {
      out += String.fromCharCode(first);
      continue;
    }
    let code = extra < 0 || first > 0xf4 ? -1 : first & (0x3f >> extra);
    for (let k = 0; code >= 0 && k < extra; k++) {
      const next = bytes[i] ?? 0;
      if ((next & 0xc0) !== 0x80) code = -1;
      else {
        code = (code << 6) | (next & 0x3f);
        i++;
      }
    }
    const minimum = [0, 0x80, 0x800, 0x1_0000][extra] ?? 0;
    const valid = code >= minimum && code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff);
    out += valid ? String.fromCodePoint(code) : '\ufffd';
  }
  return out;
}
