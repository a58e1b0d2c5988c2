import { describe, expect, it } from 'vitest';
import { Dots, radiusOf, TRAVEL_MS } from './dots.ts';
import { DOT } from './patch.ts';

const way = (i: number) => ({
  from: { structure: 'avail', index: i } as const,
  to: { structure: 'desc', index: i } as const,
});
const chains = (dots: Dots): number => dots.moving.reduce((sum, { count }) => sum + count, 0);

describe('Dots', () => {
  it('are one a chain while they can be told apart', () => {
    const dots = new Dots();
    dots.start(DOT.taken, 3, 0, way);
    expect(dots.moving.map(({ to, count }) => [to.index, count])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });

  it('merge a burst without losing a chain', () => {
    const dots = new Dots();
    dots.start(DOT.taken, 30_001, 0, way);
    expect(dots.moving.length).toBeLessThan(2100);
    expect(chains(dots)).toBe(30_001);
    dots.start(DOT.taken, 500, 1, way);
    expect(chains(dots)).toBe(30_501);
    expect(Math.max(...dots.moving.map(({ count }) => radiusOf(count)))).toBeGreaterThan(
      radiusOf(1),
    );
  });

  it('arrive, and are gone', () => {
    const dots = new Dots();
    dots.start(DOT.published, 2, 0, way);
    dots.start(DOT.published, 1, 100, way);
    dots.settle(TRAVEL_MS);
    expect(dots.moving.length).toBe(1);
    dots.settle(TRAVEL_MS + 100);
    expect(dots.moving.length).toBe(0);
    expect(dots.started).toBe(3);
  });
});
