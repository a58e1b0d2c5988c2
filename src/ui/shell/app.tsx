import { lazy, Suspense, useEffect } from 'react';
import './shell.css';
import type { Session } from '../session/session.ts';
import { SessionProvider, useSession, useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { Toolbar } from '../toolbar/toolbar.tsx';
import { FaultScreen } from './fault-screen.tsx';
import { onKey } from './keys.ts';
import { Help, Sharing } from './lazy-overlays.tsx';
import { WatchPanes } from './watch-panes.tsx';

const BuildPanes = lazy(() => import('./build-panes.tsx'));
const DropZone = lazy(async () => ({ default: (await import('./drop-zone.tsx')).DropZone }));
const RunsKeeper = lazy(() => import('../runs/keeper.tsx'));
const DocumentKeeper = lazy(() => import('../document/keeper.tsx'));

/** The page. */
export function App({ session }: { session: Session }) {
  return (
    <SessionProvider session={session}>
      <Page />
    </SessionProvider>
  );
}

function Page() {
  const session = useSession();
  const phase = useSessionState((state) => state.phase);
  const fault = useSessionState((state) => state.fault);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => onKey(event, session);
    // Before the editor takes them.
    window.addEventListener('keydown', keys, true);
    return () => window.removeEventListener('keydown', keys, true);
  }, [session]);

  if (phase === 'broken')
    return (
      <FaultScreen message={fault ?? 'The machine stopped.'} restart={() => void session.reset()} />
    );
  return (
    <div className="page">
      <Toolbar />
      <main className="page-main">
        <Workspace />
      </main>
      <Suspense>
        <DocumentKeeper />
        <RunsKeeper />
        <DropZone />
      </Suspense>
      <Help />
      <Sharing />
    </div>
  );
}

/** The panels of what the person is at. */
function Workspace() {
  const workspace = useUi((ui) => ui.workspace);
  if (workspace === 'watch') return <WatchPanes />;
  return (
    <Suspense fallback={<p className="pane-empty">Opening the workbench.</p>}>
      <BuildPanes />
    </Suspense>
  );
}
