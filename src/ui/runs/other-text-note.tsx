import { useScript } from '../state/script-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';

/** Says that the editor has another text than the run that is shown, and the way to that one. */
export default function OtherTextNote() {
  const session = useSession();
  const live = useSessionState((state) => state.live);
  const runs = useSessionState((state) => state.runs);
  const shown = useSessionState((state) => state.shownRun);
  const name = runs.find(({ id }) => id === shown)?.name ?? 'The run';
  const look = () => {
    const { source, shownRun } = session.getState();
    if (source !== undefined) useScript.setState({ look: { source, run: shownRun } });
  };
  return (
    <p className="note note-other">
      <span>
        {live
          ? 'The run goes on with the text that it began with; Reset, then Run, takes the new one.'
          : `${name} ran another text than this one.`}
      </span>
      <button type="button" className="button button-bare" onClick={look}>
        Look at it
      </button>
    </p>
  );
}
