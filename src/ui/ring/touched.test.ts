import { describe, expect, it } from 'vitest';
import type { QueueMoment } from '../../journal/fold/moment.ts';
import type { JournalEvent } from '../../journal/schema.ts';
import { touchedBy } from './touched.ts';

const QUEUE: QueueMoment = {
  dev: 2,
  queue: 0,
  enabled: true,
  packed: false,
  size: 8,
  desc: 0x1000,
  driver: 0x1080,
  device: 0x1100,
  lastAvailIdx: 0,
  usedIdx: 0,
  inFlight: [],
  filling: new Set(),
  staged: 0,
  popped: 0,
  pushed: 0,
  notificationsSent: 0,
  notificationsSuppressed: 0,
  interruptsRaised: 0,
  interruptsSuppressed: 0,
};

const write = (addr: number, old: number[], now: number[]): JournalEvent => ({
  kind: 'memWrite',
  actor: 'driver',
  clock: 1,
  size: now.length,
  addr,
  old,
  new: now,
});
const at = (event: JournalEvent) => {
  const found = touchedBy(event, QUEUE, [{ addr: 0x5000, length: 16 }]);
  return found && `${found.structure} ${found.part} ${found.index ?? ''}`.trim();
};
const byte = (addr: number) => write(addr, [0], [1]);

describe('touchedBy', () => {
  it('[2.7.5] finds the descriptor that was written', () => {
    expect(at(byte(0x1000))).toBe('desc entry 0');
    expect(at(byte(0x107f))).toBe('desc entry 7');
  });

  it('[2.7.6] tells flags, idx, ring and used_event of the available ring apart', () => {
    expect(at(byte(0x1080))).toBe('avail flags');
    expect(at(byte(0x1082))).toBe('avail idx');
    expect(at(byte(0x1084))).toBe('avail entry 0');
    expect(at(byte(0x1093))).toBe('avail entry 7');
    expect(at(byte(0x1094))).toBe('avail event');
    expect(at(byte(0x1096))).toBeUndefined();
  });

  it('[2.7.8] and of the used ring, whose entries are 8 bytes', () => {
    expect(at(byte(0x1102))).toBe('used idx');
    expect(at(byte(0x1104))).toBe('used entry 0');
    expect(at(byte(0x1104 + 8 * 7 + 7))).toBe('used entry 7');
    expect(at(byte(0x1104 + 64))).toBe('used event');
  });

  it('says what an index was and became', () => {
    const found = touchedBy(write(0x1082, [0xff, 0xff], [0, 0]), QUEUE, []);
    expect(found?.change).toEqual([0xffff, 0]);
  });

  it('finds the descriptor whose buffer was written, and nothing where it is another’s memory', () => {
    expect(at(byte(0x500f))).toBe('buffer entry 0');
    expect(at(byte(0x5010))).toBeUndefined();
  });

  it('[2.7.13.3] wraps free-running indices into the ring', () => {
    const event = (kind: 'chainPopped' | 'chainPushed', index: number, dev = 2): JournalEvent => ({
      actor: 'device',
      clock: 1,
      size: 0,
      dev,
      queue: 0,
      head: 3,
      ...(kind === 'chainPopped'
        ? { kind, availIdx: index, readable: 0, writable: 0, count: 1 }
        : { kind, usedIdx: index, length: 0 }),
    });
    expect(at(event('chainPopped', 9))).toBe('avail entry 0');
    expect(at(event('chainPopped', 0))).toBe('avail entry 7');
    expect(at(event('chainPushed', 65535))).toBe('used entry 6');
    expect(at(event('chainPushed', 1, 3))).toBeUndefined();
  });
});
