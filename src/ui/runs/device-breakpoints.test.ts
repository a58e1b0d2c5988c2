import { expect, it } from 'vitest';
import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import { meantIn, pathOf } from './device-breakpoints.ts';

const machine = (...devices: string[]) => ({ devices }) as unknown as MachineTopology;
const used: EventBreakpoint = { kind: 'used', dev: 1, queue: 0 };

it('a breakpoint follows its device to another number, and is nowhere without it', () => {
  const first = machine('/machine/a', '/machine/disk');
  const path = pathOf(used, first);
  expect(path).toBe('/machine/disk');
  const kept = { what: used, path };
  expect(meantIn(kept, first)).toBe(used);
  const second = machine('/machine/b', '/machine/c', '/machine/disk');
  expect(meantIn(kept, second)).toEqual({ ...used, dev: 2 });
  expect(meantIn(kept, second)).toBe(meantIn(kept, second));
  expect(meantIn(kept, machine('/machine/b'))).toBeUndefined();
  // A device that came again has its newest number.
  expect(meantIn(kept, machine('/machine/disk', '/machine/disk'))).toBe(used);
});

it('one about no device, or kept without a path, is what it is', () => {
  const any: EventBreakpoint = { kind: 'violation' };
  expect(pathOf(any, machine('/machine/a'))).toBeUndefined();
  expect(meantIn({ what: any, path: undefined }, machine())).toBe(any);
  expect(meantIn({ what: used, path: undefined }, machine())).toBe(used);
});
