import { useMemo } from 'react';
import type { EventStore } from '../../journal/store.ts';
import { WarnIcon } from '../kit/icons.tsx';
import type { ScriptProblem } from '../session/session.ts';
import { useSessionState } from '../state/session-context.tsx';

/** What went wrong with the script: now, or after the moment that is shown. */
export default function ProblemNote({ problem }: { problem: ScriptProblem }) {
  const store = useSessionState((state) => state.store);
  const length = useSessionState((state) => state.length);
  const failed = useMemo(
    () => (problem.phase === 'compile' ? undefined : failureBefore(store, length)),
    [problem, store, length],
  );
  const later = useSessionState(({ cursor }) => failed !== undefined && failed >= cursor);
  const what = problem.phase === 'compile' ? 'Does not compile' : 'Stopped';
  const when = later ? ` later, at event ${((failed ?? 0) + 1).toLocaleString('en')}` : '';
  return (
    <p className={later ? 'note' : 'note note-bad'}>
      <WarnIcon />
      <span>
        <strong>
          {what}
          {when}
          {problem.line === undefined ? '' : `, line ${problem.line}`}
        </strong>{' '}
        {problem.message}
      </span>
    </p>
  );
}

/** The newest event of a script's end, if it failed. */
function failureBefore(store: EventStore, length: number): number | undefined {
  for (let i = length - 1; i >= store.first; i--)
    if (store.kindAt(i) === 'script') {
      const event = store.get(i);
      return event.kind === 'script' && event.step === FAILED ? i : undefined;
    }
  return undefined;
}

/** Step of a `script` event. */
const FAILED = 2;
