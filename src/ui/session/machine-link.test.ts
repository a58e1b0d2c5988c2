import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MachineLink } from './machine-link.ts';
import type { WorkerPort } from './worker-port.ts';

let posted: { id: number; kind: string }[];
let port: WorkerPort & { ended: boolean };
let faults: string[];
let link: MachineLink;
beforeEach(() => {
  vi.useFakeTimers();
  posted = [];
  faults = [];
  port = {
    ended: false,
    post: (message) => posted.push(message as (typeof posted)[number]),
    onMessage: () => {},
    onError: () => {},
    terminate() {
      this.ended = true;
    },
  };
  link = new MachineLink(
    port,
    () => {},
    (message) => faults.push(message),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

it('gives each request its own answer, in whatever order they come', async () => {
  const first = link.request({ kind: 'monitor', line: 'a' });
  const second = link.request({ kind: 'reset', seed: 1 });
  port.onMessage({ id: posted[1]?.id, kind: 'done' });
  port.onMessage({ id: posted[0]?.id, kind: 'refused', message: 'no' });
  port.onMessage({ id: 99, kind: 'done' });
  expect((await second).kind).toBe('done');
  expect((await first).kind).toBe('refused');
  expect(faults).toEqual([]);
});

it('wakes the machine after the request is there', () => {
  link.wake = () => posted.push({ id: 0, kind: 'wake' });
  void link.request({ kind: 'reset', seed: 1 });
  expect(posted.map(({ kind }) => kind)).toEqual(['reset', 'wake']);
});

it('gives up on a thread that does not answer, at once for whatever is asked later', async () => {
  const first = link.request({ kind: 'reset', seed: 1 });
  const second = link.request({ kind: 'reset', seed: 1 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await first).kind).toBe('failed');
  expect((await second).kind).toBe('failed');
  expect(faults).toEqual(['the machine thread does not answer']);
  expect((await link.request({ kind: 'reset', seed: 1 })).kind).toBe('failed');
  expect(posted.length).toBe(2);
});

it('does not give up on one that answered', async () => {
  const request = link.request({ kind: 'reset', seed: 1 });
  port.onMessage({ id: posted[0]?.id, kind: 'done' });
  await request;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(faults).toEqual([]);
});

it('answers what is open when it is closed, without a fault', async () => {
  const request = link.request({ kind: 'reset', seed: 1 });
  link.close();
  expect((await request).kind).toBe('failed');
  expect([faults.length, port.ended]).toEqual([0, true]);
});

it('reports what the thread threw', async () => {
  const request = link.request({ kind: 'reset', seed: 1 });
  port.onError('boom');
  expect(await request).toMatchObject({ kind: 'failed', message: 'boom' });
  expect(faults).toEqual(['boom']);
});
