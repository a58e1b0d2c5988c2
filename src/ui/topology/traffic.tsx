import { useEffect, useMemo, useRef } from 'react';
import { ViewportPortal } from 'reactflow';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { type MachineGraph, RAM } from './graph.ts';
import type { Point } from './layout.ts';
import { cornersOf, type Route } from './route.ts';
import { routeAt } from './route-at.ts';

/** Faster than this, a dot would be gone before the eye finds it: the way is lit, nothing moves. */
const FASTEST_DOT = 30;

/** The way of the event at the cursor, above the wires; a dot travels it once, when the event happens. */
export function Traffic({ graph }: { graph: MachineGraph }) {
  const session = useSession();
  const route = useSessionState(() => routeAt(session, graph));
  const cursor = useSessionState((state) => state.cursor);
  const corners = useMemo(() => (route?.carrier ? cornersOf(route, graph) : []), [route, graph]);
  return (
    <ViewportPortal>
      <svg className="traffic" aria-hidden="true" width="1" height="1">
        {route?.carrier && corners.length > 1 && (
          <Way graph={graph} route={route} corners={corners} cursor={cursor} />
        )}
      </svg>
    </ViewportPortal>
  );
}

let newest = 0;

function Way(props: {
  graph: MachineGraph;
  route: Route;
  corners: readonly Point[];
  cursor: number;
}) {
  const { graph, route, corners, cursor } = props;
  const session = useSession();
  const dot = useRef<SVGGElement>(null);

  useEffect(() => {
    const mover = dot.current;
    if (!mover) return undefined;
    const moveTo = (part: number) => {
      const at = alongWay(corners, part);
      mover.setAttribute('transform', `translate(${at.x} ${at.y})`);
    };
    const { speed, run } = session.getState();
    const stepping = run !== 'running';
    const happened = cursor > newest && cursor - newest < 3;
    newest = cursor;
    if (!happened || (!stepping && speed > FASTEST_DOT) || prefersStillness()) {
      moveTo(1);
      return undefined;
    }
    const duration = stepping ? 420 : Math.min(420, 900 / speed);
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

  const label = labelPlace(route, corners, graph);
  return (
    <g className="way" data-tone={route.tone} data-carrier={route.carrier}>
      <path className="way-line" d={rounded(corners)} />
      <g ref={dot} className="way-dot">
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

/** Beside the last leg, as where it arrives is what matters; what goes to memory or comes from it, below memory. */
function labelPlace(
  route: Route,
  corners: readonly Point[],
  graph: MachineGraph,
): Point & { anchor: 'start' | 'middle' } {
  const memory = route.stops.includes(RAM) ? graph.layout.rects.get(RAM) : undefined;
  if (memory)
    return {
      x: memory.x + memory.width / 2,
      y: memory.y + memory.height + 13,
      anchor: 'middle',
    };
  const end = corners.at(-1) ?? { x: 0, y: 0 };
  const before = corners.at(-2) ?? end;
  return before.x === end.x
    ? { x: end.x + 9, y: (before.y + end.y) / 2 + 4, anchor: 'start' }
    : { x: (before.x + end.x) / 2, y: end.y - 9, anchor: 'middle' };
}

/** An SVG path with soft corners. */
export function rounded(points: readonly Point[], radius = 7): string {
  let out = '';
  points.forEach((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (!before) out += `M${point.x} ${point.y}`;
    else if (!after) out += `L${point.x} ${point.y}`;
    else {
      const a = toward(point, before, radius);
      const b = toward(point, after, radius);
      out += `L${a.x} ${a.y}Q${point.x} ${point.y} ${b.x} ${b.y}`;
    }
  });
  return out;
}

function toward(from: Point, to: Point, by: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(by, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
