import { expect, test } from 'vitest';
import { goldenCommandLines, goldenHost } from '../../testing/golden.ts';
import { ConfigError } from '../qom/errors.ts';
import { Machine } from './machine.ts';

const cases = goldenCommandLines();

test.each(cases.filter(({ exit }) => exit !== undefined))(
  'refused as QEMU 7.2 does: $line',
  ({ line, stderr }) => {
    let message = 'built';
    try {
      Machine.build(`-nodefaults ${line}`, goldenHost());
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = `${(error as Error).message}\n`;
    }
    expect(message).toBe(stderr);
  },
);

test.each(cases.filter(({ exit }) => exit === undefined))(
  'built as QEMU 7.2 does: $line',
  ({ line, stderr }) => {
    const { warnings } = Machine.build(`-nodefaults ${line}`, goldenHost());
    expect(warnings.map((warning) => `${warning}\n`).join('')).toBe(stderr);
  },
);
