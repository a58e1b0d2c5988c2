import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import type { JournalEvent } from '../../journal/schema.ts';
import { EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { GuestRam } from '../../memory/guest-ram.ts';
import { CONTROL, VCPU_STATE } from '../../protocol/control.ts';
import { FakeMachine } from '../../testing/fake-machine.ts';
import { PROGRAMS, type ProgramName } from '../../testing/threads/guest-programs.ts';
import { Rig, sharedMemory } from '../../testing/threads/rig.ts';
import { DirectHal } from '../direct-hal.ts';

let rig: Rig;
afterEach(() => rig.dispose());

const events = (store: EventStore): JournalEvent[] =>
  Array.from({ length: store.length - store.first }, (_, i) => store.get(store.first + i));

/** The same guest and machine by direct calls, with one journal. */
function inOneThread(program: ProgramName): JournalEvent[] {
  const ring = JournalRing.create(1 << 14, 1 << 20);
  const journal = new JournalWriter(ring);
  const machine = new FakeMachine(new GuestRam(new SharedArrayBuffer(65536)), journal);
  PROGRAMS[program](new DirectHal(machine));
  journal.flush();
  const store = new EventStore();
  new JournalReader([ring], store).drain();
  return events(store);
}

describe('two threads', () => {
  it('give the same journal as one, record by record and clock by clock', async () => {
    rig = await Rig.start();
    const { outcome } = await rig.run('mixed');
    expect(await rig.drainUntilEnd(outcome)).toBe('ended');
    const expected = inOneThread('mixed');
    expect(expected.length).toBeGreaterThan(2000);
    expect(events(rig.store)).toEqual(expected);
    expect(expected.map((event) => event.clock)).toEqual(expected.map((_, i) => i + 1));
  });

  it('give the same journal when every step waits for its credit', async () => {
    rig = await Rig.start();
    const { outcome } = await rig.run('mixed', 0);
    const ended = outcome.then(() => true);
    let over = false;
    ended.then(
      () => {
        over = true;
      },
      () => {},
    );
    const { control } = rig;
    await rig.drainUntil(() => {
      const used = Atomics.load(control, CONTROL.credit) === 0;
      if (used && Atomics.load(control, CONTROL.vcpuState) === VCPU_STATE.waitsForCredit) {
        Atomics.add(control, CONTROL.credit, 7);
        Atomics.notify(control, CONTROL.credit);
      }
      return over;
    });
    expect(events(rig.store)).toEqual(inOneThread('mixed'));
  });

  it('lose nothing when rings fill much faster than they are read', async () => {
    rig = await Rig.start(sharedMemory(65536, 256, 1 << 14));
    const { outcome } = await rig.run('flood');
    expect(await rig.drainUntilEnd(outcome)).toBe('ended');
    const all = events(rig.store);
    expect(all.filter((event) => event.kind === 'dropped')).toEqual([]);
    // A payload write, the doorbell, the device's payload write; the interrupt rises once.
    expect(all.length).toBe(4_000 * 3 + 1);
  });
});

describe('credit', () => {
  it('lets a guest do exactly as much as was granted', async () => {
    rig = await Rig.start();
    await rig.run('writes', 0);
    const { control } = rig;
    const waits = (n: number) => () =>
      Atomics.load(control, CONTROL.creditWaits) === n &&
      Atomics.load(control, CONTROL.vcpuState) === VCPU_STATE.waitsForCredit;
    await rig.drainUntil(waits(1));
    expect(rig.store.length).toBe(0);
    Atomics.add(control, CONTROL.credit, 1);
    Atomics.notify(control, CONTROL.credit);
    await rig.drainUntil(waits(2));
    expect(rig.store.length).toBe(1);
    Atomics.add(control, CONTROL.credit, 10);
    Atomics.notify(control, CONTROL.credit);
    await rig.drainUntil(waits(3));
    expect(rig.store.length).toBe(11);
  });
});

describe('a stop', () => {
  it.each(['exits', 'lines', 'halt'] as const)(
    'ends %s that would go on for ever',
    async (program) => {
      rig = await Rig.start();
      const { outcome } = await rig.run(program);
      const state = program === 'halt' ? VCPU_STATE.halted : undefined;
      await rig.drainUntil(() =>
        state ? Atomics.load(rig.control, CONTROL.vcpuState) === state : rig.store.length > 5000,
      );
      rig.stop();
      expect(await rig.drainUntilEnd(outcome)).toBe('StopRun');
      expect(Atomics.load(rig.control, CONTROL.vcpuState)).toBe(VCPU_STATE.off);
    },
  );

  it('ends a guest that waits for credit', async () => {
    rig = await Rig.start();
    const { outcome } = await rig.run('lines', 0);
    await rig.drainUntil(() => Atomics.load(rig.control, CONTROL.creditWaits) === 1);
    rig.stop();
    expect(await rig.drainUntilEnd(outcome)).toBe('StopRun');
  });

  it('ends a guest whose full journal nobody reads', async () => {
    rig = await Rig.start();
    const { outcome } = await rig.run('lines');
    const { header } = new JournalRing(rig.memory.vcpuJournal);
    while (Atomics.load(header, 0) < 1024) await new Promise((resolve) => setTimeout(resolve, 1));
    rig.stop();
    expect(await outcome).toBe('StopRun');
  });

  it('ends a guest whose machine never answers', async () => {
    rig = await Rig.start();
    rig.machine.postMessage('stop');
    await once(rig.machine, 'exit');
    const { outcome } = await rig.run('exits');
    await rig.drainUntil(() => Atomics.load(rig.control, CONTROL.vcpuAsleep) === 1);
    rig.stop();
    expect(await rig.drainUntilEnd(outcome)).toBe('StopRun');
  });
});

describe('the machine thread', () => {
  it('answers a message while a guest keeps it busy', async () => {
    rig = await Rig.start();
    await rig.run('exits');
    await rig.drainUntil(() => rig.store.length > 5000);
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const start = performance.now();
      rig.machine.postMessage('ping');
      Atomics.add(rig.control, CONTROL.wake, 1);
      Atomics.notify(rig.control, CONTROL.wake);
      expect(await once(rig.machine, 'message')).toEqual(['pong']);
      times.push(performance.now() - start);
      rig.reader.drain();
    }
    times.sort((a, b) => a - b);
    // A turn is 4 ms; the rest is for a machine with less cores than threads.
    expect(times[10]).toBeLessThan(100);
  });

  it('wakes a halted vCPU when an interrupt comes from outside the guest', async () => {
    rig = await Rig.start();
    const { outcome } = await rig.run('halt');
    await rig.drainUntil(() => Atomics.load(rig.control, CONTROL.vcpuState) === VCPU_STATE.halted);
    rig.machine.postMessage('raise');
    expect(await rig.drainUntilEnd(outcome)).toBe('ended');
    expect(events(rig.store).map((event) => event.kind)).toEqual([
      'vcpuWait',
      'interrupt',
      'vcpuWait',
      'log',
    ]);
  });
});
