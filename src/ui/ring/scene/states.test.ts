import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Folder } from '../../../journal/fold/folder.ts';
import { viewOf } from '../../../journal/fold/packed-view.ts';
import { journalOf, randomDeeds } from '../../../testing/random-journal.ts';
import { CELL, cellStates } from './states.ts';

it('[2.7, 2.8] the cells of the overview say what the entries’ views say', () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(randomDeeds(80), (deeds) => {
      const store = journalOf(deeds);
      const moment = new Folder(store).momentAt(store.length);
      for (const queue of moment.queues.values()) {
        const view = viewOf(queue, moment.memory);
        const desc = Array.from({ length: view.size }, (_, i) => {
          const d = view.descriptor(i);
          if (d?.owner === 'device') return CELL.device;
          if (d?.owner === 'driver') return CELL.filling;
          return d && 'state' in d && d.state === 'used' ? CELL.used : CELL.free;
        });
        expect([...cellStates(view, 'desc')]).toEqual(desc);
        for (const state of desc) seen.add(state);
        if (view.packed) continue;
        const of = { empty: CELL.free, seen: CELL.seen, pending: CELL.waiting };
        const slots = Array.from({ length: view.size }, (_, i) => i);
        expect([...cellStates(view, 'avail')]).toEqual(
          slots.map((i) => ({ ...of, staged: CELL.filling })[view.available(i)?.state ?? 'empty']),
        );
        expect([...cellStates(view, 'used')]).toEqual(
          slots.map(
            (i) =>
              ({ empty: CELL.free, staged: CELL.device, published: CELL.used })[
                view.used(i)?.state ?? 'empty'
              ],
          ),
        );
      }
    }),
    { numRuns: 300 },
  );
  expect([...seen].sort()).toEqual([CELL.free, CELL.used, CELL.filling, CELL.device]);
});
