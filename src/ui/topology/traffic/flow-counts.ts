import { EVENTS, GAP, NONE } from '../../../journal/schema.ts';
import { type EventStore, recordAt } from '../../../journal/store.ts';
import { deviceBehind, NAMES_DEVICE } from './behind.ts';
import { FLOW, FLOW_KINDS, flowBytesAt, flowKindAt } from './flow-kinds.ts';

/** Kinds of traffic. A *flow* is one kind of one device: number `kind + KINDS * (dev + 1)`, `dev` -1 for none. */
export const KINDS = FLOW_KINDS.length;

/** Kind of a flow, an index of `FLOW_KINDS`. */
export const kindOf = (flow: number): number => flow % KINDS;
/** Device number of a flow; `NONE` for what belongs to none. */
export const devOf = (flow: number): number => (flow < KINDS ? NONE : Math.floor(flow / KINDS) - 1);
/** Number of the flow of a kind and a device. */
export const flowOf = (kind: number, dev: number): number =>
  kind + KINDS * (dev === NONE ? 0 : dev + 1);

/** Events and bytes of each flow in a stretch of the journal. */
export class FlowCounts {
  readonly #events: Float64Array;
  readonly #bytes: Float64Array;
  readonly #seen: number[] = [];
  readonly #devices: number;
  #estimated = false;
  /** Events that the gaps among those looked at left out. */
  #leftOut = 0;

  /** For devices 0 to `devices - 1`; others count as none. */
  constructor(devices: number) {
    this.#devices = devices;
    this.#events = new Float64Array(KINDS * (devices + 1));
    this.#bytes = new Float64Array(KINDS * (devices + 1));
  }

  /** Flows that had events, in the order in which they came first. */
  get flows(): readonly number[] {
    return this.#seen;
  }

  /** Whether only a part of the events was looked at, and the figures are for all of them nevertheless. */
  get estimated(): boolean {
    return this.#estimated;
  }

  events(flow: number): number {
    return this.#events[flow] ?? 0;
  }

  bytes(flow: number): number {
    return this.#bytes[flow] ?? 0;
  }

  clear(): void {
    for (const flow of this.#seen) {
      this.#events[flow] = 0;
      this.#bytes[flow] = 0;
    }
    this.#seen.length = 0;
    this.#estimated = false;
  }

  /**
   * Counts events `from` to `to - 1` anew. Of more than `most` events, blocks spread evenly over them are
   * looked at, and stand for all; with `gaps`, also for the events that gaps left out. Returns how many were
   * looked at.
   */
  count(
    store: EventStore,
    from: number,
    to: number,
    most = Number.POSITIVE_INFINITY,
    gaps = false,
  ): number {
    this.clear();
    this.#leftOut = 0;
    const start = Math.max(from, store.first);
    if (to - start <= most) {
      const looked = this.#scan(store, start, to);
      if (gaps) this.#standFor(looked, looked);
      return looked;
    }
    const blocks = Math.ceil((to - start) / BLOCK);
    const taken = Math.max(1, Math.floor(most / BLOCK));
    let looked = 0;
    for (let i = 0; i < taken; i++) {
      const at = start + Math.floor((i * blocks) / taken) * BLOCK;
      looked += this.#scan(store, at, Math.min(to, at + BLOCK));
    }
    if (!gaps) this.#leftOut = 0;
    this.#standFor(looked, to - start);
    return looked;
  }

  /** The events that were looked at stand for `all`, and for as many more as gaps among them left out. */
  #standFor(looked: number, all: number): void {
    const scale = looked > 0 ? ((looked + this.#leftOut) / looked) * (all / looked) : 1;
    if (scale === 1) return;
    this.#estimated = true;
    for (const flow of this.#seen) {
      this.#events[flow] = this.events(flow) * scale;
      this.#bytes[flow] = this.bytes(flow) * scale;
    }
  }

  #scan(store: EventStore, from: number, to: number): number {
    let behind = deviceBehind(store, from - 1) ?? NONE;
    let words = store.words(from);
    for (let i = from; i < to; i++) {
      const at = recordAt(i);
      if (at === 0) words = store.words(i);
      if (!words) continue;
      const head = words[at] as number;
      let dev: number = NONE;
      if (NAMES_DEVICE[head & 0xff]) {
        dev = (words[at + 2] as number) & 0xffff;
        if (dev !== NONE) behind = dev;
      }
      if ((head & 0xff) === GAPS && head >>> 16 === GAP.end)
        this.#leftOut += words[at + EVENTS.gap.fields.events.at] as number;
      const kind = flowKindAt(words, at);
      if (kind < 0) continue;
      if (kind === FLOW.dmaWrite) dev = behind;
      const flow = flowOf(kind, dev < this.#devices ? dev : NONE);
      if (this.#events[flow] === 0) this.#seen.push(flow);
      (this.#events[flow] as number)++;
      (this.#bytes[flow] as number) += flowBytesAt(words, at, kind);
    }
    return Math.max(0, to - from);
  }
}

const GAPS = EVENTS.gap.code;
/** Events in one block of a sample. */
const BLOCK = 256;
