import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDGE, Layout, type Place, rowHeight } from './layout.ts';

const place = (part: Partial<Place>): Place => ({
  ...{ width: 700, height: 260, size: 8, packed: false, mode: 'near', zoom: 1, opened: [] },
  ...part,
});
const anyPlace = fc.record({
  width: fc.integer({ min: 330, max: 2600 }),
  height: fc.integer({ min: 120, max: 1400 }),
  size: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(1024, 4096, 32_768)),
  packed: fc.boolean(),
  mode: fc.constantFrom('near' as const, 'map' as const),
  zoom: fc.constantFrom(1, 1.25, 8),
  opened: fc.constant([]),
});

describe('Layout', () => {
  it('never lets two columns touch, whatever the panel’s width and the queue’s size', () => {
    fc.assert(
      fc.property(anyPlace, (at) => {
        const { columns, stripWidth } = new Layout({ ...at, mode: 'near' });
        const { avail, desc, used, arcs, numbers } = columns;
        const total = Math.max(at.width, stripWidth + 330);
        const left = avail ? avail.x + avail.width : stripWidth;
        expect(left + numbers).toBeLessThanOrEqual(desc.x);
        expect((avail ?? desc).x - numbers).toBeGreaterThan(stripWidth);
        const right = used ? used.x - numbers : total;
        expect(desc.x + desc.width + arcs).toBeLessThan(right);
        if (used) expect(used.x + used.width).toBeLessThan(total);
        if (at.width >= 500) expect(desc.width).toBeGreaterThan(80);
      }),
    );
  });

  it('finds under the middle of every entry’s box that entry', () => {
    fc.assert(
      fc.property(anyPlace, fc.nat(), (at, n) => {
        const layout = new Layout(at);
        const index = n % at.size;
        for (const structure of at.packed
          ? (['desc'] as const)
          : (['avail', 'desc', 'used'] as const)) {
          const box = layout.boxOf({ structure, index, entry: undefined });
          if (!box) throw new Error('an entry has no place');
          const scroll = Math.max(0, box.y - 40);
          const spot = layout.spotAt(box.x + box.width / 2, box.y + box.height / 2, scroll);
          const per = layout.map.get(structure)?.per ?? 1;
          expect(spot).toEqual({ structure, index: index - (index % per), entry: undefined });
        }
      }),
    );
  });

  it('unfolds tables between the rows, and back again', () => {
    const opened = [
      { index: 5, count: 3 },
      { index: 2, count: 4 },
    ];
    const layout = new Layout(place({ opened }));
    expect(layout.rows).toBe(8 + 7);
    const rows = Array.from({ length: layout.rows }, (_, r) => layout.at(r));
    expect(rows.map((row) => row && layout.rowOf(row.index, row.entry))).toEqual(
      Array.from({ length: 15 }, (_, r) => r),
    );
    expect(rows.slice(2, 8)).toEqual([
      { index: 2, entry: undefined },
      ...[0, 1, 2, 3].map((entry) => ({ index: 2, entry })),
      { index: 3, entry: undefined },
    ]);
    expect(layout.at(15)).toBeUndefined();
  });

  it('shows all entries in the map, and beside a large queue', () => {
    for (const size of [2, 256, 4096, 32_768]) {
      const map = new Layout(place({ size, mode: 'map' }));
      for (const grid of map.map.values()) {
        const last = grid.boxOf(size - 1);
        expect(last.y + last.height).toBeLessThanOrEqual(260);
        expect(grid.x + grid.columns * grid.cell).toBeLessThanOrEqual(700);
      }
      const strip = new Layout(place({ size })).strip.get('desc');
      expect(strip !== undefined).toBe(size >= 48);
      if (strip) expect(strip.boxOf(size - 1).y).toBeLessThan(260);
    }
  });

  it('scrolls to whole rows, to its end too', () => {
    fc.assert(
      fc.property(anyPlace, fc.nat(1_000_000), (at, scroll) => {
        const layout = new Layout({ ...at, mode: 'near' });
        const { row, rows, contentHeight } = layout;
        const to = layout.scrollTo(scroll);
        expect(to === 0 || to % row === EDGE).toBe(true);
        expect(Math.abs(scroll - to)).toBeLessThanOrEqual(row / 2 + EDGE);
        const most = Math.max(0, contentHeight - at.height);
        expect(most === 0 || most % row === EDGE).toBe(true);
        expect(contentHeight).toBeGreaterThanOrEqual(rows * row + 2 * EDGE);
        expect(contentHeight).toBeLessThan((rows + 1) * row + 2 * EDGE);
      }),
    );
  });

  it('has few rows in sight in a queue of the largest size', () => {
    const layout = new Layout(place({ size: 32_768 }));
    const { from, to } = layout.inSight(10_000 * layout.row);
    expect(from).toBeLessThanOrEqual(10_000);
    expect(to - from).toBeLessThan(20);
    expect(layout.contentHeight).toBeGreaterThan(32_768 * 23);
  });
});

describe('rowHeight', () => {
  it('fills the room with a small queue, and never shrinks a large one beyond reading', () => {
    expect(rowHeight(8, 220)).toBe(27);
    expect(rowHeight(8, 900)).toBe(30);
    expect(rowHeight(256, 300)).toBe(23);
  });
});
