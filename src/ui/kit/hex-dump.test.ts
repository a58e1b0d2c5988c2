import { describe, expect, it } from 'vitest';
import { hexDump } from './hex-dump.ts';

const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('hexDump', () => {
  it('shows address, bytes and characters, and keeps the last column in place', () => {
    expect(hexDump(bytes('Hello from sector 1!\n'), 0x1100040)).toBe(
      [
        '01100040  48 65 6c 6c 6f 20 66 72  6f 6d 20 73 65 63 74 6f  Hello from secto',
        '01100050  72 20 31 21 0a                                    r 1!·',
      ].join('\n'),
    );
  });

  it('counts what it leaves out', () => {
    const text = hexDump(new Uint8Array(40), 0, 32);
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('… 8 bytes more');
  });

  it('has nothing to say about no bytes', () => {
    expect(hexDump([], 0)).toBe('');
  });
});
