import type { RunState, Speed } from './session.ts';

/** The vCPU as a frame finds it, read before the journal is drained, so that what it did is in the journal. */
export interface VcpuView {
  /** It has used up its credit and waits for more. */
  readonly waits: boolean;
  /** Nothing will come before somebody acts: it waits for credit, is halted, or is off. */
  readonly rests: boolean;
}

/** The journal as a frame finds it, drained as far as the frame had time. */
export interface JournalView {
  /** Oldest event held. */
  readonly first: number;
  /** Count of events so far. */
  readonly length: number;
  /** Events wait in the rings that this frame had no time for. */
  readonly more: boolean;
}

/** The guest's brake: credit, in guest actions. */
export interface Brake {
  grant(actions: number): void;
  /** Credit without end. */
  free(): void;
  /** No credit. */
  hold(): void;
}

/** How the finished run went. */
export type RunOutcome = 'ended' | 'failed';

/** Steps asked for in advance, at most: a key held down must not go on for minutes. */
const MAX_STEPS = 100;
/** Longest time between two frames that counts, in ms: a tab that slept does not catch up. */
const MAX_FRAME_MS = 250;

/**
 * Where the picture stands in the journal, and how fast guest and picture move. Pure: it sees the
 * time and the journal's length in `frame`, and acts through the brake. The guest is never allowed
 * more than the picture will show until the next frame, except at full speed.
 */
export class RunControl {
  readonly #brake: Brake;
  #speed: Speed = 25;
  #cursor = 0;
  #first = 0;
  #length = 0;
  #more = false;
  #playing = false;
  /** The picture is at the journal's end and stays there, until the guest has come to rest; for good where none runs. */
  #settling = true;
  #steps = 0;
  /** Fraction of an event that the picture is due to move. */
  #due = 0;
  #then: number | undefined;
  /** A script runs, or is about to. */
  #live = false;
  #begun = false;
  #outcome: RunOutcome | undefined;

  constructor(brake: Brake) {
    this.#brake = brake;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get speed(): Speed {
    return this.#speed;
  }

  /** Whether a script runs or waits on the machine, so that `resume` and `step` act on it. */
  get live(): boolean {
    return this.#live;
  }

  /** Whether the picture is behind the end of the journal. */
  get behind(): boolean {
    return this.#cursor < this.#length;
  }

  /** Whether frames are needed although nobody does anything. */
  get active(): boolean {
    return this.#live || this.#more || (this.#playing && this.behind);
  }

  get run(): RunState {
    if (!this.#begun) return 'idle';
    if (this.#outcome && this.#atEnd) return this.#outcome;
    return this.#playing ? 'running' : 'paused';
  }

  /** A script starts: playing, or for `steps` events and then paused. */
  begin(steps = 0): void {
    this.#live = true;
    this.#begun = true;
    this.#outcome = undefined;
    this.#cursor = this.#length;
    this.#brake.hold();
    this.#stay();
    this.#steps = steps;
    if (steps === 0) this.resume();
  }

  /** The script is over; the picture may still be behind. */
  end(outcome: RunOutcome): void {
    this.#live = false;
    this.#outcome = outcome;
  }

  /** The script was stopped from outside; what it did stays. */
  abandon(): void {
    this.#stay();
    this.#live = false;
    this.#begun = false;
    this.#outcome = undefined;
  }

  /** Plays on from where the picture is. */
  resume(): void {
    this.#playing = true;
    this.#steps = 0;
    this.#due = 0;
    this.#settling = false;
    if (this.#speed === Number.POSITIVE_INFINITY) this.#brake.free();
  }

  pause(): void {
    const settle = this.#playing && this.#speed === Number.POSITIVE_INFINITY;
    this.#brake.hold();
    this.#stay();
    this.#settling = settle;
  }

  /** Moves the picture one event on; at the end of the journal, as soon as the guest's next event has come. */
  step(): void {
    if (this.#playing) this.pause();
    this.#settling = false;
    this.#steps = Math.min(this.#steps + 1, MAX_STEPS);
    this.#moveSteps();
  }

  /** Moves the picture to a count of events, as near as it is held, and pauses. */
  seek(at: number): void {
    this.#brake.hold();
    this.#stay();
    if (!Number.isNaN(at)) this.#cursor = this.#held(Math.trunc(at));
  }

  /** Events a second; anything but a positive number is ignored. */
  setSpeed(speed: Speed): void {
    if (!(speed > 0) || speed === this.#speed) return;
    const wasFree = this.#speed === Number.POSITIVE_INFINITY;
    this.#speed = speed;
    this.#due = 0;
    if (!this.#playing) return;
    if (speed === Number.POSITIVE_INFINITY) this.#brake.free();
    else if (wasFree) {
      this.#brake.hold();
      this.#settling = true;
    }
  }

  /** The journal starts anew, and nothing runs. */
  reset(): void {
    this.abandon();
    this.#settling = true;
    this.#cursor = 0;
    this.#first = 0;
    this.#length = 0;
    this.#more = false;
  }

  /** Moves the picture and grants credit. `now` in ms. */
  frame(now: number, journal: JournalView, vcpu: VcpuView): void {
    const elapsed = Math.min(Math.max(now - (this.#then ?? now), 0), MAX_FRAME_MS);
    this.#then = now;
    this.#first = journal.first;
    this.#length = journal.length;
    this.#more = journal.more;
    this.#cursor = this.#held(this.#cursor);
    if (this.#settling) {
      this.#cursor = journal.length;
      this.#settling = journal.more || !this.#live || !vcpu.rests;
    } else if (this.#playing) this.#play(elapsed, vcpu);
    else this.#moveSteps();
    if (this.#steps > 0 && this.#atEnd) {
      if (!this.#live) this.#steps = 0;
      else if (vcpu.waits) this.#brake.grant(1);
    }
    if (this.#outcome && this.#atEnd) {
      this.#stay();
      this.#settling = true;
    }
  }

  #play(elapsed: number, vcpu: VcpuView): void {
    if (this.#speed === Number.POSITIVE_INFINITY) {
      this.#cursor = this.#length;
      return;
    }
    const perFrame = (this.#speed * elapsed) / 1000;
    this.#due += perFrame;
    const moved = Math.min(Math.floor(this.#due), this.#length - this.#cursor);
    this.#cursor += moved;
    this.#due -= moved;
    // Time in which there was nothing to show is not made up for.
    if (!this.behind) this.#due = Math.min(this.#due, 1);
    const wanted = Math.max(1, Math.ceil(perFrame)) - (this.#length - this.#cursor);
    if (this.#live && !this.#more && vcpu.waits && wanted > 0) this.#brake.grant(wanted);
  }

  /** The picture shows all that has happened. */
  get #atEnd(): boolean {
    return !this.#more && !this.behind;
  }

  #moveSteps(): void {
    const moved = Math.min(this.#steps, this.#length - this.#cursor);
    this.#cursor += moved;
    this.#steps -= moved;
  }

  /** Nothing moves by itself any more. */
  #stay(): void {
    this.#playing = false;
    this.#settling = false;
    this.#steps = 0;
    this.#due = 0;
  }

  #held(at: number): number {
    return Math.min(Math.max(at, this.#first), this.#length);
  }
}
