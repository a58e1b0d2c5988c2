import { describe, expect, it } from 'vitest';
import { ColumnMap } from './source-map.ts';

describe('ColumnMap', () => {
  it('leads a column back to the mapping before it', () => {
    // Line 1: 0→0, 4→9; line 2: nothing; line 3: 2→1. Source columns go on from line to line.
    const map = new ColumnMap('AAAA,IAAS;;EADR');
    expect([0, 3, 4, 6].map((column) => map.sourceColumn(1, column))).toEqual([0, 3, 9, 11]);
    expect(map.sourceColumn(2, 5)).toBe(5);
    expect(map.sourceColumn(3, 2)).toBe(1);
    expect(map.sourceColumn(3, 1)).toBe(1);
    expect(map.sourceColumn(99, 7)).toBe(7);
  });

  it('reads digits with continuation, and either sign', () => {
    // Columns 0→1000, 16→984.
    const map = new ColumnMap('AAAw+B,gBAAhB');
    expect(map.sourceColumn(1, 0)).toBe(1000);
    expect(map.sourceColumn(1, 16)).toBe(984);
  });

  it('maps nothing where there is nothing', () => {
    expect(new ColumnMap('').sourceColumn(1, 3)).toBe(3);
  });
});
