import { useEffect, useState } from 'react';
import { useSession, useSessionState } from '../state/session-context.tsx';

/** Why the run that is shown cannot be continued, as a sentence; undefined where it can. Asked only where it matters. */
export function useObstacle(matters: boolean): string | undefined {
  const session = useSession();
  const shown = useSessionState((state) => state.shownRun);
  // Another image may be the one that was missing.
  const images = useSessionState((state) => state.images.map(({ name }) => name).join('\n'));
  const [found, setFound] = useState<{ run: number; why: string | undefined }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when images came
  useEffect(() => {
    let waits = matters;
    if (matters)
      void session.obstacle(shown).then((why) => {
        if (waits) setFound({ run: shown, why });
      });
    return () => {
      waits = false;
    };
  }, [session, shown, matters, images]);
  return found?.run === shown ? found.why : undefined;
}
