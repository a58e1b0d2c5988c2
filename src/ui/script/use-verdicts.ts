import { useEffect, useMemo, useState } from 'react';
import type { ViolationMoment } from '../../journal/fold/moment.ts';
import { namesOf } from '../state/names.ts';
import { useSessionState } from '../state/session-context.tsx';
import type { Verdict } from './verdict.ts';

/** A violation and what it means. */
export type JudgedViolation = ViolationMoment & Verdict;

const load = () => import('./verdict.ts');
type Judge = Awaited<ReturnType<typeof load>>['verdictOf'];

/** The violations up to the cursor in words, which arrive with the first one. */
export function useVerdicts(): readonly JudgedViolation[] {
  const violations = useSessionState(({ moment }) => moment.violations);
  const topology = useSessionState((state) => state.topology);
  const [judge, setJudge] = useState<Judge>();
  const wanted = violations.length > 0 && !judge;
  useEffect(() => {
    if (wanted) void load().then(({ verdictOf }) => setJudge(() => verdictOf));
  }, [wanted]);
  return useMemo(() => {
    if (!judge) return [];
    const names = namesOf(topology);
    return violations.map((violation) => ({ ...violation, ...judge(violation, names) }));
  }, [judge, violations, topology]);
}
