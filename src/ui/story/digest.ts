import { useEffect, useRef, useState } from 'react';
import { digest } from '../../journal/narration/digest.ts';
import { useSession } from '../state/session-context.tsx';

/** Milliseconds between two digests: what a screen reader reads in the meantime, it reads to its end. */
const EVERY = 4000;

/**
 * While events come faster than anybody reads (`bursts`), what they were since the last look, in a
 * sentence; when that is over, what the last of them were, as long as the cursor stays there. Else ''.
 */
export function useDigest(bursts: boolean, cursor: number): string {
  const session = useSession();
  const [said, setSaid] = useState({ text: '', at: -1 });
  /** Events that were told before; undefined while each is told by itself. */
  const told = useRef<number | undefined>(undefined);
  useEffect(() => {
    const tell = () => {
      const from = told.current ?? 0;
      const { cursor: at } = session.getState();
      if (at > from) setSaid({ text: digest(session.store, from, at), at });
      told.current = at;
    };
    if (!bursts) {
      if (told.current !== undefined) tell();
      told.current = undefined;
      return undefined;
    }
    told.current = session.getState().cursor;
    setSaid({ text: '', at: -1 });
    const timer = setInterval(tell, EVERY);
    return () => clearInterval(timer);
  }, [session, bursts]);
  return bursts || said.at === cursor ? said.text : '';
}
