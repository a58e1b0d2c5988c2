import { useCallback, useState } from 'react';
import './timeline.css';
import { FitIcon } from '../kit/icons.tsx';
import { off } from '../kit/off.ts';
import { Pane } from '../kit/pane.tsx';
import { useSessionState } from '../state/session-context.tsx';
import { useShown, useShownQueue } from '../state/shown.ts';
import { RequestTable } from './request-table.tsx';
import { Strip } from './strip.tsx';
import type { StripView } from './strip-view.ts';

/** The run from its beginning to its end: the cursor can be dragged, and everything above follows. */
export function TimelinePane(props: {
  /** Asks for more height, for plots or the table; or gives it back. */
  makeRoom(roomy: boolean): void;
}) {
  const { makeRoom } = props;
  const [plots, setPlots] = useState(false);
  const [table, setTable] = useState(false);
  const [whole, setWhole] = useState(true);
  const [view, setView] = useState<StripView | undefined>(undefined);
  const onView = useCallback((it: StripView | undefined) => setView(it), []);
  return (
    <Pane
      name="timeline"
      title="Timeline"
      detail={
        <>
          <Place />
          <Counts />
        </>
      }
      actions={
        <>
          <button
            type="button"
            className="button button-bare"
            aria-pressed={plots}
            title="Latency, depth, batches and notifications, below the lanes"
            onClick={() => {
              setPlots(!plots);
              makeRoom(!plots || table);
            }}
          >
            Plots
          </button>
          <button
            type="button"
            className="button button-bare"
            aria-pressed={table}
            title="Every request as a row"
            onClick={() => {
              setTable(!table);
              makeRoom(!table || plots);
            }}
          >
            Requests
          </button>
          <button
            type="button"
            className="button button-bare"
            aria-label="Show the whole run"
            title="Show the whole run (0)"
            {...off(whole, () => view?.showAll())}
          >
            <FitIcon />
          </button>
        </>
      }
      className="timeline"
    >
      <div className="timeline-body" data-split={table || undefined}>
        <Strip plots={plots} onView={onView} onWhole={setWhole} />
        {table && view && <RequestTable spans={view.spans} />}
      </div>
    </Pane>
  );
}

function Place() {
  const cursor = useSessionState((state) => state.cursor);
  const length = useSessionState((state) => state.length);
  const unrecorded = useSessionState(({ moment }) => moment.unrecorded);
  const inGap = useSessionState(({ moment, run }) => moment.inGap && run !== 'running');
  return (
    <span className="counted">
      event {cursor.toLocaleString('en')} of {length.toLocaleString('en')}
      {unrecorded > 0 && (
        <span title="At full speed, sampled, most events are not recorded.">
          {' '}
          · {brief(unrecorded)} not recorded
        </span>
      )}
      {inGap && (
        <strong title="Memory, queues and registers are shown as they were before it.">
          {' '}
          · in a gap of the recording
        </strong>
      )}
    </span>
  );
}

const number = (count: number): string => count.toLocaleString('en');
/** Large counts, which change all the time, in three digits. */
const BRIEF = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const brief = (count: number): string => BRIEF.format(count);

function Counts() {
  const { virtio } = useShown();
  const queue = useShownQueue(virtio);
  const dropped = useSessionState(({ moment }) => moment.dropped);
  return (
    <span className="timeline-counts">
      {dropped > 0 && (
        <strong className="bad">⚠ {dropped.toLocaleString('en')} events lost · </strong>
      )}
      {queue &&
        `in flight ${queue.inFlight.length} · doorbells ${number(queue.notificationsSent)} sent, ${number(queue.notificationsSuppressed)} suppressed · interrupts ${number(queue.interruptsRaised)} raised, ${number(queue.interruptsSuppressed)} suppressed`}
    </span>
  );
}
