import type { Moment } from '../../journal/fold/moment.ts';
import type { Names, Narration } from '../../journal/narration/narration-types.ts';
import { narrate } from '../../journal/narration.ts';
import type { EventStore } from '../../journal/store.ts';

/** Sentences that are kept; beyond this many all are forgotten, as telling one again is cheap. */
const KEPT = 2000;

/** Tells events in words, each once: a sentence depends on nothing but the events up to it. */
export class Narrator {
  readonly #store: EventStore;
  readonly #momentAt: (at: number) => Moment;
  readonly #names: Names;
  readonly #told = new Map<number, Narration>();
  #epoch: number;

  constructor(store: EventStore, momentAt: (at: number) => Moment, names: Names) {
    this.#store = store;
    this.#momentAt = momentAt;
    this.#names = names;
    this.#epoch = store.epoch;
  }

  /** Event `index` in words; undefined where it is not held. Cheapest in ascending order. */
  tell(index: number): Narration | undefined {
    const store = this.#store;
    if (store.epoch !== this.#epoch || this.#told.size > KEPT) this.#told.clear();
    this.#epoch = store.epoch;
    if (index < store.first || index >= store.length) return undefined;
    let told = this.#told.get(index);
    if (!told) {
      told = narrate(store.get(index), this.#momentAt(index), this.#names);
      this.#told.set(index, told);
    }
    return told;
  }
}
