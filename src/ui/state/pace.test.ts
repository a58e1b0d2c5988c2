import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session, SessionState } from '../session/session.ts';
import { Pace } from './pace.ts';

/** A session that is wherever the test says. */
function standing() {
  let listener = () => {};
  let state = { cursor: 0, length: 0, first: 0, run: 'running' } as SessionState;
  const session = {
    getState: () => state,
    subscribe: (it: () => void) => {
      listener = it;
      return () => {};
    },
  } as unknown as Session;
  const pace = new Pace(session);
  const seen: number[] = [];
  const runs: string[] = [];
  pace.subscribe(() => {
    if (seen.at(-1) !== pace.getState().cursor) seen.push(pace.getState().cursor);
    runs.push(pace.getState().run);
  });
  const put = (next: Partial<SessionState>): void => {
    state = { ...state, ...next };
    listener();
  };
  /** `count` frames, `events` further each. */
  const go = (count: number, events: number, ms = 16): void => {
    for (let i = 0; i < count; i++) {
      vi.advanceTimersByTime(ms);
      const cursor = state.cursor + events;
      put({ cursor, length: Math.max(state.length, cursor) });
    }
  };
  return { pace, seen, runs, put, go, state: () => state };
}

describe('Pace', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows each event while they come slowly', () => {
    const { seen, go, pace } = standing();
    go(50, 1, 20);
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(pace.getLeaps()).toBe(false);
  });

  it('follows a few times a second what nobody can read, and comes to its end', () => {
    const { seen, go, pace, state } = standing();
    go(1000 / 16, 1500);
    expect(pace.getLeaps()).toBe(true);
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.length).toBeLessThan(10);
    vi.advanceTimersByTime(500);
    expect(seen.at(-1)).toBe(state().cursor);
    expect(pace.getLeaps()).toBe(false);
  });

  it('shows a jump at once', () => {
    const { seen, go, put } = standing();
    go(3, 1, 300);
    put({ length: 9000 });
    vi.advanceTimersByTime(300);
    put({ cursor: 5000 });
    vi.advanceTimersByTime(300);
    put({ cursor: 17 });
    expect(seen).toEqual([1, 2, 3, 5000, 17]);
  });

  it('passes on at once what is no movement: a pause, another journal', () => {
    const { seen, runs, go, put } = standing();
    go(20, 700);
    const before = runs.length;
    vi.advanceTimersByTime(16);
    put({ cursor: 14_007, length: 14_007, run: 'paused' });
    expect(runs.slice(before)).toEqual(['paused']);
    expect(seen.at(-1)).toBe(14_007);
    put({ cursor: 0, length: 0 });
    expect(seen.at(-1)).toBe(0);
  });

  it('has the session’s own state while nobody listens', () => {
    let state = { cursor: 1, length: 1 } as SessionState;
    const pace = new Pace({
      getState: () => state,
      subscribe: () => () => {},
    } as unknown as Session);
    const stop = pace.subscribe(() => {});
    stop();
    state = { cursor: 900, length: 900 } as SessionState;
    expect(pace.getState().cursor).toBe(900);
  });
});
