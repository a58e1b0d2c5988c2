import { expect, it } from 'vitest';
import { JournalRing } from '../../journal/ring.ts';
import { ACTOR } from '../../journal/schema.ts';
import { CHUNK_EVENTS, EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import type { MachineMemory } from '../../protocol/messages.ts';
import { JournalTap } from './journal-tap.ts';

function makeTap(maxEvents: number, maxPayload: number) {
  const ring = JournalRing.create(1 << 15, 1 << 24);
  const memory = {
    machineJournal: JournalRing.create(16, 16).buffer,
    vcpuJournal: ring.buffer,
  } as MachineMemory;
  const store = new EventStore();
  return {
    store,
    writer: new JournalWriter(ring),
    tap: new JournalTap(memory, store, maxEvents, maxPayload),
  };
}

it('holds what is recent, and never much more than it may', () => {
  const { store, writer, tap } = makeTap(10_000, 1 << 30);
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < 1000; i++) writer.scriptLine(i);
    writer.flush();
    tap.drain();
    expect(store.length - store.first).toBeLessThan(10_000 + CHUNK_EVENTS);
  }
  expect(store.length).toBe(30_000);
  expect(store.length - store.first).toBeGreaterThanOrEqual(10_000);
});

it('counts payloads as well as events', () => {
  const { store, writer, tap } = makeTap(1_000_000, 1 << 20);
  const bytes = new Uint8Array(100);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 2000; i++) writer.bytesWritten(ACTOR.driver, 0, bytes, bytes);
    writer.flush();
    tap.drain();
  }
  expect(store.length).toBe(40_000);
  expect(store.payloadBytes).toBeLessThan((1 << 20) + 2 * CHUNK_EVENTS * 200);
});

it('packs what is not new, a part at a time, until nothing is left', () => {
  const { store, writer, tap } = makeTap(1_000_000, 1 << 30);
  for (let i = 0; i < 20_000; i++) {
    writer.scriptLine(i);
    writer.flush();
    if (i % 1000 === 0) tap.drainAll();
  }
  tap.drainAll();
  for (let i = 0; i < 10 * CHUNK_EVENTS; i++) {
    writer.scriptLine(i);
    if (i % 1000 === 0) tap.drainAll();
  }
  writer.flush();
  tap.drainAll();
  let frames = 0;
  while (tap.settle(0)) frames++;
  expect(frames).toBeGreaterThan(1);
  expect(store.pack()).toBe(0);
  expect(store.get(12_345)).toMatchObject({ line: 12_345 });
});

it('takes more of a frame that has time, and less of one that has none', () => {
  const { store, writer, tap } = makeTap(1_000_000, 1 << 30);
  const takes = (ms: number): number => {
    while (writer.clock - store.length < 30_000) writer.scriptLine(1);
    writer.flush();
    const count = tap.drain();
    tap.learn(count, ms);
    return count;
  };
  const first = takes(1);
  expect(takes(1)).toBe(first * 2);
  const more = takes(20);
  expect(more).toBe(first * 4);
  expect(takes(5)).toBe(more * 0.75);
  expect(takes(5)).toBe(more * 0.75);
  for (let i = 0; i < 100; i++) takes(20);
  const least = takes(20);
  expect(least).toBeGreaterThan(0);
  expect(tap.more).toBe(true);
});
