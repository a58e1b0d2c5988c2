import { expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.ts';

const bytes = (seed: number, length: number): number[] => {
  const into = new Uint8Array(length);
  new SeededRandom(seed).fill(into);
  return [...into];
};

it('repeats with the same seed, and differs with another', () => {
  expect(bytes(7, 101)).toEqual(bytes(7, 101));
  expect(bytes(7, 101)).not.toEqual(bytes(8, 101));
  // A longer draw begins as a shorter one does.
  expect(bytes(7, 101).slice(0, 50)).toEqual(bytes(7, 50));
});

it.each([0, 1, 0x6187_cafe, 0xffff_ffff])(
  'spreads evenly over bytes and fractions: seed %i',
  (seed) => {
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes(seed, 256 * 400)) counts[byte] = (counts[byte] ?? 0) + 1;
    // 400 on average, deviation 20.
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(120);
    const random = new SeededRandom(seed);
    let sum = 0;
    for (let i = 0; i < 10_000; i++) {
      const fraction = random.fraction();
      expect(fraction >= 0 && fraction < 1).toBe(true);
      sum += fraction;
    }
    expect(sum / 10_000).toBeCloseTo(0.5, 1);
  },
);
