import { wrap16 } from '../../base/bits.ts';
import { VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import { INTERRUPT } from '../schema.ts';
import { Column } from './column.ts';
import {
  PackedPublication,
  type Publication,
  type PublicationListener,
  SplitPublication,
} from './publication.ts';
import { NEVER, RequestTable } from './request-table.ts';
import { EventList, Series } from './series.ts';

/** How a queue was set up. */
export interface QueueSetup {
  readonly packed: boolean;
  readonly bigEndian: boolean;
  readonly size: number;
  /** Guest-physical addresses of the descriptor area and of the driver's area. */
  readonly desc: number;
  readonly driver: number;
}

/**
 * Everything that happened to one queue. Events are counted from the owner's origin.
 *
 * A request is a chain: it becomes *available* with the driver's store that publishes it, is *popped*
 * when the device takes it, and *used* when the device returns it. After it became available the driver
 * notifies the device or leaves that out; after it was used the device notifies the driver or leaves that
 * out. Whichever decision comes first is the request's: one may speak for many.
 */
export class QueueSpans implements PublicationListener {
  readonly dev: number;
  readonly queue: number;
  readonly requests = new RequestTable();
  /** Uses, each with the events since the request began: its latency. */
  readonly latencies = new Series();
  /** Available-buffer notifications, sent and left out, each with the requests since the last one. */
  readonly notifications = new Series(16);
  /** Those among them that the driver left out. */
  readonly quietNotifications = new EventList();
  /** Used-buffer notifications, sent and left out, each with the uses since the last one. */
  readonly interrupts = new Series(16);
  /** Those among them that no interrupt was made of: suppressed by the driver, or masked. */
  readonly quietInterrupts = new EventList();
  /** When the guest saw each of `interrupts`, by the same index; `NEVER` where it did not. */
  readonly seen = new Column();
  /** Events at which the queue was set up or taken back: nothing before concerns what comes after. */
  readonly turns = new EventList();
  setup: QueueSetup | undefined;
  #publication: Publication | undefined;
  /** Row that the device pops next. */
  #next = 0;
  /** First back-end request that was answered since a chain came back. */
  #answered = NEVER;
  /** Rows in flight, by head or buffer ID. */
  readonly #inFlight = new Map<number, number>();
  /** Where the queue was set up, until a request began since. */
  #setUpAt = NEVER;
  #sinceNotification = 0;
  #sinceInterrupt = 0;
  /** Index of the first interrupt that the guest has not seen. */
  #unseen = 0;

  constructor(dev: number, queue: number) {
    this.dev = dev;
    this.queue = queue;
  }

  /** Addresses of which it wants to hear writes; undefined while the queue is not set up. */
  get watched(): Publication | undefined {
    return this.#publication;
  }

  /** Estimate of the memory that it takes, in bytes. */
  get bytes(): number {
    const parts = [this.requests, this.latencies, this.notifications, this.quietNotifications];
    const more = [this.interrupts, this.quietInterrupts, this.seen, this.turns];
    return [...parts, ...more].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The driver set the queue up; `published` and `popped`: indices that are known already. */
  setUp(setup: QueueSetup, event: number, publication?: Publication): void {
    const known = this.setup;
    this.setup = setup;
    const same =
      known &&
      known.packed === setup.packed &&
      known.bigEndian === setup.bigEndian &&
      known.size === setup.size &&
      known.desc === setup.desc &&
      known.driver === setup.driver;
    // Announced again as it is, as when it was enabled after its addresses were known.
    if (same && this.#publication) return;
    this.#takeBack(event);
    this.turns.push(event);
    this.#setUpAt = event;
    const { size, packed, desc, driver, bigEndian } = setup;
    if (publication) this.#publication = publication;
    else if (size === 0 || size > VIRTQ_MAX_SIZE) this.#publication = undefined;
    else
      this.#publication = packed
        ? new PackedPublication(desc, size)
        : new SplitPublication(driver, size, bigEndian);
  }

  /** The queue is no more: what was under way is the driver's again. */
  disable(event: number): void {
    if (!this.setup && this.requests.open === 0) return;
    this.#takeBack(event);
    this.setup = undefined;
    this.#publication = undefined;
    this.#setUpAt = NEVER;
    this.turns.push(event);
  }

  /** The driver made a chain available. `earlier`: before the queue was set up. */
  available(key: number, earlier: boolean, event: number): void {
    const known = earlier && this.#setUpAt !== NEVER;
    this.requests.add(known ? this.#setUpAt : event, NEVER, key);
    if (!earlier) this.#setUpAt = NEVER;
    this.#sinceNotification++;
  }

  popped(head: number, index: number, event: number): void {
    const row = this.#rowOf(wrap16(index), event);
    if (row < this.#next)
      for (const [other, known] of this.#inFlight) if (known === row) this.#inFlight.delete(other);
    this.requests.pop(row, event);
    this.#inFlight.set(head, row);
    this.#next = row + 1;
  }

  pushed(head: number, event: number): void {
    this.#sinceInterrupt++;
    const row = this.#inFlight.get(head);
    if (row === undefined) return;
    this.#inFlight.delete(head);
    this.requests.end(row, event, this.#answered);
    this.#answered = NEVER;
    this.latencies.push(event, event - this.requests.begun(row));
  }

  /** A back end answered the request that it was asked at `asked`: the chain that comes back next is done with it. */
  answered(asked: number): void {
    if (this.#answered === NEVER) this.#answered = asked;
  }

  notified(sent: boolean, event: number): void {
    this.notifications.push(event, this.#sinceNotification);
    if (!sent) this.quietNotifications.push(event);
    this.#sinceNotification = 0;
  }

  /** A used-buffer notification: `step` of `INTERRUPT`. */
  interrupted(step: number, event: number): void {
    this.interrupts.push(event, this.#sinceInterrupt);
    this.seen.push(NEVER);
    this.#sinceInterrupt = 0;
    if (step === INTERRUPT.suppressed || step === INTERRUPT.masked)
      this.quietInterrupts.push(event);
  }

  /** The guest saw that the device has interrupted for this queue. */
  saw(event: number): void {
    const from = Math.max(this.#unseen, this.interrupts.first);
    for (let i = from; i < this.interrupts.length; i++)
      if (!this.isQuiet(this.interrupts.events.at(i))) this.seen.set(i, event);
    this.#unseen = this.interrupts.length;
  }

  /** Whether the used-buffer notification at `event` was left out or masked. */
  isQuiet(event: number): boolean {
    return this.quietInterrupts.has(event);
  }

  /** A gap begins: what becomes of what is under way will not be seen. */
  loseSight(event: number): void {
    const { requests } = this;
    requests.overlapping(event, event + 1, (row) => requests.loseSight(row, event));
    this.#takeBack(event);
    this.#unseen = this.interrupts.length;
    this.#publication = undefined;
  }

  /** Goes on as at another place: `inFlight` heads that the device has, of requests that nobody saw begin. */
  resume(inFlight: readonly number[], waiting: readonly number[], event: number): void {
    const { requests } = this;
    for (const head of inFlight) this.#inFlight.set(head, requests.add(NEVER, NEVER, 0, event));
    this.#next = requests.length;
    for (const key of waiting) requests.add(NEVER, NEVER, key, event);
    this.#setUpAt = NEVER;
  }

  /** Forgets what was over before `event`. */
  dropBefore(event: number): void {
    const moves = new Map<number, number>();
    this.requests.dropBefore(event, (from, to) => moves.set(from, to));
    for (const [head, row] of this.#inFlight) {
      const to = moves.get(row);
      if (to !== undefined) this.#inFlight.set(head, to);
    }
    this.#next = moves.get(this.#next) ?? this.#next;
    for (const list of [this.latencies, this.notifications, this.quietNotifications])
      list.dropBefore(event);
    for (const list of [this.interrupts, this.quietInterrupts, this.turns]) list.dropBefore(event);
    this.seen.dropBefore(this.interrupts.first);
  }

  /** The row of the chain that a pop is about. */
  #rowOf(key: number, event: number): number {
    const { requests } = this;
    const end = requests.length;
    const waits = (row: number) => row >= requests.first && row < end && requests.key(row) === key;
    if (waits(this.#next) && requests.ended(this.#next) === NEVER) return this.#next;
    const most = this.setup?.size ?? 0;
    // Given back unused, and popped again: the journal does not tell of the former.
    for (let row = this.#next - 1; row >= Math.max(requests.first, this.#next - most); row--)
      if (waits(row) && requests.ended(row) === NEVER) return row;
    for (let row = this.#next + 1; row < Math.min(end, this.#next + most); row++)
      if (waits(row)) return row;
    const available = this.#setUpAt;
    return requests.add(available === NEVER ? NEVER : available, event, key);
  }

  #takeBack(event: number): void {
    const { requests } = this;
    requests.overlapping(event, event + 1, (row) => requests.takeBack(row, event));
    this.#inFlight.clear();
    this.#next = requests.length;
    this.#answered = NEVER;
    this.#sinceNotification = 0;
    this.#sinceInterrupt = 0;
  }
}
