import type { Gap } from '../../journal/fold/folder.ts';
import type { Act, Doing } from '../../journal/run-making.ts';
import type { EventStore } from '../../journal/store.ts';
import type { HeldRun } from './held-run.ts';
import { RepeatCheck } from './repeat-check.ts';
import { atRest } from './rest.ts';

/** How far a run is to be repeated. */
export interface RepeatPlan {
  /** What a person did, in order. */
  readonly acts: readonly Act[];
  /** Guest actions. */
  readonly actions: number;
  /** What of them was not recorded, and is not now. */
  readonly gaps: readonly Gap[];
  /** Whether it ends where it first differs. */
  readonly untilDifference: boolean;
}

/** Does again what was done to a machine, on another one that was made like it, at full speed. */
export class Repeat {
  readonly check: RepeatCheck;
  readonly #run: HeldRun;
  readonly #perform: (doing: Doing) => Promise<void>;
  #aborted = false;

  /** `run`: of the machine that repeats `first`; `perform` does one thing to it, while its guest rests. */
  constructor(run: HeldRun, first: EventStore, perform: (doing: Doing) => Promise<void>) {
    this.#run = run;
    this.#perform = perform;
    this.check = new RepeatCheck(first, run.store);
  }

  /** Ends it on the way. */
  abort(): void {
    this.#aborted = true;
  }

  /** Resolves when the guest rests after so many actions; false where it was ended on the way. */
  async carryOut({ acts, actions, gaps, untilDifference }: RepeatPlan): Promise<boolean> {
    const goes = () => !this.#aborted && !(untilDifference && this.check.difference);
    for (const act of acts) {
      await this.#reach(act.actions, gaps, goes);
      if (!goes()) break;
      this.#run.acts.push({ ...act, at: this.#run.store.length });
      await this.#perform(act.doing);
    }
    await this.#reach(actions, gaps, goes);
    return !this.#aborted;
  }

  /** Lets the guest act until it has done `actions`, or wants to do no more. */
  async #reach(actions: number, gaps: readonly Gap[], goes: () => boolean): Promise<void> {
    const { machine } = this.#run;
    if (!machine) return;
    const { check } = this;
    const look = () => check.update();
    await atRest(machine, look, goes);
    while (goes() && check.actions < actions) {
      const before = check.actions;
      const gap = gaps.find(({ to }) => to > before);
      const inGap = gap !== undefined && gap.from <= before;
      // The gap ends by itself where the credit does.
      if (inGap) machine.gate.openWindow(0);
      else machine.gate.withdraw();
      const next = inGap ? gap.to : (gap?.from ?? actions);
      machine.gate.give(Math.min(next, actions) - before);
      await atRest(machine, look, goes);
      if (check.actions === before) break;
    }
    machine.gate.withdraw();
    // What is still under way when somebody ends it comes to rest by itself, or is ended with the machine.
    await atRest(machine, look, () => !this.#aborted);
  }
}
