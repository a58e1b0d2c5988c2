import type { MachineGraph } from '../graph.ts';
import type { Point, Rect } from '../layout.ts';

/** Corners of the line along which a way through `stops` runs. Empty for a single stop. */
export function cornersOf(stops: readonly string[], graph: MachineGraph): Point[] {
  const out: Point[] = [];
  for (let i = 1; i < stops.length; i++) {
    const from = stops[i - 1];
    const to = stops[i];
    if (from === undefined || to === undefined) continue;
    const points = lineBetween(graph, from, to);
    if (!points) continue;
    const rect = graph.layout.rects.get(from);
    const last = out.at(-1);
    const next = points[0];
    // Inside a box the way runs along its middle: a bus is a bar, and its devices hang anywhere on it.
    if (last && next && rect && !onLine(last, next)) {
      const y = middle(rect);
      out.push({ x: last.x, y }, { x: next.x, y });
    }
    out.push(...points);
  }
  return out;
}

const lines = new WeakMap<MachineGraph, ReadonlyMap<string, readonly Point[]>>();

/** Corners of the wire or link between two nodes, from the first to the second. */
export function lineBetween(
  graph: MachineGraph,
  from: string,
  to: string,
): readonly Point[] | undefined {
  let known = lines.get(graph);
  if (!known) {
    const all = [...graph.links, ...graph.layout.wires];
    known = new Map(all.map((line) => [`${line.from} ${line.to}`, line.points]));
    lines.set(graph, known);
  }
  return known.get(`${from} ${to}`) ?? known.get(`${to} ${from}`)?.toReversed();
}

const middle = (rect: Rect): number => rect.y + rect.height / 2;
const onLine = (a: Point, b: Point): boolean => a.x === b.x || a.y === b.y;

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
