import type { Session } from '../session/session.ts';
import { useScript } from './script-store.ts';

/** Whether Run and Step begin a new run, rather than go on with one. */
function begins(session: Session): boolean {
  const { run, cursor, length } = session.getState();
  return run !== 'running' && run !== 'paused' && cursor === length;
}

function noteStart(session: Session): string {
  const { source } = useScript.getState();
  if (begins(session)) useScript.setState({ started: source });
  return source;
}

/** Run, or pause what runs. */
export function runOrPause(session: Session): void {
  if (session.getState().run === 'running') session.pause();
  else session.run(noteStart(session));
}

/** One event forward. */
export function step(session: Session): void {
  session.step(noteStart(session));
}

/** Power cycle; the script stays. */
export async function reset(session: Session): Promise<void> {
  await session.reset();
  useScript.setState({ started: undefined });
}
