import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NaiveSpans } from '../../testing/naive-spans.ts';
import { journalOf, randomDeeds } from '../../testing/random-journal.ts';
import { Folder } from '../fold/folder.ts';
import { EventStore } from '../store.ts';
import type { QueueSpans } from './queue-spans.ts';
import { NEVER } from './request-table.ts';
import { Spans } from './spans.ts';

function spansOf(store: EventStore): Spans {
  const folder = new Folder(store);
  return new Spans(store, { momentAt: (at) => folder.momentAt(at) });
}

const known = (event: number) => (event === NEVER ? undefined : event);

function requestsOf({ requests }: QueueSpans) {
  return Array.from({ length: requests.length - requests.first }, (_, i) => {
    const row = requests.first + i;
    return {
      available: known(requests.available(row)),
      popped: known(requests.popped(row)),
      used: known(requests.used(row)),
      takenBack: requests.takenBack(row) ? requests.ended(row) : undefined,
      backend: known(requests.backend(row)),
      depth: requests.depth(row),
      begun: requests.begun(row),
    };
  });
}

describe('Spans', () => {
  it('agree with lists that are searched from end to end, whatever the journal', () => {
    fc.assert(
      fc.property(
        randomDeeds(120),
        fc.array(fc.nat(400), { minLength: 4, maxLength: 8 }),
        (deeds, places) => {
          const store = journalOf(deeds);
          const naive = new NaiveSpans();
          for (let i = 0; i < store.length; i++) naive.take(store.get(i), i);
          const spans = spansOf(store);
          spans.update();
          expect(spans.complete).toBe(true);
          expect(spans.queues.map(({ dev, queue }) => [dev, queue])).toEqual(
            naive.queues.map(({ dev, queue }) => [dev, queue]),
          );
          spans.queues.forEach((queue, i) => {
            const other = naive.queues[i]!;
            expect(requestsOf(queue)).toEqual(
              other.requests.map(
                ({ available, popped, used, takenBack, backend, depth, begun }) => ({
                  available,
                  popped,
                  used,
                  takenBack,
                  backend,
                  depth,
                  begun,
                }),
              ),
            );
            const { notifications, interrupts } = queue;
            expect(
              Array.from({ length: notifications.length }, (_, k) => [
                notifications.events.at(k),
                notifications.values.at(k),
              ]),
            ).toEqual(other.notifications.map(({ event, requests }) => [event, requests]));
            const quiet = other.notifications.filter(({ sent }) => !sent);
            expect(queue.quietNotifications.length).toBe(quiet.length);
            expect(
              Array.from({ length: interrupts.length }, (_, k) => {
                const event = interrupts.events.at(k);
                return [
                  event,
                  interrupts.values.at(k),
                  known(queue.seen.at(k)),
                  queue.isQuiet(event),
                ];
              }),
            ).toEqual(
              other.interrupts.map(({ event, uses, seen, step }) => [
                event,
                uses,
                seen,
                step === 'suppressed' || step === 'masked',
              ]),
            );
            for (let k = 0; k + 1 < places.length; k++) {
              const [from, to] = [places[k]!, places[k + 1]!].toSorted((a, b) => a - b) as [
                number,
                number,
              ];
              const rows: number[] = [];
              queue.requests.overlapping(from, to, (row) => rows.push(row));
              expect(rows).toEqual(
                NaiveSpans.under(other, from, to).map((request) => other.requests.indexOf(request)),
              );
              const [a, b] = [queue.requests.rowAt(from), queue.requests.rowAt(to)];
              const depths = other.requests.slice(a, b).map(({ depth }) => depth);
              expect(queue.requests.deepest(a, b)).toBe(Math.max(0, ...depths));
              const { latencies } = queue;
              const part = latencies.extent(latencies.indexOf(from), latencies.indexOf(to));
              const values = other.requests
                .filter(({ used }) => used !== undefined && used >= from && used < to)
                .map(({ used = 0, begun }) => used - begun);
              expect(part).toEqual(
                values.length === 0
                  ? undefined
                  : { count: values.length, min: Math.min(...values), max: Math.max(...values) },
              );
            }
          });
          expect(
            Array.from({ length: spans.violations.length }, (_, k) =>
              spans.violations.events.at(k),
            ),
          ).toEqual(naive.violations);
          for (const [dev, turns] of naive.work) {
            const work = spans.device(dev)!.work;
            expect(
              Array.from({ length: work.length }, (_, k) => ({
                from: work.from.at(k),
                to: work.to.at(k),
              })),
            ).toEqual(turns);
            const inside = (event: number) =>
              turns.some(({ from, to }) => event >= from && event <= to);
            const [from, to] = [places[0]!, places[0]! + places[1]!] as const;
            const count = Array.from({ length: to - from }, (_, k) => from + k).filter(
              inside,
            ).length;
            expect(work.covered(from, to)).toBe(count);
          }
          for (const activity of ['enumerate', 'registers', 'memory', 'halted'] as const) {
            const list = spans.guest.stretches[activity];
            expect(
              Array.from({ length: list.length }, (_, k) => [list.from.at(k), list.to.at(k)]),
            ).toEqual(
              naive.guest
                .filter((one) => one.activity === activity)
                .map(({ from, to }) => [from, to]),
            );
          }
          const middle = Math.floor(store.length / 2);
          expect(spans.actions(middle, store.length)).toBe(
            naive.acts.filter((event) => event >= middle).length,
          );
        },
      ),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('come out the same in parts as at once, and forget what the store forgot', () => {
    fc.assert(
      fc.property(randomDeeds(400), randomDeeds(400), fc.nat(300), (deeds, more, cut) => {
        const whole = new EventStore();
        journalOf(deeds, whole);
        const spans = spansOf(whole);
        spans.update(() => 0, 0);
        journalOf(more, whole);
        while (!spans.complete) spans.update(() => 0, 0);
        const fresh = spansOf(whole);
        fresh.update();
        expect(spans.queues.map(requestsOf)).toEqual(fresh.queues.map(requestsOf));
        for (const queue of fresh.queues) {
          const before = requestsOf(queue);
          queue.dropBefore(cut);
          const kept = before.filter(({ used, takenBack }) => (used ?? takenBack ?? NEVER) >= cut);
          // Whole chunks go: what ended before is kept where something under way is behind it.
          const after = requestsOf(queue);
          expect(
            after.filter(({ used, takenBack }) => (used ?? takenBack ?? NEVER) >= cut),
          ).toEqual(kept);
          const rows: number[] = [];
          queue.requests.overlapping(cut, cut + 50, (row) => rows.push(row));
          const held = after
            .map((request, i) => ({ ...request, row: queue.requests.first + i }))
            .filter(
              ({ begun, used, takenBack }) =>
                begun < cut + 50 && (used ?? takenBack ?? NEVER) >= cut,
            );
          expect(rows).toEqual(held.map(({ row }) => row));
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
