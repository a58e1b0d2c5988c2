import { distance16 } from '../../base/bits.ts';
import type { PackedChain } from '../../journal/fold/moment.ts';
import { placeAfter, slotOfPlace } from '../../journal/fold/packed-state.ts';
import { viewOf } from '../../journal/fold/packed-view.ts';
import { ringAreas } from '../../journal/fold/ring-areas.ts';
import { u16In } from '../../journal/fold/ring-numbers.ts';
import { SPLIT } from '../../spec/virtio.ts';
import { hitsOf } from './hits.ts';
import { type Bytes, DOT, type Lit, type Patch, type Travel } from './scene/patch.ts';
import type { RingNow, RingSource } from './source.ts';
import { type Stretch, written } from './written.ts';

/** Past this many events at once the whole structures are told rather than what was written. */
const MOST_EVENTS = 20_000;
/** Past this many events at once nobody can follow a single one: nothing is lit. */
const MOST_LIT = 64;
/** Past this many, nobody could tell which buffer was written. */
const MOST_DEEP = 8;
/** Most chains whose places in a packed ring are told one by one. */
const MOST_CHAINS = 512;

/** Works out what a painter must be told to come from one moment of a source's queue to the next. */
export class Differ {
  readonly #source: RingSource;
  #before: RingNow | undefined;
  #epoch = -1;
  #tables: readonly Stretch[] = [];
  #lit: readonly Lit[] = [];
  /** Tables that were asked for since. */
  #fresh: readonly Stretch[] = [];

  constructor(source: RingSource) {
    this.#source = source;
  }

  /** Indirect tables that are looked into, beside the structures. */
  open(tables: readonly Stretch[]): void {
    this.#fresh = tables.filter(
      (t) => !this.#tables.some((k) => k.addr === t.addr && k.length === t.length),
    );
    this.#tables = tables;
  }

  /** What to tell, or undefined where the picture stays as it is. */
  step(): Patch | undefined {
    const now = this.#source.now();
    const before = this.#before;
    if (!now || (before === now && this.#fresh.length === 0)) return undefined;
    const same = before !== undefined && this.#goesOn(before, now);
    this.#before = now;
    this.#epoch = now.store.epoch;
    const steps = same ? Math.abs(now.at - before.at) : Number.POSITIVE_INFINITY;
    const lit = litBy(now, steps);
    const whole = ringAreas(now.queue).map(({ start, end }) => ({
      addr: start,
      length: end - start,
    }));
    const stretches =
      same && steps <= MOST_EVENTS
        ? [...written(now.store, before.at, now.at, [...whole, ...this.#tables]), ...this.#fresh]
        : undefined;
    const quiet = stretches?.length === 0 && now.queue === before?.queue;
    if (quiet && lit.length === 0 && this.#lit.length === 0) return undefined;
    this.#lit = lit;
    this.#fresh = [];
    const bytes = (stretches ?? [...whole, ...this.#tables]).map(
      ({ addr, length }): Bytes => ({ addr, bytes: now.memory.bytes(addr, length) }),
    );
    return {
      at: now.at,
      fresh: stretches === undefined,
      eventIdx: now.eventIdx,
      queue: now.queue,
      bytes,
      travels: same && before.at < now.at ? travelsOf(before, now) : [],
      lit,
    };
  }

  /** Whether what was told of `before` still counts. */
  #goesOn(before: RingNow, now: RingNow): boolean {
    const a = before.queue;
    const b = now.queue;
    return (
      before.store === now.store &&
      this.#epoch === now.store.epoch &&
      Math.min(before.at, now.at) >= now.store.first &&
      a.enabled === b.enabled &&
      a.packed === b.packed &&
      a.bigEndian === b.bigEndian &&
      a.size === b.size &&
      a.desc === b.desc &&
      a.driver === b.driver &&
      a.device === b.device
    );
  }
}

/** The cells that the newest event touched, where the cursor goes slowly enough to see it. */
function litBy(now: RingNow, steps: number): Lit[] {
  if (now.running && steps > MOST_LIT) return [];
  const view = viewOf(now.queue, now.memory);
  const hits = hitsOf(now.last, view, now.queues, !now.running || steps <= MOST_DEEP);
  const lit: Lit[] = hits.touches
    .filter(({ part }) => part === 'entries')
    .map(({ structure, first, last }) => ({ structure, first, last }));
  if (hits.buffer !== undefined)
    lit.push({ structure: 'desc', first: hits.buffer, last: hits.buffer });
  return lit;
}

/** The chains that moved between two moments, forward. */
function travelsOf(before: RingNow, now: RingNow): Travel[] {
  const a = before.queue;
  const b = now.queue;
  const travels: Travel[] = [];
  const add = (kind: Travel['kind'], first: number, count: number): void => {
    if (count > 0) travels.push({ kind, first, count });
  };
  // More than a ring holds went by unseen: each entry tells once.
  const popped = Math.min(b.popped - a.popped, b.size);
  const pushed = Math.min(b.pushed - a.pushed, b.size);
  if (b.packed) {
    packedTravels(before, now, popped, pushed, add);
    return travels;
  }
  const index = ({ memory, queue }: RingNow): number =>
    u16In(memory, queue.driver + SPLIT.availIdx, queue.bigEndian);
  const count = distance16(index(before), index(now));
  add(DOT.published, index(before), Math.min(count, b.size));
  add(DOT.taken, a.lastAvailIdx, popped);
  add(DOT.returned, a.usedIdx, pushed);
  return travels;
}

/**
 * The same for a packed ring, whose chains are as many descriptors apart as they are long. Those that came and went
 * between the two moments are told one descriptor apart.
 */
function packedTravels(
  before: RingNow,
  now: RingNow,
  popped: number,
  pushed: number,
  add: (kind: Travel['kind'], first: number, count: number) => void,
): void {
  const [a, b] = [before.queue, now.queue];
  if (!a.ring || !b.ring) return;
  const { gone, fresh } = changesOf(a.ring.chains, b.ring.chains);
  if (Math.max(fresh.length, popped, pushed) > MOST_CHAINS) {
    add(DOT.published, slotOfPlace(a.ring.avail), fresh.length);
    add(DOT.taken, slotOfPlace(a.lastAvailIdx), popped);
    add(DOT.returned, slotOfPlace(a.usedIdx), pushed);
    return;
  }
  for (const { descriptors } of fresh) add(DOT.published, descriptors[0]?.slot ?? 0, 1);
  const taken = new Set(b.inFlight.slice(-popped));
  if (popped === 0) taken.clear();
  let known = 0;
  for (const { id, descriptors } of b.ring.chains) {
    if (!taken.delete(id)) continue;
    add(DOT.taken, descriptors[0]?.slot ?? 0, 1);
    known++;
  }
  add(DOT.taken, slotOfPlace(a.lastAvailIdx), popped - known);
  let place = a.usedIdx;
  for (const { descriptors } of gone) {
    add(DOT.returned, slotOfPlace(place), 1);
    place = placeAfter(place, descriptors.length, b.size);
  }
  add(DOT.returned, slotOfPlace(place), Math.max(0, pushed - gone.length));
}

/** Chains keep their order, and new ones come behind them: what left, and what came. */
function changesOf(
  before: readonly PackedChain[],
  now: readonly PackedChain[],
): { gone: PackedChain[]; fresh: readonly PackedChain[] } {
  const gone: PackedChain[] = [];
  let kept = 0;
  for (const chain of before) {
    if (now[kept] === chain) kept++;
    else gone.push(chain);
  }
  return { gone, fresh: now.slice(kept) };
}
