import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { assert } from '../../base/assert.ts';
import type { Session, SessionState } from '../session/session.ts';

const SessionContext = createContext<Session | undefined>(undefined);

/** Gives the session to every panel below. */
export function SessionProvider(props: { session: Session; children: ReactNode }) {
  return <SessionContext.Provider value={props.session}>{props.children}</SessionContext.Provider>;
}

/** The page's session. Throws outside a `SessionProvider`. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  assert(session, 'no session around this component');
  return session;
}

/**
 * One slice of the session's state; the component renders again only when the slice is another one
 * (by `Object.is`), so `select` answers primitives or parts that the state shares between frames.
 */
export function useSessionState<T>(select: (state: SessionState) => T): T {
  const session = useSession();
  const subscribe = useCallback((listener: () => void) => session.subscribe(listener), [session]);
  return useSyncExternalStore(subscribe, () => select(session.getState()));
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
  const session = useSession();
  const [value, setValue] = useState(() => select(session.getState()));
  const latest = useRef(select);
  useEffect(() => {
    latest.current = select;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      setValue(latest.current(session.getState()));
    };
    look();
    const unsubscribe = session.subscribe(() => {
      if (!slowly) look();
      else timer ??= setTimeout(look, ms);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [session, slowly, ms]);
  return value;
}
