import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import './story.css';
import type { Narration } from '../../journal/narration/narration-types.ts';
import { useLeaps, useSession, useSessionState } from '../state/session-context.tsx';
import { WhyHint } from '../why/why-hint.tsx';
import { useDigest } from './digest.ts';
import { Narrator } from './narrator.ts';
import { useToldNames } from './told-names.ts';

/** Events before and after the cursor that are told, and how many more a scroll to the top brings. */
const BEFORE = 36;
const AFTER = 12;
/** While events fly past, nobody reads further back than this: a pane full. */
const BEFORE_FAST = 10;
/** Slower than this, a screen reader is told each event. */
const ALOUD = 2;

/** The journal in plain English, around the cursor. */
export function StoryView() {
  const session = useSession();
  const store = useSessionState((state) => state.store);
  const fast = useLeaps();
  const cursor = useSessionState((state) => state.cursor);
  const length = useSessionState((state) => state.length);
  const first = useSessionState((state) => state.first);
  const aloud = useSessionState((state) => state.run !== 'running' || state.speed <= ALOUD);
  const burst = useDigest(!aloud, cursor);
  const source = useSessionState((state) => state.source ?? '');
  const lines = useMemo(() => source.split('\n'), [source]);
  const names = useToldNames();
  const narrator = useMemo(
    () => new Narrator(store, (at) => session.momentAt(at), names),
    [session, store, names],
  );
  const [reach, setReach] = useState(BEFORE);
  const list = useRef<HTMLOListElement>(null);
  const height = useRef(0);

  const from = Math.max(first, cursor - (fast ? BEFORE_FAST : reach));
  const to = Math.min(length, cursor + (fast ? 0 : AFTER));
  const told: (readonly [index: number, narration: Narration])[] = [];
  for (let i = from; i < to; i++) {
    const narration = narrator.tell(i);
    if (narration) told.push([i, narration]);
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the cursor wherever it goes
  useLayoutEffect(() => {
    if (!fast) follow(list.current);
  }, [cursor, fast]);
  const empty = told.length === 0;
  // What comes up below the list must not hide where the cursor is.
  useEffect(() => {
    if (empty || fast || !list.current) return undefined;
    const observer = new ResizeObserver(() => follow(list.current));
    observer.observe(list.current);
    return () => observer.disconnect();
  }, [empty, fast]);

  // More was put on top: what was in sight stays there.
  useLayoutEffect(() => {
    const it = list.current;
    if (it && reach > BEFORE) it.scrollTop += it.scrollHeight - height.current;
  }, [reach]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place begins near again
  useEffect(() => setReach(BEFORE), [cursor]);

  const now = cursor > 0 ? narrator.tell(cursor - 1) : undefined;
  return (
    <div className="story">
      {empty ? (
        <p className="pane-empty">
          Press Run, or Step for one event at a time. Everything that happens is told here.
        </p>
      ) : (
        <ol
          ref={list}
          className="story-list"
          data-fast={fast || undefined}
          onScroll={({ currentTarget: it }) => {
            if (it.scrollTop < 40 && from > first && !fast) {
              height.current = it.scrollHeight;
              setReach((before) => before + BEFORE);
            }
          }}
        >
          {told.map(([index, narration]) => (
            <StoryItem
              // While none stays, what is there is written anew.
              key={fast ? index - cursor : index}
              index={index}
              narration={narration}
              code={
                store.kindAt(index) === 'scriptLine'
                  ? lines[(narration.at.line ?? 0) - 1]
                  : undefined
              }
              place={index === cursor - 1 ? 'now' : index < cursor ? 'past' : 'later'}
            />
          ))}
        </ol>
      )}
      {burst && (
        <p className="story-digest" aria-hidden="true">
          {burst}
        </p>
      )}
      <WhyHint />
      <p className="visually-hidden" role="status">
        {burst} {aloud && now && `Event ${cursor.toLocaleString('en')}: ${now.title}. ${now.text}`}
      </p>
    </div>
  );
}

/** Scrolls to the cursor, with more of what came before it than of what comes. */
function follow(list: HTMLOListElement | null): void {
  const current = list?.querySelector<HTMLElement>('[aria-current]');
  if (list && current)
    list.scrollTop =
      current.offsetTop - Math.max(8, (list.clientHeight - current.offsetHeight) * 0.66);
}

const TONES = {
  driver: 'driver',
  device: 'device',
  notification: 'notify',
  interrupt: 'interrupt',
  violation: 'violation',
  other: 'quiet',
} as const;

const StoryItem = memo(function StoryItem(props: {
  index: number;
  narration: Narration;
  /** Text of the script line that the event is about, where it is about one. */
  code: string | undefined;
  place: 'past' | 'now' | 'later';
}) {
  const { index, narration, code, place } = props;
  const session = useSession();
  const source = narration.section
    ? `§${narration.section}`
    : (narration.document?.replace('VIRTIO 1.4 ', '') ?? '');
  return (
    <li data-tone={TONES[narration.tone]} data-place={place}>
      <button
        type="button"
        aria-current={place === 'now' ? 'step' : undefined}
        onClick={() => session.seek(index + 1)}
      >
        <span className="story-title">
          <i className="story-dot" aria-hidden="true" />
          {narration.tone === 'violation' && '⚠ '}
          {narration.title}
        </span>
        {code !== undefined && code.trim() !== '' ? (
          <code className="story-code">{code.trim()}</code>
        ) : (
          <span className="story-text">{narration.text}</span>
        )}
        <span className="story-foot mono">
          {(index + 1).toLocaleString('en')}
          {source && (
            <span
              title={
                narration.section ? `VIRTIO 1.4, section ${narration.section}` : narration.document
              }
            >
              {source}
            </span>
          )}
        </span>
      </button>
    </li>
  );
});
