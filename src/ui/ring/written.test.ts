import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENTS, RECORD_WORDS } from '../../journal/schema.ts';
import { EventStore } from '../../journal/store.ts';
import { GRAIN, type Stretch, written } from './written.ts';

/** A journal of writes; those of at most 16 bytes as one record each. */
function journalOf(writes: readonly Stretch[]): EventStore {
  const store = new EventStore();
  const record = new Uint32Array(RECORD_WORDS);
  for (const { addr, length } of writes) {
    const short = length <= 16;
    record[0] = short ? EVENTS.memWrite.code | ((length & 15) << 12) : EVENTS.dataWrite.code;
    record[2] = addr;
    record[4] = short ? 0 : length;
    store.append(record, 0, short ? undefined : new Uint8Array(2 * length));
  }
  return store;
}

const stretch = fc.record({ addr: fc.nat(900), length: fc.integer({ min: 1, max: 90 }) });

describe('written', () => {
  it('covers what was written to what is kept, grain by grain, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(stretch), fc.array(stretch, { maxLength: 4 }), (writes, kept) => {
        const wrote = (byte: number) =>
          writes.some(({ addr, length }) => byte >= addr && byte < addr + length);
        const wanted = new Set<number>();
        for (const { addr, length } of kept)
          for (let from = 0; from < length; from += GRAIN) {
            const grain = Array.from(
              { length: Math.min(GRAIN, length - from) },
              (_, i) => addr + from + i,
            );
            if (grain.some(wrote)) for (const byte of grain) wanted.add(byte);
          }
        const store = journalOf(writes);
        const told = new Set<number>();
        for (const { addr, length } of written(store, 0, store.length, kept))
          for (let i = 0; i < length; i++) told.add(addr + i);
        expect(told).toEqual(wanted);
        expect(written(store, store.length, 0, kept)).toEqual(
          written(store, 0, store.length, kept),
        );
      }),
    );
  });

  it('looks at the events between the two counts alone', () => {
    const store = journalOf([
      { addr: 0, length: 2 },
      { addr: 64, length: 2 },
      { addr: 128, length: 2 },
    ]);
    expect(written(store, 1, 2, [{ addr: 0, length: 200 }])).toEqual([{ addr: 64, length: GRAIN }]);
  });
});
