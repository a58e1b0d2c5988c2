import { useEffect, useMemo, useRef, useState } from 'react';
import './timeline.css';
import { FitIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import { ContinueButton } from '../runs/continue-button.tsx';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useShown, useShownQueue } from '../state/shown.ts';
import { useDark } from '../state/theme.ts';
import { toneOf } from '../state/tone.ts';
import { drawLanes } from './draw.ts';
import { Lanes } from './lanes.ts';
import { eventAtX, follow, LABEL_WIDTH, type Span, wholeRun, xOfEvent, zoomed } from './span.ts';

/** The run as a strip: the cursor can be dragged, and everything above follows. */
export function TimelinePane() {
  const cursor = useSessionState((state) => state.cursor);
  const length = useSessionState((state) => state.length);
  const [chosen, choose] = useState<Span | undefined>(undefined);
  return (
    <Pane
      name="timeline"
      title="Timeline"
      detail={
        <span className="counted">
          event {cursor.toLocaleString('en')} of {length.toLocaleString('en')}
        </span>
      }
      actions={
        <>
          <ContinueButton />
          <Counts />
          <button
            type="button"
            className="button button-bare"
            aria-label="Show the whole run"
            title="Show the whole run (0)"
            disabled={chosen === undefined}
            onClick={() => choose(undefined)}
          >
            <FitIcon />
          </button>
        </>
      }
      className="timeline"
    >
      <Strip chosen={chosen} choose={choose} />
    </Pane>
  );
}

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
        `in flight ${queue.inFlight.length} · doorbells ${queue.notificationsSent} sent, ${queue.notificationsSuppressed} suppressed · interrupts ${queue.interruptsRaised} raised, ${queue.interruptsSuppressed} suppressed`}
    </span>
  );
}

function Strip(props: { chosen: Span | undefined; choose(span: Span | undefined): void }) {
  const { chosen, choose } = props;
  const session = useSession();
  const dark = useDark();
  const cursor = useSessionState((state) => state.cursor);
  const length = useSessionState((state) => state.length);
  const first = useSessionState((state) => state.first);
  const last = useSessionState(({ moment }) => moment.last);
  const store = useSessionState((state) => state.store);
  const lanes = useMemo(() => new Lanes(store), [store]);
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [behind, setBehind] = useState(0);
  const span = useMemo(
    () => (chosen ? follow(chosen, cursor, first, length) : wholeRun(first, length)),
    [chosen, cursor, first, length],
  );
  const stepping = session.getState().run !== 'running';

  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const watch = new ResizeObserver(() =>
      setSize({ width: host.clientWidth, height: host.clientHeight }),
    );
    watch.observe(host);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    lanes.update();
    const it = canvas.current;
    if (!it || size.width === 0) return undefined;
    drawLanes(it, lanes, { ...size, span, cursor, length, tone: toneOf(last), dark });
    if (lanes.complete) return undefined;
    // A long run arrives in parts, one a frame.
    const frame = requestAnimationFrame(() => setBehind(behind + 1));
    return () => cancelAnimationFrame(frame);
  }, [lanes, size, span, cursor, length, last, dark, behind]);

  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    // React's own wheel listener is passive and could not keep the page from scrolling.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const at = eventAtX(event.clientX - host.getBoundingClientRect().left, span, size.width);
      const next = zoomed(span, event, at, first, length);
      choose(next.from <= first && next.to >= length ? undefined : next);
    };
    host.addEventListener('wheel', wheel, { passive: false });
    return () => host.removeEventListener('wheel', wheel);
  }, [span, size.width, first, length, choose]);

  const seekTo = (event: React.PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    session.seek(Math.round(Math.min(length, Math.max(first, eventAtX(x, span, size.width)))));
  };

  return (
    <div
      ref={box}
      className="strip"
      role="slider"
      tabIndex={0}
      aria-label="Place in the run"
      aria-valuemin={first}
      aria-valuemax={length}
      aria-valuenow={cursor}
      aria-valuetext={`event ${cursor} of ${length}`}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
      onKeyDown={(event) => {
        const page = Math.max(1, Math.round((span.to - span.from) / 10));
        const moves: Record<string, number> = {
          ArrowDown: cursor - 1,
          ArrowRight: cursor + 1,
          ArrowUp: cursor + 1,
          PageDown: cursor - page,
          PageUp: cursor + page,
          Home: first,
          End: length,
        };
        const to = moves[event.key];
        // Keys repeat faster than frames come: this one counts from where the session is.
        if (event.key === 'ArrowLeft') session.stepBack();
        else if (to !== undefined) session.seek(Math.min(length, Math.max(first, to)));
        else if (event.key === '0') choose(undefined);
        else if (event.key === '+' || event.key === '-')
          choose(
            zoomed(
              span,
              { deltaX: 0, deltaY: event.key === '+' ? -240 : 240 },
              cursor,
              first,
              length,
            ),
          );
        else return;
        event.preventDefault();
      }}
    >
      <canvas ref={canvas} />
      <span
        className="strip-handle"
        data-tone={toneOf(last)}
        data-still={stepping || undefined}
        style={{ left: xOfEvent(cursor, span, size.width) }}
        hidden={size.width <= LABEL_WIDTH}
      />
    </div>
  );
}
