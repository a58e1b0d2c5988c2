import { ContinueIcon } from '../kit/icons.tsx';
import { off } from '../kit/off.ts';
import { textShown, useScript } from '../state/script-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { canContinue, continueHere } from './acts.ts';
import { useObstacle } from './obstacle.ts';
import { useRuns } from './run-store.ts';
import { continueWords } from './run-words.ts';

/** Goes on live from the moment that is shown, or stops on the way there. Off while the machine is there anyway. */
export function ContinueButton() {
  const session = useSession();
  const can = useSessionState(canContinue);
  const cursor = useSessionState((state) => (canContinue(state) ? state.cursor : 0));
  const continuing = useRuns((runs) => runs.continuing);
  const shown = useSessionState((state) => state.shownRun);
  const opened = useSessionState(({ runs }) =>
    runs.some(({ id, opened }) => opened && id === shown),
  );
  const source = useSessionState((state) => state.source);
  const edited = useScript((script) => source !== undefined && textShown(script) !== source);
  const obstacle = useObstacle(can);
  const stops = continuing !== undefined;
  const may = can && obstacle === undefined;
  const title = stops
    ? `Repeating ${continuing.toLocaleString('en')} events: stop on the way`
    : may
      ? `${continueWords({ cursor, edited, opened })} (Ctrl Shift F8)`
      : (obstacle ??
        'Continue from here: when a moment of the past is shown, the machine goes on from it (Ctrl Shift F8)');
  return (
    <button
      type="button"
      className="button run-tool run-continue"
      aria-label={stops ? 'Stop repeating' : 'Continue from here'}
      aria-keyshortcuts="Control+Shift+F8"
      title={title}
      aria-pressed={stops || undefined}
      {...off(!stops && !may, () => (stops ? session.pause() : void continueHere(session)))}
    >
      <ContinueIcon />
      <span className="button-word">{stops ? 'Stop' : 'Continue'}</span>
    </button>
  );
}
