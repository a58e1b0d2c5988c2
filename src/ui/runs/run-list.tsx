import { DeleteIcon } from '../kit/icons.tsx';
import type { RunSummary } from '../session/session.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useRuns } from './run-store.ts';
import { runWords } from './run-words.ts';

/** Every run that the page holds: one is shown, one is the machine's, the others can be looked at. */
export function RunList() {
  const session = useSession();
  const runs = useSessionState((state) => state.runs);
  const shown = useSessionState((state) => state.shownRun);
  // A run's length is asked of the run; this is what says that it has grown.
  useSessionState((state) => state.length);
  return (
    <>
      <p className="run-hint">
        A branch repeats a run up to a moment and goes its own way from there.
      </p>
      <ul className="run-list">
        {runs.map((run) => (
          <li key={run.id} data-shown={run.id === shown || undefined}>
            <button
              type="button"
              className="run-name"
              aria-current={run.id === shown ? 'true' : undefined}
              title={`Show ${run.name}`}
              onClick={() => session.showRun(run.id)}
            >
              <strong>
                {run.name}
                {run.id === shown && ' · shown'}
              </strong>
              <span>{runWords(run, runs, run.length)}</span>
            </button>
            <CompareButton run={run} runs={runs} />
            {!run.live && (
              <button
                type="button"
                className="button button-bare"
                aria-label={`Drop ${run.name}`}
                title="Drop: its events are forgotten"
                onClick={() => session.dropRun(run.id)}
              >
                <DeleteIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function CompareButton({ run, runs }: { run: RunSummary; runs: readonly RunSummary[] }) {
  const origin = runs.find(({ id }) => id === run.branch?.of);
  if (!origin) return null;
  return (
    <button
      type="button"
      className="button button-small"
      title={`Compare ${run.name} with ${origin.name}`}
      onClick={() => useRuns.setState({ comparing: { first: origin.id, second: run.id } })}
    >
      Compare
    </button>
  );
}
