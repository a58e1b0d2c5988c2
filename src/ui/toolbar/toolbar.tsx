import { lazy, Suspense } from 'react';
import './toolbar.css';
import {
  AutoThemeIcon,
  HelpIcon,
  MoonIcon,
  PauseIcon,
  ResetIcon,
  RunIcon,
  StepBackIcon,
  StepIcon,
  SunIcon,
} from '../kit/icons.tsx';
import { Menus } from '../shell/lazy-overlays.tsx';
import { reset, runOrPause, step } from '../state/run.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { turnTheme } from '../state/theme.ts';
import { useUi } from '../state/ui-store.ts';
import { CommandLine } from './command-line.tsx';
import { SpeedSlider } from './speed-slider.tsx';
import { WorkspaceSwitch } from './workspace-switch.tsx';

const MachineTypeMenu = lazy(() => import('./machine-type-menu.tsx'));

/** The page's head: what the machine is, and how it runs. */
export function Toolbar() {
  const watching = useUi((ui) => ui.workspace === 'watch');
  return (
    <header className="toolbar" data-pane="toolbar" tabIndex={-1}>
      <div className="toolbar-row">
        <h1>
          <Mark />
          Virtio Playground
        </h1>
        <Suspense fallback={<MachineLabel />}>
          <MachineTypeMenu />
        </Suspense>
        <WorkspaceSwitch />
        <RunControls />
        {watching && <SpeedSlider />}
        <span className="toolbar-gap" />
        <Menus />
        <ThemeButton />
        <button
          type="button"
          className="button button-icon"
          aria-label="Help and keyboard shortcuts"
          title="Help and keyboard shortcuts (F1)"
          onClick={() => useUi.setState({ helpOpen: true })}
        >
          <HelpIcon />
        </button>
      </div>
      <CommandLine />
    </header>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M1 2h6v5H1zM9 9h6v5H9z" fill="currentColor" />
      <path d="M9 2h6v5H9zM1 9h6v5H1z" fill="currentColor" opacity=".28" />
    </svg>
  );
}

function MachineLabel() {
  const type = useSessionState((state) => state.topology?.machineType);
  if (!type) return null;
  return (
    <span className="machine-label mono" title={`Machine type ${type}`}>
      {type.replace(/-machine$/, '')}
    </span>
  );
}

function RunControls() {
  const session = useSession();
  const running = useSessionState((state) => state.run === 'running');
  const ready = useSessionState((state) => state.phase === 'ready');
  const back = useSessionState((state) => state.cursor > state.first);
  return (
    <div className="run-controls">
      <button
        type="button"
        className="button"
        disabled={!ready}
        title="Power cycle: empty memory, empty journal, same disk (Shift F8)"
        onClick={() => void reset(session)}
      >
        <ResetIcon />
        <span className="button-word">Reset</span>
      </button>
      <button
        type="button"
        className="button"
        disabled={!ready || !back}
        title="One event back (F9)"
        onClick={() => session.stepBack()}
      >
        <StepBackIcon />
        <span className="button-word">Back</span>
      </button>
      <button
        type="button"
        className="button button-main"
        disabled={!ready}
        title={running ? 'Pause (F8)' : 'Run (F8)'}
        onClick={() => runOrPause(session)}
      >
        {running ? <PauseIcon /> : <RunIcon />}
        {running ? 'Pause' : 'Run'}
      </button>
      <button
        type="button"
        className="button"
        disabled={!ready}
        title="One event forward (F10)"
        onClick={() => step(session)}
      >
        <StepIcon />
        <span className="button-word">Step</span>
      </button>
    </div>
  );
}

function ThemeButton() {
  const theme = useUi((ui) => ui.theme);
  const words = { auto: 'as the system', light: 'light', dark: 'dark' } as const;
  return (
    <button
      type="button"
      className="button button-icon"
      aria-label={`Look: ${words[theme]}. Change`}
      title={`Look: ${words[theme]}`}
      onClick={turnTheme}
    >
      {theme === 'auto' ? <AutoThemeIcon /> : theme === 'light' ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}
