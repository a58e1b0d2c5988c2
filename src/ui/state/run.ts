import type { Session } from '../session/session.ts';
import { type SpeedChoice, speedKey } from '../toolbar/speed-scale.ts';
import { textShown, useScript } from './script-store.ts';
import { REMEMBERED, remember } from './storage.ts';
import { useUi } from './ui-store.ts';

/** Whether Run and Step begin a new run, rather than go on with one. */
export function begins(session: Session): boolean {
  const { live, run, cursor, length } = session.getState();
  return live && run !== 'running' && run !== 'paused' && cursor === length;
}

function noteStart(session: Session): string {
  const source = textShown();
  if (begins(session))
    useScript.setState({ started: { source, run: session.getState().shownRun } });
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

/** To the next line of the script. */
export function stepLine(session: Session): void {
  session.stepLine(noteStart(session));
}

/** Over a device's turn, to the guest's next action. */
export function stepOver(session: Session): void {
  session.stepOver(noteStart(session));
}

/** Goes on until the script is about to execute a line. */
export function runToLine(session: Session, line: number): void {
  session.runToLine(noteStart(session), line);
}

/** Sets the speed, also for the next visit. */
export function chooseSpeed(session: Session, choice: SpeedChoice): void {
  session.setSpeed(choice.speed, choice.sampling);
  remember(REMEMBERED.speed, speedKey(choice));
}

/** Power cycle; the script stays. What came while the machine ran comes again, what was asked to leave has left. */
export async function reset(session: Session): Promise<void> {
  if (useUi.getState().line === undefined) await session.reset();
  else await (await import('../document/power-cycle.ts')).powerCycle(session);
  useScript.setState({ started: undefined });
}
