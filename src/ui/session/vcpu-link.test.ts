import { expect, it } from 'vitest';
import type { MachineMemory } from '../../protocol/messages.ts';
import { VcpuLink } from './vcpu-link.ts';
import type { WorkerPort } from './worker-port.ts';

const MEMORY = {} as MachineMemory;
const CHANCE = { seed: 1, time: 2 };
const script = (source: string) => ({ source, memory: MEMORY, chance: CHANCE });

function makeLink() {
  const spawned: (WorkerPort & { posted: unknown[]; ended: boolean })[] = [];
  const link = new VcpuLink(() => {
    const port = {
      posted: [] as unknown[],
      ended: false,
      post(message: unknown) {
        this.posted.push(message);
      },
      onMessage: () => {},
      onError: () => {},
      terminate() {
        this.ended = true;
      },
    };
    spawned.push(port);
    return port;
  });
  return { link, spawned };
}

it('has a thread ready before it is needed, and a fresh one for each run', async () => {
  const { link, spawned } = makeLink();
  expect(spawned.length).toBe(1);
  const run = link.run(script('a'));
  expect(spawned[0]?.posted).toEqual([{ kind: 'run', ...script('a') }]);
  spawned[0]?.onMessage({ kind: 'ready' });
  spawned[0]?.onMessage({ kind: 'ended' });
  expect(await run).toEqual({ kind: 'ended' });
  expect([spawned.length, spawned[0]?.ended, spawned[1]?.ended]).toEqual([2, true, false]);
  void link.run(script('b'));
  expect(spawned[1]?.posted.length).toBe(1);
});

it('tries again when a thread could not be started in advance, and then reports', async () => {
  const { link, spawned } = makeLink();
  spawned[0]?.onError('not found');
  const run = link.run(script('a'));
  expect(spawned[1]?.posted.length).toBe(1);
  spawned[1]?.onError('not found');
  expect(await run).toEqual({ kind: 'lost', message: 'not found' });
});

it('ends a run that does not end itself, once', async () => {
  const { link, spawned } = makeLink();
  const run = link.run(script('a'));
  link.kill('stopped');
  link.kill('again');
  expect(await run).toEqual({ kind: 'lost', message: 'stopped' });
  expect(spawned[0]?.ended).toBe(true);
  link.close();
  expect(spawned.map(({ ended }) => ended)).toEqual([true, true]);
});

it('asks the spare thread for lines, which runs a script afterwards', async () => {
  const { link, spawned } = makeLink();
  const asked = link.lines('a');
  spawned[0]?.onMessage({ kind: 'ready' });
  expect(spawned[0]?.posted).toEqual([{ kind: 'lines', source: 'a' }]);
  spawned[0]?.onMessage({ kind: 'lines', lines: [1, 3] });
  expect(await asked).toEqual([1, 3]);
  const late = link.lines('b');
  const run = link.run(script('a'));
  expect(await late).toBeUndefined();
  // While the script runs another thread is asked, and that one is the next run's.
  const meanwhile = link.lines('c');
  spawned[1]?.onMessage({ kind: 'lines', lines: undefined });
  expect(await meanwhile).toBeUndefined();
  spawned[0]?.onMessage({ kind: 'ended' });
  expect(await run).toEqual({ kind: 'ended' });
  expect(spawned.length).toBe(2);
});
