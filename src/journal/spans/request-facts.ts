import { BACKEND_OPS, type BackendOp, INTERRUPT_STEPS, type InterruptStep } from '../schema.ts';
import type { QueueSpans } from './queue-spans.ts';
import { NEVER } from './request-table.ts';
import type { Series } from './series.ts';
import type { Spans } from './spans.ts';

/** A decision to notify the other side, or not to. */
export interface NotificationFacts {
  readonly event: number;
  readonly sent: boolean;
}

/** What a back end was asked for a request. Position and length in bytes. */
export interface BackendFacts {
  readonly event: number;
  readonly op: BackendOp | undefined;
  readonly position: number;
  readonly length: number;
}

/** One request, in event numbers; undefined where it did not come to that, or the journal did not see it. */
export interface RequestFacts {
  readonly dev: number;
  readonly queue: number;
  /** Its row in the queue's table, for as long as the table holds it. */
  readonly row: number;
  /** When it became available or, where that is not known, was popped. */
  readonly begun: number;
  /** Head of the chain, or buffer ID; known once it was popped. */
  readonly head: number | undefined;
  readonly available: number | undefined;
  /** The driver's decision that covers it. */
  readonly notification: NotificationFacts | undefined;
  readonly popped: number | undefined;
  readonly backend: BackendFacts | undefined;
  readonly used: number | undefined;
  /** The driver took it back by a reset. */
  readonly takenBack: number | undefined;
  /** A gap began, and what became of it was not recorded. */
  readonly unseen: number | undefined;
  /** The device's decision that covers it. */
  readonly interrupt:
    | (NotificationFacts & { readonly step: InterruptStep | undefined })
    | undefined;
  /** When the guest saw that interrupt: see `Sightings`. */
  readonly seen: number | undefined;
  /** Bytes that the device may read and write, and descriptors; known once it was popped. */
  readonly readable: number | undefined;
  readonly writable: number | undefined;
  readonly descriptors: number | undefined;
  /** Bytes that the device wrote; known once it was used. */
  readonly written: number | undefined;
  /** Requests that were under way when it began, itself included. */
  readonly depth: number;
}

/** All about the request in a row of a queue. */
export function requestFacts(spans: Spans, queue: QueueSpans, row: number): RequestFacts {
  const { origin, store } = spans;
  const { requests } = queue;
  const real = (event: number) => (event === NEVER ? undefined : event + origin);
  const held = (event: number | undefined) =>
    event !== undefined && event >= store.first ? event : undefined;
  const available = real(requests.available(row));
  const popped = real(requests.popped(row));
  const used = real(requests.used(row));
  const pop = held(popped);
  const push = held(used);
  const asked = held(real(requests.backend(row)));
  const told = used === undefined ? -1 : decision(queue, queue.interrupts, requests.used(row));
  const at = told < 0 ? undefined : queue.interrupts.events.at(told) + origin;
  const kick =
    available === undefined ? -1 : decision(queue, queue.notifications, requests.available(row));
  const kicked = kick < 0 ? undefined : queue.notifications.events.at(kick);
  return {
    dev: queue.dev,
    queue: queue.queue,
    row,
    begun: requests.begun(row) + origin,
    head: pop === undefined ? undefined : store.word(pop, 0) >>> 16,
    available,
    notification:
      kicked === undefined
        ? undefined
        : { event: kicked + origin, sent: !queue.quietNotifications.has(kicked) },
    popped,
    backend: asked === undefined ? undefined : backendFacts(spans, asked),
    used,
    takenBack: requests.takenBack(row) ? requests.ended(row) + origin : undefined,
    unseen: requests.unseen(row) ? requests.ended(row) + origin : undefined,
    interrupt:
      at === undefined
        ? undefined
        : {
            event: at,
            sent: !queue.isQuiet(at - origin),
            step: INTERRUPT_STEPS[store.word(at, 0) >>> 16],
          },
    seen: told < 0 ? undefined : real(queue.seen.at(told)),
    readable: pop === undefined ? undefined : store.word(pop, 4),
    writable: pop === undefined ? undefined : store.word(pop, 5),
    descriptors: pop === undefined ? undefined : store.word(pop, 6),
    written: push === undefined ? undefined : store.word(push, 4),
    depth: requests.depth(row),
  };
}

/** The row of a request that was looked at before; undefined where it is not held any more. */
export function rowOf(
  { origin }: Spans,
  { requests }: QueueSpans,
  { row: last, begun, popped }: Pick<RequestFacts, 'row' | 'begun' | 'popped'>,
): number | undefined {
  const wanted = begun - origin;
  const isIt = (row: number): boolean =>
    row >= requests.first &&
    row < requests.length &&
    requests.begun(row) === wanted &&
    (popped === undefined || requests.popped(row) === popped - origin);
  if (isIt(last)) return last;
  // What is under way moves when what is before it is forgotten.
  for (let row = requests.rowAt(wanted); row < requests.length; row++) {
    if (requests.begun(row) !== wanted) return undefined;
    if (isIt(row)) return row;
  }
  return undefined;
}

/** What a back end was asked by the event with that number. */
export function backendFacts({ store }: Spans, event: number): BackendFacts {
  const word = (at: number) => store.word(event, at);
  return {
    event,
    op: BACKEND_OPS[word(0) >>> 16],
    position: word(4) + word(5) * 2 ** 32,
    length: word(6),
  };
}

/** Index of the first decision at or after `event`, unless the queue was set up anew before it; -1 where there is none. */
function decision(queue: QueueSpans, series: Series, event: number): number {
  const index = series.indexOf(event);
  if (index >= series.length) return -1;
  const { turns } = queue;
  const turn = turns.indexOf(event + 1);
  const cut = turn < turns.length && turns.events.at(turn) <= series.events.at(index);
  return cut ? -1 : index;
}
