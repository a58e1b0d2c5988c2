import { lazy, Suspense } from 'react';
import { WarnIcon } from '../kit/icons.tsx';
import type { ScriptProblem } from '../session/session.ts';
import { textShown, useScript } from '../state/script-store.ts';
import { useSessionState } from '../state/session-context.tsx';
import type { JudgedViolation } from './use-verdicts.ts';

const OtherTextNote = lazy(() => import('../runs/other-text-note.tsx'));
const ProblemNote = lazy(() => import('./problem-note.tsx'));
const StoppedNote = lazy(() => import('../runs/stopped-note.tsx'));

/** What is to be said about the script: what went wrong, why it stands, what will run. */
export function ScriptNotes(props: {
  problem: ScriptProblem | undefined;
  violation: JudgedViolation | undefined;
}) {
  const { problem, violation } = props;
  const kept = useScript((script) => script.kept);
  const forced = useSessionState((state) => state.forced);
  const stopped = useSessionState((state) => state.stopped);
  // What Run begins anew is the text that is there.
  const ran = useSessionState((state) =>
    state.live && state.run !== 'running' && state.run !== 'paused' ? undefined : state.source,
  );
  const other = useScript((script) => ran !== undefined && textShown(script) !== ran);
  return (
    <div className="script-notes">
      <div role="alert">
        <Suspense>{problem && <ProblemNote problem={problem} />}</Suspense>
        {violation && (
          <p className="note note-bad">
            <WarnIcon />
            <span>
              <strong>Rule broken{violation.line > 0 ? `, line ${violation.line}` : ''}</strong>{' '}
              {violation.text}
            </span>
          </p>
        )}
        {forced && (
          <p className="note">
            <WarnIcon />
            <span>
              The last script did not stop when it was told to, so its thread was ended by force.
              The machine is not harmed; Run starts the script anew.
            </span>
          </p>
        )}
      </div>
      <div role="status">
        <Suspense>{stopped && <StoppedNote stopped={stopped} />}</Suspense>
      </div>
      <Suspense>{other && <OtherTextNote />}</Suspense>
      {!kept && <p className="note">This browser does not keep the script over a reload.</p>}
    </div>
  );
}
