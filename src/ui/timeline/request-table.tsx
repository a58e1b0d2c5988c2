import { type ReactNode, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { type RequestFacts, requestFacts } from '../../journal/spans/request-facts.ts';
import type { Spans } from '../../journal/spans/spans.ts';
import { namesOf } from '../state/names.ts';
import { useRequest } from '../state/request-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useShown } from '../state/shown.ts';
import { useUi } from '../state/ui-store.ts';
import { useWindow } from '../views/use-window.ts';
import { choose } from './choice.ts';
import { latencyOf, requestWords } from './request-words.ts';

const ROW = 26;
/** Milliseconds between two looks at a journal that grows. */
const LOOK_EVERY = 200;

/** The lanes in words: every request of a queue, with its events. */
export function RequestTable({ spans }: { spans: Spans }) {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const names = useMemo(() => namesOf(topology), [topology]);
  const { virtio } = useShown();
  const shown = useUi((ui) => ui.queue);
  const [wanted, setWanted] = useState<string | undefined>(undefined);
  const [, look] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        spans.update(() => performance.now(), 8);
        look();
        if (!spans.complete) later();
      }, LOOK_EVERY);
    };
    later();
    const unsubscribe = session.subscribe(later);
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [session, spans]);
  const keyOf = (dev: number, queue: number) => `${dev}.${queue}`;
  const queues = spans.queues.filter(({ requests }) => requests.length > requests.first);
  const here = virtio && keyOf(virtio.dev, shown);
  const queue =
    queues.find(({ dev, queue: number }) => keyOf(dev, number) === (wanted ?? here)) ?? queues[0];
  if (!queue) return <p className="pane-empty">Press Run: every request will be a row here.</p>;
  return (
    <div className="request-table">
      <div className="request-table-head">
        <label>
          Queue{' '}
          <select
            className="select"
            value={keyOf(queue.dev, queue.queue)}
            onChange={(event) => setWanted(event.target.value)}
          >
            {queues.map(({ dev, queue: number }) => (
              <option key={keyOf(dev, number)} value={keyOf(dev, number)}>
                {names.device(dev) ?? `device ${dev}`} · {number} {names.queue(dev, number)}
              </option>
            ))}
          </select>
        </label>
        <span>
          {(queue.requests.length - queue.requests.first).toLocaleString('en')} requests · steps are
          event numbers · latency in events, and in acts of the guest
        </span>
      </div>
      <Rows
        key={`${keyOf(queue.dev, queue.queue)}`}
        spans={spans}
        dev={queue.dev}
        queue={queue.queue}
      />
    </div>
  );
}

function Rows(props: { spans: Spans; dev: number; queue: number }) {
  const { spans } = props;
  const session = useSession();
  const chosen = useRequest((state) => state.chosen);
  const scroller = useRef<HTMLDivElement>(null);
  const queue = spans.queue(props.dev, props.queue);
  // While a guest runs fast, rows are written anew as often as the journal is looked at.
  const still = useSessionState((state) => (state.run === 'running' ? undefined : state.cursor));
  const cursor = still ?? session.getState().cursor;
  const count = queue ? queue.requests.length - queue.requests.first : 0;
  const { first, end, look, reveal } = useWindow(scroller, count, ROW);
  useEffect(() => {
    if (queue && chosen?.dev === queue.dev && chosen.queue === queue.queue)
      reveal(chosen.row - queue.requests.first);
  }, [queue, chosen, reveal]);
  if (!queue) return null;
  const rows = Array.from({ length: end - first }, (_, i) =>
    requestFacts(spans, queue, queue.requests.first + first + i),
  );
  const go = (request: RequestFacts) => {
    choose(session, request);
    session.seek(request.begun + 1);
  };
  return (
    <section
      ref={scroller}
      className="request-rows"
      aria-label="Requests"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable
      tabIndex={0}
      onScroll={look}
    >
      <table className="grid" aria-rowcount={count + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {[
              '#',
              'request',
              'head',
              'available',
              'notified',
              'popped',
              'used',
              'interrupt',
              'seen',
              'latency',
              'acts',
            ].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="mono">
          {first > 0 && <Gap rows={first} />}
          {rows.map((request) => (
            <Row
              key={request.row}
              {...{ request, cursor }}
              number={request.row - queue.requests.first + 1}
              current={request.row === chosen?.row && chosen.dev === request.dev}
              acts={actsOf(spans, request)}
              go={go}
            />
          ))}
          {end < count && <Gap rows={count - end} />}
        </tbody>
      </table>
    </section>
  );
}

function Row(props: {
  request: RequestFacts;
  /** Its place in the table, from 1. */
  number: number;
  cursor: number;
  current: boolean;
  acts: number | undefined;
  go(request: RequestFacts): void;
}) {
  const { request, cursor, acts, go } = props;
  const { notification, interrupt, available, popped, used, takenBack, unseen, seen } = request;
  const step = (event: number | undefined, text = number(event)) => (
    <Step later={event !== undefined && event >= cursor}>{text}</Step>
  );
  return (
    <tr
      aria-rowindex={props.number + 1}
      data-current={props.current ? '' : undefined}
      data-place={request.begun >= cursor ? 'later' : undefined}
      style={{ height: ROW }}
    >
      <th scope="row">{request.row + 1}</th>
      <Step later={request.begun >= cursor}>
        <button type="button" className="link-button" onClick={() => go(request)}>
          {requestWords(request)}
        </button>
      </Step>
      {step(popped, String(request.head ?? '–'))}
      {step(available)}
      {step(notification?.event, notification?.sent === false ? 'left out' : undefined)}
      {step(popped)}
      {step(used ?? takenBack ?? unseen, endOf(request))}
      {step(interrupt?.event, interrupt?.sent === false ? (interrupt.step ?? '–') : undefined)}
      {step(seen)}
      {step(used, number(latencyOf(request)))}
      {step(used, number(acts))}
    </tr>
  );
}

/** A cell of what happened at an event, which may lie behind the cursor. */
function Step({ later, children }: { later: boolean; children: ReactNode }) {
  return (
    <td data-place={later ? 'later' : undefined}>
      {children}
      {later && <span className="visually-hidden">, later</span>}
    </td>
  );
}

/** Rows that are out of sight. */
function Gap({ rows }: { rows: number }) {
  return (
    <tr>
      <td colSpan={11} style={{ height: rows * ROW, padding: 0 }} />
    </tr>
  );
}

function actsOf(spans: Spans, { available, used }: RequestFacts): number | undefined {
  return available === undefined || used === undefined ? undefined : spans.actions(available, used);
}

const number = (value: number | undefined): string =>
  value === undefined ? '–' : value.toLocaleString('en');

function endOf({ used, takenBack, unseen }: RequestFacts): string {
  if (takenBack !== undefined) return 'taken back';
  return unseen === undefined ? number(used) : 'not recorded';
}
