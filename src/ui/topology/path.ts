import type { Point } from './layout.ts';

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
