import { useEffect, useMemo, useRef } from 'react';
import { ViewportPortal } from 'reactflow';
import { useSession, useSessionState } from '../../state/session-context.tsx';
import { useUi } from '../../state/ui-store.ts';
import { GUEST, type MachineGraph, RAM } from '../graph.ts';
import type { Point, Rect } from '../layout.ts';
import { rounded } from '../path.ts';
import { alongWay, cornersOf } from './corners.ts';
import { FASTEST_MARK } from './flow-meter.ts';
import { meets, placesBeside } from './flow-notes.ts';
import { MarkShape } from './marks.tsx';
import type { Route } from './route.ts';
import { routeAt } from './route-at.ts';
import { prefersStillness } from './stillness.ts';

/** How long a mark travels, in ms, when one steps; never longer than an event lasts. */
const TRAVEL = 420;
/** Neighbours beside which there may be a place for a sentence. */
const NEIGHBOURS = 6;
/** How far what is stopped comes, in pixels at zoom 1. */
const STUB = 13;

/** Whether events pass too fast for the eye to follow one: then flow is drawn instead. */
export function isFlowing({ run, speed }: { run: string; speed: number }): boolean {
  return run === 'running' && speed > FASTEST_MARK;
}

/**
 * The way of the event at the cursor: its line behind the cards, its mark above them. The mark
 * travels once, when the event happens, and rests where it arrived, or where it was stopped.
 */
export function Way({ graph }: { graph: MachineGraph }) {
  const session = useSession();
  const flowing = useSessionState(isFlowing);
  const route = useSessionState((state) =>
    isFlowing(state) ? undefined : routeAt(session, graph),
  );
  return route && !flowing ? <OneWay route={route} graph={graph} /> : null;
}

function OneWay({ route, graph }: { route: Route; graph: MachineGraph }) {
  const corners = useMemo(() => cornersOf(route.stops, graph), [route, graph]);
  const beyond = useMemo(() => cornersOf(route.beyond, graph), [route, graph]);
  const mark = useTravelling(corners);
  // Where it is before it moves: the canvas may take it in after this has been looked at.
  const end = alongWay(corners, 1);
  const { tone, form, carrier } = route;
  const stopped = form === 'stopped';
  const said = stopped || form === 'violation';
  if (corners.length < 2 && !said) return null;
  const label = labelPlace(route, corners, graph);
  return (
    <ViewportPortal>
      <svg className="traffic" aria-hidden="true" width="1" height="1">
        <g className="way" data-tone={tone} data-carrier={carrier} data-form={form}>
          {beyond.length > 1 && <path className="way-beyond" d={rounded(beyond)} />}
          {corners.length > 1 && <path className="way-line" d={rounded(corners)} />}
          {corners.length > 1 && form === 'line' && (
            <path className="way-core" d={rounded(corners)} />
          )}
        </g>
      </svg>
      <svg className="traffic traffic-above" aria-hidden="true" width="1" height="1">
        <g data-tone={tone} className="way-end" data-form={form}>
          {corners.length > 1 && !stopped && (
            <g ref={mark} className="way-mark" transform={`translate(${end.x} ${end.y})`}>
              <MarkShape form={form} />
            </g>
          )}
          {stopped && <Bar beyond={beyond} />}
          {form === 'violation' && <Warning rect={graph.layout.rects.get(route.stops[0] ?? '')} />}
          {!said && (
            <text className="way-label" x={label.x} y={label.y} textAnchor={label.anchor}>
              {route.label}
            </text>
          )}
        </g>
      </svg>
      {said && <Why route={route} graph={graph} beyond={beyond} />}
    </ViewportPortal>
  );
}

/** Moves a mark along a way when an event happens. Returns the mark's place in the document. */
function useTravelling(corners: readonly Point[]) {
  const session = useSession();
  const cursor = useSessionState((state) => state.cursor);
  const mark = useRef<SVGGElement>(null);
  const before = useRef(cursor - 1);
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
    if (!happened || prefersStillness()) {
      moveTo(1);
      return undefined;
    }
    const duration = run === 'running' ? Math.min(TRAVEL, 900 / speed) : TRAVEL;
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
  return mark;
}

/** What was stopped came a little way, to a bar across its way. */
function Bar({ beyond }: { beyond: readonly Point[] }) {
  const [start, next] = beyond;
  if (!start || !next) return null;
  const length = Math.hypot(next.x - start.x, next.y - start.y) || 1;
  const far = Math.min(STUB, length * 0.6);
  const along = { x: (next.x - start.x) / length, y: (next.y - start.y) / length };
  const at = { x: start.x + along.x * far, y: start.y + along.y * far };
  const across = { x: -along.y * 9, y: along.x * 9 };
  return (
    <path
      className="way-bar"
      d={`M${start.x} ${start.y}L${at.x} ${at.y}M${at.x - across.x} ${at.y - across.y}l${across.x * 2} ${across.y * 2}`}
    />
  );
}

/** A sign at the corner of the node where a rule was broken. */
function Warning({ rect }: { rect: Rect | undefined }) {
  if (!rect) return null;
  return (
    <g className="way-warning" transform={`translate(${rect.x + rect.width - 4} ${rect.y + 2})`}>
      <MarkShape form="violation" />
    </g>
  );
}

/** Why something was stopped, or which rule was broken, in words, beside its place. */
function Why(props: { route: Route; graph: MachineGraph; beyond: readonly Point[] }) {
  const { route, graph, beyond } = props;
  const id = route.stops.at(-1) ?? '';
  const rect = graph.layout.rects.get(id);
  const presentation = useUi((ui) => ui.presentation);
  if (!rect) return null;
  const at = whyPlace(rect, route.label, graph, presentation, beyond[1]);
  return (
    <p
      className="way-why"
      data-tone={route.tone}
      style={{ transform: `translate(${at.x}px, ${at.y}px)` }}
    >
      {route.label}
    </p>
  );
}

/** Where a sentence hides no other part of the machine: beside its node or a neighbour; else under its node. */
function whyPlace(
  rect: Rect,
  text: string,
  graph: MachineGraph,
  presentation: boolean,
  stub: Point | undefined,
): Point {
  const type = presentation
    ? { width: 380, line: 22, letter: 9 }
    : { width: 250, line: 16, letter: 7 };
  const width = Math.min(type.width, text.length * type.letter + 18);
  const height = Math.ceil((text.length * type.letter) / (type.width - 18)) * type.line + 10;
  const others = [...graph.layout.rects.values()].filter((other) => other !== rect);
  const away = (other: Rect): number =>
    Math.hypot(
      other.x + other.width / 2 - rect.x - rect.width / 2,
      other.y + other.height / 2 - rect.y - rect.height / 2,
    );
  const near = others.toSorted((a, b) => away(a) - away(b)).slice(0, NEIGHBOURS);
  const free = [rect, ...near]
    .flatMap((card) => placesBeside(card, { width, height }))
    .map((at) => ({ ...at, width, height }))
    .find(
      (box) =>
        box.x >= 0 &&
        box.y >= 0 &&
        box.x + width <= graph.layout.width &&
        box.y + height <= graph.layout.height &&
        !others.some((other) => meets(other, box)) &&
        !(stub && meets({ ...stub, width: 1, height: 1 }, box)),
    );
  return free ?? { x: rect.x, y: rect.y + rect.height + 7 };
}

/** Beside a last leg that comes from above or below; else under the card, where a gap is always free. */
function labelPlace(
  route: Route,
  corners: readonly Point[],
  graph: MachineGraph,
): Point & { anchor: 'start' | 'middle' } {
  const end = corners.at(-1) ?? { x: 0, y: 0 };
  const before = corners.at(-2) ?? end;
  const guest = route.stops.at(-1) === GUEST && graph.layout.rects.get(GUEST);
  // Its memory stands close below the guest.
  if (guest) return { x: guest.x + guest.width + 7, y: guest.y + 8, anchor: 'start' };
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
