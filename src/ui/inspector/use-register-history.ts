import { useEffect, useState } from 'react';
import { RegisterHistory } from '../../journal/register-history.ts';
import type { EventStore } from '../../journal/store.ts';
import { useSessionState } from '../state/session-context.tsx';

/** Events that are taken in at a time, so that a long run does not stop the page. */
const SLICE = 60_000;
/** Milliseconds between two looks while a guest runs fast. */
const EVERY = 200;

/** One index a run: panels share it. */
const histories = new WeakMap<EventStore, RegisterHistory>();

/** The index of a run, as far as it is made. */
export function historyOf(store: EventStore): RegisterHistory {
  let history = histories.get(store);
  if (!history) {
    history = new RegisterHistory(store);
    histories.set(store, history);
  }
  return history;
}

/** Who accessed which register when, and up to which event count that is known. */
export function useRegisterHistory(): {
  readonly history: RegisterHistory;
  readonly known: number;
} {
  const store = useSessionState((state) => state.store);
  const running = useSessionState((state) => state.run === 'running');
  const length = useSessionState((state) => (state.run === 'running' ? -1 : state.length));
  const history = historyOf(store);
  const [, setKnown] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes on whenever there is more
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      const all = history.update(SLICE);
      setKnown(history.length);
      if (!all) timer = setTimeout(look, 0);
      else if (running) timer = setTimeout(look, EVERY);
    };
    look();
    return () => clearTimeout(timer);
  }, [history, running, length]);
  return { history, known: history.length };
}
