import { useEffect, useState } from 'react';
import type { DeviceType } from '../../protocol/messages.ts';
import { deviceTypes } from '../document/device-types.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';

const NONE: readonly DeviceType[] = [];

/** The device types of the machine at hand; none until they have arrived. */
export function useDeviceTypes(): readonly DeviceType[] {
  const session = useSession();
  const machineType = useSessionState((state) => state.topology?.machineType);
  const commandLine = useSessionState((state) => state.commandLine);
  const [types, setTypes] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another machine has other types
  useEffect(() => {
    let current = true;
    if (machineType !== undefined)
      void deviceTypes(session).then((found) => {
        if (current) setTypes(found);
      });
    return () => {
      current = false;
    };
  }, [session, machineType, commandLine]);
  return types;
}
