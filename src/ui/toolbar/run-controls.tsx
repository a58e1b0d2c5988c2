import { type ComponentType, lazy, Suspense } from 'react';
import {
  BackLineIcon,
  BackOverIcon,
  BreakpointIcon,
  PauseIcon,
  ResetIcon,
  RunIcon,
  StepBackIcon,
  StepIcon,
  StepLineIcon,
  StepOverIcon,
} from '../kit/icons.tsx';
import { off } from '../kit/off.ts';
import { reset, runOrPause, step, stepLine, stepOver } from '../state/run.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';

const RunTools = lazy(() => import('../runs/run-tools.tsx'));

/** Reset, backwards, Run or Pause, forwards; and where it stops by itself. */
export function RunControls() {
  const session = useSession();
  const running = useSessionState((state) => state.run === 'running');
  const ready = useSessionState((state) => state.phase === 'ready');
  const back = useSessionState((state) => state.cursor > state.first);
  return (
    <div className="run-controls">
      <button
        type="button"
        className="button"
        aria-label="Reset"
        title="Power cycle: empty memory, empty journal, same disk (Shift F8)"
        {...off(!ready, () => void reset(session))}
      >
        <ResetIcon />
        <span className="button-word">Reset</span>
      </button>
      <div className="run-steps">
        <StepButton
          name="Back over the device’s turn"
          title="Back over a device’s turn: to the guest’s action before (Ctrl Shift F9)"
          icon={BackOverIcon}
          disabled={!ready || !back}
          act={() => session.stepBackOver()}
        />
        <StepButton
          name="Back a line"
          title="Back to the line before (Ctrl F9)"
          icon={BackLineIcon}
          disabled={!ready || !back}
          act={() => session.stepBackLine()}
        />
        <StepButton
          word="Back"
          title="One event back (F9)"
          icon={StepBackIcon}
          disabled={!ready || !back}
          act={() => session.stepBack()}
        />
      </div>
      <button
        type="button"
        className="button button-main"
        title={running ? 'Pause (F8)' : 'Run (F8)'}
        {...off(!ready, () => runOrPause(session))}
      >
        {running ? <PauseIcon /> : <RunIcon />}
        {running ? 'Pause' : 'Run'}
      </button>
      <div className="run-steps">
        <StepButton
          word="Step"
          title="One event forward (F10)"
          icon={StepIcon}
          disabled={!ready}
          act={() => step(session)}
        />
        <StepButton
          name="Next line"
          title="To the next line of the script (Ctrl F10)"
          icon={StepLineIcon}
          disabled={!ready}
          act={() => stepLine(session)}
        />
        <StepButton
          name="Over the device’s turn"
          title="Over a device’s turn: to the guest’s next action (Ctrl Shift F10)"
          icon={StepOverIcon}
          disabled={!ready}
          act={() => stepOver(session)}
        />
      </div>
      <Suspense
        fallback={
          <button type="button" className="button run-tool" disabled aria-label="Breakpoints">
            <BreakpointIcon />
          </button>
        }
      >
        <RunTools />
      </Suspense>
    </div>
  );
}

/** One step of one size in one direction; the smallest ones carry their word. */
function StepButton(props: {
  word?: string;
  name?: string;
  title: string;
  icon: ComponentType;
  disabled: boolean;
  act(): void;
}) {
  const { word, name, title, icon: Icon, disabled, act } = props;
  return (
    <button
      type="button"
      className="button"
      aria-label={name ?? word}
      title={title}
      {...off(disabled, act)}
    >
      <Icon />
      {word && <span className="button-word">{word}</span>}
    </button>
  );
}
