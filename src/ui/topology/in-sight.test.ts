import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsAround, meet } from './in-sight.ts';

const view = fc.record({
  x: fc.integer({ min: -50_000, max: 50_000 }),
  y: fc.integer({ min: -50_000, max: 50_000 }),
  zoom: fc.double({ min: 0.02, max: 2.5, noNaN: true }),
  width: fc.integer({ min: 100, max: 4000 }),
  height: fc.integer({ min: 100, max: 2200 }),
});

describe('cellsAround', () => {
  it('covers all that is in sight and a little more, never more than a few views', () => {
    fc.assert(
      fc.property(view, ({ x, y, zoom, width, height }) => {
        const cells = cellsAround([x, y, zoom], width, height);
        const seen = { left: -x / zoom, top: -y / zoom, wide: width / zoom, high: height / zoom };
        expect(cells.x).toBeLessThan(seen.left);
        expect(cells.y).toBeLessThan(seen.top);
        expect(cells.x + cells.width).toBeGreaterThan(seen.left + seen.wide);
        expect(cells.y + cells.height).toBeGreaterThan(seen.top + seen.high);
        expect(cells.width).toBeLessThanOrEqual(seen.wide * 4);
        expect(cells.height).toBeLessThanOrEqual(seen.high * 4);
      }),
    );
  });

  it('stays the same for most frames of a view that pans', () => {
    let changes = 0;
    let before = '';
    for (let x = 0; x < 1600; x += 4) {
      const cells = JSON.stringify(cellsAround([-x, 0, 1], 800, 450));
      if (cells !== before) changes++;
      before = cells;
    }
    expect(changes).toBeLessThanOrEqual(1 + 2 * Math.ceil(1600 / 512));
  });
});

describe('meet', () => {
  it('tells touching rectangles from those apart', () => {
    const a = { x: 0, y: 0, width: 10, height: 10 };
    expect(meet(a, { x: 10, y: 10, width: 5, height: 5 })).toBe(true);
    expect(meet(a, { x: 11, y: 0, width: 5, height: 5 })).toBe(false);
    expect(meet(a, { x: 0, y: -6, width: 5, height: 5 })).toBe(false);
  });
});
