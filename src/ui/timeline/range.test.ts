import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventAtX, follow, wholeRun, xOfEvent, zoomed } from './range.ts';

describe('range', () => {
  it('turns pixels into events and back', () => {
    const range = { from: 100, to: 300 };
    for (const count of [100, 150.5, 300])
      expect(eventAtX(xOfEvent(count, range, 900), range, 900)).toBeCloseTo(count);
  });

  it('shows a short run at a readable width', () => {
    expect(wholeRun(0, 3)).toEqual({ from: 0, to: 24 });
    expect(wholeRun(0, 500)).toEqual({ from: 0, to: 500 });
  });

  it('keeps the cursor in sight, moving no more than it must', () => {
    const range = { from: 100, to: 200 };
    expect(follow(range, 150, 0, 1000)).toEqual(range);
    expect(follow(range, 198, 0, 1000)).toEqual({ from: 103, to: 203 });
    expect(follow(range, 10, 0, 1000)).toEqual({ from: 5, to: 105 });
  });

  it('zooms about the pointer and never leaves the run', () => {
    const range = { from: 0, to: 1000 };
    const near = zoomed(range, { deltaX: 0, deltaY: -300 }, 250, 0, 1000);
    expect((250 - near.from) / (near.to - near.from)).toBeCloseTo(0.25);
    fc.assert(
      fc.property(
        fc.integer({ min: -5000, max: 5000 }),
        fc.integer({ min: -5000, max: 5000 }),
        fc.integer({ min: 0, max: 1000 }),
        (deltaX, deltaY, at) => {
          const next = zoomed(near, { deltaX, deltaY }, at, 0, 1000);
          expect(next.from).toBeGreaterThanOrEqual(0);
          expect(next.to).toBeLessThanOrEqual(1000.001);
          expect(next.to - next.from).toBeGreaterThanOrEqual(23.999);
        },
      ),
    );
  });
});
