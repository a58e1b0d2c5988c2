import type { Layout, Point, Rect } from './layout.ts';

/** A device's use of a back end, as a line. */
export interface Link {
  /** Node ids of the device, or of what stands for it, and of the back end. */
  readonly from: string;
  readonly to: string;
  readonly property: string;
  /** From the device to the back end. */
  readonly points: readonly Point[];
  /** Whether the back end stands below this device; its line is then a wire of the tree too. */
  readonly own: boolean;
  /** Whether so many use the back end that the line is drawn only while one of its ends is pointed at. */
  readonly quiet: boolean;
}

/** A use of a back end that is not yet a line. */
export type Use = Pick<Link, 'from' | 'to' | 'property' | 'own'>;

/** More further users than this, and their lines would hide the machine. */
const MOST_LINES = 4;
/** How far a long line dips below the cards that it joins, at least and at most. */
const DIP = { least: 22, most: 90 };
const STEPS = 16;

/** Draws up the lines to back ends over a placed machine. */
export function linksOf(uses: readonly Use[], layout: Layout): Link[] {
  const further = new Map<string, number>();
  for (const { to, own } of uses) if (!own) further.set(to, (further.get(to) ?? 0) + 1);
  const wires = new Map(layout.wires.map((wire) => [`${wire.from} ${wire.to}`, wire.points]));
  return uses.flatMap((use): Link[] => {
    const from = layout.rects.get(use.from);
    const to = layout.rects.get(use.to);
    if (!from || !to) return [];
    const quiet = !use.own && (further.get(use.to) ?? 0) > MOST_LINES;
    const points = (use.own && wires.get(`${use.from} ${use.to}`)) || curve(from, to);
    return [{ ...use, points, quiet }];
  });
}

/** A bow from the lower edge of one card to the lower edge of another. */
function curve(from: Rect, to: Rect): Point[] {
  const a = { x: from.x + from.width * 0.8, y: from.y + from.height };
  const b = { x: to.x + to.width * (a.x < to.x ? 0.2 : 0.8), y: to.y + to.height };
  const dip = Math.min(DIP.most, Math.max(DIP.least, Math.abs(a.x - b.x) / 6));
  const low = Math.max(a.y, b.y) + dip;
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const t = i / STEPS;
    const s = 1 - t;
    const [p, q, r, u] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    return {
      x: Math.round((p + q) * a.x + (r + u) * b.x),
      y: Math.round(p * a.y + (q + r) * low + u * b.y),
    };
  });
}
