import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/styles/tokens.css';
import './ui/styles/base.css';
import { READ_A_SECTOR } from './lessons/read-a-sector.ts';
import { createSession } from './ui/session/create-session.ts';
import { App } from './ui/shell/app.tsx';
import { FaultBoundary, FaultScreen } from './ui/shell/fault-screen.tsx';
import { startMachine } from './ui/shell/start.ts';
import { startPresentation } from './ui/state/presentation.ts';
import { recallScript } from './ui/state/script-store.ts';
import { REMEMBERED, recall } from './ui/state/storage.ts';
import { startTheme } from './ui/state/theme.ts';
import { parseSpeed } from './ui/toolbar/speed-scale.ts';

const IsolationNotice = lazy(async () => ({
  default: (await import('./ui/shell/isolation-notice.tsx')).IsolationNotice,
}));

function content() {
  if (!window.crossOriginIsolated)
    return (
      <Suspense>
        <IsolationNotice insecure={!window.isSecureContext} />
      </Suspense>
    );
  recallScript(READ_A_SECTOR);
  try {
    const session = createSession();
    const { speed, sampling } = parseSpeed(recall(REMEMBERED.speed));
    session.setSpeed(speed, sampling);
    void startMachine(session);
    return <App session={session} />;
  } catch (error) {
    return <FaultScreen message={error instanceof Error ? error.message : String(error)} />;
  }
}

startTheme();
startPresentation();
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <FaultBoundary>{content()}</FaultBoundary>
    </StrictMode>,
  );
