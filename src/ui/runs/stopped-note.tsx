import { useMemo } from 'react';
import './runs.css';
import { BreakpointIcon } from '../kit/icons.tsx';
import type { StopReason } from '../session/session.ts';
import { namesOf } from '../state/names.ts';
import { useSessionState } from '../state/session-context.tsx';
import { breakpointWords } from './breakpoint-words.ts';

/** Why the picture stopped by itself. */
export default function StoppedNote({ stopped }: { stopped: StopReason }) {
  const topology = useSessionState((state) => state.topology);
  const names = useMemo(() => namesOf(topology), [topology]);
  return (
    <p className="note note-stopped">
      <BreakpointIcon />
      <span>
        {stopped.kind === 'line' ? (
          <>
            <strong>Stopped at line {stopped.line}</strong>, before it is executed.
          </>
        ) : (
          <>
            <strong>Stopped</strong>: {breakpointWords(stopped.breakpoint, names, 'met')}, event{' '}
            {(stopped.event + 1).toLocaleString('en')}.
          </>
        )}
      </span>
    </p>
  );
}
