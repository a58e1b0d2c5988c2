import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useRoom } from '../state/presentation.ts';
import { chooseRequest, useRequest } from '../state/request-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useShown } from '../state/shown.ts';
import { useDark } from '../state/theme.ts';
import { toneOf } from '../state/tone.ts';
import { useUi } from '../state/ui-store.ts';
import { useToldNames } from '../story/told-names.ts';
import { choose, followChosen } from './choice.ts';
import { followPointer } from './gestures.ts';
import type { Hit } from './hit.ts';
import { HoverNote } from './hover-note.tsx';
import { latencyWords, RequestCard } from './request-card.tsx';
import { requestWords } from './request-words.ts';
import { onStripKey } from './strip-keys.ts';
import { StripView, type StripWishes } from './strip-view.ts';

/** The run as lanes on a canvas, with the cursor as a slider over them. */
export function Strip(props: {
  plots: boolean;
  /** Gets the view once it is there. */
  onView(view: StripView | undefined): void;
  onWhole(whole: boolean): void;
}) {
  const { plots, onView, onWhole } = props;
  const session = useSession();
  const dark = useDark();
  const room = useRoom();
  const last = useSessionState(({ moment }) => moment.last);
  const names = useToldNames();
  const { virtio } = useShown();
  const queue = useUi((ui) => ui.queue);
  const chosen = useRequest((state) => state.chosen);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const [hovered, setHovered] = useState<{ hit: Hit; x: number; y: number } | undefined>(undefined);
  const [spans, setSpans] = useState<StripView['spans'] | undefined>(undefined);
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const handle = useRef<HTMLSpanElement>(null);
  const view = useRef<StripView | undefined>(undefined);
  const wishes = useMemo<StripWishes>(
    () => ({
      ...{ dark, room, plots, folded, chosen },
      shown: virtio && { dev: virtio.dev, queue },
      deviceName: (dev) => names.device(dev) ?? `device ${dev}`,
    }),
    [dark, room, plots, folded, chosen, virtio, queue, names],
  );
  const latest = useRef(wishes);

  useEffect(() => {
    const [area, picture] = [host.current, canvas.current];
    if (!area || !picture) return undefined;
    const strip = new StripView(picture, session, latest.current, {
      placed: (x) => {
        const it = handle.current;
        if (!it) return;
        it.hidden = x === undefined;
        it.style.translate = `${x ?? 0}px 0`;
      },
      ranged: onWhole,
      read: (read) => {
        setSpans(read);
        followChosen(read);
      },
    });
    view.current = strip;
    setSpans(strip.spans);
    onView(strip);
    const watch = new ResizeObserver(() => strip.resize(area.clientWidth, area.clientHeight));
    watch.observe(area);
    return () => {
      watch.disconnect();
      strip.dispose();
      view.current = undefined;
      onView(undefined);
    };
  }, [session, onView, onWhole]);

  useEffect(() => {
    latest.current = wishes;
    view.current?.wish(wishes);
  }, [wishes]);

  const fold = useCallback((dev: number | undefined) => {
    if (dev === undefined) return;
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(dev)) next.add(dev);
      return next;
    });
  }, []);
  const press = useCallback(
    (hit: Hit | undefined) => {
      if (hit?.kind === 'request') choose(session, hit.request);
      else if (hit?.kind === 'event') session.seek(hit.event + 1);
      else if (hit?.kind === 'group') fold(hit.dev);
    },
    [session, fold],
  );

  useEffect(() => {
    const area = host.current;
    if (!area) return undefined;
    return followPointer(area, {
      session,
      view: () => view.current,
      press,
      hover: (hit, x, y) =>
        setHovered((before) => (hit ? { hit, x, y } : before === undefined ? before : undefined)),
      room: () => latest.current.room,
    });
  }, [session, press]);

  // What was chosen belongs to one journal.
  useEffect(() => {
    let { store } = session;
    let { epoch } = store;
    return session.subscribe(() => {
      if (session.store !== store || store.epoch !== epoch) chooseRequest(undefined);
      store = session.store;
      epoch = store.epoch;
    });
  }, [session]);

  return (
    <div className="strip-box">
      <Slider
        host={host}
        onKeyDown={(event) => {
          if (!view.current) return;
          const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
          if (event.key === 'f' && plain) fold(chosen?.dev ?? virtio?.dev);
          else if (!onStripKey(event, session, view.current)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <canvas ref={canvas} />
        <span ref={handle} className="strip-handle" data-tone={toneOf(last)} hidden />
      </Slider>
      {hovered && spans && hovered.hit.kind !== 'group' && (
        <div className="timeline-hover" style={placeOf(hovered, host.current)}>
          <HoverNote hit={hovered.hit} spans={spans} names={names} />
        </div>
      )}
      {chosen && spans && (
        <RequestCard
          bottom={window.innerHeight - (host.current?.getBoundingClientRect().top ?? 0) + 8}
          request={chosen}
          spans={spans}
          names={names}
          close={() => {
            chooseRequest(undefined);
            host.current?.focus();
          }}
        />
      )}
      <p className="visually-hidden" role="status">
        {chosen && spans ? `${requestWords(chosen)}. ${latencyWords(chosen, spans)}` : ''}
      </p>
    </div>
  );
}

/** The cursor for keys and screen readers. */
function Slider(props: {
  host: React.RefObject<HTMLDivElement | null>;
  onKeyDown(event: React.KeyboardEvent<HTMLDivElement>): void;
  children: React.ReactNode;
}) {
  const cursor = useSessionState((state) => state.cursor);
  const length = useSessionState((state) => state.length);
  const first = useSessionState((state) => state.first);
  return (
    <div
      ref={props.host}
      className="strip"
      role="slider"
      tabIndex={0}
      aria-label="Place in the run"
      aria-valuemin={first}
      aria-valuemax={length}
      aria-valuenow={cursor}
      aria-valuetext={`event ${cursor} of ${length}`}
      onKeyDown={props.onKeyDown}
    >
      {props.children}
    </div>
  );
}

/** Above the pointer, and inside the window. */
function placeOf(
  { x, y }: { x: number; y: number },
  host: HTMLElement | null,
): React.CSSProperties {
  const box = host?.getBoundingClientRect();
  if (!box) return {};
  return {
    left: Math.max(8, Math.min(window.innerWidth - 330, box.left + x + 12)),
    bottom: window.innerHeight - box.top - y + 12,
  };
}
