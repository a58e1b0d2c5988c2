import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import './why.css';
import {
  LINKS,
  type Link,
  type LinkId,
  type LinkState,
  type Verdict,
} from '../../journal/why/chain.ts';
import { sectionUrl } from '../../spec/sections.ts';
import type { SessionState } from '../session/session.ts';
import { showLine } from '../state/script-store.ts';
import { useSession, useSessionState, useSessionStateSlowly } from '../state/session-context.tsx';
import { useShown } from '../state/shown.ts';
import { useUi } from '../state/ui-store.ts';
import { explainQueue } from './explained.ts';

/** Events a second from which on nobody reads along, and the time between two looks then, in ms. */
const FAST = 60;
const FAST_EVERY = 300;

const goesFast = ({ run, speed, vcpu }: SessionState) =>
  run === 'running' && speed > FAST && vcpu !== 'halted';
const atCursor = ({ moment }: SessionState) => moment;

/** Every link from a kick to its interrupt, for the queue that is shown, and which one is broken. */
export function WhyView() {
  const session = useSession();
  const { virtio } = useShown();
  const queue = useUi((ui) => ui.queue);
  const topology = useSessionState((state) => state.topology);
  const fast = useSessionState(goesFast);
  const moment = useSessionStateSlowly(atCursor, fast, FAST_EVERY);
  const dev = virtio?.dev;
  const explanation = useMemo(
    () => (dev === undefined ? undefined : explainQueue(session, { moment, topology }, dev, queue)),
    [session, moment, topology, dev, queue],
  );
  const list = useRef<HTMLUListElement>(null);
  const first =
    explanation?.verdict.link ?? explanation?.links.find(({ state }) => state === 'flawed')?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another link is the first that is wrong
  useLayoutEffect(() => {
    list.current?.querySelector('[data-first]')?.scrollIntoView?.({ block: 'nearest' });
  }, [first, dev, queue]);
  if (!virtio || !explanation)
    return <p className="pane-empty">Select a virtio device: its queue is looked at here.</p>;
  const { verdict, links } = explanation;
  return (
    <div className="why">
      <div className="why-head" data-kind={verdict.kind}>
        <QueueChoice queues={virtio.virtio?.queues.map(({ name }) => name) ?? []} />
        <p className="why-verdict">
          <strong>{headline(verdict)}</strong> {verdict.text}
        </p>
      </div>
      <ul ref={list} className="why-links" aria-label="From driver to interrupt">
        {links.map((link) => (
          // What a person opened stays open while the link is what it was.
          <WhyLink
            key={`${dev} ${queue} ${link.id} ${link.state}`}
            link={link}
            first={link.id === first}
          />
        ))}
      </ul>
      <p className="visually-hidden" role="status">
        {fast ? '' : `${headline(verdict)} ${verdict.text}`}
      </p>
    </div>
  );
}

/** What the chain comes down to, in a word or two. */
function headline({ kind, link }: Verdict): string {
  if (link) return `Broken at “${LINKS[link]}”.`;
  return {
    broken: 'Broken.',
    waiting: 'Waiting.',
    going: 'Going on.',
    done: 'Done.',
    flawed: 'Done, with a mistake.',
    failed: 'Failed.',
    idle: 'Idle.',
  }[kind];
}

function QueueChoice({ queues }: { queues: readonly string[] }) {
  const queue = useUi((ui) => ui.queue);
  if (queues.length < 2) return null;
  return (
    <label className="why-queue">
      Queue{' '}
      <select
        className="mono"
        value={queue}
        onChange={(event) => useUi.setState({ queue: Number(event.target.value) })}
      >
        {queues.map((name, i) => (
          <option key={name} value={i}>
            {i} {name}
          </option>
        ))}
      </select>
    </label>
  );
}

const STATES: Readonly<Record<LinkState, readonly [mark: string, word: string]>> = {
  ok: ['✓', 'done'],
  flawed: ['!', 'mistake'],
  broken: ['✕', 'broken'],
  notYet: ['○', 'not yet'],
  notApplicable: ['–', 'not needed'],
  unknown: ['?', 'not known'],
};

function WhyLink({ link, first }: { link: Link; first: boolean }) {
  const [open, setOpen] = useState(link.state === 'broken' || link.state === 'flawed');
  const [mark, word] = STATES[link.state];
  const { id, name, state, text, section, sectionTitle } = link;
  return (
    <li data-state={state} data-first={first || undefined}>
      <button
        type="button"
        className="why-link"
        aria-expanded={open}
        aria-controls={detailId(id)}
        onClick={() => setOpen(!open)}
      >
        <span className="why-mark" aria-hidden="true">
          {mark}
        </span>
        <span className="why-name">{name}</span>
        <span className="why-state">{word}</span>
      </button>
      <div id={detailId(id)} className="why-detail" data-open={open}>
        <p className="why-text">{text}</p>
        {open && (
          <>
            {link.advice && (
              <p className="why-advice">
                <strong>To do:</strong> {link.advice}
              </p>
            )}
            <p className="why-section">
              <a
                href={sectionUrl(section)}
                target="_blank"
                rel="noreferrer"
                aria-label={`VIRTIO 1.4, section ${section}, ${sectionTitle}, opens a new tab`}
              >
                VIRTIO 1.4 §{section}, {sectionTitle}
              </a>
            </p>
            <Places link={link} />
          </>
        )}
      </div>
    </li>
  );
}

function detailId(id: LinkId): string {
  return `why-${id}`;
}

/** Leads to the event and to the line. */
function Places({ link: { event, line, name } }: { link: Link }) {
  const session = useSession();
  if (event === undefined) return null;
  return (
    <p className="why-places">
      <button
        type="button"
        className="button button-small"
        aria-label={`Show event ${event + 1}: ${name}`}
        onClick={() => session.seek(event + 1)}
      >
        Event {event + 1}
      </button>
      {line !== undefined && (
        <button
          type="button"
          className="button button-small"
          aria-label={`Show line ${line}: ${name}`}
          onClick={() => showLine(line)}
        >
          Line {line}
        </button>
      )}
    </p>
  );
}
