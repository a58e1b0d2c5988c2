import { useEffect, useState } from 'react';
import { type RequestContext, requestContext } from '../../journal/decode-request.ts';
import type { GuestImage } from '../../journal/fold/guest-image.ts';
import { type QueueMoment, queueKey, type ViolationMoment } from '../../journal/fold/moment.ts';
import type { JournalEvent } from '../../journal/schema.ts';
import type { EventStore } from '../../journal/store.ts';
import { bitsOf } from '../../spec/constants.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import type { Session } from '../session/session.ts';

/** A queue at a moment, with all that its picture is made of. */
export interface RingNow {
  readonly store: EventStore;
  /** Count of events of `store` that it shows. */
  readonly at: number;
  /** The newest of them that belongs here. */
  readonly last: JournalEvent | undefined;
  readonly queue: QueueMoment;
  readonly queues: ReadonlyMap<number, QueueMoment>;
  /** Memory that the queue's structures lie in. */
  readonly memory: GuestImage;
  /** Memory that the buffers lie in: the guest's, also where the structures are derived. */
  readonly buffers: GuestImage;
  /** What the queue's requests are read by. */
  readonly requests: RequestContext;
  /** Whether used_event and avail_event were negotiated. */
  readonly eventIdx: boolean;
  readonly violations: readonly ViolationMoment[];
  /** The cursor goes on by itself, perhaps faster than anybody can follow. */
  readonly running: boolean;
}

/** Where a picture's queue comes from: the run that is shown, or what was derived from it. */
export interface RingSource {
  subscribe(listener: () => void): () => void;
  /** The same object while nothing has changed; undefined while there is no such queue. */
  now(): RingNow | undefined;
}

/** Queue `queue` of device `dev`, at the session's cursor; `name`: as its device calls it. */
export class SessionSource implements RingSource {
  readonly #session: Session;
  readonly #key: number;
  readonly #dev: number;
  readonly #name: string | undefined;
  #now: RingNow | undefined;

  constructor(session: Session, dev: number, queue: number, name: string | undefined) {
    this.#session = session;
    this.#dev = dev;
    this.#name = name;
    this.#key = queueKey(dev, queue);
  }

  subscribe(listener: () => void): () => void {
    return this.#session.subscribe(listener);
  }

  now(): RingNow | undefined {
    const { moment, run } = this.#session.getState();
    const running = run === 'running';
    const { queues, memory, last, at, violations } = moment;
    const queue = queues.get(this.#key);
    if (!queue) return undefined;
    const before = this.#now;
    if (before?.at === at && before.queue === queue && before.running === running) return before;
    const accepted = moment.devices.get(this.#dev)?.accepted ?? 0;
    const eventIdx = bitsOf(accepted).includes(VIRTIO_F.VIRTIO_F_EVENT_IDX);
    const { store } = this.#session;
    const requests = requestContext(moment, queue, this.#name);
    const shared = { queue, queues, memory, buffers: memory, requests };
    this.#now = { store, at, last, ...shared, eventIdx, violations, running };
    return this.#now;
  }
}

/** How often what is read as text follows a run, in ms. */
const READING_MS = 120;

/** The queue of a source; at once after a pause, and at most every `READING_MS` while it changes all the time. */
export function useRingNow(source: RingSource): RingNow | undefined {
  const [shown, setShown] = useState(() => source.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const look = () => {
      timer = undefined;
      last = performance.now();
      setShown(source.now());
    };
    look();
    const unsubscribe = source.subscribe(() => {
      const wait = last + READING_MS - performance.now();
      if (wait <= 0 && timer === undefined) look();
      else timer ??= setTimeout(look, wait);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [source]);
  return shown;
}
