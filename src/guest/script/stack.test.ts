import { describe, expect, it } from 'vitest';
import { isStackOverflow, lineIn, linesBefore, makeFunction } from './stack.ts';

describe('lineIn', () => {
  it.each([
    [
      'Chromium',
      `TypeError: x is null
    at Object.read8 (https://example.org/assets/worker.js:12:7)
    at store (guest-script.ts:9:3)
    at eval (guest-script.ts:14:1)
    at ScriptRun.run (https://example.org/assets/worker.js:99:5)`,
      9,
    ],
    [
      'Firefox',
      `read8@https://example.org/assets/worker.js:12:7
store@https://example.org/assets/worker.js line 40 > Function:9:3
anonymous/<@https://example.org/assets/worker.js line 40 > Function:14:1
run@https://example.org/assets/worker.js:99:5`,
      9,
    ],
    [
      'Firefox with the name',
      `store@guest-script.ts:9:3\nrun@https://example.org/worker.js:99:5`,
      9,
    ],
    ['Safari', `read8@https://example.org/worker.js:12:7\nstore@guest-script.ts:9:3\nanonymous`, 9],
  ])('finds the innermost line of the script in a stack of %s', (_, stack, line) => {
    expect(lineIn(stack)).toBe(line);
  });

  it('finds none where there is none', () => {
    expect(lineIn('Error: x\n    at https://example.org/worker.js:12:7')).toBeUndefined();
    expect(lineIn('Error: guest-script.ts is gone')).toBeUndefined();
    for (const stack of [undefined, null, 5, {}]) expect(lineIn(stack)).toBeUndefined();
  });
});

describe('linesBefore', () => {
  it('says by how much lines of a made function are off on this platform', () => {
    const made = makeFunction(['a'], 'a;\n\nreturn new Error().stack');
    expect((lineIn(made()) ?? 0) - linesBefore()).toBe(3);
  });
});

describe('isStackOverflow', () => {
  it('knows it in every browser’s words, and from other errors', () => {
    const recurse = (): number => recurse() + 1;
    try {
      recurse();
      expect.unreachable();
    } catch (error) {
      expect(isStackOverflow(error)).toBe(true);
    }
    expect(isStackOverflow(new Error('too much recursion'))).toBe(true);
    expect(isStackOverflow(new RangeError('Invalid array length'))).toBe(false);
    expect(isStackOverflow('call stack')).toBe(false);
  });
});
