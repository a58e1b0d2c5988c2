import type { RunState, Speed } from './session.ts';

/** The vCPU as a frame finds it, read before the journal is drained, so that what it did is in the journal. */
export interface VcpuView {
  /** It has used up its credit and waits for more. */
  readonly waits: boolean;
  /** Nothing will come before somebody acts: it waits for credit, is halted, or is off. */
  readonly rests: boolean;
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
  #speed: Speed = 10;
  #cursor = 0;
  #first = 0;
  #length = 0;
  /** Count of events at the last `frame`, so that a moment without news can be told. */
  #playing = false;
  /** The picture follows to the journal's end, until the guest has come to rest. */
  #settling = false;
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
    return this.#live || this.#settling || (this.#playing && this.behind);
  }

  get run(): RunState {
    if (!this.#begun) return 'idle';
    if (this.#outcome && !this.behind) return this.#outcome;
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
    this.#stay();
    this.#cursor = 0;
    this.#first = 0;
    this.#length = 0;
    this.#live = false;
    this.#begun = false;
    this.#outcome = undefined;
  }

  /** Moves the picture and grants credit. `now` in ms; events `first` to `length` are held. */
  frame(now: number, first: number, length: number, vcpu: VcpuView): void {
    const arrived = length - this.#length;
    const elapsed = Math.min(Math.max(now - (this.#then ?? now), 0), MAX_FRAME_MS);
    this.#then = now;
    this.#first = first;
    this.#length = length;
    this.#cursor = this.#held(this.#cursor);
    if (this.#settling) {
      this.#cursor = length;
      this.#settling = this.#live && !(vcpu.rests && arrived === 0);
    } else if (this.#playing) this.#play(elapsed, vcpu);
    else this.#moveSteps();
    if (this.#steps > 0 && !this.behind) {
      if (!this.#live) this.#steps = 0;
      else if (vcpu.waits) this.#brake.grant(1);
    }
    if (this.#outcome && !this.behind) this.#stay();
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
    if (this.#live && vcpu.waits && wanted > 0) this.#brake.grant(wanted);
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
