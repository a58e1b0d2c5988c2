import { useMemo } from 'react';
import type { Names } from '../../journal/narration/narration-types.ts';
import { historyOf } from '../inspector/use-register-history.ts';
import { indicatorsAt } from '../memory/indicators-at.ts';
import { namesOf } from '../state/names.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';

/** What sentences about the machine need to know of it: names, and on s390 where interruptions are told. */
export function useToldNames(): Names {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const platform = useSessionState((state) => state.memoryFacts?.platform);
  return useMemo(() => {
    const channelIo = platform?.channelIo === true;
    return {
      ...namesOf(topology),
      lowCore: channelIo || platform?.devicePage !== undefined,
      ...(channelIo && {
        indicators: (before) => {
          const history = historyOf(session.store);
          history.update();
          return indicatorsAt(session, history, before);
        },
      }),
    } satisfies Names;
  }, [session, topology, platform]);
}
