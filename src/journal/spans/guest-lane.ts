import { Intervals } from './intervals.ts';

/** What the guest does, in one word. */
export const ACTIVITIES = ['enumerate', 'registers', 'memory', 'halted'] as const;
export type Activity = (typeof ACTIVITIES)[number];

/**
 * Stretches of the run in which the guest does one kind of thing; what devices do in between does not end
 * one: the guest waits for it. A stretch lasts until the guest turns to something else.
 */
export class GuestLane {
  /** By activity. They do not overlap one another. */
  readonly stretches: Readonly<Record<Activity, Intervals>> = {
    enumerate: new Intervals(),
    registers: new Intervals(),
    memory: new Intervals(),
    halted: new Intervals(),
  };
  #now: Activity | undefined;
  /** The guest is in a halt: the stretch goes on with the event that ends it. */
  #halt = false;

  get bytes(): number {
    return ACTIVITIES.reduce((sum, name) => sum + this.stretches[name].bytes, 0);
  }

  /** The guest did something of one kind. */
  did(activity: Exclude<Activity, 'halted'>, event: number): void {
    this.#halt = false;
    this.#goOn(activity, event);
  }

  halt(event: number): void {
    this.#now = undefined;
    this.#goOn('halted', event);
    this.#halt = true;
  }

  wake(event: number): void {
    if (this.#halt) this.stretches.halted.extend(event);
    this.#halt = false;
    this.#now = undefined;
  }

  /** The script began or ended: a halt is over. */
  cut(): void {
    this.#halt = false;
    this.#now = undefined;
  }

  /** Whether it is in a halt, as of the newest event. */
  get halted(): boolean {
    return this.#halt;
  }

  dropBefore(event: number): void {
    for (const name of ACTIVITIES) this.stretches[name].dropBefore(event);
    // What was forgotten whole cannot go on.
    if (this.#now && this.stretches[this.#now].first === this.stretches[this.#now].length)
      this.#now = undefined;
  }

  #goOn(activity: Activity, event: number): void {
    if (this.#now === activity) this.stretches[activity].extend(event);
    else this.stretches[activity].begin(event);
    this.#now = activity;
  }
}
