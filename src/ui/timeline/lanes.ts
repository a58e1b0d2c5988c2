import { TWO_32 } from '../../base/bits.ts';
import { EVENTS, INTERRUPT, SPACE } from '../../journal/schema.ts';
import type { EventStore } from '../../journal/store.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { SPLIT } from '../../spec/virtio.ts';

/** What the guest was doing, in the guest's lane. */
export type Activity = 'enumerate' | 'registers' | 'memory' | 'halted';

/** A stretch of the guest's lane: events `from` to `to`, both included. */
export interface Stretch {
  readonly activity: Activity;
  readonly from: number;
  to: number;
}

/** The life of one chain, by event numbers; undefined where the journal has not got there. */
export interface RequestSpan {
  readonly dev: number;
  readonly queue: number;
  readonly head: number;
  /** The driver published it. */
  readonly available: number | undefined;
  readonly popped: number;
  pushed: number | undefined;
  /** Code of the first back-end operation it caused, with its place and length in bytes. */
  op: { readonly code: number; readonly position: number; readonly length: number } | undefined;
}

/** The requests of one queue. */
export interface QueueLane {
  readonly dev: number;
  readonly queue: number;
  readonly requests: RequestSpan[];
}

/** An interrupt line that was up. */
export interface IrqSpan {
  readonly raised: number;
  lowered: number | undefined;
}

/** Most events that one call looks at, so that a long run never holds up a frame. */
const BATCH = 100_000;

interface QueuePlace {
  readonly dev: number;
  readonly queue: number;
  /** Guest-physical address of the available ring's idx. */
  readonly availIdx: number;
  /** Event that last published, until a pop takes it. */
  published: number | undefined;
}

/**
 * The journal as lanes, kept up to date event by event. Everything in it is an event number;
 * nothing is measured in time, because the journal has none.
 */
export class Lanes {
  readonly stretches: Stretch[] = [];
  /** Requests by queue, in the order in which queues were first used; each list ascending. */
  readonly queues: QueueLane[] = [];
  readonly interrupts: IrqSpan[] = [];
  /** Doorbells, device-side steps and violations, ascending. */
  readonly doorbells: number[] = [];
  readonly device: number[] = [];
  readonly violations: number[] = [];
  /** Count of events looked at. */
  scanned = 0;

  readonly #store: EventStore;
  #first = 0;
  /** The store's epoch that the lanes belong to. */
  #epoch = -1;
  #halted = false;
  readonly #places = new Map<number, QueuePlace>();
  readonly #open = new Map<number, RequestSpan>();
  readonly #lines = new Map<number, IrqSpan>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Takes in what is new; whether anything changed. */
  update(): boolean {
    const store = this.#store;
    const before = this.scanned;
    const replaced = store.epoch !== this.#epoch;
    if (replaced) this.#clear();
    this.#epoch = store.epoch;
    if (store.first > this.#first) this.#trim(store.first);
    this.scanned = Math.max(this.scanned, store.first);
    const end = Math.min(store.length, this.scanned + BATCH);
    for (let i = this.scanned; i < end; i++) this.#take(i);
    this.scanned = end;
    return replaced || end !== before;
  }

  /** Whether everything in the store has been looked at. */
  get complete(): boolean {
    return this.scanned === this.#store.length;
  }

  #clear(): void {
    for (const list of [
      this.stretches,
      this.queues,
      this.interrupts,
      this.doorbells,
      this.device,
      this.violations,
    ])
      list.length = 0;
    this.#places.clear();
    this.#open.clear();
    this.#lines.clear();
    this.#halted = false;
    this.#first = 0;
    this.scanned = 0;
  }

  #trim(first: number): void {
    this.#first = first;
    dropBefore(this.stretches, (s) => s.to >= first);
    for (const { requests } of this.queues)
      dropBefore(requests, (r) => (r.pushed ?? first) >= first);
    dropBefore(this.interrupts, (s) => (s.lowered ?? first) >= first);
    for (const list of [this.doorbells, this.device, this.violations])
      dropBefore(list, (event) => event >= first);
  }

  #take(i: number): void {
    const store = this.#store;
    const head = store.word(i, 0);
    const aux = head >>> 16;
    const devQueue = store.word(i, 2);
    switch (head & 0xff) {
      case EVENTS.regRead.code:
      case EVENTS.regWrite.code: {
        const enumerates =
          store.word(i, 8) === SPACE.pciConfig ||
          aux === REGION_INDEX['pci-config'] ||
          aux === REGION_INDEX['pci-config-ports'];
        this.#guest(enumerates ? 'enumerate' : 'registers', i);
        break;
      }
      case EVENTS.channel.code:
      case EVENTS.hypercall.code:
        this.#guest('registers', i);
        break;
      case EVENTS.memWrite.code:
      case EVENTS.dataWrite.code: {
        if (((head >>> 8) & 15) !== 0) {
          this.device.push(i);
          break;
        }
        this.#guest('memory', i);
        const addr = store.word(i, 2) + store.word(i, 3) * TWO_32;
        for (const place of this.#places.values()) if (place.availIdx === addr) place.published = i;
        break;
      }
      case EVENTS.vcpuWait.code:
        this.#halted = aux === 0;
        this.#guest('halted', i);
        break;
      case EVENTS.scriptLine.code:
      case EVENTS.script.code:
        this.#halted = false;
        break;
      case EVENTS.queueConfig.code: {
        const availIdx = store.word(i, 6) + store.word(i, 7) * TWO_32 + SPLIT.availIdx;
        const [dev, queue] = [devQueue & 0xffff, devQueue >>> 16];
        if (aux === 1) this.#places.set(devQueue, { dev, queue, availIdx, published: undefined });
        else this.#places.delete(devQueue);
        this.device.push(i);
        break;
      }
      case EVENTS.notification.code:
        if (aux === 1) this.doorbells.push(i);
        break;
      case EVENTS.chainPopped.code: {
        const place = this.#places.get(devQueue);
        const span: RequestSpan = {
          dev: devQueue & 0xffff,
          queue: devQueue >>> 16,
          head: aux,
          available: place?.published,
          popped: i,
          pushed: undefined,
          op: undefined,
        };
        this.#laneOf(span.dev, span.queue).requests.push(span);
        this.#open.set(keyOf(devQueue, aux), span);
        this.device.push(i);
        break;
      }
      case EVENTS.chainPushed.code: {
        const key = keyOf(devQueue, aux);
        const span = this.#open.get(key);
        if (span) span.pushed = i;
        this.#open.delete(key);
        this.device.push(i);
        break;
      }
      case EVENTS.backendRequest.code: {
        const span = [...this.#open.values()].findLast(
          (s) => s.dev === (devQueue & 0xffff) && s.queue === devQueue >>> 16 && !s.op,
        );
        if (span)
          span.op = {
            code: aux,
            position: store.word(i, 4) + store.word(i, 5) * TWO_32,
            length: store.word(i, 6),
          };
        this.device.push(i);
        break;
      }
      case EVENTS.interrupt.code: {
        const line = store.word(i, 3);
        if (aux === INTERRUPT.raised && !this.#lines.has(line)) {
          const span: IrqSpan = { raised: i, lowered: undefined };
          this.interrupts.push(span);
          this.#lines.set(line, span);
        } else if (aux === INTERRUPT.lowered) {
          const span = this.#lines.get(line);
          if (span) span.lowered = i;
          this.#lines.delete(line);
        }
        break;
      }
      case EVENTS.violation.code:
        this.violations.push(i);
        break;
      case EVENTS.backendCompletion.code:
      case EVENTS.status.code:
      case EVENTS.features.code:
      case EVENTS.configChange.code:
      case EVENTS.reset.code:
      case EVENTS.ccw.code:
      case EVENTS.channelStatus.code:
        this.device.push(i);
        break;
    }
  }

  #laneOf(dev: number, queue: number): QueueLane {
    let lane = this.queues.find((one) => one.dev === dev && one.queue === queue);
    if (!lane) {
      lane = { dev, queue, requests: [] };
      this.queues.push(lane);
    }
    return lane;
  }

  /** Extends the guest's last stretch, or starts one. Events of others in between do not split it. */
  #guest(activity: Activity, i: number): void {
    const last = this.stretches.at(-1);
    if (activity === 'halted') {
      if (this.#halted) this.stretches.push({ activity, from: i, to: i });
      else if (last?.activity === 'halted') last.to = i;
    } else if (last?.activity === activity) last.to = i;
    else this.stretches.push({ activity, from: i, to: i });
  }
}

const keyOf = (devQueue: number, head: number): number => devQueue * 0x1_0000 + head;

function dropBefore<T>(list: T[], keeps: (item: T) => boolean): void {
  const start = list.findIndex(keeps);
  list.splice(0, start < 0 ? list.length : start);
}

/** Index of the first item for which `reached` holds, in a list where it holds from some item on. */
export function firstFrom<T>(list: readonly T[], reached: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
