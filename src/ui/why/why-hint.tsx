import { useEffect, useState } from 'react';
import './why.css';
import type { SessionState } from '../session/session.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { selectNode, useUi } from '../state/ui-store.ts';
import { type BrokenQueue, brokenQueue } from './explained.ts';

/** How long a guest sleeps before somebody may wonder, in ms. */
const PATIENCE = 2000;

/** Whether the live machine stands still since the guest sleeps. */
const sleeps = ({ run, vcpu, cursor, length }: SessionState) =>
  run === 'running' && vcpu === 'halted' && cursor === length;

/** Says quietly that there is an answer, where a guest has slept for a while and something is broken. */
export function WhyHint() {
  const session = useSession();
  const asleep = useSessionState(sleeps);
  const cursor = useSessionState((state) => state.cursor);
  const tab = useUi((ui) => ui.sideTab);
  const [broken, setBroken] = useState<BrokenQueue>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: every event begins the wait anew
  useEffect(() => {
    setBroken(undefined);
    if (!asleep) return undefined;
    const timer = setTimeout(() => setBroken(brokenQueue(session, session.getState())), PATIENCE);
    return () => clearTimeout(timer);
  }, [session, asleep, cursor]);
  return (
    <div role="status" className="why-hint-place">
      {broken && tab !== 'why' && (
        <p className="why-hint">
          Nothing is happening?{' '}
          <button type="button" className="button button-small" onClick={() => open(broken)}>
            See why
          </button>
        </p>
      )}
    </div>
  );
}

function open({ device, queue }: BrokenQueue): void {
  selectNode(device.path);
  useUi.setState({ queue, sideTab: 'why' });
}
