import { useMemo } from 'react';
import type { Names } from '../../journal/narration/narration-types.ts';
import { narrate } from '../../journal/narration.ts';
import type { Spans } from '../../journal/spans/spans.ts';
import { useSession } from '../state/session-context.tsx';
import type { Hit } from './hit.ts';
import { latencyWords } from './request-card.tsx';
import { requestWords } from './request-words.ts';

/** What lies below the pointer, in words. */
export function HoverNote(props: { hit: Hit; spans: Spans; names: Names }) {
  const { hit, spans, names } = props;
  const session = useSession();
  const words = useMemo(() => {
    if (hit.kind === 'request')
      return {
        title: requestWords(hit.request),
        text: latencyWords(hit.request, spans),
        bad: false,
      };
    const { first, length } = session.store;
    if (hit.kind !== 'event' || hit.event < first || hit.event >= length) return undefined;
    const told = narrate(session.store.get(hit.event), session.momentAt(hit.event), names);
    const section = told.section
      ? ` §${told.section}${told.sectionTitle ? ` ${told.sectionTitle}` : ''}`
      : '';
    return { title: told.title, text: `${told.text}${section}`, bad: told.tone === 'violation' };
  }, [hit, spans, session, names]);
  if (!words) return null;
  return (
    <div className="timeline-note" data-bad={words.bad || undefined}>
      <strong>
        {words.bad && '⚠ '}
        {words.title}
      </strong>
      <span>{words.text}</span>
    </div>
  );
}
