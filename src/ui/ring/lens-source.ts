import { requestContext } from '../../journal/decode-request.ts';
import { queueKey } from '../../journal/fold/moment.ts';
import { Lens, type LensMoment } from '../../journal/lens/lens.ts';
import type { Session } from '../session/session.ts';
import type { RingNow, RingSource } from './source.ts';

/** A queue's workload in the other ring format, at the session's cursor; `name`: as its device calls it. */
export class LensSource implements RingSource {
  readonly #session: Session;
  readonly #dev: number;
  readonly #queue: number;
  readonly #name: string | undefined;
  readonly #listeners = new Set<() => void>();
  #lens: Lens | undefined;
  #at = -1;
  #running = false;
  #moment: LensMoment | undefined;
  #now: RingNow | undefined;
  #complete = true;
  #frame = 0;

  constructor(session: Session, dev: number, queue: number, name: string | undefined) {
    this.#session = session;
    this.#dev = dev;
    this.#queue = queue;
    this.#name = name;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    const unsubscribe = this.#session.subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      unsubscribe();
      if (this.#listeners.size === 0) cancelAnimationFrame(this.#frame);
    };
  }

  /** What both formats cost, and whether all events up to the cursor were looked at. */
  facts(): { readonly moment: LensMoment | undefined; readonly complete: boolean } {
    this.now();
    return { moment: this.#moment, complete: this.#complete };
  }

  now(): RingNow | undefined {
    const { store } = this.#session;
    const { moment, run } = this.#session.getState();
    const running = run === 'running';
    // Another run may be shown meanwhile, or this one has begun anew.
    if (!this.#lens || this.#lens.run !== store || this.#lens.stale) {
      const momentAt = (at: number) => this.#session.momentAt(at);
      this.#lens = new Lens(store, momentAt, this.#dev, this.#queue);
      this.#at = -1;
    }
    if (this.#at === moment.at && this.#complete && this.#running === running) return this.#now;
    const lens = this.#lens;
    this.#at = moment.at;
    this.#running = running;
    this.#complete = lens.follow(moment.at);
    if (!this.#complete) this.#goOn();
    const derived = lens.at(moment.at);
    this.#moment = derived;
    const { queues, memory, last } = derived.moment;
    const key = queueKey(this.#dev, this.#queue);
    const queue = queues.get(key);
    this.#now = queue && {
      store: lens.store,
      at: derived.moment.at,
      last: derived.moved ? last : undefined,
      ...{ queue, queues, memory, running },
      buffers: moment.memory,
      // Requests are the guest's, whatever its rings would be.
      requests: requestContext(moment, moment.queues.get(key) ?? queue, this.#name),
      eventIdx: false,
      violations: [],
    };
    return this.#now;
  }

  /** A long run is looked at in parts, one a frame. */
  #goOn(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}
