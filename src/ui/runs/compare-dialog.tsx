import { Dialog } from '@base-ui/react/dialog';
import { useEffect, useMemo, useState } from 'react';
import './runs.css';
import { CloseIcon } from '../kit/icons.tsx';
import { off } from '../kit/off.ts';
import type { Session } from '../session/session.ts';
import { useSession } from '../state/session-context.tsx';
import type { Counts } from './compare.ts';
import { type ComparedRun, type Comparison, compareRuns } from './comparison.ts';
import { useRuns } from './run-store.ts';

/** Time between two looks at whether a run has gone on, in ms. */
const LOOK_MS = 500;

/** Events that are shown at once. */
const PAGE = 40;

const COUNTED: readonly (readonly [what: keyof Counts, words: string])[] = [
  ['events', 'events'],
  ['buffers', 'buffers used'],
  ['notificationsSent', 'notifications sent'],
  ['notificationsSuppressed', 'notifications suppressed'],
  ['interruptsRaised', 'interrupts raised'],
  ['interruptsSuppressed', 'interrupts suppressed or masked'],
  ['violations', 'violations'],
  ['printed', 'lines printed'],
];

const close = () => useRuns.setState({ comparing: undefined });
const number = (value: number): string => value.toLocaleString('en');

/** A branch beside the run that it left: what each did since, in figures and told event by event. */
export function CompareDialog({ first, second }: { first: number; second: number }) {
  const session = useSession();
  const [grown, setGrown] = useState(false);
  const [looks, setLooks] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at again when the person asks
  const compared = useMemo(
    () => compareRuns(session, first, second),
    [session, first, second, looks],
  );
  useEffect(() => {
    const timer = setInterval(() => {
      const length = (id: number) => session.runContent(id)?.store.length;
      setGrown(
        compared !== undefined &&
          (length(first) !== compared.first.length || length(second) !== compared.second.length),
      );
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [session, first, second, compared]);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog dialog-compare">
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close">
            <CloseIcon />
          </Dialog.Close>
          {grown && compared && (
            <p role="status">
              A run has gone on: this is as of event{' '}
              {number(Math.max(compared.first.length, compared.second.length))}.{' '}
              <button
                type="button"
                className="button button-small"
                onClick={() => {
                  setGrown(false);
                  setLooks((count) => count + 1);
                }}
              >
                Compare again
              </button>
            </p>
          )}
          {compared ? (
            <Compared session={session} compared={compared} />
          ) : (
            <Dialog.Title>One of the two runs is gone</Dialog.Title>
          )}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Compared({ session, compared }: { session: Session; compared: Comparison }) {
  const { first, second, at, difference } = compared;
  const end = Math.max(first.length, second.length);
  const [from, setFrom] = useState(Math.max(0, (difference ?? at) - 3));
  const to = Math.min(from + PAGE, end);
  return (
    <>
      <Dialog.Title>
        {first.name} and {second.name}
      </Dialog.Title>
      <Dialog.Description>
        {at > 0 && `The first ${number(at)} events are the same: ${second.name} repeats them. `}
        {difference === undefined
          ? 'They do not differ in any event so far.'
          : differenceWords(compared, difference)}
      </Dialog.Description>
      <table className="compare-counts">
        <caption>{at > 0 ? `Since event ${number(at)}` : 'In all'}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{first.name}</th>
            <th scope="col">{second.name}</th>
          </tr>
        </thead>
        <tbody>
          {COUNTED.map(([what, words]) => (
            <tr key={what} data-differs={first.counts[what] !== second.counts[what] || undefined}>
              <th scope="row">{words}</th>
              <td>{number(first.counts[what])}</td>
              <td>{number(second.counts[what])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="compare-moves">
        <button
          type="button"
          className="button button-small"
          {...off(difference === undefined, () => setFrom(Math.max(0, (difference ?? 0) - 3)))}
        >
          First difference
        </button>
        <button
          type="button"
          className="button button-small"
          {...off(from === 0, () => setFrom(Math.max(0, from - PAGE)))}
        >
          Earlier
        </button>
        <button
          type="button"
          className="button button-small"
          {...off(to >= end, () => setFrom(from + PAGE))}
        >
          Later
        </button>
        <output>
          {end === 0
            ? 'Nothing happened.'
            : `Events ${number(from + 1)} to ${number(to)} of ${number(end)}`}
        </output>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="compare-stories" aria-label="The two stories side by side" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">{first.name}</th>
              <th scope="col">{second.name}</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: to - from }, (_, i) => from + i).map((event) => (
              <tr key={event} data-place={event === difference ? 'difference' : undefined}>
                <th scope="row">
                  {event === difference && (
                    <span title="The first event in which they differ">≠&nbsp;</span>
                  )}
                  {number(event + 1)}
                </th>
                <Told session={session} run={first} event={event} />
                <Told session={session} run={second} event={event} />
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function differenceWords({ first, second }: Comparison, difference: number): string {
  const ended = [first, second].find(({ length }) => length <= difference);
  if (ended) return `${ended.name} has ${number(ended.length)} events, and the other one goes on.`;
  const [a, b] = [first, second].map(({ narrator }) => narrator.tell(difference)?.title ?? '');
  const which = `The first event that differs is ${number(difference + 1)}`;
  return a === b
    ? `${which}: “${a}” in both, with other bytes or at another tick.`
    : `${which}: “${a}” in ${first.name}, “${b}” in ${second.name}.`;
}

/** One event of one run, and the way to it. */
function Told({ session, run, event }: { session: Session; run: ComparedRun; event: number }) {
  const told = event < run.length ? run.narrator.tell(event) : undefined;
  if (!told) return <td className="compare-none">—</td>;
  return (
    <td data-tone={told.tone === 'notification' ? 'notify' : told.tone}>
      <button
        type="button"
        title={`Show event ${number(event + 1)} of ${run.name}`}
        onClick={() => {
          session.showRun(run.id);
          session.seek(event + 1);
          close();
        }}
      >
        <i className="story-dot" aria-hidden="true" />
        <strong>{told.title}</strong> <span>{told.text}</span>
      </button>
    </td>
  );
}
