import { useMemo } from 'react';
import { hex } from '../../base/bits.ts';
import type { Labels } from '../../journal/labels/labels.ts';
import { LOOK_BACK, lastWrite } from '../../journal/labels/last-write.ts';
import { namesOf } from '../state/names.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { jumpTo } from './memory-store.ts';
import type { MemoryAtCursor } from './use-memory-at-cursor.ts';

/** What the byte at guest-physical `at` is, whose, and who wrote it last. */
export function ByteCard(props: { memory: MemoryAtCursor; labels: Labels; at: number }) {
  const { memory, labels, at } = props;
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const names = useMemo(() => namesOf(topology), [topology]);
  const found = useMemo(() => labels.over(at, 1), [labels, at]);
  const [label, ...others] = found;
  const start = label && label.kind !== 'buffer' ? label.start : at;
  const length = label && label.kind !== 'buffer' ? label.end - label.start : 1;
  const written = useMemo(
    () => lastWrite(session.store, memory.moment.at, start, length),
    [session, memory.moment, start, length],
  );
  const device = label?.dev === undefined ? undefined : names.device(label.dev);
  const { target } = label ?? {};
  return (
    <section
      className="memory-card"
      id="memory-card"
      aria-label="This byte"
      data-tone={label?.owner}
    >
      <h3>
        <span className="mono">{hex(at, 8)}</span>{' '}
        {label ? (
          <>
            <strong className="mono">{label.field || 'buffer'}</strong>{' '}
            {label.value !== '' && <span className="mono">= {label.value}</span>}
          </>
        ) : (
          'no structure that the journal knows'
        )}
      </h3>
      {label && (
        <p>
          {label.doc}. Part of the {label.structure}
          {device !== undefined && `; ${device}`}
          {label.queue !== undefined && `, queue ${label.queue}`}. The {label.owner} owns it.{' '}
          <span className="memory-source">
            {label.section ? `VIRTIO 1.4 §${label.section}` : label.document}
          </span>
        </p>
      )}
      <p>
        {written ? (
          <>
            {written.by === 'recorder'
              ? 'Written while nothing was recorded; known since'
              : `Last written by the ${written.by},`}{' '}
            <button type="button" className="link" onClick={() => session.seek(written.event + 1)}>
              event {written.event + 1}
            </button>
            .
          </>
        ) : memory.moment.at > LOOK_BACK ? (
          `Not written in the last ${LOOK_BACK.toLocaleString('en')} events.`
        ) : (
          'No event wrote it.'
        )}
        {target !== undefined && memory.map.positionOf(target) !== undefined && (
          <>
            {' '}
            <button type="button" className="link" onClick={() => jumpTo(target)}>
              Go to {hex(target, 8)}
            </button>
          </>
        )}
        {label?.queue !== undefined && label.dev !== undefined && (
          <>
            {' '}
            <button
              type="button"
              className="link"
              onClick={() => useUi.setState({ queue: label.queue as number })}
            >
              Show queue {label.queue}
            </button>
          </>
        )}
      </p>
      {others.some((other) => other.kind !== label?.kind) && (
        <p className="memory-source">
          Also:{' '}
          {[
            ...new Set(
              others.filter((other) => other.kind !== label?.kind).map((other) => other.structure),
            ),
          ].join('; ')}
          .
        </p>
      )}
    </section>
  );
}
