import { useEffect, useMemo, useState } from 'react';
import { textShown, useScript } from '../state/script-store.ts';
import { useSessionState } from '../state/session-context.tsx';

const load = () => import('../runs/same-lines.ts');
type SameLines = Awaited<ReturnType<typeof load>>['sameLines'];

/** Where a line of the script that ran stands in the text that the editor shows; 0 for one that is not there. */
export function useRunLines(): (line: number) => number {
  const ran = useSessionState((state) => state.source);
  const other = useScript((script) => {
    const shown = textShown(script);
    return ran === undefined || shown === ran ? undefined : shown;
  });
  const [compare, setCompare] = useState<SameLines>();
  const wanted = other !== undefined && !compare;
  useEffect(() => {
    if (wanted) void load().then(({ sameLines }) => setCompare(() => sameLines));
  }, [wanted]);
  return useMemo(() => {
    if (ran === undefined || other === undefined) return (line) => line;
    const moved = compare?.(ran, other);
    return (line) => moved?.(line) ?? 0;
  }, [ran, other, compare]);
}
