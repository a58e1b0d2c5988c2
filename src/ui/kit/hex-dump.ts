/** Bytes as a hex dump: address, sixteen bytes, characters. `max` bytes at most; the rest is counted. */
export function hexDump(bytes: ArrayLike<number>, address: number, max = 512): string {
  const shown = Math.min(bytes.length, max);
  const lines: string[] = [];
  for (let at = 0; at < shown; at += 16) {
    const row = Array.from({ length: Math.min(16, shown - at) }, (_, i) => bytes[at + i] ?? 0);
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = [hex.slice(0, 8).join(' '), hex.slice(8).join(' ')].join('  ');
    const text = row
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'))
      .join('');
    lines.push(`${(address + at).toString(16).padStart(8, '0')}  ${halves.padEnd(48)}  ${text}`);
  }
  if (shown < bytes.length) lines.push(`… ${bytes.length - shown} bytes more`);
  return lines.join('\n');
}
