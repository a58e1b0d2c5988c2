import { EVENTS } from '../schema.ts';
import { type EventStore, recordAt } from '../store.ts';

/** Events that are few, however long a run is, and that the chain's first links rest on. */
export type Landmark = 'status' | 'features' | 'queueConfig' | 'reset';

const BY_CODE: ReadonlyMap<number, Landmark> = new Map(
  (['status', 'features', 'queueConfig', 'reset'] as const).map((kind) => [
    EVENTS[kind].code,
    kind,
  ]),
);

/** Where the landmarks of a journal are: found once, and then among what is new. */
class Landmarks {
  readonly #store: EventStore;
  #epoch: number;
  #length = 0;
  /** Numbers of events, ascending, by kind, device and queue. */
  readonly #found = new Map<string, number[]>();

  constructor(store: EventStore) {
    this.#store = store;
    this.#epoch = store.epoch;
  }

  /** The newest one of a device before event `before`; of a queue, where the kind is about one. */
  last(kind: Landmark, dev: number, queue: number, before: number): number | undefined {
    this.#look();
    const found = this.#found.get(keyOf(kind, dev, queue)) ?? [];
    let low = 0;
    let high = found.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((found[middle] as number) < before) low = middle + 1;
      else high = middle;
    }
    const event = found[low - 1];
    return event !== undefined && event >= this.#store.first ? event : undefined;
  }

  #look(): void {
    const store = this.#store;
    if (store.epoch !== this.#epoch) {
      this.#epoch = store.epoch;
      this.#length = 0;
      this.#found.clear();
    }
    for (let i = Math.max(this.#length, store.first); i < store.length; i++) {
      const words = store.words(i);
      if (!words) break;
      const at = recordAt(i);
      const head = words[at] as number;
      const kind = BY_CODE.get(head & 0xff);
      // What a device offers is no step of its driver's.
      if (!kind || (kind === 'features' && head >>> 16 === 0)) continue;
      const word = words[at + 2] as number;
      const key = keyOf(kind, word & 0xffff, word >>> 16);
      const known = this.#found.get(key);
      if (known) known.push(i);
      else this.#found.set(key, [i]);
    }
    this.#length = store.length;
  }
}

function keyOf(kind: Landmark, dev: number, queue: number): string {
  return kind === 'queueConfig' ? `${kind} ${dev} ${queue}` : `${kind} ${dev}`;
}

const known = new WeakMap<EventStore, Landmarks>();

/** The landmarks of a journal. */
export function landmarksOf(store: EventStore): Landmarks {
  let found = known.get(store);
  if (!found) {
    found = new Landmarks(store);
    known.set(store, found);
  }
  return found;
}
