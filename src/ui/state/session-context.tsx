import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { assert } from '../../base/assert.ts';
import type { Session, SessionState } from '../session/session.ts';
import { Pace } from './pace.ts';

const SessionContext = createContext<{ session: Session; pace: Pace } | undefined>(undefined);

/** Gives the session to every panel below. */
export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  const given = useMemo(() => ({ session, pace: new Pace(session) }), [session]);
  return <SessionContext.Provider value={given}>{children}</SessionContext.Provider>;
}

function useGiven(): { session: Session; pace: Pace } {
  const given = useContext(SessionContext);
  assert(given, 'no session around this component');
  return given;
}

/** The page's session. Throws outside a `SessionProvider`. */
export function useSession(): Session {
  return useGiven().session;
}

/**
 * One slice of the session's state, at a pace at which one can read (see `Pace`); the component renders again
 * only when the slice is another one (by `Object.is`), so `select` answers primitives or parts that the state
 * shares between frames.
 */
export function useSessionState<T>(select: (state: SessionState) => T): T {
  const { pace } = useGiven();
  return useSyncExternalStore(pace.subscribe, () => select(pace.getState()));
}

/** Whether the cursor goes faster than one can read: not every event is seen. */
export function useLeaps(): boolean {
  const { pace } = useGiven();
  return useSyncExternalStore(pace.subscribe, pace.getLeaps);
}

/**
 * As `useSessionState`, but at most once in `ms` milliseconds while `slowly` holds: for what nobody
 * can read as fast as it changes.
 */
export function useSessionStateSlowly<T>(
  select: (state: SessionState) => T,
  slowly: boolean,
  ms: number,
): T {
  const { pace } = useGiven();
  const [value, setValue] = useState(() => select(pace.getState()));
  const latest = useRef(select);
  useEffect(() => {
    latest.current = select;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      setValue(latest.current(pace.getState()));
    };
    look();
    const unsubscribe = pace.subscribe(() => {
      if (!slowly) look();
      else timer ??= setTimeout(look, ms);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [pace, slowly, ms]);
  return value;
}
