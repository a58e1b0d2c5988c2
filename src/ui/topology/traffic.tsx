import { useEffect, useMemo, useRef } from 'react';
import { ViewportPortal } from 'reactflow';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { type MachineGraph, RAM } from './graph.ts';
import type { Point } from './layout.ts';
import { rounded } from './path.ts';
import { cornersOf, type Route } from './route.ts';
import { routeAt } from './route-at.ts';

/** Faster than this, a dot would be gone before the eye finds it: the way is lit, nothing moves. */
const FASTEST_DOT = 30;

/** How long a dot travels, in ms, when one steps; never longer than an event lasts. */
const TRAVEL = 420;

/**
 * The way of the event at the cursor: its line behind the cards, its mark above them. The mark
 * travels once, when the event happens, and rests where it arrived.
 */
export function Traffic({ graph }: { graph: MachineGraph }) {
  const session = useSession();
  const route = useSessionState(() => routeAt(session, graph));
  const cursor = useSessionState((state) => state.cursor);
  const corners = useMemo(() => (route?.carrier ? cornersOf(route, graph) : []), [route, graph]);
  const mark = useRef<SVGGElement>(null);
  const before = useRef(cursor);

  useEffect(() => {
    const happened = cursor === before.current + 1;
    before.current = cursor;
    const mover = mark.current;
    if (!mover) return undefined;
    const moveTo = (part: number) => {
      const at = alongWay(corners, part);
      mover.setAttribute('transform', `translate(${at.x} ${at.y})`);
    };
    const { speed, run } = session.getState();
    const running = run === 'running';
    if (!happened || (running && speed > FASTEST_DOT) || prefersStillness()) {
      moveTo(1);
      return undefined;
    }
    const duration = running ? Math.min(TRAVEL, 900 / speed) : TRAVEL;
    let start: number | undefined;
    let frame = 0;
    const draw = (now: number) => {
      start ??= now;
      const part = Math.min(1, (now - start) / duration);
      moveTo(part * (2 - part));
      if (part < 1) frame = requestAnimationFrame(draw);
    };
    moveTo(0);
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [session, cursor, corners]);

  if (!route?.carrier || corners.length < 2) return null;
  const label = labelPlace(route, corners, graph);
  return (
    <ViewportPortal>
      <svg className="traffic" aria-hidden="true" width="1" height="1">
        <g className="way" data-tone={route.tone} data-carrier={route.carrier}>
          <path className="way-line" d={rounded(corners)} />
        </g>
      </svg>
      <svg className="traffic traffic-above" aria-hidden="true" width="1" height="1">
        <g data-tone={route.tone}>
          <g ref={mark} className="way-mark">
            {route.carrier === 'memory' ? (
              <rect x="-5" y="-5" width="10" height="10" rx="2" />
            ) : (
              <circle r="5.5" />
            )}
          </g>
          <text className="way-label" x={label.x} y={label.y} textAnchor={label.anchor}>
            {route.label}
          </text>
        </g>
      </svg>
    </ViewportPortal>
  );
}

/** The point at `part`, 0 to 1, of the length of a line through `corners`. */
export function alongWay(corners: readonly Point[], part: number): Point {
  const last = corners.at(-1) ?? { x: 0, y: 0 };
  const legs = corners.slice(1).map((to, i) => {
    const from = corners[i] ?? to;
    return { from, to, length: Math.hypot(to.x - from.x, to.y - from.y) };
  });
  let left = part * legs.reduce((sum, { length }) => sum + length, 0);
  for (const { from, to, length } of legs) {
    if (left < length)
      return {
        x: from.x + ((to.x - from.x) * left) / length,
        y: from.y + ((to.y - from.y) * left) / length,
      };
    left -= length;
  }
  return last;
}

function prefersStillness(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Beside a last leg that comes from above or below; else under the card, where a gap is always free. */
function labelPlace(
  route: Route,
  corners: readonly Point[],
  graph: MachineGraph,
): Point & { anchor: 'start' | 'middle' } {
  const end = corners.at(-1) ?? { x: 0, y: 0 };
  const before = corners.at(-2) ?? end;
  const memory = route.stops.includes(RAM);
  const card = graph.layout.rects.get(memory ? RAM : (route.stops.at(-1) ?? ''));
  if (card && (memory || before.y === end.y))
    return {
      x: card.x + card.width / 2 + (memory ? 0 : 9),
      y: card.y + card.height + (memory ? 13 : 11.5),
      anchor: memory ? 'middle' : 'start',
    };
  return { x: end.x + 9, y: (before.y + end.y) / 2 + 4, anchor: 'start' };
}
