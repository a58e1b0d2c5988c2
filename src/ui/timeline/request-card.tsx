import { useMemo } from 'react';
import { decodeRequest, requestContext } from '../../journal/decode-request.ts';
import { queueKey } from '../../journal/fold/moment.ts';
import { viewOf } from '../../journal/fold/packed-view.ts';
import type { Names } from '../../journal/narration/narration-types.ts';
import type { RequestFacts } from '../../journal/spans/request-facts.ts';
import type { Spans } from '../../journal/spans/spans.ts';
import { CloseIcon } from '../kit/icons.tsx';
import type { Session } from '../session/session.ts';
import { useSession } from '../state/session-context.tsx';
import { latencyOf, requestSteps, requestWords } from './request-words.ts';

/** All about the chosen request, and buttons that go to each step of its life. */
export function RequestCard(props: {
  request: RequestFacts;
  spans: Spans;
  names: Names;
  /** Pixels from the window's lower edge. */
  bottom: number;
  close(): void;
}) {
  const { request, spans, names, bottom, close } = props;
  const session = useSession();
  const title = useMemo(
    () => titleOf(session, names, request) ?? requestWords(request),
    [session, names, request],
  );
  const device = names.device(request.dev) ?? `device ${request.dev}`;
  return (
    <section className="request-card" aria-label="Chosen request" style={{ bottom }}>
      <header>
        <strong>{title}</strong>
        <button type="button" className="button button-bare" aria-label="Close" onClick={close}>
          <CloseIcon />
        </button>
      </header>
      <p className="request-where">
        {device} · queue {request.queue}
        {request.head !== undefined && ` · head ${request.head}`}
        {request.descriptors !== undefined &&
          ` · ${request.descriptors} descriptor${request.descriptors === 1 ? '' : 's'}`}
      </p>
      <ol className="request-steps">
        {requestSteps(request).map(({ key, name, event, note }) => (
          <li key={key}>
            <button
              type="button"
              className="button button-small"
              disabled={event === undefined}
              aria-keyshortcuts={key}
              onClick={() => event !== undefined && session.seek(event + 1)}
            >
              <kbd>{key}</kbd> {name}
            </button>
            <span className="mono">{event === undefined ? '–' : event.toLocaleString('en')}</span>
            <span>{note}</span>
          </li>
        ))}
      </ol>
      <p>{latencyWords(request, spans)}</p>
      <p className="request-where">
        {[
          request.readable !== undefined && `${request.readable.toLocaleString('en')} B to read`,
          request.writable !== undefined && `${request.writable.toLocaleString('en')} B to write`,
          request.written !== undefined && `${request.written.toLocaleString('en')} B written`,
          `${request.depth} under way as it began`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </section>
  );
}

/** How long it took: the journal has events and acts of the guest, and no wall clock. */
export function latencyWords(request: RequestFacts, spans: Spans): string {
  const { available, used, takenBack, unseen } = request;
  const latency = latencyOf(request);
  if (takenBack !== undefined) return 'The driver took it back by a reset.';
  if (unseen !== undefined) return 'What became of it was not recorded.';
  if (available === undefined) return 'Nobody saw it become available.';
  if (latency === undefined || used === undefined) return 'Not used yet.';
  const acts = spans.actions(available, used);
  const guest = acts === undefined ? '' : `, ${acts.toLocaleString('en')} acts of the guest`;
  return `Available to used: ${latency.toLocaleString('en')} events${guest}.`;
}

/** The request as its device reads it, at the moment when it was popped. */
function titleOf(session: Session, names: Names, request: RequestFacts): string | undefined {
  const { dev, queue, head, popped } = request;
  if (head === undefined || popped === undefined || popped < session.store.first) return undefined;
  const moment = session.momentAt(popped + 1);
  const { queues, memory } = moment;
  const found = queues.get(queueKey(dev, queue));
  if (!found) return undefined;
  const view = viewOf(found, memory);
  const pieces = view.packed ? view.piecesOf(head) : view.pieces(head);
  const context = requestContext(moment, found, names.queue(dev, queue));
  return decodeRequest(names.virtioId(dev), pieces, memory, context)?.title;
}
