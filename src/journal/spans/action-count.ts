import { ACTOR, EVENTS, SPACE } from '../schema.ts';
import { CHUNK_EVENTS, type EventStore, recordAt } from '../store.ts';
import { Column } from './column.ts';

/** Events between two counts that are kept: a part of what the store forgets together. */
const EVERY = CHUNK_EVENTS / 4;

/** Kinds that are acts of the guest, by code, where the driver causes them. */
const ACTS = new Set<number>([
  EVENTS.regRead.code,
  EVENTS.regWrite.code,
  EVENTS.memWrite.code,
  EVENTS.dataWrite.code,
  EVENTS.scriptLine.code,
  EVENTS.channel.code,
  EVENTS.hypercall.code,
]);

/**
 * Whether a record is an act of the guest: a bus access, a write to memory, a script line, a channel
 * instruction or a hypercall. The decoded form of an access to PCI configuration is part of that access.
 */
export function isAct(words: Uint32Array, at: number): boolean {
  const head = words[at] as number;
  if (((head >>> 8) & 15) !== ACTOR.driver || !ACTS.has(head & 0xff)) return false;
  const register = (head & 0xff) <= EVENTS.regWrite.code;
  return !(register && words[at + EVENTS.regRead.fields.space.at] === SPACE.pciConfig);
}

/** Counts of the guest's acts, so that stretches of the run can be measured in them. */
export class ActionCount {
  /** Acts before each `EVERY`th event from `origin` on. */
  readonly #counts = new Column();
  readonly #origin: number;
  #acts = 0;
  #events = 0;

  constructor(origin: number) {
    this.#origin = origin;
  }

  get bytes(): number {
    return this.#counts.bytes;
  }

  /** The next event; `act`: whether it is one of the guest's. */
  push(act: boolean): void {
    if (this.#events++ % EVERY === 0) this.#counts.push(this.#acts);
    if (act) this.#acts++;
  }

  /** Acts of the guest among the events of `store` from number `from` to before `to`; undefined where not all were counted. */
  between(store: EventStore, from: number, to: number): number | undefined {
    const [before, after] = [this.#before(store, from), this.#before(store, to)];
    return before === undefined || after === undefined ? undefined : after - before;
  }

  /** Gives back the memory of counts before `event`. */
  dropBefore(event: number): void {
    this.#counts.dropBefore(Math.floor((event - this.#origin) / EVERY));
  }

  #before(store: EventStore, event: number): number | undefined {
    const index = event - this.#origin;
    if (index < 0 || index > this.#events) return undefined;
    if (index === this.#events) return this.#acts;
    const kept = Math.floor(index / EVERY);
    const start = this.#origin + kept * EVERY;
    if (start < store.first) return undefined;
    let count = this.#counts.at(kept);
    for (let i = start; i < event; i++) {
      const words = store.words(i);
      if (words && isAct(words, recordAt(i))) count++;
    }
    return count;
  }
}
