import type { EventStore } from '../../../journal/store.ts';
import type { Session } from '../../session/session.ts';
import { FlowCounts } from './flow-counts.ts';
import { FlowRates } from './flow-rates.ts';

/** Events before the cursor whose traffic a picture at rest shows. */
export const STRETCH = 1024;
/** Faster than this, events a second, a mark would be gone before the eye finds it: traffic is drawn as flow. */
export const FASTEST_MARK = 30;
/** Time that counting may take in a frame, in ms; and events that are looked at in one at first. */
const BUDGET = 1;
const AT_FIRST = 32_768;
/** Longest time between two frames that counts, in seconds: a tab that slept saw nothing. */
const LONGEST = 0.25;

/**
 * What flows at a moment: while a run goes on fast, rates a second over the events that each frame folded;
 * else the events of the stretch before the cursor, so that one moment always looks the same.
 */
export class FlowMeter {
  readonly rates = new FlowRates();
  readonly #session: Session;
  readonly #now: () => number;
  #counts = new FlowCounts(0);
  #cursor: number | undefined;
  #store: EventStore | undefined;
  #epoch = -1;
  #then = 0;
  #live = false;
  #version = 0;
  /** Events that a frame has time for. */
  #most = AT_FIRST;

  constructor(session: Session, now: () => number) {
    this.#session = session;
    this.#now = now;
  }

  /** Whether the figures are a second's, rather than those of a stretch. */
  get live(): boolean {
    return this.#live;
  }

  /** For a machine with `devices` devices. */
  resize(devices: number): void {
    this.#counts = new FlowCounts(devices);
    this.#cursor = undefined;
  }

  /** Counts the changes of the figures, so that each who shows them can tell. */
  get version(): number {
    return this.#version;
  }

  /** Looks at the session; at `now`, in ms, while live at each frame. */
  look(now: number): void {
    const { run, speed, cursor } = this.#session.getState();
    const { store } = this.#session;
    const live = run === 'running' && speed > FASTEST_MARK;
    const same = store === this.#store && store.epoch === this.#epoch;
    const from = this.#cursor;
    if (!live) {
      if (same && !this.#live && from === cursor) return;
      this.#counts.count(store, Math.max(store.first, cursor - STRETCH), cursor);
      this.rates.show(this.#counts);
    } else {
      if (!this.#live || !same) this.rates.clear();
      const seconds = Math.min(LONGEST, (now - this.#then) / 1000);
      if (this.#live && seconds > 0 && from !== undefined) this.#count(from, cursor, seconds);
    }
    this.#live = live;
    this.#cursor = cursor;
    this.#store = store;
    this.#epoch = store.epoch;
    this.#then = now;
    this.#version++;
  }

  #count(from: number, to: number, seconds: number): void {
    const { store } = this.#session;
    const start = this.#now();
    const looked = this.#counts.count(store, Math.min(from, to), to, this.#most, true);
    this.rates.advance(this.#counts, seconds);
    // What a frame has time for is learnt from those before; a slow one may have been interrupted.
    if (looked < LEARNS) return;
    const fits = (looked * BUDGET) / Math.max(0.01, this.#now() - start);
    this.#most = Math.max(LEARNS, Math.min(2 ** 20, 0.8 * this.#most + 0.2 * fits));
  }
}

/** Fewer events than this tell nothing about time; so many are always looked at. */
const LEARNS = 4096;
