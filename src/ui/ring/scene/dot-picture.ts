import { type Dot, type End, radiusOf, TRAVEL_MS } from './dots.ts';
import { type Layout, MARK } from './layout.ts';
import { DOT, type DotKind } from './patch.ts';
import type { Context } from './pen.ts';
import type { Look, Sight, Token } from './protocol.ts';

/** Who moves it. */
const COLOURS: Readonly<Record<DotKind, Token>> = {
  [DOT.published]: 'driver',
  [DOT.taken]: 'device',
  [DOT.returned]: 'device',
};
/** From this count on, a dot has its number beside it. */
const NUMBERED = 8;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Draws the dots on their ways, above the picture. */
export function drawDots(
  out: Context,
  look: Look,
  layout: Layout,
  sight: Sight,
  dots: readonly Dot[],
  now: number,
): void {
  out.save();
  out.setTransform(look.ratio, 0, 0, look.ratio, 0, 0);
  const rows = layout.inSight(sight.scroll, 0);
  const near = (end: End): boolean => {
    if (end.structure === 'driver' || end.structure === 'device') return false;
    const row = layout.rowOf(end.index);
    return row >= rows.from && row < rows.to;
  };
  // Among small cells many dots must be small to be told apart.
  const small = dots.length > 300 ? 0.4 : dots.length > 60 ? 0.55 : 0.7;
  for (const kind of [DOT.published, DOT.taken, DOT.returned] as const) {
    out.fillStyle = look.colours[COLOURS[kind]];
    out.beginPath();
    for (const dot of dots) {
      if (dot.kind !== kind) continue;
      const shown = sight.mode === 'near' && (near(dot.from) || near(dot.to));
      const place = shown ? nearPlace(layout, sight) : smallPlace(layout, sight);
      const from = place(dot.from, dot.to);
      const to = place(dot.to, dot.from);
      if (!from || !to) continue;
      const part = Math.min(1, Math.max(0, (now - dot.start) / TRAVEL_MS));
      const at = along(from, to, part);
      const radius = radiusOf(dot.count) * (shown ? 1.15 : small);
      out.moveTo(at.x + radius, at.y);
      out.arc(at.x, at.y, radius, 0, Math.PI * 2);
    }
    out.fill();
  }
  out.font = `650 10px ${look.mono}`;
  out.textAlign = 'left';
  out.textBaseline = 'middle';
  for (const dot of dots) {
    if (dot.count < NUMBERED) continue;
    const shown = sight.mode === 'near' && (near(dot.from) || near(dot.to));
    const place = shown ? nearPlace(layout, sight) : smallPlace(layout, sight);
    const [from, to] = [place(dot.from, dot.to), place(dot.to, dot.from)];
    if (!from || !to) continue;
    const at = along(from, to, Math.min(1, (now - dot.start) / TRAVEL_MS));
    out.fillStyle = look.colours.ink;
    out.fillText(`×${dot.count}`, at.x + radiusOf(dot.count) + 4, at.y);
  }
  out.restore();
}

/** Slow at both ends, level where it leaves and where it arrives. */
function along(from: Point, to: Point, part: number): Point {
  const ease = part * part * (3 - 2 * part);
  const x = from.x + (to.x - from.x) * ease;
  const bent = ease * ease * (3 - 2 * ease);
  return { x, y: from.y + (to.y - from.y) * bent };
}

type PlaceOf = (end: End, other: End) => Point | undefined;

/** Beside the entries that can be read. */
function nearPlace(layout: Layout, sight: Sight): PlaceOf {
  const { avail, desc, used, arcs, numbers } = layout.columns;
  const y = (index: number): number =>
    Math.min(sight.height + 8, Math.max(-8, layout.centre(layout.rowOf(index)) - sight.scroll));
  const first = avail ?? desc;
  return ({ structure, index }, other) => {
    if (structure === 'driver') return { x: first.x - numbers - 2 * MARK, y: y(other.index) };
    if (structure === 'device') return { x: desc.x + desc.width + arcs + 14, y: y(other.index) };
    if (structure === 'avail')
      return (
        avail && {
          x: other.structure === 'driver' ? avail.x + 8 : avail.x + avail.width,
          y: y(index),
        }
      );
    if (structure === 'used') return used && { x: used.x, y: y(index) };
    const right = other.structure === 'used' || other.structure === 'device';
    return { x: right ? desc.x + desc.width : desc.x, y: y(index) };
  };
}

/** Among the cells of the strip, or of the map. */
function smallPlace(layout: Layout, sight: Sight): PlaceOf {
  const grids = sight.mode === 'map' ? layout.map : layout.strip;
  const scroll = sight.mode === 'map' ? sight.scroll : 0;
  return ({ structure, index }, other) => {
    if (structure === 'driver' || structure === 'device') {
      const grid = grids.get(other.structure as 'desc');
      if (!grid) return undefined;
      const box = grid.boxOf(index);
      const side = structure === 'driver' ? grid.x - 6 : grid.x + grid.columns * grid.cell + 5;
      return { x: side, y: box.y + grid.cell / 2 - scroll };
    }
    const grid = grids.get(structure);
    if (!grid) return undefined;
    const box = grid.boxOf(index);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 - scroll };
  };
}
