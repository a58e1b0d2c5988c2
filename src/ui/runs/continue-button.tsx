import { ContinueIcon } from '../kit/icons.tsx';
import { off } from '../kit/off.ts';
import { useScript } from '../state/script-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { canContinue, continueHere } from './acts.ts';
import { useRuns } from './run-store.ts';
import { continueWords } from './run-words.ts';

/** Goes on live from the moment that is shown, or stops on the way there. Off while the machine is there anyway. */
export function ContinueButton() {
  const session = useSession();
  const can = useSessionState(canContinue);
  const cursor = useSessionState((state) => (canContinue(state) ? state.cursor : 0));
  const continuing = useRuns((runs) => runs.continuing);
  const edited = useScript(({ started, source }) => started !== undefined && started !== source);
  const stops = continuing !== undefined;
  const title = stops
    ? `Repeating ${continuing.toLocaleString('en')} events: stop on the way`
    : can
      ? `${continueWords({ cursor, edited })} (Ctrl Shift F8)`
      : 'Continue from here: when a moment of the past is shown, the machine goes on from it (Ctrl Shift F8)';
  return (
    <button
      type="button"
      className="button run-tool run-continue"
      aria-label={stops ? 'Stop repeating' : 'Continue from here'}
      aria-keyshortcuts="Control+Shift+F8"
      title={title}
      aria-pressed={stops || undefined}
      {...off(!stops && !can, () => (stops ? session.pause() : void continueHere(session)))}
    >
      <ContinueIcon />
      <span className="button-word">{stops ? 'Stop' : 'Continue'}</span>
    </button>
  );
}
