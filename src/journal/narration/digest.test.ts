import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journalOf, randomDeeds } from '../../testing/random-journal.ts';
import { DEV } from '../../testing/told.ts';
import { digest } from './digest.ts';

describe('a burst in one sentence', () => {
  it('counts what tells most, and says where the script is', () => {
    const store = journalOf([
      (j) => j.scriptLine(7),
      (j) => j.notification('driver', DEV, 0, true, 'always'),
      (j) => j.chainPushed(DEV, 0, 0, 1, 1),
      (j) => j.chainPushed(DEV, 0, 1, 2, 1),
      (j) => j.interrupt(DEV, 0, 'suppressed', 0, 'noInterrupt'),
      (j) => j.scriptLine(9),
    ]);
    expect(digest(store, 0, store.length)).toBe(
      '6 more events: 2 buffers returned, 1 notification and 1 interrupt left out. The script is at line 9.',
    );
    expect(digest(store, 2, 3)).toBe('1 more event: 1 buffer returned.');
    expect(digest(store, 2, 3, 12_345)).toBe(
      '1 more event: 1 buffer returned. 12,345 events between them were not recorded.',
    );
  });

  it('of any journal is a short sentence', () => {
    fc.assert(
      fc.property(randomDeeds(60), fc.nat(40), (deeds, from) => {
        const store = journalOf(deeds);
        const text = digest(store, Math.min(from, store.length), store.length);
        expect(text).toMatch(/^\d+ more events?.*\.$/);
        expect(text).not.toMatch(/undefined|NaN/);
        expect(text.length).toBeLessThan(250);
      }),
      { numRuns: 60 },
    );
  });
});
