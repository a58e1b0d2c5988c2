import { lazy, Suspense } from 'react';
import './toolbar.css';
import { AutoThemeIcon, HelpIcon, MoonIcon, SunIcon } from '../kit/icons.tsx';
import { Menus } from '../shell/lazy-overlays.tsx';
import { NoticeBar } from '../shell/notice-bar.tsx';
import { useSessionState } from '../state/session-context.tsx';
import { turnTheme } from '../state/theme.ts';
import { useUi } from '../state/ui-store.ts';
import { CommandLine } from './command-line.tsx';
import { RunControls } from './run-controls.tsx';
import { SpeedSlider } from './speed-slider.tsx';
import { WorkspaceSwitch } from './workspace-switch.tsx';

const MachineTypeMenu = lazy(() => import('./machine-type-menu.tsx'));
const RunBanner = lazy(() => import('../runs/run-banner.tsx'));

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
      <div className="toolbar-line">
        <CommandLine />
        <NoticeBar />
      </div>
      <RecordingBanner />
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

/** Said only where there is something to say. */
function RecordingBanner() {
  const recording = useSessionState((state) => !state.live && state.runs.length > 0);
  return recording ? (
    <Suspense>
      <RunBanner />
    </Suspense>
  ) : null;
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
