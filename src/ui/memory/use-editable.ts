import type { SessionState } from '../session/session.ts';
import { useSessionState } from '../state/session-context.tsx';

/** Why guest memory cannot be changed now, as a sentence; undefined where it can. */
export function useEditable(): string | undefined {
  return useSessionState(whyNot);
}

function whyNot({ live, run, cursor, length, memory }: SessionState): string | undefined {
  if (!live || !memory) return 'It cannot be changed: this run is kept, and has no machine.';
  if (run === 'running') return 'It can be changed while the run is paused.';
  if (cursor !== length)
    return 'It cannot be changed in the past: go to the end, or continue from here first.';
  return undefined;
}
