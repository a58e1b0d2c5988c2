import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestContext } from '../../journal/decode-request.ts';
import { FlatMemory } from '../../journal/fold/flat-memory.ts';
import { Folder } from '../../journal/fold/folder.ts';
import type { QueueMoment } from '../../journal/fold/moment.ts';
import { viewOf } from '../../journal/fold/packed-view.ts';
import { ringAreas } from '../../journal/fold/ring-areas.ts';
import type { EventStore } from '../../journal/store.ts';
import { MARKS, packedDeeds } from '../../testing/packed-deeds.ts';
import { type Deed, journalOf, randomDeeds } from '../../testing/random-journal.ts';
import { Differ } from './differ.ts';
import { DOT, decodePatch, encodePatch, type Travel } from './scene/patch.ts';
import type { RingNow } from './source.ts';

/** A cursor over a journal, looking at one queue of it. */
class Cursor {
  at = 0;
  readonly store: EventStore;
  readonly #folder: Folder;
  readonly #key: number;

  constructor(store: EventStore, key: number) {
    this.store = store;
    this.#key = key;
    this.#folder = new Folder(store);
  }

  now(): RingNow | undefined {
    const moment = this.#folder.momentAt(this.at);
    const { queues, memory, last, violations } = moment;
    const queue = queues.get(this.#key);
    if (!queue) return undefined;
    const [at, store] = [this.at, this.store];
    const requests = requestContext(moment, queue, undefined);
    const shared = { queue, queues, memory, buffers: memory, requests };
    return { store, at, last, ...shared, violations, eventIdx: false, running: false };
  }

  subscribe(): () => void {
    return () => {};
  }
}

/** What a painter knows of a queue: patch by patch. */
class Mirror {
  readonly memory = new FlatMemory();
  queue: QueueMoment | undefined;

  take(differ: Differ): readonly Travel[] {
    const patch = differ.step();
    if (!patch) return [];
    const { queue, bytes, travels } = decodePatch(encodePatch(patch));
    this.queue = queue;
    this.memory.keep(
      ringAreas(queue).map(({ start, end }) => ({ addr: start, length: end - start })),
    );
    for (const { addr, bytes: data } of bytes) this.memory.write(addr, data);
    return travels;
  }

  /** Everything that a picture shows of a queue. */
  static shows(queue: QueueMoment, memory: FlatMemory | RingNow['memory']): unknown {
    const view = viewOf(queue, memory);
    const slots = Array.from({ length: view.size }, (_, i) => i);
    const desc = slots.map((i) => view.descriptor(i));
    if (view.packed) return { desc, chains: view.chains, next: view.nextUsed };
    const { availIdx, usedIdx, availEvent } = view;
    return {
      ...{ desc, availIdx, usedIdx, availEvent },
      rings: slots.map((i) => [view.available(i), view.used(i)]),
    };
  }
}

describe('Differ', () => {
  it('tells a painter all that it needs, wherever the cursor goes', () => {
    let patches = 0;
    fc.assert(
      fc.property(
        randomDeeds(80),
        fc.array(fc.nat(), { minLength: 3, maxLength: 12 }),
        (deeds, jumps) => {
          const store = journalOf(deeds);
          for (const key of [0x1_0000, 0x2_0000, 0x2_0001]) {
            const cursor = new Cursor(store, key);
            const differ = new Differ(cursor);
            const mirror = new Mirror();
            for (const [i, jump] of jumps.entries()) {
              // Jumps, and between them single steps in both directions.
              cursor.at = i % 3 === 0 ? jump % (store.length + 1) : cursor.at + (jump % 3) - 1;
              cursor.at = Math.min(store.length, Math.max(0, cursor.at));
              const now = cursor.now();
              mirror.take(differ);
              if (!now?.queue.enabled || now.queue.size === 0) continue;
              if (!mirror.queue) throw new Error('nothing was told');
              patches++;
              expect(Mirror.shows(mirror.queue, mirror.memory)).toEqual(
                Mirror.shows(now.queue, now.memory),
              );
            }
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(patches).toBeGreaterThan(100);
  });

  it('[2.8.6] says which chains of a packed ring moved, and from where', () => {
    const { setUp, fill, mark, use, popped, pushed } = packedDeeds(2, 8);
    const { available, used } = MARKS;
    const deeds: Deed[] = [
      setUp,
      fill(1, 0x9000, 16, 5, available[1]),
      mark(0, 5, 1 | available[1]),
      fill(2, 0xa000, 16, 6, available[1]),
      popped(5, 0x8002, 2),
      popped(6, 0x8003, 1),
      use(0, 5, 1, used[1]),
      pushed(5, 0x8002),
    ];
    const cursor = new Cursor(journalOf(deeds), 0x2_0000);
    const differ = new Differ(cursor);
    const mirror = new Mirror();
    const travels: string[] = [];
    const names = Object.fromEntries(Object.entries(DOT).map(([name, kind]) => [kind, name]));
    for (const at of [1, 4, 6, 8]) {
      cursor.at = at;
      for (const { kind, first, count } of mirror.take(differ))
        travels.push(`${names[kind]} ${first} ×${count}`);
    }
    expect(travels).toEqual([
      'published 0 ×1',
      'published 2 ×1',
      'taken 0 ×1',
      'taken 2 ×1',
      'returned 0 ×1',
    ]);
    // Back in time nothing travels.
    cursor.at = 4;
    expect(mirror.take(differ)).toEqual([]);
  });

  it('says nothing while nothing of the queue changes', () => {
    const { setUp, fill } = packedDeeds(2, 8);
    const quiet: Deed = (w) => w.memWrite(0, 0x90_0000, 4, 0, 0, 1, 0);
    const cursor = new Cursor(journalOf([setUp, fill(0, 1, 2, 3, 0), quiet, quiet]), 0x2_0000);
    const differ = new Differ(cursor);
    const told = [1, 2, 3, 4].map((at) => {
      cursor.at = at;
      return differ.step() !== undefined;
    });
    // The third takes back the light of the second.
    expect(told).toEqual([true, true, true, false]);
  });
});
