import { useEffect, useState } from 'react';
import type { QtreeLine } from '../../protocol/messages.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { changedLines } from './qtree-lines.ts';

/** `info qtree` as it stands, and what is new in it since the last look. */
export interface Qtree {
  readonly lines: readonly QtreeLine[];
  /** Numbers of lines that were not there before. */
  readonly fresh: ReadonlySet<number>;
}

/** How long new lines stay marked, in ms. */
const MARKED = 4000;

const EMPTY: Qtree = { lines: [], fresh: new Set() };

/** The live machine's `info qtree`, asked anew when the machine changed and when a run came to rest. */
export function useQtree(): Qtree {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  // A guest moves BARs, which are in the text.
  const resting = useSessionState((state) => state.run !== 'running');
  const [qtree, setQtree] = useState(EMPTY);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a reason to look again
  useEffect(() => {
    let wanted = true;
    void session.qtree().then((lines) => {
      if (!wanted) return;
      setQtree((before) => {
        const fresh = changedLines(before.lines, lines);
        return { lines, fresh };
      });
    });
    return () => {
      wanted = false;
    };
  }, [session, topology, resting]);
  const { fresh } = qtree;
  useEffect(() => {
    if (fresh.size === 0) return;
    const timer = setTimeout(() => setQtree(({ lines }) => ({ lines, fresh: new Set() })), MARKED);
    return () => clearTimeout(timer);
  }, [fresh]);
  return qtree;
}
