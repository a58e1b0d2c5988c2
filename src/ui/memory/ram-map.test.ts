import { describe, expect, it } from 'vitest';
import { RamMap } from './ram-map.ts';

const GB = 2 ** 30;
const split = new RamMap({
  ramBase: 0,
  ramSize: 4 * GB,
  ramWindows: [
    { base: 4 * GB, size: GB, offset: 3 * GB },
    { base: 0, size: 3 * GB, offset: 0 },
  ],
});

describe('RamMap', () => {
  it('counts bytes in the order of their addresses', () => {
    expect(split.size).toBe(4 * GB);
    expect(split.starts).toEqual([0, 4 * GB]);
    for (const [position, addr] of [
      [0, 0],
      [3 * GB - 1, 3 * GB - 1],
      [3 * GB, 4 * GB],
      [4 * GB - 1, 5 * GB - 1],
    ] as const) {
      expect(split.addressAt(position)).toBe(addr);
      expect(split.positionOf(addr)).toBe(position);
    }
  });

  it('knows holes, and where bytes lie in the buffer', () => {
    expect(split.positionOf(3 * GB)).toBeUndefined();
    expect(split.offsetOf(5 * GB)).toBeUndefined();
    expect(split.offsetOf(4 * GB + 5)).toBe(3 * GB + 5);
  });

  it('takes RAM in one piece as it is', () => {
    const one = new RamMap({ ramBase: 0x4000_0000, ramSize: 64 });
    expect(one.addressAt(3)).toBe(0x4000_0003);
    expect(one.offsetOf(0x4000_0003)).toBe(3);
    expect(one.positionOf(0x4000_0040)).toBeUndefined();
  });
});
