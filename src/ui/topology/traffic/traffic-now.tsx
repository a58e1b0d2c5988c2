import { useEffect, useMemo, useState } from 'react';
import { useSession, useSessionState } from '../../state/session-context.tsx';
import type { MachineGraph } from '../graph.ts';
import { FLOW_KINDS, type FlowKindInfo } from './flow-kinds.ts';
import { amountText, eventsText, spanOf, spanText } from './flow-text.ts';
import { meterOf } from './meter-of.ts';
import { type TrafficRow, trafficRows } from './traffic-list.ts';

/** Rows shown; a large machine has thousands of flows. */
const MOST_ROWS = 60;
/** How often the figures of a run change, in ms. */
const SLOWLY = 500;

/** What flows, as a table: the same figures as in the picture. */
export function TrafficNow({ graph }: { graph: MachineGraph }) {
  const [open, setOpen] = useState(false);
  return (
    <section className="traffic-now" data-open={open || undefined} aria-label="Traffic now">
      <button
        type="button"
        className="button button-small"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        Traffic now
      </button>
      {open && <TrafficTable graph={graph} />}
    </section>
  );
}

interface Shown {
  readonly rows: readonly TrafficRow[];
  readonly live: boolean;
  readonly estimated: boolean;
  readonly events: number;
}

function useTraffic(graph: MachineGraph): Shown {
  const session = useSession();
  const run = useSessionState((state) => state.run);
  const [shown, setShown] = useState<Shown>();
  const look = useMemo(
    () => (): Shown => {
      const meter = meterOf(session);
      meter.look(performance.now());
      return {
        rows: trafficRows(graph, meter.rates.rates),
        live: meter.live,
        estimated: meter.rates.estimated,
        events: spanOf(session.getState()).events,
      };
    },
    [session, graph],
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer = undefined;
      setShown(look());
    };
    show();
    const wait = run === 'running' ? SLOWLY : 0;
    const stop = session.subscribe(() => {
      timer ??= setTimeout(show, wait);
    });
    // Rates fall while nothing happens, which nobody tells.
    const tick = run === 'running' ? setInterval(show, SLOWLY) : undefined;
    return () => {
      stop();
      clearTimeout(timer);
      clearInterval(tick);
    };
  }, [session, look, run]);
  return shown ?? look();
}

function TrafficTable({ graph }: { graph: MachineGraph }) {
  const { rows, live, estimated, events } = useTraffic(graph);
  const span = spanText({ live, events });
  const caption = `${span[0]?.toUpperCase()}${span.slice(1)}`;
  if (rows.length === 0) return <p>{caption}: no traffic.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className="traffic-scroll" tabIndex={0} aria-label="Table of traffic">
      <table>
        <caption>
          {caption}
          {estimated && '; ≈: estimated from a sample'}
          {rows.length > MOST_ROWS && `; the busiest ${MOST_ROWS} of ${rows.length} flows`}
        </caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Events</th>
            <th scope="col">Bytes</th>
            <th scope="col">Path</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row) => {
            const info: FlowKindInfo | undefined = FLOW_KINDS[row.kind];
            return (
              <tr key={row.flow} data-tone={info?.tone}>
                <th scope="row">
                  <i className="key-box" /> {info?.name}
                </th>
                <td>{eventsText(row.events, live, estimated)}</td>
                <td>{amountText(row.bytes, row.kind, live, estimated)}</td>
                <td className="mono">{row.path}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
