import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameLines } from './same-lines.ts';

describe('lines that two texts have', () => {
  it.each([
    ['a\nb\nc', 'a\nb\nc', 2, 2],
    ['a\nb\nc', 'x\na\nb\nc', 2, 3],
    ['a\nb\nc', 'a\nc', 3, 2],
    ['a\nb\nc', 'a\nc', 2, undefined],
    ['a\nb\nc', 'a\nB\nc', 2, undefined],
    ['a\nb', 'c\nd', 1, undefined],
    ['', 'a', 1, undefined],
    ['a\nb', 'a\nb\nc', 2, 2],
  ])('%j and %j: %i is %s', (from, to, line, found) => {
    expect(sameLines(from, to)(line)).toBe(found);
  });

  it('have the same words, and keep their order', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (from, to) => {
        const at = sameLines(from.join('\n'), to.join('\n'));
        let before = 0;
        for (let line = 1; line <= from.length; line++) {
          const found = at(line);
          if (found === undefined) continue;
          expect(to[found - 1]).toBe(from[line - 1]);
          expect(found).toBeGreaterThan(before);
          before = found;
        }
      }),
    );
  });
});
