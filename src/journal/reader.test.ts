import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JournalReader } from './reader.ts';
import { JournalRing, RING } from './ring.ts';
import { EventStore } from './store.ts';
import { JournalWriter } from './writer.ts';

afterEach(() => vi.restoreAllMocks());

/**
 * What a thread does next. A hand-over puts a message into the mailbox of another thread; it may
 * only mark what it did.
 */
type Step =
  | { readonly what: 'event' | 'flush' | 'receive'; readonly thread: number }
  | { readonly what: 'send' | 'show'; readonly thread: number; readonly to: number };

/**
 * Threads that record numbered events and hand their work over, and the knowledge that comes with
 * it.
 */
class World {
  readonly rings: JournalRing[];
  readonly store = new EventStore();
  readonly reader: JournalReader;
  /** By event number: how many events of each thread happened before it, itself included. */
  readonly causes: number[][] = [];
  readonly #writers: JournalWriter[];
  readonly #known: number[][];
  readonly #mail: { clock: number; known: number[] }[][];

  constructor(threads: number, clock = 0, capacity = 1 << 10) {
    this.rings = Array.from({ length: threads }, () => {
      const ring = JournalRing.create(capacity, 64);
      ring.header[RING.clock] = clock;
      return ring;
    });
    this.reader = new JournalReader(this.rings, this.store);
    this.#writers = this.rings.map((ring) => new JournalWriter(ring));
    this.#known = this.rings.map(() => this.rings.map(() => 0));
    this.#mail = this.rings.map(() => []);
  }

  step(step: Step): void {
    const writer = this.#writers[step.thread] as JournalWriter;
    const known = this.#known[step.thread] as number[];
    const mail = this.#mail[step.thread] as { clock: number; known: number[] }[];
    if (step.what === 'event') {
      known[step.thread] = (known[step.thread] ?? 0) + 1;
      writer.scriptLine(this.causes.length);
      this.causes.push([...known, step.thread]);
    }
    if (step.what === 'flush') writer.flush();
    if (step.what === 'send' || step.what === 'show') {
      if (step.what === 'send') writer.handOver();
      else writer.mark();
      this.#mail[step.to]?.push({ clock: writer.clock | 0, known: [...known] });
    }
    if (step.what === 'receive') {
      const message = mail.shift();
      if (!message) return;
      writer.receive(message.clock);
      message.known.forEach((count, i) => {
        known[i] = Math.max(known[i] ?? 0, count);
      });
    }
  }

  finish(): void {
    for (const writer of this.#writers) writer.flush();
    // What a cut left out comes with the next one.
    while (this.reader.drain() > 0);
  }

  /** Events in the order of the store. */
  order(): number[] {
    return Array.from({ length: this.store.length }, (_, i) => {
      const event = this.store.get(i);
      return event.kind === 'scriptLine' ? event.line : -1;
    });
  }

  /** The first event that stands before one of its causes, or undefined. */
  misplaced(): number | undefined {
    const seen = this.rings.map(() => 0);
    for (const number of this.order()) {
      const causes = this.causes[number] ?? [];
      const thread = causes.at(-1) ?? 0;
      seen[thread] = (seen[thread] ?? 0) + 1;
      if (seen.some((count, i) => count < (causes[i] ?? 0))) return number;
    }
    return undefined;
  }
}

const step = (threads: number): fc.Arbitrary<Step> => {
  const thread = fc.nat(threads - 1);
  const what = fc.constantFrom('event', 'event', 'event', 'receive', 'receive', 'flush' as const);
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ what, thread }) as fc.Arbitrary<Step> },
    {
      weight: 3,
      arbitrary: fc.record({
        what: fc.constantFrom('send' as const, 'show' as const),
        thread,
        to: thread,
      }),
    },
  );
};

/** Cause and effect in one go: an event, handed over, and what the other thread does about it. */
const exchange = (threads: number): fc.Arbitrary<Step[]> =>
  fc.tuple(fc.nat(threads - 1), fc.nat(threads - 1), fc.boolean()).map(([thread, to, send]) => [
    { what: 'event', thread },
    { what: send ? 'send' : 'show', thread, to },
    { what: 'receive', thread: to },
    { what: 'event', thread: to },
    { what: 'flush', thread: to },
  ]);

describe('rings of several threads merge', () => {
  const clocks = [0, -20];

  it.each([2, 3])('so that no effect of %i threads comes before its cause', (threads) => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            { weight: 8, arbitrary: step(threads) },
            { weight: 1, arbitrary: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY) },
          ),
          { maxLength: 120, size: 'max' },
        ),
        fc.constantFrom(...clocks),
        (steps, clock) => {
          const world = new World(threads, clock);
          for (const act of steps)
            if (typeof act === 'number') world.reader.drain(act);
            else world.step(act);
          world.finish();
          expect(world.order().toSorted((a, b) => a - b)).toEqual(world.causes.map((_, i) => i));
          expect(world.misplaced()).toBeUndefined();
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([2, 3])('even while %i threads go on as their heads are read', (threads) => {
    const load = Atomics.load.bind(Atomics);
    let meanwhile: (() => void) | undefined;
    vi.spyOn(Atomics, 'load').mockImplementation(((array: Int32Array, index: number) => {
      const act = meanwhile;
      if (index === RING.head && act) {
        meanwhile = undefined;
        act();
        meanwhile = act;
      }
      return load(array, index);
    }) as typeof Atomics.load);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(exchange(threads), fc.array(step(threads), { maxLength: 6 })), {
          maxLength: 200,
          size: 'max',
        }),
        fc.constantFrom(...clocks),
        (bursts, clock) => {
          const world = new World(threads, clock);
          const pending = [...bursts];
          const burst = () => {
            for (const act of pending.shift() ?? []) world.step(act);
          };
          while (pending.length > 0) {
            burst();
            meanwhile = burst;
            world.reader.drain();
            meanwhile = undefined;
          }
          world.finish();
          expect(world.order().length).toBe(world.causes.length);
          expect(world.misplaced()).toBeUndefined();
        },
      ),
      { numRuns: 400 },
    );
  });

  it('and every drain ends, whatever a ring holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0xffff_ffff), { minLength: 128, maxLength: 128 }),
        fc.nat(0xffff_ffff),
        (words, head) => {
          const rings = [JournalRing.create(4, 16), JournalRing.create(4, 16)];
          rings.forEach((ring, i) => {
            ring.words.set(words.slice(i * 64, i * 64 + 64));
            ring.header[RING.head] = head;
          });
          const store = new EventStore();
          const reader = new JournalReader(rings, store);
          for (let i = 0; i < 3; i++) expect(reader.drain()).toBeLessThanOrEqual(3 * 128);
          for (let i = 0; i < store.length; i++) expect(store.get(i).kind).toBeTypeOf('string');
        },
      ),
    );
  });

  it('in the order of the rings where nothing else tells', () => {
    const world = new World(2);
    world.step({ what: 'event', thread: 1 });
    world.step({ what: 'event', thread: 0 });
    world.step({ what: 'event', thread: 0 });
    world.step({ what: 'event', thread: 1 });
    world.finish();
    expect(world.order()).toEqual([1, 0, 2, 3]);
  });

  it('and a thread that was ended is not waited for once another takes its place', () => {
    const world = new World(2);
    world.step({ what: 'event', thread: 0 });
    world.step({ what: 'send', thread: 0, to: 1 });
    world.step({ what: 'event', thread: 0 });
    world.step({ what: 'show', thread: 0, to: 1 });
    world.step({ what: 'receive', thread: 1 });
    world.step({ what: 'receive', thread: 1 });
    world.step({ what: 'event', thread: 1 });
    world.step({ what: 'flush', thread: 1 });
    world.reader.drain();
    expect(world.order()).toEqual([0]);
    new JournalWriter(world.rings[0] as JournalRing);
    world.reader.drain();
    expect(world.order()).toEqual([0, 2]);
  });

  it('and a limit leaves the rest for later', () => {
    const world = new World(2);
    for (let i = 0; i < 5; i++) world.step({ what: 'event', thread: 0 });
    world.step({ what: 'flush', thread: 0 });
    expect(world.reader.drain(2)).toBe(2);
    expect(world.reader.drain(2)).toBe(2);
    expect(world.reader.drain(2)).toBe(1);
    expect(world.reader.drain(2)).toBe(0);
    expect(world.order()).toEqual([0, 1, 2, 3, 4]);
  });
});
