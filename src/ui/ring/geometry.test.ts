import { describe, expect, it } from 'vitest';
import { arcPath, centreOf, columns, packedColumns, rowHeight, windowOf } from './geometry.ts';

const ROW = 23;

describe('columns', () => {
  it('never lets two columns touch, whatever the panel’s width', () => {
    for (let width = 200; width < 2000; width += 37) {
      const { avail, desc, used, arcs, width: total } = columns(width, 23);
      expect(avail.x + avail.width).toBeLessThan(desc.x);
      expect(desc.width).toBeGreaterThan(120);
      expect(desc.x + desc.width + arcs).toBeLessThan(used.x);
      expect(used.x + used.width).toBeLessThan(total);
    }
  });
});

describe('packedColumns', () => {
  it('leaves room for the arcs and for the device’s mark, whatever the panel’s width', () => {
    for (let width = 200; width < 2000; width += 37) {
      const { desc, arcs, width: total } = packedColumns(width, ROW);
      expect(desc.width).toBeGreaterThan(300);
      expect(desc.x + desc.width + arcs + 10).toBeLessThan(total);
    }
  });
});

describe('windowOf', () => {
  it('covers what is seen and stays small in a queue of the largest size', () => {
    const { from, to } = windowOf(10_000 * ROW, 300, 32_768, ROW);
    expect(from).toBeLessThan(10_000);
    expect(to * ROW).toBeGreaterThan(10_000 * ROW + 300);
    expect(to - from).toBeLessThan(40);
  });

  it('ends where the queue ends', () => {
    expect(windowOf(0, 900, 8, ROW)).toEqual({ from: 0, to: 8 });
  });
});

describe('arcPath', () => {
  it('stays inside its room, also for the longest chain, down and up', () => {
    const at = columns(700, ROW);
    const right = at.desc.x + at.desc.width;
    for (const [from, to] of [
      [0, 1],
      [0, 255],
      [255, 0],
    ] as const) {
      const xs = [...arcPath(from, to, at).matchAll(/([\d.]+) [\d.]+/g)].map(([, x]) => Number(x));
      for (const x of xs) expect(x).toBeLessThan(right + at.arcs);
      expect(arcPath(from, to, at).startsWith(`M${right} ${centreOf(from, ROW) + 4}`)).toBe(true);
    }
  });
});

describe('rowHeight', () => {
  it('fills the room with a small queue, and never shrinks a large one beyond reading', () => {
    expect(rowHeight(8, 220)).toBe(27);
    expect(rowHeight(8, 900)).toBe(30);
    expect(rowHeight(256, 300)).toBe(23);
  });
});
