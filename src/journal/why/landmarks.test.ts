import { describe, expect, it } from 'vitest';
import { journalOf } from '../../testing/random-journal.ts';
import { DEV } from '../../testing/told.ts';
import { NONE } from '../schema.ts';
import type { JournalWriter } from '../writer.ts';
import { type Landmark, landmarksOf } from './landmarks.ts';
import { TRACE_EVENTS, traceOf } from './trace.ts';

describe('landmarks of a journal', () => {
  it('are the newest of a kind before a moment, also where the journal has grown or begins anew', () => {
    const store = journalOf([
      (j) => j.status(DEV, 0, 1),
      (j) => j.status(DEV + 1, 0, 1),
      (j) => j.queueConfig(DEV, 0, true, false, 8, 0, 0, 0),
      (j) => j.queueConfig(DEV, 1, true, false, 8, 0, 0, 0),
      (j) => j.features(DEV, 'offered', 1, 0),
      (j) => j.status(DEV, 1, 3),
    ]);
    const at = (kind: 'status' | 'queueConfig' | 'features', before: number, queue = 0) =>
      landmarksOf(store).last(kind, DEV, queue, before);
    expect(at('status', 6)).toBe(5);
    expect(at('status', 5)).toBe(0);
    expect(at('status', 0)).toBeUndefined();
    expect(at('queueConfig', 6)).toBe(2);
    expect(at('queueConfig', 6, 1)).toBe(3);
    expect(at('features', 6)).toBeUndefined();
    const more = journalOf([(j) => j.features(DEV, 'accepted', 1, 0)]);
    const words = more.words(0);
    if (words) store.append(words, 0);
    expect(at('features', 7)).toBe(6);
    store.clear();
    expect(at('status', 6)).toBeUndefined();
  });

  it('tell a queue that was enabled from one that was taken back, and steps of interrupts apart', () => {
    const store = journalOf([
      (j) => j.queueConfig(DEV, 0, true, false, 8, 0, 0, 0),
      (j) => j.queueConfig(DEV, 0, false, false, 8, 0, 0, 0),
      (j) => j.interrupt(DEV, 0, 'raised', 9, 'always'),
      (j) => j.interrupt(DEV, NONE, 'lowered', 9, 'always'),
      (j) => j.interrupt(DEV, 0, 'taken', 9, 'always'),
      (j) => j.chainPushed(DEV, 1, 0, 4, 1),
    ]);
    const at = (kind: Landmark, queue = 0) => landmarksOf(store).last(kind, DEV, queue, 6);
    expect([at('queueConfig'), at('enabled')]).toEqual([1, 0]);
    expect([at('interrupt'), at('interrupt', 1), at('lowered')]).toEqual([2, undefined, 3]);
    expect([at('chainPushed'), at('chainPushed', 1)]).toEqual([undefined, 5]);
  });

  it.each([false, true])('are no use before a gap: %s', (gap) => {
    const store = journalOf([
      (j) => j.chainPushed(DEV, 0, 0, 4, 1),
      (j) => j.interrupt(DEV, 0, 'raised', 9, 'always'),
      ...(gap
        ? [
            (j: JournalWriter) => j.beginGap(true),
            (j: JournalWriter) => void j.endGap(() => undefined),
            (j: JournalWriter) => j.gapEnded(2, 3),
          ]
        : []),
      ...Array.from({ length: TRACE_EVENTS }, () => (j: JournalWriter) => j.scriptLine(1)),
    ]);
    expect(store.length).toBeGreaterThan(TRACE_EVENTS);
    const { interrupt, pushed } = traceOf(store, store.length, DEV, 0, undefined, undefined);
    expect([interrupt?.event, pushed]).toEqual(gap ? [undefined, undefined] : [1, 0]);
  });
});
