import { describe, expect, it } from 'vitest';
import { journalOf } from '../../testing/random-journal.ts';
import { DEV } from '../../testing/told.ts';
import { landmarksOf } from './landmarks.ts';

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
});
