import type { RunState, Speed, StopReason } from './session.ts';

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
  /** Bytes of all payloads so far. */
  readonly payloads: number;
}

/** The guest's brake: credit, in guest actions. */
export interface Brake {
  grant(actions: number): void;
  /** Credit without end. */
  free(): void;
  /** While there is credit without end: so many actions are recorded, and then none until this is called again. */
  sample(actions: number): void;
  /** No credit, and everything is recorded. */
  hold(): void;
  /** Makes the guest hold by itself when it is about to execute one of `lines`, or any line. */
  watch(lines: readonly number[], any: boolean): void;
}

/** A place at which the picture stops, as a count of events, and why. */
export interface Stop {
  readonly at: number;
  readonly reason: StopReason;
}

/** Finds places in the journal. All are counts of events; `from` and `to` are, too. */
export interface Walk {
  /** The first place behind `from`, at most `to`, at which a breakpoint stops the picture. */
  nextBreak(from: number, to: number): Stop | undefined;
  /** The same for where the script is about to execute `line`, or any line. */
  nextLine(from: number, to: number, line?: number): number | undefined;
  /** The first place from `from` on, before `to`, where a guest action is next. */
  nextAction(from: number, to: number): number | undefined;
}

/** Where motion ends by itself. */
export type Goal =
  /** So many events on. */
  | { readonly kind: 'events'; readonly count: number }
  /** The script is about to execute `line`, or any line. */
  | { readonly kind: 'line'; readonly line?: number }
  /** The guest is about to act, and what it did last has run its course. */
  | { readonly kind: 'action' };

/** How the finished run went. */
export type RunOutcome = 'ended' | 'failed';

/** Steps asked for in advance, at most: a key held down must not go on for minutes. */
const MAX_STEPS = 100;
/** Guest actions that are granted at once at full speed where the guest must not run far past an event. */
const BURST = 8192;
/** Guest actions of a sample, and the time between two, in ms. */
const SAMPLE = 1000;
const SAMPLE_EVERY_MS = 100;
/** A sample begins with all memory that was written since the last one: so much of it is told, in bytes a ms, at most. */
const SAMPLED_BYTES = 4096;
/** Longest time between two frames that counts, in ms: a tab that slept does not catch up. */
const MAX_FRAME_MS = 250;

/**
 * Where the picture stands in the journal, and how fast guest and picture move. Pure: it sees the
 * time and the journal's length in `frame`, and acts through the brake. The guest is never allowed
 * more than the picture will show until the next frame, except at full speed.
 */
export class RunControl {
  readonly #brake: Brake;
  readonly #walk: Walk;
  #speed: Speed = 25;
  #sampling = false;
  /** When the next sample is due; and the bytes of payloads when the last one began. */
  #sampleDue = 0;
  #sampledFrom = 0;
  #cursor = 0;
  #first = 0;
  #length = 0;
  #more = false;
  #playing = false;
  /** The picture is at the journal's end and stays there, until the guest has come to rest; for good where none runs. */
  #settling = true;
  #steps = 0;
  /** What is gone for as fast as it goes. */
  #goal: Exclude<Goal, { kind: 'events' }> | undefined;
  /** The picture or the guest has moved since the goal was set. */
  #moved = false;
  #stopped: StopReason | undefined;
  /** Lines with a breakpoint; and whether events have some. */
  #lines: readonly number[] = [];
  #bursts = false;
  /** Fraction of an event that the picture is due to move. */
  #due = 0;
  #then: number | undefined;
  /** A script runs, or is about to. */
  #live = false;
  #begun = false;
  #outcome: RunOutcome | undefined;

  constructor(brake: Brake, walk: Walk) {
    this.#brake = brake;
    this.#walk = walk;
  }

  get cursor(): number {
    return this.#cursor;
  }

  get speed(): Speed {
    return this.#speed;
  }

  /** At full speed: whether only samples of what happens are recorded. */
  get sampling(): boolean {
    return this.#sampling;
  }

  /** Why the picture stopped by itself, where it did. */
  get stopped(): StopReason | undefined {
    return this.#stopped;
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
    return this.#live || this.#more || ((this.#playing || this.#goal !== undefined) && this.behind);
  }

  get run(): RunState {
    if (!this.#begun) return 'idle';
    if (this.#outcome && this.#atEnd) return this.#outcome;
    return this.#playing || this.#goal?.kind === 'line' ? 'running' : 'paused';
  }

  /** A script starts: playing, or for a goal, and then it is paused. */
  begin(goal?: Goal): void {
    this.#live = true;
    this.#begun = true;
    this.#outcome = undefined;
    this.#cursor = this.#length;
    this.#halt();
    // The machine may be another one than when breakpoints were set.
    this.#watch();
    if (goal) this.go(goal);
    else this.resume();
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
    this.#stay();
    this.#playing = true;
    this.#release();
  }

  pause(): void {
    const settle =
      this.#goal?.kind === 'line' || (this.#playing && this.#speed === Number.POSITIVE_INFINITY);
    this.#halt();
    this.#settling = settle;
  }

  /** Moves towards a goal: over what is recorded, and at its end with the guest, as soon as that has come so far. */
  go(goal: Goal): void {
    if (goal.kind === 'events') {
      if (this.#playing || this.#goal) this.#halt();
      this.#stopped = undefined;
      this.#settling = false;
      this.#steps = Math.min(this.#steps + goal.count, MAX_STEPS);
      this.#moveSteps();
      return;
    }
    // A key that is held down asks again and again.
    if (this.#goal && sameGoal(this.#goal, goal)) return;
    this.#halt();
    this.#goal = goal;
    this.#moved = false;
    this.#watch();
  }

  /** Where the picture stops from now on, besides: at lines, and at events where `events` says so. */
  setBreakpoints(lines: readonly number[], events: boolean): void {
    const released = this.#playing && this.#speed === Number.POSITIVE_INFINITY;
    this.#lines = lines;
    this.#bursts = events;
    this.#watch();
    if (released && events) this.#brake.hold();
  }

  /** Moves the picture to a count of events, as near as it is held, and pauses. */
  seek(at: number): void {
    this.#halt();
    if (!Number.isNaN(at)) this.#cursor = this.#held(Math.trunc(at));
  }

  /** Events a second; anything but a positive number is ignored. `sampling`: without end, and only samples are recorded. */
  setSpeed(speed: Speed, sampling = false): void {
    if (!(speed > 0) || (speed === this.#speed && sampling === this.#sampling)) return;
    // Whoever is free is to record everything from now on, and goes on by itself then.
    if (this.#playing && this.#sampling && speed === this.#speed) this.#brake.hold();
    this.#sampling = sampling && speed === Number.POSITIVE_INFINITY;
    if (speed === this.#speed) return;
    const wasFree = this.#speed === Number.POSITIVE_INFINITY;
    this.#speed = speed;
    this.#due = 0;
    if (!this.#playing) return;
    if (speed === Number.POSITIVE_INFINITY) this.#release();
    else if (wasFree) {
      this.#brake.hold();
      this.#settling = true;
    }
  }

  /** The machine is gone; what it did stays. */
  detach(): void {
    this.#stay();
    this.#live = false;
  }

  /** A run of `length` events that is over was opened: its end is shown. */
  open(length: number): void {
    this.#begun = true;
    this.#outcome = 'ended';
    this.#length = length;
    this.#cursor = length;
  }

  /** Shows all that has happened, unless something moves: a person did it. */
  follow(): void {
    if (!this.#playing && !this.#goal) this.#settling = true;
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
      if (this.#playing && this.#moveTo(journal.length)) return;
      this.#cursor = journal.length;
      this.#settling = journal.more || !this.#live || !vcpu.rests;
    } else if (this.#goal) this.#pursue(this.#goal, vcpu);
    else if (this.#playing) this.#play(elapsed, now, journal, vcpu);
    else this.#moveSteps();
    if (this.#steps > 0 && this.#atEnd) {
      if (!this.#live) this.#steps = 0;
      else if (vcpu.waits) this.#brake.grant(1);
    }
    if (this.#playing && this.#begun && !this.#live && !this.#outcome && this.#atEnd) this.#stay();
    if (this.#outcome && this.#atEnd) {
      const { stopped } = this;
      this.#stay();
      this.#stopped = stopped;
      this.#settling = true;
    }
  }

  #play(elapsed: number, now: number, journal: JournalView, vcpu: VcpuView): void {
    if (this.#speed === Number.POSITIVE_INFINITY) {
      if (this.#moveTo(this.#length)) return;
      this.#goOn(vcpu);
      this.#sample(now, journal);
      return;
    }
    const perFrame = (this.#speed * elapsed) / 1000;
    this.#due += perFrame;
    const moved = Math.min(Math.floor(this.#due), this.#length - this.#cursor);
    if (this.#moveTo(this.#cursor + moved)) return;
    this.#due -= moved;
    // Time in which there was nothing to show is not made up for.
    if (!this.behind) this.#due = Math.min(this.#due, 1);
    const wanted = Math.max(1, Math.ceil(perFrame)) - (this.#length - this.#cursor);
    if (!this.#live || this.#more || !vcpu.waits || wanted <= 0) return;
    // The guest may have come to a place at which the picture will stop.
    if (!this.#walk.nextBreak(this.#cursor, this.#length)) this.#brake.grant(wanted);
  }

  /** Moves the picture as far towards the goal as there is something to show, and lets the guest go on from there. */
  #pursue(goal: { kind: 'line'; line?: number } | { kind: 'action' }, vcpu: VcpuView): void {
    const from = this.#cursor;
    const found =
      goal.kind === 'line'
        ? this.#walk.nextLine(from, this.#length, goal.line)
        : this.#walk.nextAction(from + 1, this.#length);
    if (this.#moveTo(found ?? this.#length)) return;
    if (found !== undefined) {
      this.#halt();
      if (goal.kind === 'line' && goal.line !== undefined)
        this.#stopped = { kind: 'line', line: goal.line };
      return;
    }
    if (this.#cursor > from) this.#moved = true;
    if (this.#more) return;
    if (!this.#live) this.#halt();
    else if (goal.kind === 'line') this.#goOn(vcpu);
    else if (this.#moved) {
      if (vcpu.rests) this.#halt();
    } else if (vcpu.waits) {
      this.#brake.grant(1);
      this.#moved = true;
    }
  }

  /** Moves the picture on to `to`, or to a breakpoint before that, where it stays; returns whether it did. */
  #moveTo(to: number): boolean {
    const stop = this.#walk.nextBreak(this.#cursor, to);
    this.#cursor = stop?.at ?? to;
    if (!stop) return false;
    this.#halt();
    this.#stopped = stop.reason;
    return true;
  }

  #sample(now: number, { more, payloads }: JournalView): void {
    if (!this.#sampling || this.#bursts || more || now < this.#sampleDue) return;
    const told = Math.max(0, payloads - this.#sampledFrom);
    this.#sampledFrom = payloads;
    this.#sampleDue = now + Math.max(SAMPLE_EVERY_MS, told / SAMPLED_BYTES);
    this.#brake.sample(SAMPLE);
  }

  /** The picture is at full speed, and may go on. */
  #release(): void {
    if (this.#speed === Number.POSITIVE_INFINITY && !this.#bursts && !this.behind)
      this.#brake.free();
  }

  /** The picture is at the journal's end, and the guest may go on as fast as it can. */
  #goOn(vcpu: VcpuView): void {
    if (!this.#live || this.#more || !vcpu.waits) return;
    if (this.#bursts) this.#brake.grant(BURST);
    else this.#brake.free();
  }

  #watch(): void {
    const goal = this.#goal?.kind === 'line' ? this.#goal : undefined;
    const lines = goal?.line === undefined ? this.#lines : [...this.#lines, goal.line];
    this.#brake.watch(lines, goal !== undefined && goal.line === undefined);
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

  /** Nothing moves any more, the guest neither. */
  #halt(): void {
    this.#brake.hold();
    this.#stay();
  }

  /** Nothing moves by itself any more. */
  #stay(): void {
    this.#playing = false;
    this.#settling = false;
    this.#steps = 0;
    this.#due = 0;
    this.#stopped = undefined;
    if (this.#goal) {
      this.#goal = undefined;
      this.#watch();
    }
  }

  #held(at: number): number {
    return Math.min(Math.max(at, this.#first), this.#length);
  }
}

function sameGoal(a: Goal, b: Goal): boolean {
  if (a.kind !== 'line' || b.kind !== 'line') return a.kind === b.kind;
  return a.line === b.line;
}
