import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FeatureSet } from './features.ts';

const bit = fc.integer({ min: 0, max: 63 });

describe('FeatureSet', () => {
  it('[2.2] holds 64 bits in two halves', () => {
    const set = FeatureSet.of([0, 31, 32, 63]);
    expect([set.lo, set.hi]).toEqual([0x8000_0001, 0x8000_0001]);
    expect(set.bits).toEqual([0, 31, 32, 63]);
  });

  it('behaves as a set of numbers does', () => {
    fc.assert(
      fc.property(fc.uniqueArray(bit), fc.uniqueArray(bit), (a, b) => {
        const [left, right] = [FeatureSet.of(a), FeatureSet.of(b)];
        const sorted = (bits: number[]) => [...bits].sort((x, y) => x - y);
        expect(left.bits).toEqual(sorted(a));
        expect(left.and(right).bits).toEqual(sorted(a.filter((x) => b.includes(x))));
        expect(left.without(right).bits).toEqual(sorted(a.filter((x) => !b.includes(x))));
        for (let x = 0; x < 64; x++) expect(left.has(x)).toBe(a.includes(x));
      }),
    );
  });

  it('names bits by what the device is', () => {
    expect(FeatureSet.of([5, 32], 2).names).toEqual(['VIRTIO_BLK_F_RO', 'VIRTIO_F_VERSION_1']);
    expect(FeatureSet.of([5, 32], 4).names).toEqual(['bit 5', 'VIRTIO_F_VERSION_1']);
    expect(`${FeatureSet.of([32], 4)}`).toBe('0x0000000100000000 (VIRTIO_F_VERSION_1)');
    expect(`${FeatureSet.of([])}`).toBe('0x0000000000000000');
  });

  it('refuses what is not the number of a bit', () => {
    for (const bad of [-1, 64, 1.5, Number.NaN])
      expect(() => FeatureSet.of([bad])).toThrow(RangeError);
  });
});
