import { describe, expect, it } from 'vitest';
import { AT_DESK, cardSize, farType, IN_ROOM } from './card-text.ts';

describe('cardSize', () => {
  it('leaves room for the whole of usual titles', () => {
    // Widths that DejaVu Sans Bold, the widest of the usual fonts, has at 13 px.
    for (const [title, width] of [
      ['virtio-blk-pci disk0', 137.4],
      ['x3130-upstream up0', 152.1],
      ['xio3130-downstream down0', 207.4],
      ['pcie-root-port rp1', 131.8],
      ['i440FX-pcihost', 108.5],
    ] as const)
      for (const type of [AT_DESK, IN_ROOM]) {
        const needed = (width * type.title) / 13 + 26;
        expect(cardSize([title, ''], type).width, title).toBeGreaterThanOrEqual(needed);
      }
  });

  it('keeps a card from growing without end', () => {
    expect(cardSize(['x'.repeat(500), ''], AT_DESK).width).toBe(AT_DESK.widest);
  });
});

describe('farType', () => {
  const box = { width: 180, height: 46 };

  it('is larger the shorter the longest line is, and fits all lines', () => {
    const one = farType(['virtio-blk-device'], box, false);
    const two = farType(['virtio-blk-pci', 'disk0'], box, false);
    expect(farType(['d0'], box, false)).toBeGreaterThan(one);
    expect(two * 2).toBeLessThanOrEqual(box.height);
    expect(one).toBeGreaterThan(13);
  });

  it('survives a node without text', () => {
    expect(farType(['', ''], box, false)).toBeGreaterThan(0);
  });
});
