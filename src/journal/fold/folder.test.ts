import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NaiveFold, plainMoment } from '../../testing/naive-fold.ts';
import { type Deed, journalOf, randomDeeds } from '../../testing/random-journal.ts';
import { CHUNK_EVENTS, type EventStore } from '../store.ts';
import { CHECKPOINT_EVERY } from './checkpoints.ts';
import { Folder } from './folder.ts';
import { CONSOLE_LINES, queueKey, VIOLATION_COUNT } from './moment.ts';

/** What the naive fold says after each wanted count of events; all counts where none are wanted. */
function naive(store: EventStore, wanted?: readonly number[]): Map<number, object> {
  const fold = new NaiveFold();
  const found = new Map<number, object>();
  for (let i = 0; i <= store.length; i++) {
    if (!wanted || wanted.includes(i)) found.set(i, fold.plain());
    if (i < store.length) fold.apply(store.get(i));
  }
  return found;
}

function written(plain: object | undefined): number[] {
  return (plain as { memory: [number, number][] }).memory.map(([addr]) => addr);
}

function expectAgreement(folder: Folder, at: number, expected: Map<number, object>): void {
  const plain = expected.get(at);
  const moment = folder.momentAt(at);
  expect(moment.at).toBe(at);
  expect(plainMoment(moment, written(plain))).toEqual(plain);
}

describe('the fold', () => {
  it('agrees with a naive one after every event, going forward and going back', () => {
    fc.assert(
      fc.property(randomDeeds(120), (deeds) => {
        const store = journalOf(deeds);
        const expected = naive(store);
        const folder = new Folder(store);
        for (let at = 0; at <= store.length; at++) expectAgreement(folder, at, expected);
        for (let at = store.length; at >= 0; at--) expectAgreement(folder, at, expected);
        expectAgreement(new Folder(store), store.length, expected);
      }),
      { numRuns: 50 },
    );
  });

  it('agrees wherever it is asked in a long journal, in whatever order, and when the beginning is forgotten', () => {
    fc.assert(
      fc.property(
        randomDeeds(60),
        fc.array(fc.nat(9_000), { minLength: 6, maxLength: 14 }),
        fc.nat(2),
        fc.boolean(),
        (deeds, places, trims, early) => {
          const long: Deed[] = [];
          while (long.length < 9_000) long.push(...deeds);
          const store = journalOf(long.slice(0, 9_000));
          const wanted = places.map((at) => Math.min(at, store.length));
          const first = trims * CHUNK_EVENTS;
          const expected = naive(store, [...wanted, first]);
          const folder = new Folder(store);
          if (early) for (const at of wanted) expectAgreement(folder, at, expected);
          store.trim(first);
          expect(store.first).toBe(first);
          for (const at of wanted) {
            if (at > first) expectAgreement(folder, at, expected);
            else expect(folder.momentAt(at).at).toBe(first);
          }
          const begin = plainMoment(folder.momentAt(0), written(expected.get(first)));
          expect(begin).toEqual(expected.get(first));
          expect(folder.momentAt(0).last).toBeUndefined();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('steps back event by event across checkpoints', () => {
    const store = journalOf(lines(3 * CHECKPOINT_EVERY + 100));
    const folder = new Folder(store);
    for (let at = store.length; at > CHECKPOINT_EVERY - 5; at--) {
      const moment = folder.momentAt(at);
      expect([moment.at, moment.line]).toEqual([at, at]);
    }
  });

  it('follows a journal that grows, and starts again with one that was cleared', () => {
    const store = journalOf(lines(10));
    const folder = new Folder(store);
    expect(folder.momentAt(Number.POSITIVE_INFINITY).line).toBe(10);
    journalOf(lines(5), store);
    expect(folder.momentAt(15).line).toBe(5);
    expect(folder.momentAt(11).line).toBe(1);
    store.clear();
    expect(folder.momentAt(3)).toMatchObject({ at: 0, line: 0, script: 'idle', last: undefined });
    journalOf(lines(2), store);
    expect(folder.momentAt(2).line).toBe(2);
  });

  it.each([-1, Number.NaN, Number.NEGATIVE_INFINITY])('brings %d into the journal', (at) => {
    expect(new Folder(journalOf(lines(3))).momentAt(at).at).toBe(0);
  });

  it('brings what is beyond the end, or between two events, into the journal', () => {
    const folder = new Folder(journalOf(lines(3)));
    expect(folder.momentAt(99).at).toBe(3);
    expect(folder.momentAt(1.7)).toMatchObject({ at: 1, last: { line: 1 } });
  });
});

/** Script lines 1 to `count`. */
function lines(count: number): Deed[] {
  return Array.from(
    { length: count },
    (_, i): Deed =>
      (journal) => {
        journal.scriptLine(i + 1);
      },
  );
}

describe('moments', () => {
  const setUp: Deed[] = [
    (j) => j.plug(1, true, '/machine/disk0'),
    (j) => j.queueConfig(1, 0, true, false, 8, 0x1000, 0x1080, 0x10c0),
    (j) => j.log('driver', 'log', 'hello'),
  ];

  it('are the same object when asked again, and share what did not change', () => {
    const store = journalOf([
      ...setUp,
      (j) => j.scriptLine(1),
      (j) => j.memWrite(0, 0x5000, 4, 0, 0, 1, 0),
    ]);
    const folder = new Folder(store);
    const before = folder.momentAt(3);
    expect(folder.momentAt(3)).toBe(before);
    const after = folder.momentAt(5);
    expect(after.devices).toBe(before.devices);
    expect(after.queues).toBe(before.queues);
    expect(after.console).toBe(before.console);
    expect(after.violations).toBe(before.violations);
    expect(after.memory).not.toBe(before.memory);
  });

  it('do not change when the fold goes on', () => {
    const store = journalOf([
      ...setUp,
      (j) => j.chainPopped(1, 0, 3, 1, 16, 1, 2),
      (j) => j.log('driver', 'log', 'more'),
    ]);
    const folder = new Folder(store);
    const before = folder.momentAt(3);
    const copy = plainMoment(before, [0x1000]);
    folder.momentAt(5);
    expect(plainMoment(before, [0x1000])).toEqual(copy);
    expect(folder.momentAt(5).queues.get(queueKey(1, 0))).toMatchObject({
      inFlight: [3],
      lastAvailIdx: 1,
    });
  });

  it('[2.7.13.3] know what became available, also by a write that begins in front of the ring', () => {
    const folder = new Folder(
      journalOf([
        (j) => j.queueConfig(1, 0, true, false, 8, 0x1_ff80, 0x2_0000, 0x2_0100),
        (j) => j.memWrite16(0, 0x1_ff80, new Uint32Array(4), 0, 0x9000, 0, 16, 0),
        (j) => j.memWrite(0, 0x2_0004, 2, 0, 0, 0, 0),
        // The last descriptor's flags, and the ring's flags and index.
        (j) => j.memWrite(0, 0x1_fffc, 8, 0, 0, 0, 0x0001_0000),
      ]),
    );
    const queueAt = (at: number) => folder.momentAt(at).queues.get(queueKey(1, 0));
    const filled = (at: number) => [[...(queueAt(at)?.filling ?? [])], queueAt(at)?.availStaged];
    expect(filled(3)).toEqual([[0], 1]);
    expect(filled(4)).toEqual([[], 0]);
  });

  it('keep the console over a second run, and tell the runs apart', () => {
    const folder = new Folder(
      journalOf([
        (j) => j.script('start', 0, ''),
        (j) => j.scriptLine(4),
        (j) => j.log('driver', 'log', 'first'),
        (j) => j.script('fail', 4, 'oh'),
        (j) => j.script('start', 0, ''),
        (j) => j.log('driver', 'warn', 'second'),
      ]),
    );
    expect(folder.momentAt(4)).toMatchObject({
      script: 'failed',
      line: 4,
      scriptError: { message: 'oh', line: 4 },
    });
    expect(folder.momentAt(6)).toMatchObject({
      script: 'running',
      line: 0,
      scriptError: undefined,
      console: [
        { text: 'first', line: 4, run: 1, event: 2 },
        { text: 'second', line: 0, run: 2, event: 5 },
      ],
    });
  });

  it('[2.4] show a reset device as after power-on', () => {
    const folder = new Folder(
      journalOf([
        ...setUp,
        (j) => j.status(1, 0, 15),
        (j) => j.features(1, 'offered', 1, 1),
        (j) => j.features(1, 'accepted', 0, 1),
        (j) => j.chainPopped(1, 0, 3, 1, 16, 1, 2),
        (j) => j.interrupt(1, 0, 'raised', 11, 'always'),
        (j) => j.reset('driver', 1),
      ]),
    );
    expect(folder.momentAt(8)).toMatchObject({ asserted: [11] });
    const moment = folder.momentAt(9);
    expect(moment.asserted).toEqual([]);
    expect(moment.devices.get(1)).toMatchObject({ status: 0, accepted: 0, offered: 2 ** 32 + 1 });
    expect(moment.queues.get(queueKey(1, 0))).toMatchObject({
      enabled: false,
      inFlight: [],
      lastAvailIdx: 0,
      popped: 1,
    });
  });

  it('keep an input asserted while one of two devices asserts it', () => {
    const folder = new Folder(
      journalOf([
        (j) => j.interrupt(1, 0, 'raised', 11, 'always'),
        (j) => j.interrupt(2, 0, 'raised', 11, 'always'),
        (j) => j.interrupt(1, 0xffff, 'lowered', 11, 'always'),
        (j) => j.interrupt(2, 0xffff, 'lowered', 11, 'always'),
      ]),
    );
    expect([1, 2, 3, 4].map((at) => folder.momentAt(at).asserted)).toEqual([[11], [11], [11], []]);
  });

  it('do not take the vector of a message for an input', () => {
    const moment = new Folder(
      journalOf([(j) => j.interrupt(1, 0, 'message', 3, 'always')]),
    ).momentAt(1);
    expect(moment.asserted).toEqual([]);
    expect(moment.queues.get(queueKey(1, 0))?.interruptsRaised).toBe(1);
  });

  it('show the newest of very many console lines and violations', () => {
    const deeds: Deed[] = [];
    for (let i = 0; i < CONSOLE_LINES + 5; i++) deeds.push((j) => j.log('driver', 'log', `${i}`));
    for (let i = 0; i < VIOLATION_COUNT + 5; i++) deeds.push((j) => j.violation(1, 0, 4, i, 0));
    const store = journalOf(deeds);
    const folder = new Folder(store);
    const moment = folder.momentAt(store.length);
    expect(moment.console.length).toBe(CONSOLE_LINES);
    expect(moment.console[0]?.text).toBe('5');
    expect(moment.violations.length).toBe(VIOLATION_COUNT);
    expect(moment.violations.at(-1)?.index).toBe(VIOLATION_COUNT + 4);
    store.trim(2 * CHUNK_EVENTS);
    const again = folder.momentAt(store.length);
    expect(again.console).toEqual(moment.console);
    expect(folder.momentAt(store.first + 1).console.at(-1)?.text).toBe(String(store.first));
  });
});

describe('checkpoints', () => {
  // Every event writes another of 4,096 pages, again and again.
  const place = (i: number) => ((i * 7919) % 4096) * 256;
  const store = journalOf(
    Array.from(
      { length: 40_000 },
      (_, i): Deed =>
        (j) =>
          j.memWrite(0, place(i), 4, 0, 0, i, 0),
    ),
  );

  it('are spread evenly, however many had to go', () => {
    const all = new Folder(store);
    all.momentAt(store.length);
    expect(all.cost.checkpoints).toBe(1 + Math.floor(store.length / CHECKPOINT_EVERY));
    const long = journalOf(lines(1_100_000));
    const folder = new Folder(long);
    folder.momentAt(long.length);
    expect(folder.cost.checkpoints).toBe(512);
    expect(folder.cost.longest).toBeLessThanOrEqual(4 * CHECKPOINT_EVERY);
  });

  it('have the room that payloads leave', () => {
    // Each writes a page of its own, of 4,096.
    const page = (i: number) => new Uint8Array(256).fill(i);
    const fat = journalOf(
      Array.from(
        { length: 100_000 },
        (_, i): Deed =>
          (j) =>
            j.bytesWritten(0, place(i), page(i + 1), page(i)),
      ),
    );
    const folder = new Folder(fat);
    folder.momentAt(fat.length);
    expect(fat.payloadBytes).toBeGreaterThan(40 << 20);
    expect(folder.cost.bytes + fat.payloadBytes).toBeLessThanOrEqual(64 << 20);
  });

  it('keep to the memory that they may have, and every place can still be reached', () => {
    const budget = 1 << 20;
    const folder = new Folder(store, budget);
    for (let at = 0; at <= store.length; at += 500) {
      folder.momentAt(at);
      expect(folder.cost.bytes).toBeLessThanOrEqual(budget);
    }
    expect(folder.cost.checkpoints).toBeGreaterThan(1);
    expect(folder.cost.checkpoints).toBeLessThan(10);
    const reach = (at: number) =>
      expect(folder.momentAt(at).memory.u32(place(at - 1))).toBe(at - 1);
    for (const at of [12_345, 1, 39_999, 20_000]) reach(at);
    for (let chunk = 1; chunk < 9; chunk++) {
      store.trim(chunk * CHUNK_EVENTS);
      for (const at of [39_999, store.first, store.first + 1]) reach(at);
      const older = store.first - 4096 + 17;
      expect(folder.momentAt(store.first + 9).memory.u32(place(17))).toBe(older);
    }
  });
});
