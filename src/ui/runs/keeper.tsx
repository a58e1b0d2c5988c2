import { useEffect } from 'react';
import { useSession } from '../state/session-context.tsx';
import { CompareDialog } from './compare-dialog.tsx';
import { connectBreakpoints } from './connect-breakpoints.ts';
import { connectLook } from './connect-look.ts';
import { useRuns } from './run-store.ts';

/** Keeps breakpoints and session together, and shows runs side by side. Arrives after the first screen. */
export default function RunsKeeper() {
  const session = useSession();
  const comparing = useRuns((runs) => runs.comparing);
  useEffect(() => connectBreakpoints(session), [session]);
  useEffect(() => connectLook(session), [session]);
  return comparing ? <CompareDialog {...comparing} /> : null;
}
