import type { Session } from '../session/session.ts';
import { useScript } from '../state/script-store.ts';

/**
 * Lets the editor show the script of the run that is shown wherever that is another text than the person's own.
 * It changes only when another run, or another script of it, comes into the picture: never under who types.
 * Answers how to stop.
 */
export function connectLook(session: Session): () => void {
  let { shownRun, source } = session.getState();
  return session.subscribe(() => {
    const now = session.getState();
    if (now.shownRun === shownRun && now.source === source) return;
    ({ shownRun, source } = now);
    const { source: mine, started, look } = useScript.getState();
    // What was started here is known, also where the text was changed since.
    const begun = started?.run === shownRun && started.source === source;
    if (source === undefined || source === mine || begun) {
      if (look) useScript.setState({ look: undefined });
    } else useScript.setState({ look: { source, run: shownRun } });
  });
}
