import { expect, it } from 'vitest';
import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import { type Draft, draftOf, readDraft } from './draft.ts';

it.each<[Partial<Draft>, EventBreakpoint | undefined]>([
  [{}, { kind: 'used', dev: 4, queue: 0 }],
  [
    { kind: 'available', queue: '5:2' },
    { kind: 'available', dev: 5, queue: 2 },
  ],
  [{ kind: 'available', queue: '' }, undefined],
  [{ kind: 'notification' }, { kind: 'notification' }],
  [
    { kind: 'notification', place: '4:1', sent: 'no' },
    { kind: 'notification', dev: 4, queue: 1, sent: false },
  ],
  [
    { kind: 'interrupt', place: '4', outcome: 'masked' },
    { kind: 'interrupt', dev: 4, outcome: 'masked' },
  ],
  [{ kind: 'violation' }, { kind: 'violation' }],
  [
    { kind: 'status', device: '4' },
    { kind: 'status', dev: 4 },
  ],
  [{ kind: 'register' }, undefined],
  [
    { kind: 'register', register: '4:2:20', access: 'read' },
    { kind: 'register', dev: 4, region: 2, offset: 20, write: false },
  ],
  [
    { kind: 'memory', addr: ' 0x10000', length: '16' },
    { kind: 'memory', addr: 65536, length: 16 },
  ],
  [{ kind: 'memory', addr: '12q' }, undefined],
  [{ kind: 'memory', addr: '12', length: '0' }, undefined],
  [{ kind: 'console' }, { kind: 'console' }],
  [
    { kind: 'console', text: 'x' },
    { kind: 'console', text: 'x' },
  ],
])('%j makes %j', (fields, made) => {
  expect(readDraft({ ...draftOf(4), ...fields })).toEqual(made);
});
