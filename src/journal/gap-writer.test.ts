import { expect, it } from 'vitest';
import { JournalReader } from './reader.ts';
import { JournalRing } from './ring.ts';
import { ACTOR, type JournalEvent, NONE } from './schema.ts';
import { EventStore } from './store.ts';
import { JournalWriter } from './writer.ts';

const ram = new Uint8Array(1 << 16);
const read = (addr: number, length: number) =>
  addr + length <= ram.length ? ram.subarray(addr, addr + length) : undefined;

function rig() {
  const ring = JournalRing.create(256, 1 << 16);
  const journal = new JournalWriter(ring);
  const store = new EventStore();
  const reader = new JournalReader([ring], store);
  const drain = (): JournalEvent[] => {
    journal.flush();
    reader.drain();
    return Array.from({ length: store.length }, (_, i) => store.get(i));
  };
  return { journal, store, drain };
}

const kinds = (events: readonly JournalEvent[]) => events.map(({ kind }) => kind);

it('leaves out what is frequent and keeps what is rare, with the line where it happened', () => {
  const { journal, drain } = rig();
  journal.scriptLine(3);
  journal.beginGap(true);
  journal.scriptLine(4);
  journal.memWrite(ACTOR.driver, 0x100, 2, 0, 0, 1, 0);
  journal.setValue(journal.register(false, 'memory', 0x1000, 4, 0, 1, 2, 0), 7);
  journal.setValue(journal.register(false, 'pciConfig', 0x1000, 4, 0, 1, 2, 0), 7);
  journal.log('driver', 'log', 'here');
  journal.log('driver', 'log', 'and here');
  journal.violation(1, 0, 2, 3, 4);
  const gap = journal.endGap(read);
  journal.gapEnded(gap?.actions ?? 0, gap?.events ?? 0);
  const events = drain();
  expect(kinds(events)).toEqual([
    ...['scriptLine', 'gap', 'gap', 'log', 'log', 'violation', 'dataWrite', 'register', 'gap'],
  ]);
  expect(events[1]).toMatchObject({ step: 0, line: 3 });
  expect(events[2]).toMatchObject({ step: 1, line: 4, actions: 0, events: 0 });
  expect(events.at(-1)).toMatchObject({ step: 2, line: 4, actions: 3, events: 4 });
});

it('tells at the end what memory is like where it was written, and takes no old bytes', () => {
  const { journal, store, drain } = rig();
  ram.fill(0);
  journal.beginGap(true);
  ram.set([1, 2, 3], 700);
  journal.bytesWritten(ACTOR.device, 700, new Uint8Array(3), Uint8Array.of(1, 2, 3));
  // On both sides of a border, and outside of all memory.
  journal.memWrite16(ACTOR.driver, 4090, new Uint32Array(4), 0, 1, 2, 3, 4);
  journal.memWrite(ACTOR.device, 0xfee0_0000, 4, 0, 0, 1, 0);
  journal.endGap(read);
  const writes = drain().filter(({ kind }) => kind === 'dataWrite');
  expect(writes).toMatchObject([
    { actor: 'recorder', addr: 512, length: 512 },
    { actor: 'recorder', addr: 3584, length: 1024 },
  ]);
  const at = store.length - 2;
  expect([...store.written(at).subarray(188, 191)]).toEqual([1, 2, 3]);
  expect(store.written(at)).toHaveLength(512);
  expect(store.payload(at)).toHaveLength(1024);
});

it('tells of each queue what was counted, and which chains came and went', () => {
  const { journal, drain } = rig();
  journal.chainPopped(1, 0, 9, 1, 0, 0, 1);
  journal.beginGap(true);
  journal.chainPushed(1, 0, 9, 1, 0);
  for (const [i, head] of [4, 5, 6].entries()) journal.chainPopped(1, 0, head, i + 2, 0, 0, 1);
  journal.returned(1, 0, 5, 2, 0, 0, 0, 0x2000, 8);
  journal.notification('driver', 1, 0, true, 'always');
  journal.notification('driver', NONE, 0, false, 'noNotify', 0x3000);
  journal.notification('driver', NONE, 0, false, 'noNotify', 0x3000);
  journal.interrupt(1, 0, 'raised', 11, 'always');
  journal.interrupt(1, 0, 'suppressed', 11, 'noInterrupt');
  journal.interrupt(1, NONE, 'lowered', 11, 'always');
  journal.interrupt(1, NONE, 'raised', 12, 'always');
  journal.endGap(read);
  const told = drain().slice(3);
  expect(kinds(told)).toEqual(['unsent', 'queueState', 'input', 'input']);
  expect(told[0]).toMatchObject({ desc: 0x3000, count: 2 });
  const [, state] = told;
  expect(state).toMatchObject({ dev: 1, queue: 0, moved: 3, availIdx: 4, usedIdx: 2 });
  expect(state).toMatchObject({ popped: 3, pushed: 2, sent: 1, unsent: 0, raised: 1, quiet: 1 });
  const { data } = state as Extract<JournalEvent, { kind: 'queueState' }>;
  expect([...new Uint32Array(data.slice().buffer)]).toEqual([1, 1, 9, 4, 0xffff_ffff, 6, 3]);
  expect(told.slice(2)).toMatchObject([
    { line: 11, level: 0 },
    { line: 12, level: 1 },
  ]);
});

it('forgets what was in flight where a queue is taken back, and counts from its new beginning', () => {
  const { journal, drain } = rig();
  journal.beginGap(true);
  journal.chainPopped(1, 0, 4, 1, 0, 0, 1);
  journal.reset('driver', 1);
  journal.queueConfig(1, 0, true, false, 8, 0x1000, 0x2000, 0x3000);
  journal.chainPopped(1, 0, 6, 1, 0, 0, 1);
  journal.chainPushed(1, 0, 6, 1, 0);
  journal.endGap(read);
  const told = drain();
  expect(kinds(told)).toEqual(['gap', 'reset', 'queueConfig', 'queueState']);
  expect(told.at(-1)).toMatchObject({
    popped: 1,
    pushed: 1,
    data: Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0),
  });
});

it('moves the clock as if everything were recorded', () => {
  const run = (sampled: boolean): number => {
    const { journal, drain } = rig();
    if (sampled) journal.beginGap(false);
    journal.scriptLine(1);
    journal.memWrite(ACTOR.driver, 0x100, 4, 0, 0, 1, 0);
    journal.returned(1, 0, 5, 2, 0, 0, 0, 0x2000, 8);
    journal.returnedPacked(1, 0, 5, 2, 0, 0, 0, 0x2000, true);
    journal.bytesWritten(ACTOR.driver, 0x100, new Uint8Array(30), new Uint8Array(30));
    drain();
    return journal.clock;
  };
  expect(run(true)).toBe(run(false));
});
