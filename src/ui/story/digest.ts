import { useEffect, useRef, useState } from 'react';
import type { Moment } from '../../journal/fold/moment.ts';
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
  /** Where the last sentence ended; undefined while each is told by itself. */
  const told = useRef<Pick<Moment, 'at' | 'unrecorded'> | undefined>(undefined);
  useEffect(() => {
    const tell = () => {
      const { at: from = 0, unrecorded: before = 0 } = told.current ?? {};
      const { at, unrecorded } = session.getState().moment;
      if (at > from) setSaid({ text: digest(session.store, from, at, unrecorded - before), at });
      told.current = { at, unrecorded };
    };
    if (!bursts) {
      if (told.current !== undefined) tell();
      told.current = undefined;
      return undefined;
    }
    told.current = session.getState().moment;
    setSaid({ text: '', at: -1 });
    const timer = setInterval(tell, EVERY);
    return () => clearInterval(timer);
  }, [session, bursts]);
  return bursts || said.at === cursor ? said.text : '';
}
