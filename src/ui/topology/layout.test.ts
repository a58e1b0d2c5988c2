import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, type LayoutInput, layOut, type Rect } from './layout.ts';

const leaf = (id: string, width = 100, height = 40): Box => ({
  id,
  role: 'leaf',
  width,
  height,
  children: [],
});
const device = (id: string, ...children: Box[]): Box => ({
  id,
  role: 'device',
  width: 160,
  height: 44,
  children,
});
const bus = (id: string, ...children: Box[]): Box => ({
  id,
  role: 'bus',
  width: 110,
  height: 22,
  children,
});
const machine = (...devices: Box[]): LayoutInput => ({
  guest: leaf('guest', 150, 50),
  ram: leaf('ram', 150, 40),
  root: bus('root', ...devices),
  loose: [],
});

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const boxes = (box: Box): Box[] => [box, ...box.children.flatMap(boxes)];

describe('layOut', () => {
  it('puts guest, root bus and the host bridge in one row, the rest below', () => {
    const input = machine(
      device('host', bus('pci', device('blk', bus('vbus', device('vblk', leaf('drive')))))),
    );
    const { rects } = layOut(input);
    const middle = (id: string) => {
      const rect = rects.get(id);
      return rect ? rect.y + rect.height / 2 : Number.NaN;
    };
    expect(middle('guest')).toBe(middle('root'));
    expect(middle('host')).toBe(middle('root'));
    for (const [above, below] of [
      ['host', 'pci'],
      ['pci', 'blk'],
      ['blk', 'vbus'],
      ['vbus', 'vblk'],
      ['vblk', 'drive'],
      ['guest', 'ram'],
    ] as const)
      expect(middle(below)).toBeGreaterThan(middle(above));
  });

  it('stretches a bus over all of its devices', () => {
    const { rects } = layOut(machine(device('host', bus('pci', device('a'), device('b')))));
    const pci = rects.get('pci');
    const a = rects.get('a');
    const b = rects.get('b');
    expect(pci?.x).toBeLessThanOrEqual(a?.x ?? Number.NaN);
    expect((pci?.x ?? 0) + (pci?.width ?? 0)).toBeGreaterThanOrEqual(
      (b?.x ?? Number.NaN) + (b?.width ?? Number.NaN),
    );
  });

  it('puts many childless devices onto shelves, so that the machine stays in sight', () => {
    const many = Array.from({ length: 12 }, (_, i) => device(`p${i}`));
    const { rects } = layOut(machine(device('host', bus('pci', device('blk', bus('v')), ...many))));
    const right = Math.max(...[...rects.values()].map((rect) => rect.x + rect.width));
    expect(right).toBeLessThan(1300);
    expect(new Set(many.map(({ id }) => rects.get(id)?.y)).size).toBe(4);
  });

  it('joins every box to its parent with a wire that ends on both', () => {
    const input = machine(
      device(
        'host',
        bus(
          'pci',
          device('blk', bus('vbus', device('vblk', leaf('drive')))),
          ...['x', 'y', 'z'].map((id) => device(id)),
        ),
      ),
      ...['other', 'another', 'third'].map((id) => device(id)),
    );
    const { rects, wires } = layOut(input);
    // A tree, and the way from the root bus to memory.
    expect(wires).toHaveLength(rects.size);
    for (const { from, to, points } of wires) {
      for (const [id, point] of [
        [from, points[0]],
        [to, points.at(-1)],
      ] as const) {
        const rect = rects.get(id);
        if (!rect || !point) throw new Error(`${id} was not placed`);
        const inside =
          point.x >= rect.x &&
          point.x <= rect.x + rect.width &&
          point.y >= rect.y &&
          point.y <= rect.y + rect.height;
        expect(inside, `${from} → ${to} at ${id}`).toBe(true);
      }
      for (let i = 1; i < points.length; i++)
        expect(points[i]?.x === points[i - 1]?.x || points[i]?.y === points[i - 1]?.y).toBe(true);
    }
  });

  it('never lets two boxes overlap, whatever the tree, and is repeatable', () => {
    const size = fc.record({
      width: fc.integer({ min: 20, max: 260 }),
      height: fc.integer({ min: 16, max: 60 }),
    });
    const tree = (role: 'bus' | 'device', depth: number): fc.Arbitrary<Box> =>
      fc
        .tuple(
          size,
          depth === 0
            ? fc.constant([])
            : fc.array(tree(role === 'bus' ? 'device' : 'bus', depth - 1), { maxLength: 3 }),
        )
        .map(([s, children]): Box => ({ id: '', role, ...s, children }));
    fc.assert(
      fc.property(fc.array(tree('device', 4), { maxLength: 4 }), (devices) => {
        let serial = 0;
        const named = (box: Box): Box => ({
          ...box,
          id: `n${serial++}`,
          children: box.children.map(named),
        });
        const input = machine(...devices.map(named));
        const drawn = layOut(input);
        const all = [...drawn.rects.entries()];
        expect(all).toHaveLength(2 + boxes(input.root).length);
        for (let i = 0; i < all.length; i++)
          for (let k = i + 1; k < all.length; k++) {
            const [a, b] = [all[i], all[k]];
            if (a && b) expect(overlap(a[1], b[1]), `${a[0]} and ${b[0]}`).toBe(false);
          }
        expect(layOut(input)).toEqual(drawn);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves what was there where it is when a device comes, but for a few widenings', () => {
    const block = (i: number) =>
      i % 3 === 0
        ? device(`d${i}`)
        : device(`d${i}`, bus(`b${i}`, device(`v${i}`, ...(i % 2 ? [leaf(`k${i}`)] : []))));
    for (const kind of ['deep', 'plain'] as const) {
      const size = (count: number) =>
        layOut(
          machine(
            device(
              'host',
              bus(
                'pci',
                ...Array.from({ length: count }, (_, i) =>
                  kind === 'plain' ? device(`d${i}`) : block(i * 3 + 1),
                ),
              ),
            ),
          ),
        );
      let rearranged = 0;
      let before = size(1);
      for (let count = 2; count <= 120; count++) {
        const after = size(count);
        const moved = [...before.rects].some(([id, rect]) => {
          const now = after.rects.get(id);
          // A bus grows with its devices; it does not go elsewhere.
          return !now || now.x !== rect.x || now.y !== rect.y;
        });
        if (moved) rearranged++;
        before = after;
      }
      expect(rearranged, kind).toBeLessThanOrEqual(16);
    }
  });

  it('arranges boxes of a larger scale as it does small ones', () => {
    const times = (box: Box, by: number): Box => ({
      ...box,
      width: box.width * by,
      height: box.height * by,
      children: box.children.map((child) => times(child, by)),
    });
    const input = machine(
      device(
        'host',
        bus('pci', ...Array.from({ length: 9 }, (_, i) => device(`d${i}`, bus(`b${i}`)))),
      ),
    );
    const small = layOut(input);
    const large = layOut({ ...input, root: times(input.root, 1.5), scale: 1.5 });
    const rows = ({ rects }: typeof small) =>
      [...rects].filter(([id]) => id.startsWith('d')).map(([, { y }]) => y);
    const shape = (ys: readonly number[]) =>
      ys.map((y) => [...new Set(ys)].sort((a, b) => a - b).indexOf(y));
    expect(shape(rows(large))).toEqual(shape(rows(small)));
  });
});
