import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlatView, flatRoot, flatten } from './flat-view.ts';
import { MemoryRegion, WHOLE } from './memory-region.ts';

const shown = (root: MemoryRegion): string[] =>
  flatten(root).map(
    ({ start, end, region, base, readonly }) =>
      `${start}-${end} ${region.name}@${start - base}${readonly ? ' ro' : ''}`,
  );

const io = (name: string, size: number) => MemoryRegion.io(name, size);

/** The region that decodes `addr` of `region`, by descending the tree: what flattening must agree with. */
function decode(region: MemoryRegion, addr: number): string | undefined {
  if (!region.enabled || addr < 0 || addr >= region.size) return undefined;
  if (region.target) return decode(region.target, addr + region.targetOffset);
  for (const child of region.subregions) {
    const found = decode(child, addr - child.address);
    if (found !== undefined) return found;
  }
  return region.terminates ? `${region.name}@${addr}` : undefined;
}

describe('flattening', () => {
  test('higher priority decodes, then what was added last', () => {
    const root = MemoryRegion.container('root', 100);
    root.addSubregion(0, io('low', 100), -1);
    root.addSubregion(10, io('old', 20));
    root.addSubregion(20, io('new', 20));
    root.addSubregion(25, io('high', 2), 1);
    expect(shown(root)).toEqual([
      '0-10 low@0',
      '10-20 old@0',
      '20-25 new@0',
      '25-27 high@0',
      '27-40 new@7',
      '40-100 low@40',
    ]);
  });

  test('containers clip, and decode nothing by themselves', () => {
    const root = MemoryRegion.container('root', 100);
    const box = root.addSubregion(10, MemoryRegion.container('box', 20), 1);
    box.addSubregion(15, io('cut', 50));
    root.addSubregion(0, io('behind', 40));
    expect(shown(root)).toEqual(['0-25 behind@0', '25-30 cut@0', '30-40 behind@30']);
  });

  test('an alias shows a part of its target, wherever that stands, and may take writes away', () => {
    const root = MemoryRegion.container('root');
    const ram = MemoryRegion.memory('ram', 'ram', 0x1000);
    const elsewhere = MemoryRegion.container('elsewhere');
    elsewhere.addSubregion(0x5000, ram);
    root.addSubregion(0x10, MemoryRegion.alias('window', ram, 0x100, 0x20));
    root.addSubregion(0x40, MemoryRegion.alias('rom', ram, 0, 0x10, { readonly: true }));
    expect(shown(root)).toEqual(['16-48 ram@256', '64-80 ram@0 ro']);
  });

  test('neighbours that continue one region are one range', () => {
    const root = MemoryRegion.container('root', 100);
    const ram = MemoryRegion.memory('ram', 'ram', 100);
    root.addSubregion(0, MemoryRegion.alias('a', ram, 0, 50));
    root.addSubregion(50, MemoryRegion.alias('b', ram, 50, 50));
    expect(shown(root)).toEqual(['0-100 ram@0']);
  });

  test('a view stays what flattening anew gives, whatever changes below it', () => {
    const change = fc.record({
      kind: fc.constantFrom('add', 'remove', 'toggle', 'move', 'resize', 'window', 'container'),
      at: fc.integer({ min: 0, max: 60 }),
      size: fc.integer({ min: 0, max: 40 }),
      priority: fc.integer({ min: -1, max: 1 }),
      pick: fc.nat(),
      look: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const root = MemoryRegion.container('root', 80);
        const boxes = [root];
        const regions: MemoryRegion[] = [];
        const view = new FlatView(root);
        changes.forEach(({ kind, at, size, priority, pick, look }, n) => {
          const region = regions[pick % (regions.length || 1)];
          const box = boxes[pick % boxes.length] as MemoryRegion;
          const add = (made: MemoryRegion) => regions.push(box.addSubregion(at, made, priority));
          if (kind === 'add') add(io(`io${n}`, size));
          else if (kind === 'container') {
            add(MemoryRegion.container(`box${n}`, size));
            boxes.push(regions.at(-1) as MemoryRegion);
          } else if (kind === 'window') {
            // Only on what holds nothing, so that no window can show itself.
            const target = regions.find((r) => r.kind === 'io');
            if (target) add(MemoryRegion.alias(`w${n}`, target, at % 7, size));
          } else if (kind === 'toggle') region?.setEnabled(!region.enabled);
          else if (kind === 'move' && region?.container) region.setAddress(at);
          else if (kind === 'resize') region?.setSize(size);
          else if (kind === 'remove' && region?.container) region.container.removeSubregion(region);
          if (look) view.find(at);
        });
        expect(view.ranges).toEqual(flatten(root));
        for (let addr = 0; addr < 100; addr++) {
          const range = view.find(addr);
          const found = range && `${range.region.name}@${addr - range.base}`;
          expect(found).toBe(addr < 80 ? decode(root, addr) : undefined);
        }
      }),
    );
  });

  test('spaces whose roots come down to one region share it', () => {
    const system = MemoryRegion.container('system');
    system.addSubregion(0, MemoryRegion.memory('ram', 'ram', 100));
    system.addSubregion(200, io('io', 1));
    const master = MemoryRegion.container('master');
    const window = master.addSubregion(0, MemoryRegion.alias('all', system, 0, WHOLE));
    expect(flatRoot(master)).toBe(system);
    window.setEnabled(false);
    expect(flatRoot(master)).toBeUndefined();
  });
});
