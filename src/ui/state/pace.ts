import type { Session, SessionState } from '../session/session.ts';

/** What moves with the cursor: the rest of the state is passed on at once. */
const MOVING: ReadonlySet<string> = new Set<keyof SessionState>([
  'cursor',
  'length',
  'first',
  'moment',
  'vcpu',
]);

/** Events a second beyond which nobody reads along. */
const READABLE = 100;
/** Milliseconds from one state that is passed on to the next, while it goes on faster than that. */
const EVERY = 125;

/**
 * The session's state at a pace at which one can read: whoever reads sees each event as long as they come
 * slowly, and else where the cursor is by now, a few times a second. What it comes to rest at is always
 * passed on. Pictures that move ask the session itself.
 */
export class Pace {
  readonly #session: Session;
  readonly #listeners = new Set<() => void>();
  #unsubscribe: (() => void) | undefined;
  #shown: SessionState;
  /** When a state was passed on last. */
  #at = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leaps = false;

  constructor(session: Session) {
    this.#session = session;
    this.#shown = session.getState();
  }

  /** The same object until another one is passed on. */
  readonly getState = (): SessionState =>
    this.#unsubscribe ? this.#shown : this.#session.getState();

  /** Whether the cursor goes, or jumps, faster than one can read: not every event is seen. */
  readonly getLeaps = (): boolean => this.#leaps;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#unsubscribe) {
      this.#shown = this.#session.getState();
      this.#unsubscribe = this.#session.subscribe(this.#look);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#leaps = false;
    };
  };

  readonly #look = (): void => {
    const state = this.#session.getState();
    const elapsed = performance.now() - this.#at;
    const fast = eventsBetween(this.#shown, state) * 1000 > READABLE * elapsed;
    if (fast && elapsed < EVERY && onlyMoved(this.#shown, state)) {
      this.#leaps = true;
      this.#timer ??= setTimeout(this.#late, EVERY - elapsed);
      return;
    }
    if (!fast) this.#leaps = false;
    this.#pass(state);
  };

  /** It is time for what waited, or the end of the haste. */
  readonly #late = (): void => {
    this.#timer = undefined;
    const state = this.#session.getState();
    if (state !== this.#shown) {
      this.#pass(state);
      return;
    }
    this.#leaps = false;
    this.#tell();
  };

  #pass(state: SessionState): void {
    this.#shown = state;
    this.#at = performance.now();
    clearTimeout(this.#timer);
    this.#timer = this.#leaps ? setTimeout(this.#late, EVERY) : undefined;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** How far a state is from another one, in events; much for another journal. */
function eventsBetween(a: SessionState, b: SessionState): number {
  if (a.store !== b.store || b.length < a.length) return 0;
  return Math.max(Math.abs(b.cursor - a.cursor), b.length - a.length);
}

function onlyMoved(a: SessionState, b: SessionState): boolean {
  return (Object.keys(b) as (keyof SessionState)[]).every(
    (key) => MOVING.has(key) || Object.is(a[key], b[key]),
  );
}
