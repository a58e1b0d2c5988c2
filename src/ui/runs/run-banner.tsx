import './runs.css';
import { leaveToPane } from '../kit/off.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';

/** Says that what is shown is not the machine that is there, and the way back to it. */
export default function RunBanner() {
  const session = useSession();
  const runs = useSessionState((state) => state.runs);
  const shown = useSessionState((state) => state.shownRun);
  const name = runs.find(({ id }) => id === shown)?.name;
  const live = runs.find((run) => run.live);
  return (
    <div className="run-banner">
      <p>
        <strong>{name} is a recording.</strong>{' '}
        {live
          ? `Its machine is gone; ${live.name} is the live one.`
          : 'Its machine is gone, and there is no other one.'}{' '}
        Continue makes it again at the event that is shown.
      </p>
      {live && (
        <button
          type="button"
          className="button button-small"
          onClick={(event) => {
            leaveToPane(event);
            session.showRun(live.id);
          }}
        >
          Back to the live machine
        </button>
      )}
    </div>
  );
}
