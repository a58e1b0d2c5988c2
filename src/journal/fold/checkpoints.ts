import type { Snapshot } from './fold-state.ts';
import { PAGE_COST } from './guest-image.ts';
import { RegisterMap } from './register-map.ts';
import { NODE_COST } from './sparse-array.ts';

/** Events between two checkpoints when they are made. */
export const CHECKPOINT_EVERY = 2048;
/** Most checkpoints of one journal. */
const MOST = 512;
interface Checkpoint {
  readonly snapshot: Snapshot;
  /** Estimate of what is in the next checkpoint and not in this one, in bytes; 0 for the newest. */
  own: number;
}

/**
 * Snapshots along the journal, in order, every 2,048 events. Where that is more than 512 or the budget,
 * the one goes whose neighbours are nearest to each other, so that no way from one to the next is much
 * longer than the others; and new ones are made less often.
 */
export class Checkpoints {
  readonly #budget: () => number;
  #list: Checkpoint[] = [];
  #bytes = 0;
  /** Events between two new ones: no fewer than between the old ones that are left. */
  #every = CHECKPOINT_EVERY;

  /** `budget`: most memory beyond the newest state, in bytes, as estimated; asked at each addition. */
  constructor(budget: () => number) {
    this.#budget = budget;
  }

  /** Estimate of the memory that checkpoints need beyond the newest state, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#list.length;
  }

  /** Most events from one to the next. */
  get longest(): number {
    return Math.max(0, ...this.#gaps());
  }

  /** Event count at which the next one is due, at or after `at` + 1: a multiple of `CHECKPOINT_EVERY`. */
  dueAfter(at: number): number {
    const next = (Math.floor(at / CHECKPOINT_EVERY) + 1) * CHECKPOINT_EVERY;
    const due = Math.ceil((this.newest + this.#every) / CHECKPOINT_EVERY) * CHECKPOINT_EVERY;
    return Math.max(next, due);
  }

  /** Event count of the newest checkpoint, or -1. */
  get newest(): number {
    return this.#list.at(-1)?.snapshot.at ?? -1;
  }

  /** Adds a snapshot that is newer than all others. */
  add(snapshot: Snapshot): void {
    const before = this.#list.at(-1);
    this.#list.push({ snapshot, own: 0 });
    if (!before) return;
    before.own = costBetween(before.snapshot, snapshot);
    this.#bytes += before.own;
    const budget = this.#budget();
    let thinned = false;
    while ((this.#list.length > MOST || this.#bytes > budget) && this.#thin()) thinned = true;
    // What lies closer than the others would go first.
    if (thinned) this.#every = Math.max(CHECKPOINT_EVERY, Math.min(...this.#gaps()));
  }

  /** The newest snapshot of at most `at` events. */
  before(at: number): Snapshot | undefined {
    return this.#list[this.#lastUpTo(at)]?.snapshot;
  }

  /** Puts a snapshot where the journal begins now, and forgets all older ones. */
  beginAt(first: Snapshot): void {
    const newer = this.#list.slice(this.#lastUpTo(first.at) + 1);
    this.#list = [{ snapshot: first, own: 0 }, ...newer];
    const [head, next] = this.#list;
    if (head && next) head.own = costBetween(first, next.snapshot);
    this.#bytes = this.#list.reduce((sum, { own }) => sum + own, 0);
  }

  clear(): void {
    this.#list = [];
    this.#bytes = 0;
    this.#every = CHECKPOINT_EVERY;
  }

  #lastUpTo(at: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#list[middle]?.snapshot.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Removes the checkpoint that is missed least, never the first or the newest; false where there is none. */
  #thin(): boolean {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i < this.#list.length - 1; i++) {
      const gap = this.#at(i + 1) - this.#at(i - 1);
      if (gap < least) [best, least] = [i, gap];
    }
    if (best > 0) this.#remove(best);
    return best > 0;
  }

  /** Events from one to the next. */
  #gaps(): number[] {
    return this.#list.slice(1).map(({ snapshot }, i) => snapshot.at - this.#at(i));
  }

  #at(index: number): number {
    return this.#list[index]?.snapshot.at ?? 0;
  }

  #remove(index: number): void {
    const before = this.#list[index - 1];
    const gone = this.#list[index];
    const after = this.#list[index + 1];
    if (!before || !gone || !after) return;
    this.#list.splice(index, 1);
    this.#bytes -= before.own + gone.own;
    before.own = costBetween(before.snapshot, after.snapshot);
    this.#bytes += before.own;
  }
}

/**
 * Estimate of the memory that `older` needs although `newer` is there: what changed between them.
 */
function costBetween(older: Snapshot, newer: Snapshot): number {
  let bytes = 512 + older.memory.pagesNotIn(newer.memory) * PAGE_COST;
  if (older.queues !== newer.queues) {
    bytes += 40 * older.queues.size;
    for (const [key, queue] of older.queues) {
      const now = newer.queues.get(key);
      if (queue !== now) bytes += queue.costBeside(now);
    }
  }
  if (older.devices !== newer.devices) {
    bytes += 40 * older.devices.size;
    for (const [dev, { registers }] of older.devices) {
      const now = newer.devices.get(dev)?.registers ?? RegisterMap.empty;
      if (registers !== now) bytes += 256 + NODE_COST * registers.nodesNotIn(now);
    }
  }
  return bytes;
}
