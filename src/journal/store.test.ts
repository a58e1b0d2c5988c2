import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportEvent } from './export.ts';
import { EVENTS, KINDS, RECORD_WORDS } from './schema.ts';
import { CHUNK_EVENTS, decode, EventStore } from './store.ts';

/** A record of a script line. */
function line(number: number): Uint32Array {
  const record = new Uint32Array(RECORD_WORDS);
  record[0] = EVENTS.scriptLine.code;
  record[2] = number;
  return record;
}

function filled(count: number): EventStore {
  const store = new EventStore();
  for (let i = 0; i < count; i++) store.append(line(i), 0);
  return store;
}

describe('the store', () => {
  it('keeps events by number across chunks, and payloads with them', () => {
    const store = filled(CHUNK_EVENTS - 1);
    const log = new Uint32Array(RECORD_WORDS);
    log[0] = EVENTS.log.code;
    store.append(log, 0, Uint8Array.of(104, 105));
    store.append(line(7), 0);
    expect(store.get(CHUNK_EVENTS - 2)).toMatchObject({ line: CHUNK_EVENTS - 2 });
    expect(store.get(CHUNK_EVENTS - 1)).toMatchObject({ kind: 'log', text: 'hi' });
    expect(store.get(CHUNK_EVENTS)).toMatchObject({ line: 7 });
    expect(store.payloadBytes).toBe(2);
    expect(store.payload(CHUNK_EVENTS - 1)).toEqual(Uint8Array.of(104, 105));
    expect(store.payload(CHUNK_EVENTS)).toBeUndefined();
    expect(store.kindAt(CHUNK_EVENTS)).toBe('scriptLine');
    expect(store.word(CHUNK_EVENTS, 2)).toBe(7);
  });

  it('makes room over the end of a chunk', () => {
    const store = filled(CHUNK_EVENTS - 3);
    for (let i = 0; i < 9; i++) {
      const at = store.extend();
      store.tail.set(line(501 + i), at);
    }
    for (let i = 0; i < 9; i++)
      expect(store.get(CHUNK_EVENTS - 3 + i)).toMatchObject({ line: 501 + i });
    expect(store.length).toBe(CHUNK_EVENTS + 6);
  });

  it('forgets whole chunks, tells first, and keeps the numbers', () => {
    const store = filled(3 * CHUNK_EVENTS + 10);
    const told: [number, number][] = [];
    const stop = store.onTrim((first) => told.push([first, store.first]));
    store.trim(CHUNK_EVENTS - 1);
    expect(store.first).toBe(0);
    store.trim(2 * CHUNK_EVENTS + 1);
    expect(told).toEqual([[2 * CHUNK_EVENTS, 0]]);
    expect(store.first).toBe(2 * CHUNK_EVENTS);
    expect(store.get(2 * CHUNK_EVENTS)).toMatchObject({ line: 2 * CHUNK_EVENTS });
    expect(() => store.get(2 * CHUNK_EVENTS - 1)).toThrow(RangeError);
    expect(store.kindAt(5)).toBeUndefined();
    expect(store.kindAt(store.length)).toBeUndefined();
    stop();
    store.trim(Number.POSITIVE_INFINITY);
    expect(store.first).toBe(3 * CHUNK_EVENTS);
    expect(told.length).toBe(1);
    store.append(line(1), 0);
    expect(store.get(3 * CHUNK_EVENTS + 10)).toMatchObject({ line: 1 });
  });

  it('gives back the bytes of payloads that it forgets', () => {
    const store = new EventStore();
    const log = new Uint32Array(RECORD_WORDS);
    log[0] = EVENTS.log.code;
    for (let i = 0; i < CHUNK_EVENTS + 1; i++) store.append(log, 0, Uint8Array.of(1, 2, 3));
    store.trim(CHUNK_EVENTS);
    expect(store.payloadBytes).toBe(3);
    store.clear();
    expect([store.payloadBytes, store.length, store.first, store.epoch]).toEqual([0, 0, 0, 1]);
  });

  it.each([-1, 1, 0.5, Number.NaN])('holds no event %d of one', (index) => {
    expect(() => filled(1).get(index)).toThrow(RangeError);
  });
});

describe('what the store keeps once', () => {
  /** A long write by the driver: where, and what lies there before and after. */
  const data = (addr: number, old: readonly number[], now: readonly number[]) => {
    const record = new Uint32Array(RECORD_WORDS);
    record[0] = EVENTS.dataWrite.code;
    record[2] = addr;
    record[4] = now.length;
    // What a producer leaves in words of no meaning is nobody's.
    record[5] = 77;
    return { record, payload: Uint8Array.of(...old, ...now) };
  };
  const write = (store: EventStore, ...it: Parameters<typeof data>) => {
    const { record, payload } = data(...it);
    store.append(record, 0, payload);
  };

  it('is old bytes that an earlier write left, or that nobody wrote', () => {
    const store = new EventStore();
    write(store, 0x1000, [0, 0, 0], [1, 2, 3]);
    write(store, 0x1000, [1, 2, 3], [4, 5, 6]);
    write(store, 0x1000, [4, 5], [7, 8]);
    write(store, 0x2000, [9, 9], [7, 8]);
    write(store, 0x1000, [7, 8], [1, 1]);
    expect(store.payloadBytes).toBe(3 + 3 + 4 + 4 + 2);
    const all = [0, 1, 2, 3, 4].map((i) => [...(store.payload(i) ?? [])]);
    expect(all).toEqual([
      [0, 0, 0, 1, 2, 3],
      [1, 2, 3, 4, 5, 6],
      [4, 5, 7, 8],
      [9, 9, 7, 8],
      [7, 8, 1, 1],
    ]);
    expect([...store.written(1)]).toEqual([4, 5, 6]);
    expect([...store.written(3)]).toEqual([7, 8]);
  });

  it('stays when the write that left it is forgotten', () => {
    const store = new EventStore();
    write(store, 0x1000, [0, 0], [1, 2]);
    for (let i = 1; i < CHUNK_EVENTS; i++) store.append(line(i), 0);
    write(store, 0x1000, [1, 2], [3, 4]);
    store.append(line(1), 0);
    store.trim(CHUNK_EVENTS);
    expect(store.get(CHUNK_EVENTS)).toMatchObject({ data: Uint8Array.of(1, 2, 3, 4) });
    expect(store.payloadBytes).toBe(4);
    for (let i = 0; i < CHUNK_EVENTS; i++) store.append(line(i), 0);
    store.trim(2 * CHUNK_EVENTS);
    expect(store.payloadBytes).toBe(0);
  });

  it('reads the same whether chunks are packed, trimmed, or read in any order', () => {
    const words = fc.array(fc.oneof(fc.nat(5), fc.nat(0xffff_ffff)), {
      minLength: RECORD_WORDS,
      maxLength: RECORD_WORDS,
    });
    const records = fc.array(words, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(records, fc.array(fc.nat(40_000), { maxLength: 12 }), (some, places) => {
        const [plain, packed] = [new EventStore(), new EventStore()];
        for (let i = 0; i < 40_000; i++) {
          const record = Uint32Array.from(some[i % some.length] ?? []);
          record[1] = i;
          for (const store of [plain, packed]) store.append(record, 0, Uint8Array.of(i, 1, 2, 3));
          if (i % 9000 === 0) packed.pack(2);
        }
        expect(packed.pack()).toBeGreaterThan(0);
        expect(packed.pack()).toBe(0);
        for (const at of places) expect(wordsOf(packed, at)).toEqual(wordsOf(plain, at));
        for (const store of [plain, packed]) store.trim(10_000);
        for (const at of places) expect(wordsOf(packed, at)).toEqual(wordsOf(plain, at));
        expect(packed.first).toBe(2 * CHUNK_EVENTS);
      }),
      { numRuns: 20 },
    );
  });
});

/** Record and payload of an event. */
function wordsOf(store: EventStore, index: number): unknown {
  const words = Array.from({ length: RECORD_WORDS }, (_, word) => store.word(index, word));
  return [words, store.payload(index)];
}

describe('decoding', () => {
  const words = fc.uint32Array({ minLength: RECORD_WORDS, maxLength: RECORD_WORDS });
  const code = fc.oneof(fc.nat(255), fc.constantFrom(...KINDS.map((_, i) => i)));

  it('is total: any words and any payload are an event that can be exported', () => {
    fc.assert(
      fc.property(
        words,
        code,
        fc.option(fc.uint8Array({ maxLength: 50 })),
        (record, kind, payload) => {
          record[0] = (((record[0] ?? 0) & ~0xff) | kind) >>> 0;
          const event = decode(record, 0, payload ?? undefined);
          expect(event.kind).toBe(KINDS[kind] ?? 'dropped');
          if (!KINDS[kind]) expect(event).toMatchObject({ kind: 'dropped', count: 1 });
          for (const value of Object.values(event))
            if (typeof value === 'number') {
              expect(Number.isSafeInteger(value)).toBe(true);
              expect(value).toBeGreaterThanOrEqual(0);
            }
          expect(Object.keys(JSON.parse(exportEvent(0, event))).slice(0, 4)).toEqual([
            'event',
            'kind',
            'actor',
            'clock',
          ]);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
