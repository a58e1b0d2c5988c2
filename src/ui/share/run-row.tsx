import { useState } from 'react';
import { fileNameOf } from '../../document/share/file.ts';
import { RunFileError } from '../../journal/run-check.ts';
import { RUN_FILE } from '../../journal/run-file.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { saveFile } from './files.ts';
import { fileOfRun } from './saved-runs.ts';

/** The run that is shown, as a file. */
export function RunRow({ name }: { name: string }) {
  const session = useSession();
  const length = useSessionState((state) => state.length);
  const first = useSessionState((state) => state.first);
  const shown = useSessionState((state) => state.shownRun);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const run = await session.savedRun(shown);
      if (!run) return;
      const file = await fileOfRun({ ...run, name: name.trim() || run.name });
      saveFile(fileNameOf(name, RUN_FILE.ending), file);
    } catch (error) {
      if (!(error instanceof RunFileError)) throw error;
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li>
      <div>
        <strong>This run</strong>
        <span>
          {length === 0
            ? 'Nothing has run yet.'
            : first > 0
              ? `The ${(length - first).toLocaleString('en')} events that are held; the ${first.toLocaleString('en')} before them are forgotten. It begins with what they led to, and cannot be continued.`
              : `All ${length.toLocaleString('en')} events, with machine and script, to travel through here again.`}
        </span>
        {problem !== undefined && <span role="alert">{problem}</span>}
      </div>
      <button
        type="button"
        className="button"
        aria-label={`Save this run as a file (${RUN_FILE.ending})`}
        aria-busy={busy}
        disabled={length === 0}
        onClick={() => void save()}
      >
        {busy ? 'Saving…' : `Save ${RUN_FILE.ending}`}
      </button>
    </li>
  );
}
