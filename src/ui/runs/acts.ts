import type { Continued, Session, SessionState } from '../session/session.ts';
import { runToLine } from '../state/run.ts';
import { textShown, useScript } from '../state/script-store.ts';
import { say } from '../state/ui-store.ts';
import { stopOf, toggleLine } from './edit-breakpoints.ts';
import { useRuns } from './run-store.ts';

/** Runs on until the script is about to execute the line of the editor's cursor, or the next one with a statement. */
export async function runToCaret(session: Session): Promise<void> {
  runToLine(session, await stopOf(session, useScript.getState().caret));
}

/** Puts a breakpoint on the line of the editor's cursor, or takes it off. */
export function toggleAtCaret(session: Session): Promise<void> {
  return toggleLine(session, useScript.getState().caret);
}

/** Whether the picture shows something that the machine would have to be brought back to. */
export function canContinue({ live, run, cursor, length, phase }: SessionState): boolean {
  // The picture of a run that goes on may be a little behind: that is no moment of the past.
  const past = cursor < length && run !== 'running';
  return phase === 'ready' && length > 0 && (!live || past);
}

/** Brings machine and script back to the cursor, as a branch, and says what came of it. */
export async function continueHere(session: Session): Promise<void> {
  const state = session.getState();
  if (useRuns.getState().continuing !== undefined) return;
  if (!canContinue(state)) {
    say('The machine is here already: Run and Step go on.');
    return;
  }
  const source = textShown();
  const from = state.runs.find(({ id }) => id === state.shownRun);
  useRuns.setState({ continuing: state.cursor });
  say(`Repeating ${state.cursor.toLocaleString('en')} events at full speed…`);
  try {
    const came = await session.continueFrom(source);
    if (came.kind !== 'refused' && !useScript.getState().look)
      useScript.setState({ started: { source, run: session.getState().shownRun } });
    say(cameWords(came, from?.name ?? 'the run before'));
  } finally {
    useRuns.setState({ continuing: undefined });
  }
}

/** What came of "continue from here"; `from` is the name of the run that it began in. */
export function cameWords(came: Continued, from: string): string {
  if (came.kind === 'refused') return `It cannot go on from here: ${sentence(came.message)}`;
  const at = came.at.toLocaleString('en');
  switch (came.kind) {
    case 'same':
      return `Machine and script are at event ${at} again, and all before it is as it was. Run and Step go on from here; ${from} is kept under Runs.`;
    case 'edited':
      return `The changed script does the same up to event ${at} and something else from there: there it stands. Run and Step go on; ${from} is kept under Runs.`;
    case 'differs':
      return `The machine did not repeat itself: event ${(came.at + 1).toLocaleString('en')} is another than in ${from}. It stands before that event; compare the two under Runs.`;
  }
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);
