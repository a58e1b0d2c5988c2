import { assert } from '../../base/assert.ts';
import { join64 } from '../../base/bits.ts';
import { EVENTS } from '../schema.ts';
import { type EventStore, recordAt } from '../store.ts';
import { Checkpoints } from './checkpoints.ts';
import { FoldLogs, FoldState, type Snapshot, START } from './fold-state.ts';
import { type Moment, PINS } from './moment.ts';

/** Most memory for payloads and checkpoints together, but for checkpoints at least `LEAST`; bytes. */
const PAYLOADS_AND_CHECKPOINTS = 64 << 20;
const LEAST = 16 << 20;

/**
 * Going back, the last of these events before the target get snapshots this far apart, so that the
 * next step back is short; and those before them others further apart, so that every later one is.
 */
const TRAIL_EVENTS = 512;
const TRAIL_EVERY = 64;
const TRAIL_FAR = 2048;
/** Moments after gaps that are kept: those of a few seconds. */
const AFTER_GAPS = 64;
/** Most snapshots of a trail. */
const TRAIL_MOST = 32;

/** Guest actions that were not recorded: from that count of them to this one. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Folds the events of a store into the state after any number of them. Going on from where it
 * was asked last costs what is new; going anywhere else costs the way from the nearest checkpoint
 * (see `Checkpoints`). When the store is about to forget events, the state at the new beginning
 * is kept as a checkpoint, so every event that is held can be reached.
 */
export class Folder {
  readonly #store: EventStore;
  readonly #checkpoints: Checkpoints;
  readonly #logs = new FoldLogs();
  #epoch: number;
  /** Where the last fold stopped; goes on from there. */
  #state: FoldState;
  /** Count of the events that were ever folded. */
  #furthest = 0;
  /** Snapshots just before a place that was gone back to, oldest first. */
  #trail: Snapshot[] = [];
  #moment: Moment | undefined;
  /** Moments right after gaps, by the count of events before, oldest first: spans ask for them while the cursor is elsewhere. */
  #gaps: Gap[] = [];
  /** Count of events up to which gaps were noted. */
  #noted = 0;
  readonly #afterGaps = new Map<number, Snapshot>();

  /**
   * `budget`: most memory for checkpoints beyond the newest state, in bytes, as estimated; without it,
   * what the payloads leave of `PAYLOADS_AND_CHECKPOINTS`.
   */
  constructor(store: EventStore, budget?: number) {
    this.#store = store;
    this.#checkpoints = new Checkpoints(
      () => budget ?? Math.max(LEAST, PAYLOADS_AND_CHECKPOINTS - store.payloadBytes),
    );
    this.#epoch = store.epoch;
    this.#state = this.#restart();
    store.onTrim((first) => this.#begin(first));
  }

  /**
   * Everything after the first `at` events; `at` is brought into the range that the store holds.
   * The same object for the same `at`, asked again.
   */
  momentAt(at: number): Moment {
    if (this.#store.epoch !== this.#epoch) this.#state = this.#restart();
    const { first, length } = this.#store;
    const wanted = Math.floor(at);
    const target = wanted >= first ? Math.min(wanted, length) : first;
    if (this.#moment?.at === target) return this.#moment;
    const known = target === this.#state.at ? undefined : this.#afterGaps.get(target);
    // The cursor's fold goes on where it was.
    if (known) return this.#momentOf(known);
    this.#moment = this.#momentOf(this.#snapshotAt(target));
    return this.#moment;
  }

  /**
   * Of the checkpoints: estimate of the memory that they need beyond the newest state, in bytes; their
   * count; and most events from one to the next.
   */
  get cost(): { readonly bytes: number; readonly checkpoints: number; readonly longest: number } {
    const { bytes, count, longest } = this.#checkpoints;
    return { bytes, checkpoints: count, longest };
  }

  /** Asserted interrupt inputs after the first `at` events, each as device * `PINS` + input. */
  inputsAt(at: number): ReadonlySet<number> {
    return this.#snapshotAt(at).pins;
  }

  /** All gaps that were ever folded, as counts of the guest's actions. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** Folds what is held up to `at`, so that moments up to there come soon. */
  prepare(at: number): void {
    if (this.#store.epoch !== this.#epoch) this.#state = this.#restart();
    const target = Math.min(at, this.#store.length);
    if (target > this.#state.at) this.#forward(target);
  }

  #snapshotAt(target: number): Snapshot {
    const base = this.#baseFor(target);
    if (base) {
      this.#state = new FoldState(base, this.#logs);
      this.#layTrail(target);
    }
    this.#forward(target);
    return this.#state.seal();
  }

  /** The snapshot to begin at, or undefined where the last state is as near. */
  #baseFor(target: number): Snapshot | undefined {
    let base = this.#checkpoints.before(target);
    for (const snapshot of this.#trail)
      if (snapshot.at <= target && snapshot.at > (base?.at ?? -1)) base = snapshot;
    const { at } = this.#state;
    return at <= target && at >= (base?.at ?? 0) ? undefined : base;
  }

  /** Folds up to shortly before `target`, over events that were folded before. */
  #layTrail(target: number): void {
    const { at } = this.#state;
    if (target - at <= TRAIL_EVERY || target > this.#furthest) return;
    const trail = this.#trail.filter((known) => known.at <= at && known.at % TRAIL_FAR === 0);
    const near = target - TRAIL_EVENTS;
    while (this.#state.at < target - TRAIL_EVERY) {
      const from = this.#state.at;
      const far = (Math.floor(from / TRAIL_FAR) + 1) * TRAIL_FAR;
      const next = from < near ? Math.min(far, near) : from + TRAIL_EVERY;
      this.#state.run(this.#store, next);
      trail.push(this.#state.seal());
    }
    this.#trail = trail.slice(-TRAIL_MOST);
  }

  /** Folds on to `target`, and leaves checkpoints where nobody has been. */
  #forward(target: number): void {
    while (this.#state.at < target) {
      const due = this.#checkpoints.dueAfter(this.#state.at);
      const goal = Math.min(due, target);
      this.#runTo(goal);
      assert(this.#state.at === goal, `event ${this.#state.at} is not held`);
      if (this.#state.at === due) this.#checkpoints.add(this.#state.seal());
    }
    this.#furthest = Math.max(this.#furthest, target);
  }

  #runTo(goal: number): void {
    const state = this.#state;
    while (state.at < goal && state.run(this.#store, goal)) {
      const snapshot = state.seal();
      this.#noteGap(snapshot);
      this.#afterGaps.set(state.at, snapshot);
      const oldest = this.#afterGaps.keys().next().value;
      if (this.#afterGaps.size > AFTER_GAPS && oldest !== undefined) this.#afterGaps.delete(oldest);
    }
  }

  /** Notes the gap that ended with the newest event of `snapshot`, where it is new. */
  #noteGap({ at, actions }: Snapshot): void {
    if (at <= this.#noted) return;
    this.#noted = at;
    const words = this.#store.words(at - 1);
    const from = recordAt(at - 1) + EVENTS.gap.fields.actions.at;
    const left = words ? join64(words[from] ?? 0, words[from + 1] ?? 0) : 0;
    this.#gaps.push({ from: actions - left, to: actions });
  }

  #momentOf(snapshot: Snapshot): Moment {
    const { pins, rings: _rings, consoleCount, violationCount, ...rest } = snapshot;
    const asserted = new Set([...pins].map((pin) => pin % PINS));
    const newest = snapshot.at - 1;
    return {
      ...rest,
      last: newest >= this.#store.first ? this.#store.get(newest) : undefined,
      asserted: [...asserted].sort((a, b) => a - b),
      console: this.#logs.console.window(consoleCount),
      violations: this.#logs.violations.window(violationCount),
    };
  }

  /** The store is about to begin at event `first`. */
  #begin(first: number): void {
    if (this.#store.epoch !== this.#epoch) this.#state = this.#restart();
    const state = this.#state;
    const base = this.#baseFor(first);
    if (base) this.#state = new FoldState(base, this.#logs);
    this.#forward(first);
    const snapshot = this.#state.seal();
    // The fold goes on where it was: the way back there may be long.
    if (state.at >= first) this.#state = state;
    this.#checkpoints.beginAt(snapshot);
    this.#trail = [];
    for (const at of this.#afterGaps.keys()) if (at < first) this.#afterGaps.delete(at);
    this.#logs.console.forgetBefore(snapshot.consoleCount);
    this.#logs.violations.forgetBefore(snapshot.violationCount);
  }

  /** Begins anew: nothing is known of what the store has forgotten already. */
  #restart(): FoldState {
    this.#epoch = this.#store.epoch;
    this.#checkpoints.clear();
    this.#logs.console.clear();
    this.#logs.violations.clear();
    this.#trail = [];
    this.#afterGaps.clear();
    this.#gaps = [];
    this.#noted = 0;
    this.#furthest = 0;
    this.#moment = undefined;
    const start = { ...START, at: this.#store.first };
    this.#checkpoints.add(start);
    return new FoldState(start, this.#logs);
  }
}
