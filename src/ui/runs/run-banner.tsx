import './runs.css';
import { leaveToPane } from '../kit/off.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useObstacle } from './obstacle.ts';

/** Says that what is shown is not the machine that is there, and the way back to it. */
export default function RunBanner() {
  const session = useSession();
  const runs = useSessionState((state) => state.runs);
  const shown = useSessionState((state) => state.shownRun);
  const run = runs.find(({ id }) => id === shown);
  const obstacle = useObstacle(true);
  const live = runs.find((run) => run.live);
  return (
    <div className="run-banner">
      <p>
        <strong>
          {run?.name} is a recording{run?.opened && ' from a file'}.
        </strong>{' '}
        {live
          ? `Its machine is ${run?.opened ? 'not here' : 'gone'}; ${live.name} is the live one.`
          : 'Its machine is gone, and there is no other one.'}{' '}
        {obstacle === undefined
          ? 'Continue makes it again at the event that is shown.'
          : `It cannot be continued. ${obstacle}`}
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
