import { useEffect, useState } from 'react';
import type { DeviceFacts } from '../../protocol/messages.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';

/** All about a device, asked anew whenever the machine changed; undefined until it is there. */
export function useDeviceFacts(path: string | undefined): DeviceFacts | undefined {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const [facts, setFacts] = useState<DeviceFacts>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another topology may have other values
  useEffect(() => {
    if (path === undefined) return;
    let wanted = true;
    void session.device(path).then((answer) => {
      if (wanted) setFacts(answer);
    });
    return () => {
      wanted = false;
    };
  }, [session, path, topology]);
  return path !== undefined && facts?.path === path ? facts : undefined;
}
