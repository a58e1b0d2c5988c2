import type { FlowCounts } from './flow-counts.ts';

/** Time in which a rate follows a step to 63 %, in seconds. */
const FOLLOWS = 0.4;
/** After so long without an event a flow is gone, in seconds; it pales meanwhile. */
const GONE = 1.2;

/** A flow as it is drawn and listed. */
export interface FlowRate {
  /** Events and bytes, a second while live, else in the stretch. */
  events: number;
  bytes: number;
  /** 1: there was traffic just now; 0: there has been none for long enough to forget it. */
  presence: number;
}

/** Rates of flows, smoothed over the frames of a run. */
export class FlowRates {
  readonly #rates = new Map<number, FlowRate>();
  #estimated = false;

  /** By number of the flow; those without recent traffic are not there. */
  get rates(): ReadonlyMap<number, FlowRate> {
    return this.#rates;
  }

  /** Whether a figure rests on a sample. */
  get estimated(): boolean {
    return this.#estimated;
  }

  /** Takes in what happened in `seconds`, more than 0. */
  advance(counts: FlowCounts, seconds: number): void {
    const part = 1 - Math.exp(-seconds / FOLLOWS);
    for (const [flow, rate] of this.#rates) {
      const events = counts.events(flow);
      rate.events += part * (events / seconds - rate.events);
      rate.bytes += part * (counts.bytes(flow) / seconds - rate.bytes);
      rate.presence = events > 0 ? 1 : rate.presence - seconds / GONE;
      if (rate.presence <= 0) this.#rates.delete(flow);
    }
    for (const flow of counts.flows)
      if (!this.#rates.has(flow))
        this.#rates.set(flow, {
          events: (part * counts.events(flow)) / seconds,
          bytes: (part * counts.bytes(flow)) / seconds,
          presence: 1,
        });
    if (counts.flows.length > 0) this.#estimated = counts.estimated;
  }

  /** Shows a stretch as it is, unsmoothed. */
  show(counts: FlowCounts): void {
    this.#rates.clear();
    for (const flow of counts.flows)
      this.#rates.set(flow, {
        events: counts.events(flow),
        bytes: counts.bytes(flow),
        presence: 1,
      });
    this.#estimated = counts.estimated;
  }

  clear(): void {
    this.#rates.clear();
    this.#estimated = false;
  }
}
