import { EVENTS, INTERRUPT } from '../schema.ts';
import { type EventStore, recordAt } from '../store.ts';

/** Kinds of events that are known however far back they lie, since links rest on the newest one. */
const KINDS = [
  'status',
  'features',
  'queueConfig',
  'reset',
  'chainPushed',
  'interrupt',
  'gap',
] as const;
export type Landmark =
  | (typeof KINDS)[number]
  /** A queue was enabled, rather than taken back: an event of kind `queueConfig` too. */
  | 'enabled'
  /** The device lowered its line: an event of kind `interrupt`, and of no queue. */
  | 'lowered';

const BY_CODE: ReadonlyMap<number, Landmark> = new Map(
  KINDS.map((kind) => [EVENTS[kind].code, kind]),
);
/** Those that are about one queue; a gap is about none, and no device. */
const OF_QUEUE: ReadonlySet<Landmark> = new Set([
  'queueConfig',
  'enabled',
  'chainPushed',
  'interrupt',
]);

/** The landmark that an event is, by its kind and the number in its first word. */
function landmarkOf(code: number, aux: number): Landmark | undefined {
  const kind = BY_CODE.get(code);
  // What a device offers is no step of its driver's, and what a CPU takes none of the device's.
  if (kind === 'features' && aux === 0) return undefined;
  if (kind !== 'interrupt') return kind;
  if (aux === INTERRUPT.taken) return undefined;
  return aux === INTERRUPT.lowered ? 'lowered' : kind;
}

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
      const kind = landmarkOf(head & 0xff, head >>> 16);
      if (!kind) continue;
      const word = words[at + 2] as number;
      this.#add(keyOf(kind, word & 0xffff, word >>> 16), i);
      if (kind === 'queueConfig' && head >>> 16 !== 0)
        this.#add(keyOf('enabled', word & 0xffff, word >>> 16), i);
    }
    this.#length = store.length;
  }

  #add(key: string, event: number): void {
    const known = this.#found.get(key);
    if (known) known.push(event);
    else this.#found.set(key, [event]);
  }
}

function keyOf(kind: Landmark, dev: number, queue: number): string {
  if (kind === 'gap') return kind;
  return OF_QUEUE.has(kind) ? `${kind} ${dev} ${queue}` : `${kind} ${dev}`;
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
