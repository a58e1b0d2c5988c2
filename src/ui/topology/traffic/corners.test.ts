import { describe, expect, it } from 'vitest';
import { rounded } from '../path.ts';
import { alongWay } from './corners.ts';

const CORNERS = [
  { x: 0, y: 0 },
  { x: 30, y: 0 },
  { x: 30, y: 10 },
];

describe('alongWay', () => {
  it('goes from the first corner to the last at an even pace', () => {
    expect(alongWay(CORNERS, 0)).toEqual({ x: 0, y: 0 });
    expect(alongWay(CORNERS, 0.5)).toEqual({ x: 20, y: 0 });
    expect(alongWay(CORNERS, 0.75)).toEqual({ x: 30, y: 0 });
    expect(alongWay(CORNERS, 0.875)).toEqual({ x: 30, y: 5 });
    expect(alongWay(CORNERS, 1)).toEqual({ x: 30, y: 10 });
  });

  it('survives a way without length', () => {
    expect(alongWay([], 0.5)).toEqual({ x: 0, y: 0 });
    expect(
      alongWay(
        [
          { x: 4, y: 4 },
          { x: 4, y: 4 },
        ],
        0.5,
      ),
    ).toEqual({ x: 4, y: 4 });
  });
});

describe('rounded', () => {
  it('rounds a corner within half of its legs', () => {
    expect(rounded(CORNERS, 7)).toBe('M0 0L23 0Q30 0 30 5L30 10');
  });
});
