import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { start } from '../headless/conformance/subject.ts';
import { CHANNEL_OP, type ChannelOp } from '../spec/channel-io.ts';

/**
 * One step: bytes put into storage, bytes found there (address, length, digits without trailing zeros), an
 * instruction with its condition code, or DIAGNOSE 500 with its result.
 */
type Step =
  | readonly ['poke' | 'peek', address: number, length: number, digits: string]
  | readonly ['op', op: ChannelOp, schid: number, address: number, cc: number]
  | readonly ['diag', subcode: number, a: number, b: number, c: number, result: number];

/** Random instructions and channel programs, most of them wrong in some way, as a real QEMU 7.2 answered them. */
interface Recording {
  readonly argv: readonly string[];
  readonly sessions: readonly { readonly seed: number; readonly steps: readonly Step[] }[];
}

const { argv, sessions } = JSON.parse(
  readFileSync(`${import.meta.dirname}/golden/channel-programs.json`, 'utf8'),
) as Recording;

function bytesOf(digits: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < digits.length / 2; i++)
    bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

test.each(sessions)(
  '[4.3.1.3] random channel programs, seed $seed: as QEMU 7.2 has them',
  ({ steps }) => {
    const started = start(argv);
    if (!('machine' in started)) throw new Error(started.stderr);
    const { machine } = started;
    const { u8 } = machine.ram;
    const perform = (step: Step): unknown => {
      switch (step[0]) {
        case 'poke':
          u8.set(bytesOf(step[3], step[2]), step[1]);
          return undefined;
        case 'peek':
          return u8.slice(step[1], step[1] + step[2]);
        case 'op':
          return machine.channel(CHANNEL_OP[step[1]], step[2], step[3]);
        case 'diag':
          return machine.hypercall(step[1], step[2], step[3], step[4]);
      }
    };
    const expected = (step: Step): unknown => {
      if (step[0] === 'poke') return undefined;
      return step[0] === 'peek' ? bytesOf(step[3], step[2]) : step.at(-1);
    };
    for (const [i, step] of steps.entries())
      expect([i, step.slice(0, 4), perform(step)]).toEqual([i, step.slice(0, 4), expected(step)]);
  },
);
