import './runs.css';
import { BranchIcon } from '../kit/icons.tsx';
import { textShown, useScript } from '../state/script-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { canContinue, continueHere } from './acts.ts';
import { useObstacle } from './obstacle.ts';
import { useRuns } from './run-store.ts';
import { continueWords } from './run-words.ts';

/** Goes on live from the moment that is shown. Nothing while the machine is there anyway. */
export function ContinueButton() {
  const session = useSession();
  const can = useSessionState(canContinue);
  const cursor = useSessionState((state) => (canContinue(state) ? state.cursor : 0));
  const continuing = useRuns((runs) => runs.continuing);
  const shown = useSessionState((state) => state.shownRun);
  const opened = useSessionState(({ runs }) =>
    runs.some(({ id, opened }) => opened && id === shown),
  );
  const source = useSessionState((state) => state.source);
  const edited = useScript((script) => source !== undefined && textShown(script) !== source);
  const obstacle = useObstacle(can);
  if (continuing !== undefined)
    return (
      <button
        type="button"
        className="button button-bare continue"
        title="Stop on the way"
        onClick={() => session.pause()}
      >
        <BranchIcon /> Repeating {continuing.toLocaleString('en')} events… Stop
      </button>
    );
  if (!can || obstacle !== undefined) return null;
  return (
    <button
      type="button"
      className="button button-bare continue"
      title={`${continueWords({ cursor, edited, opened })} (Ctrl Shift F8)`}
      onClick={() => void continueHere(session)}
    >
      <BranchIcon /> Continue from here
    </button>
  );
}
