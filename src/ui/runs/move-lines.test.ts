import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineMover, stopFor } from './move-lines.ts';

const BEFORE = ['a', 'b', '', 'c', 'd'].join('\n');

describe('lines under edits', () => {
  it.each([
    ['a line before', ['a', 'new', 'b', '', 'c', 'd'], 4, 5],
    ['Enter at the start of the line', ['a', 'b', '', '', 'c', 'd'], 4, 5],
    ['Enter in the middle of another line', ['a', 'b', '', 'c', 'd1', 'd2'], 4, 4],
    ['typing in the line', ['a', 'b', '', 'cc', 'd'], 4, 4],
    ['a line after', ['a', 'b', '', 'c', 'd', 'e'], 4, 4],
    ['the line before deleted', ['a', 'b', 'c', 'd'], 4, 3],
    ['the line itself deleted', ['a', 'b', '', 'd'], 4, undefined],
    ['both ends changed at once', ['x', 'a', 'b', '', 'c', 'e'], 4, 5],
  ] as const)('%s', (_, after, line, moved) => {
    expect(lineMover(BEFORE, after.join('\n'))(line)).toBe(moved);
  });

  it('keep their text when lines are put in or taken out elsewhere', () => {
    const line = fc.string({ maxLength: 3 }).map((text) => text.replaceAll('\n', ''));
    const lines = fc.array(line, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lines, lines, lines, lines, (head, out, put, tail) => {
        const before = [...head, ...out, 'here', ...tail];
        const after = [...head, ...put, 'here', ...tail];
        const at = lineMover(before.join('\n'), after.join('\n'))(head.length + out.length + 1);
        expect(after[(at ?? 0) - 1]).toBe('here');
      }),
    );
  });
});

describe('where a breakpoint stops', () => {
  it('is the next statement, or the last one', () => {
    expect([1, 3, 4, 9].map((line) => stopFor(line, [2, 3, 7]))).toEqual([2, 3, 7, 7]);
    expect(stopFor(1, [])).toBeUndefined();
  });
});
