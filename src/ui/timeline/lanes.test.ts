import { describe, expect, it } from 'vitest';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import type { Space } from '../../journal/schema.ts';
import { CHUNK_EVENTS, EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { firstFrom, Lanes } from './lanes.ts';

const NOTIFY = REGION_INDEX['virtio-pci-notify'];
const COMMON = REGION_INDEX['virtio-pci-common'];

function journal() {
  const ring = JournalRing.create(1 << 15, 1 << 12);
  const writer = new JournalWriter(ring);
  const store = new EventStore();
  const reader = new JournalReader([ring], store);
  const lanes = new Lanes(store);
  const sync = () => {
    writer.flush();
    reader.drain();
    do lanes.update();
    while (!lanes.complete);
  };
  return { writer, store, lanes, sync };
}

/** One request: publish, doorbell, pop, back end, push, interrupt, acknowledge. */
function request(writer: JournalWriter, driver: number, head: number): void {
  writer.memWrite(0, driver + 2, 2, 0, 0, 1, 0);
  writer.register(true, 'memory', 0x1000, 2, 0, 4, NOTIFY, 0);
  writer.notification('driver', 4, 0, true, 'always');
  writer.chainPopped(4, 0, head, 0, 16, 513, 3);
  writer.backendRequest(4, 0, 'read', 7, 512, 512);
  writer.backendCompletion(4, 0, 'read', 7, 0, 512);
  writer.chainPushed(4, 0, head, 0, 513);
  writer.interrupt(4, 0, 'raised', 11, 'always');
  writer.interrupt(4, 0, 'lowered', 11, 'always');
}

describe('Lanes', () => {
  it('follows a chain from publication to its return', () => {
    const { writer, lanes, sync } = journal();
    writer.queueConfig(4, 0, true, false, 8, 0x1000, 0x2000, 0x3000);
    request(writer, 0x2000, 5);
    sync();
    expect(lanes.queues[0]?.requests).toEqual([
      {
        dev: 4,
        queue: 0,
        head: 5,
        available: 1,
        popped: 4,
        pushed: 7,
        op: { code: 0, position: 512, length: 512 },
      },
    ]);
    expect(lanes.interrupts).toEqual([{ raised: 8, lowered: 9 }]);
    expect(lanes.doorbells).toEqual([3]);
  });

  it('leaves open what has not ended', () => {
    const { writer, lanes, sync } = journal();
    writer.chainPopped(4, 0, 1, 0, 16, 513, 3);
    writer.interrupt(4, 0, 'raised', 11, 'always');
    sync();
    expect(lanes.queues[0]?.requests[0]?.pushed).toBeUndefined();
    expect(lanes.queues[0]?.requests[0]?.available).toBeUndefined();
    expect(lanes.interrupts[0]?.lowered).toBeUndefined();
  });

  it('joins what the guest does in one go, and splits where it turns to something else', () => {
    const { writer, lanes, sync } = journal();
    const read = (space: Space, region: number) =>
      writer.setValue(writer.register(false, space, 0, 4, 0, 4, region, 0), 0);
    for (let i = 0; i < 3; i++) read('pciConfig', REGION_INDEX['pci-config']);
    for (let i = 0; i < 2; i++) read('memory', COMMON);
    writer.status(4, 0, 1);
    read('memory', COMMON);
    writer.memWrite(0, 0x5000, 4, 0, 0, 1, 0);
    writer.vcpuWait('halt', [0], 0);
    writer.vcpuWait('wake', [0], 0);
    sync();
    expect(lanes.stretches).toEqual([
      { activity: 'enumerate', from: 0, to: 2 },
      { activity: 'registers', from: 3, to: 6 },
      { activity: 'memory', from: 7, to: 7 },
      { activity: 'halted', from: 8, to: 9 },
    ]);
    expect(lanes.device).toEqual([5]);
  });

  it('starts again when the journal was emptied, even if it grew past the old length at once', () => {
    const { writer, store, lanes, sync } = journal();
    writer.violation(4, 0, 1, 2, 3);
    writer.violation(4, 0, 1, 2, 3);
    sync();
    expect(lanes.violations).toEqual([0, 1]);
    store.clear();
    for (let i = 0; i < 5; i++) writer.scriptLine(i);
    sync();
    expect(lanes.violations).toEqual([]);
    expect(lanes.scanned).toBe(5);
  });

  it('forgets what the store forgot', () => {
    const { writer, store, lanes, sync } = journal();
    for (let i = 0; i < CHUNK_EVENTS + 10; i++) writer.violation(4, 0, 1, i, 0);
    sync();
    expect(lanes.violations).toHaveLength(CHUNK_EVENTS + 10);
    store.trim(CHUNK_EVENTS);
    lanes.update();
    expect(lanes.violations[0]).toBe(CHUNK_EVENTS);
    expect(lanes.violations).toHaveLength(10);
  });
});

describe('firstFrom', () => {
  it('finds the edge, also at the ends', () => {
    const list = [1, 4, 9];
    expect(firstFrom(list, (n) => n >= 0)).toBe(0);
    expect(firstFrom(list, (n) => n >= 5)).toBe(2);
    expect(firstFrom(list, (n) => n >= 10)).toBe(3);
  });
});
