import { useMemo } from 'react';
import type { Moment } from '../../journal/fold/moment.ts';
import { Labels } from '../../journal/labels/labels.ts';
import { useRegisterHistory } from '../inspector/use-register-history.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { indicatorsAt } from './indicators-at.ts';

/** What guest memory is at a moment. */
export function useLabels(moment: Moment): Labels {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const platform = useSessionState((state) => state.memoryFacts?.platform);
  const { history } = useRegisterHistory();
  return useMemo(() => {
    const indicators = platform?.channelIo ? indicatorsAt(session, history, moment) : [];
    return new Labels({ moment, topology, platform, indicators });
  }, [moment, topology, platform, history, session]);
}
