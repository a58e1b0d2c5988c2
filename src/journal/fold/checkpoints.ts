import type { Snapshot } from './fold-state.ts';
import { PAGE_COST } from './guest-image.ts';
import { RegisterMap } from './register-map.ts';
import { NODE_COST } from './sparse-array.ts';

/** Events between two checkpoints when they are made. */
export const CHECKPOINT_EVERY = 1024;
/** Events between two old checkpoints; the newest `RECENT` ones stay closer. */
const OLD_EVERY = 4096;
const RECENT = 64;
/** Most checkpoints of one journal. */
const MOST = 512;
/**
 * Most memory that they hold, unless told otherwise, beyond what the newest one holds anyway; in
 * bytes, as estimated.
 */
export const CHECKPOINT_BYTES = 64 << 20;

interface Checkpoint {
  readonly snapshot: Snapshot;
  /** Estimate of what is in the next checkpoint and not in this one, in bytes; 0 for the newest. */
  own: number;
}

/**
 * Snapshots along the journal, in order. They thin out with age: every 1,024 events for the newest
 * 65,536, every 4,096 before that. Where that is more than 512 checkpoints or the budget, every second
 * one of the older half goes, for as long as that takes.
 */
export class Checkpoints {
  readonly #budget: number;
  #list: Checkpoint[] = [];
  #bytes = 0;

  /** `budget`: most memory beyond the newest state, in bytes, as estimated. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Estimate of the memory that checkpoints need beyond the newest state, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#list.length;
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
    const aged = this.#list.length - 1 - RECENT;
    if (aged > 0 && (this.#list[aged]?.snapshot.at ?? 0) % OLD_EVERY !== 0) this.#remove(aged);
    while ((this.#list.length > MOST || this.#bytes > this.#budget) && this.#thin());
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

  /**
   * Removes every second checkpoint of the older half, never the first; false where nothing is left
   * to remove.
   */
  #thin(): boolean {
    const before = this.#list.length;
    for (let i = 1; i <= this.#list.length / 2; i++) this.#remove(i);
    return this.#list.length < before;
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
      if (queue !== now) bytes += 256 + NODE_COST * queue.nodesNotIn(now);
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
