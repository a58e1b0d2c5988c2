import type { Moment } from '../fold/moment.ts';
import { type EventStore, recordAt } from '../store.ts';
import { ActionCount, isAct } from './action-count.ts';
import { DeviceSpans } from './device-spans.ts';
import { GuestLane } from './guest-lane.ts';
import { QueueSpans } from './queue-spans.ts';
import { resumed } from './resumed.ts';
import { EventList } from './series.ts';
import { Sightings } from './sightings.ts';
import { TAKE } from './take.ts';
import { Watch } from './watch.ts';

/** What spans need to know beside the journal. */
export interface SpanSources {
  /** The fold, for where the journal does not begin at its beginning. */
  momentAt(at: number): Moment;
}

/** Most events between two looks at the clock. */
const LOOK_EVERY = 1024;
/** Beyond this many events, numbers counted from the origin no longer fit: everything is read again. */
const FAR = 0xf000_0000;

/**
 * The journal as spans: requests, notifications, interrupts, what the guest and the devices were doing.
 * One pass, in parts as small as one likes; what it keeps is typed columns with summaries above them, so
 * that drawing any stretch of the run costs what its pixels cost. About 10 to 15 bytes an event.
 *
 * All numbers in the parts are counted from `origin`: add it for an event number.
 */
export class Spans {
  readonly store: EventStore;
  readonly sources: SpanSources;
  /** Number of the event that counts as 0. */
  origin = 0;
  guest = new GuestLane();
  /** In the order in which they first appeared. */
  readonly queues: QueueSpans[] = [];
  readonly devices: DeviceSpans[] = [];
  violations = new EventList();
  /** Where a full ring lost events. */
  losses = new EventList();
  /** Where gaps in the recording begin, and where they end: as many of each, but for one that is open. */
  gaps = new EventList();
  gapEnds = new EventList();
  /** For `take.ts`: who hears of interrupts, and of writes to memory. */
  readonly sightings = new Sightings();
  readonly watch = new Watch();
  /** Device whose turn it is: the last one that an event named. */
  acting: number | undefined;
  /** No event of the guest's since the device's last. */
  sameTurn = false;
  #actions = new ActionCount(0);
  #scanned = 0;
  #trimmed = 0;
  #epoch = -1;
  readonly #queueOf = new Map<number, QueueSpans>();
  readonly #deviceOf = new Map<number, DeviceSpans>();

  constructor(store: EventStore, sources: SpanSources) {
    this.store = store;
    this.sources = sources;
  }

  /** Number of the first event that has not been looked at. */
  get scanned(): number {
    return this.#scanned;
  }

  /** Whether everything in the store has been looked at. */
  get complete(): boolean {
    return this.store.epoch === this.#epoch && this.#scanned === this.store.length;
  }

  /** Memory that all of it takes, in bytes. */
  get bytes(): number {
    const { guest, violations, losses, gaps, gapEnds, queues, devices } = this;
    return [guest, violations, losses, gaps, gapEnds, this.#actions, ...queues, ...devices].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    );
  }

  /**
   * Takes in what is new, for at most about `ms` milliseconds of the clock `now`; whether anything
   * changed.
   */
  update(now: () => number = () => 0, ms = Number.POSITIVE_INFINITY): boolean {
    const { store } = this;
    const end = now() + ms;
    let changed = false;
    const far = this.#scanned - this.origin > FAR;
    if (store.epoch !== this.#epoch || store.first > this.#scanned || far) {
      this.#begin(store.first);
      changed = true;
    }
    if (store.first > this.#trimmed) {
      this.#dropBefore(store.first);
      changed = true;
    }
    while (this.#scanned < store.length) {
      changed = true;
      this.#scan(Math.min(store.length, this.#scanned + LOOK_EVERY));
      if (now() >= end) break;
    }
    return changed;
  }

  /** Acts of the guest among the events from number `from` to before `to`; undefined where not all are held. */
  actions(from: number, to: number): number | undefined {
    return this.#actions.between(this.store, from, to);
  }

  /** The queue, if it ever appeared. */
  queue(dev: number, queue: number): QueueSpans | undefined {
    return this.#queueOf.get(dev * 0x1_0000 + queue);
  }

  /** The queue, which is there from now on. */
  needQueue(dev: number, queue: number): QueueSpans {
    const key = dev * 0x1_0000 + queue;
    let found = this.#queueOf.get(key);
    if (!found) {
      found = new QueueSpans(dev, queue);
      this.#queueOf.set(key, found);
      this.queues.push(found);
    }
    return found;
  }

  device(dev: number): DeviceSpans | undefined {
    return this.#deviceOf.get(dev);
  }

  needDevice(dev: number): DeviceSpans {
    let found = this.#deviceOf.get(dev);
    if (!found) {
      found = new DeviceSpans(dev);
      this.#deviceOf.set(dev, found);
      this.devices.push(found);
    }
    return found;
  }

  /** A gap begins at `event`. */
  loseSight(event: number): void {
    this.gaps.push(event);
    this.guest.cut();
    for (const queue of this.queues) {
      queue.loseSight(event);
      this.watch.update(queue);
    }
    for (const device of this.devices) device.reset(event);
    this.sightings.clear();
    this.acting = undefined;
    this.sameTurn = false;
  }

  /** A gap ended with `event`: what is so now, the fold knows. */
  goOn(event: number): void {
    this.gapEnds.push(event);
    for (const queue of this.queues) queue.loseSight(event);
    resumed(this, this.sources.momentAt(event + this.origin + 1), event);
  }

  #scan(to: number): void {
    const { store, origin } = this;
    while (this.#scanned < to) {
      const words = store.words(this.#scanned);
      if (!words) return;
      const at = recordAt(this.#scanned);
      TAKE[(words[at] as number) & 0xff]?.(this, words, at, this.#scanned - origin);
      this.#actions.push(isAct(words, at));
      this.#scanned++;
    }
  }

  /** Begins anew at event `first`; what was before it is what the fold says. */
  #begin(first: number): void {
    this.#epoch = this.store.epoch;
    this.origin = first;
    this.#scanned = first;
    this.#trimmed = first;
    this.guest = new GuestLane();
    this.queues.length = 0;
    this.devices.length = 0;
    this.#queueOf.clear();
    this.#deviceOf.clear();
    this.violations = new EventList();
    this.losses = new EventList();
    this.gaps = new EventList();
    this.gapEnds = new EventList();
    this.sightings.clear();
    this.watch.clear();
    this.acting = undefined;
    this.sameTurn = false;
    this.#actions = new ActionCount(first);
    if (first > 0) resumed(this, this.sources.momentAt(first));
  }

  #dropBefore(first: number): void {
    this.#trimmed = first;
    const event = first - this.origin;
    this.guest.dropBefore(event);
    for (const queue of this.queues) queue.dropBefore(event);
    for (const device of this.devices) device.dropBefore(event);
    this.violations.dropBefore(event);
    this.losses.dropBefore(event);
    this.gaps.dropBefore(event);
    this.gapEnds.dropBefore(event);
    this.#actions.dropBefore(first);
  }
}
