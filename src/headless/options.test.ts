import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

describe('parseOptions', () => {
  it('takes the script before --, and the machine behind it', () => {
    expect(parseOptions(['a.ts'])).toEqual({
      script: 'a.ts',
      machine: undefined,
      journal: undefined,
      save: undefined,
    });
    expect(parseOptions(['a.ts', '--', '-M', 'pc', '--', '--help'])).toMatchObject({
      machine: ['-M', 'pc', '--', '--help'],
    });
    expect(parseOptions(['--journal', 'j', 'a.ts', '--'])).toEqual({
      script: 'a.ts',
      machine: [],
      journal: 'j',
      save: undefined,
    });
    expect(parseOptions(['a.ts', '--journal', 'j'])).toMatchObject({ journal: 'j' });
    expect(parseOptions(['--save', 'r', 'a.ts'])).toMatchObject({ save: 'r', journal: undefined });
  });

  it('gives help wherever it is asked for', () => {
    for (const words of [['--help'], ['-h', 'a.ts'], ['a.ts', '--help', '--', '-M', 'x']])
      expect(parseOptions(words)).toBe('help');
  });

  it.each([
    [[], 'no script'],
    [['--', 'a.ts'], 'no script'],
    [['a.ts', 'b.ts'], 'a.ts or b.ts'],
    [['-M', 'pc'], 'come after SCRIPT --'],
    [['a.ts', '--journal'], '--journal needs'],
    [['a.ts', '--save'], '--save needs'],
  ])('refuses %j', (words, message) => {
    expect(() => parseOptions(words)).toThrow(UsageError);
    expect(() => parseOptions(words)).toThrow(message);
  });
});
