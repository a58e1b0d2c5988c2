import { expect, it } from 'vitest';
import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import { decodeBreakpoints, encodeBreakpoints } from './kept-breakpoints.ts';

const ALL: readonly EventBreakpoint[] = [
  { kind: 'used', dev: 3, queue: 0 },
  { kind: 'available', dev: 3, queue: 1 },
  { kind: 'notification' },
  { kind: 'notification', dev: 3, queue: 0, sent: false },
  { kind: 'interrupt', outcome: 'masked' },
  { kind: 'violation' },
  { kind: 'status', dev: 2 },
  { kind: 'register', dev: 2, region: 4, offset: 20, write: true },
  { kind: 'memory', addr: 2 ** 40, length: 16 },
  { kind: 'console', text: 'sector' },
];

it('are read back as they were kept', () => {
  const state = {
    lines: [
      { line: 3, on: true },
      { line: 12, on: false },
    ],
    aside: undefined,
    events: ALL.map((what, i) => ({
      id: i + 1,
      on: i % 2 === 0,
      what,
      path: 'dev' in what ? '/machine/peripheral/disk0' : undefined,
    })),
  };
  expect(decodeBreakpoints(encodeBreakpoints(state))).toEqual(state);
  expect(encodeBreakpoints({ lines: [], aside: undefined, events: [] })).toBeUndefined();
  // What is looked at is not the person’s.
  const looking = { ...state, lines: [{ line: 9, on: true }], aside: state.lines };
  expect(decodeBreakpoints(encodeBreakpoints(looking))).toEqual(state);
});

it.each([
  undefined,
  '{',
  '[1]',
  '{"lines":[{"line":-1},{"line":"4"},5],"events":[{"what":{"kind":"used","dev":1}}]}',
  '{"events":[{"what":{"kind":"constructor"}},{"what":{"kind":"interrupt","outcome":"lost"}}]}',
  '{"events":[{"what":{"kind":"memory","addr":1.5,"length":2}},{"what":null}]}',
])('leaves out what it cannot read: %s', (text) => {
  expect(decodeBreakpoints(text)).toEqual({ lines: [], aside: undefined, events: [] });
});
