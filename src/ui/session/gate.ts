import {
  CONTROL,
  UNLIMITED,
  VCPU_STATE,
  WATCH,
  WATCHED_LINES,
  WINDOW,
} from '../../protocol/control.ts';
import type { Brake, VcpuView } from './run-control.ts';

const STATES = {
  [VCPU_STATE.off]: 'off',
  [VCPU_STATE.running]: 'running',
  [VCPU_STATE.waitsForCredit]: 'waitsForCredit',
  [VCPU_STATE.halted]: 'halted',
  [VCPU_STATE.exit]: 'exit',
} as const;

/** What the vCPU is doing, as `SessionState.vcpu` says it. */
export type VcpuState = (typeof STATES)[keyof typeof STATES];

/** The vCPU at one instant. */
export interface VcpuGlance extends VcpuView {
  readonly state: VcpuState;
}

/** The page's end of the control block: grants credit, asks for the end of a run, wakes the machine. Never blocks. */
export class Gate implements Brake {
  readonly #control: Int32Array;
  /** Run control has no say: credit comes from `give`, and no line is watched. */
  #suspended = false;
  #watched: readonly number[] = [];
  #watchesAll = false;

  constructor(control: SharedArrayBuffer) {
    this.#control = new Int32Array(control);
  }

  grant(actions: number): void {
    if (!this.#suspended) this.give(actions);
  }

  /** Grants also while run control is suspended. */
  give(actions: number): void {
    // Free-running or stopped in between: nothing to add to.
    if (Atomics.load(this.#control, CONTROL.credit) === UNLIMITED) return;
    Atomics.add(this.#control, CONTROL.credit, actions);
    Atomics.notify(this.#control, CONTROL.credit);
  }

  free(): void {
    if (this.#suspended) return;
    Atomics.store(this.#control, CONTROL.credit, UNLIMITED);
    Atomics.notify(this.#control, CONTROL.credit);
  }

  sample(actions: number): void {
    // Who has a count of credit is recorded.
    if (this.#suspended || Atomics.load(this.#control, CONTROL.credit) !== UNLIMITED) return;
    this.openWindow(actions);
  }

  /** Lets the vCPU record so many more actions, and then no more until the next window; also while run control is suspended. */
  openWindow(actions: number): void {
    Atomics.store(this.#control, CONTROL.window, WINDOW.closed + actions);
  }

  hold(): void {
    if (!this.#suspended) this.withdraw();
  }

  /** No credit, also while run control is suspended. */
  withdraw(): void {
    // Before the credit: who finds none has to record.
    Atomics.store(this.#control, CONTROL.window, WINDOW.all);
    if (Atomics.load(this.#control, CONTROL.stop) === 0)
      Atomics.store(this.#control, CONTROL.credit, 0);
  }

  /** Takes the say from run control. */
  suspend(): void {
    this.#suspended = true;
    this.withdraw();
    this.#setWatch([], false);
  }

  /** Gives it back; what it wants to watch meanwhile counts now. */
  release(): void {
    this.#suspended = false;
    this.#setWatch(this.#watched, this.#watchesAll);
  }

  watch(lines: readonly number[], any: boolean): void {
    this.#watched = lines;
    this.#watchesAll = any;
    if (!this.#suspended) this.#setWatch(lines, any);
  }

  #setWatch(lines: readonly number[], any: boolean): void {
    const bits = new Int32Array(WATCHED_LINES / 32);
    for (const line of lines)
      if (line < WATCHED_LINES) bits[line >>> 5] = (bits[line >>> 5] ?? 0) | (1 << (line & 31));
    this.#control.set(bits, CONTROL.lines);
    const some = lines.length > 0 ? WATCH.lines : WATCH.none;
    // Published behind the bits, which the vCPU looks at after it.
    Atomics.store(this.#control, CONTROL.watch, any ? WATCH.all : some);
  }

  /** Makes the block ready for a run, which counts as begun. To be called only while no vCPU runs. */
  arm(): void {
    Atomics.store(this.#control, CONTROL.stop, 0);
    Atomics.store(this.#control, CONTROL.window, WINDOW.all);
    Atomics.store(this.#control, CONTROL.credit, 0);
    Atomics.store(this.#control, CONTROL.vcpuState, VCPU_STATE.running);
  }

  /** Asks the vCPU to end its run at its next action or wait. */
  stop(): void {
    Atomics.store(this.#control, CONTROL.stop, 1);
    // A vCPU that is about to wait must find another value than the one it has seen.
    Atomics.store(this.#control, CONTROL.credit, 1);
    Atomics.notify(this.#control, CONTROL.credit);
    Atomics.add(this.#control, CONTROL.irqSeq, 1);
    Atomics.notify(this.#control, CONTROL.irqSeq);
  }

  /** Says that no vCPU is there, after its thread was ended from outside. */
  markOff(): void {
    Atomics.store(this.#control, CONTROL.vcpuState, VCPU_STATE.off);
  }

  /** Ends the machine thread's sleep, so that it looks at its messages. */
  wakeMachine(): void {
    Atomics.add(this.#control, CONTROL.wake, 1);
    Atomics.notify(this.#control, CONTROL.wake);
  }

  glance(): VcpuGlance {
    // Credit first: the vCPU leaves the waiting state before it takes what it waited for.
    const credit = Atomics.load(this.#control, CONTROL.credit);
    const code = Atomics.load(this.#control, CONTROL.vcpuState);
    const state = STATES[code as keyof typeof STATES] ?? 'off';
    const asleep =
      state === 'halted' &&
      Atomics.load(this.#control, CONTROL.haltedAt) === Atomics.load(this.#control, CONTROL.irqSeq);
    const waits = state === 'waitsForCredit' && credit === 0;
    return { state, waits, rests: waits || asleep || state === 'off' };
  }
}
