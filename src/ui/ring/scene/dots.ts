import type { RingStructure } from '../../../journal/fold/ring-areas.ts';
import type { DotKind } from './patch.ts';

/** Where a dot comes from or goes to: an entry, or a side of the picture. */
export interface End {
  readonly structure: RingStructure | 'driver' | 'device';
  readonly index: number;
}

/** One dot on its way: a chain, or several that were merged. */
export interface Dot {
  readonly kind: DotKind;
  readonly from: End;
  readonly to: End;
  /** Chains that it stands for. */
  readonly count: number;
  /** Milliseconds on the painter's clock. */
  readonly start: number;
}

/** How long a dot is on its way, in ms. */
export const TRAVEL_MS = 420;
/** Most dots that move at once, one a chain; of more, several chains share one. */
const MOST = 2048;
/** Fewest dots that a burst still gets. */
const LEAST = 16;

/** The dots that are on their way. They say what happened, never more: a burst moves in fewer, thicker dots. */
export class Dots {
  #moving: Dot[] = [];
  /** Dots set out, since the beginning. */
  started = 0;

  get moving(): readonly Dot[] {
    return this.#moving;
  }

  /** Sets out dots for `count` chains; `way` tells the ends of the chain that is number `i` of them. */
  start(
    kind: DotKind,
    count: number,
    now: number,
    way: (i: number) => { readonly from: End; readonly to: End } | undefined,
  ): void {
    const room = Math.max(LEAST, MOST - this.#moving.length);
    const each = Math.ceil(count / room);
    for (let i = 0; i < count; i += each) {
      const ends = way(i);
      if (!ends) continue;
      this.#moving.push({ kind, ...ends, count: Math.min(each, count - i), start: now });
      this.started++;
    }
  }

  /** Lets go of the dots that have arrived. */
  settle(now: number): void {
    if (this.#moving.length > 0)
      this.#moving = this.#moving.filter(({ start }) => now - start < TRAVEL_MS);
  }

  clear(): void {
    this.#moving = [];
  }
}

/** Radius of a dot that stands for `count` chains, in pixels. */
export function radiusOf(count: number): number {
  return Math.min(11, 3 + 1.3 * Math.log2(count));
}
