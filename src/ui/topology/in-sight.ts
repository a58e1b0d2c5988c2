import { useMemo } from 'react';
import { type ReactFlowState, useStore } from 'reactflow';
import type { Place } from './flow.ts';
import type { Rect } from './layout.ts';
import { nodeAround } from './steps.ts';

/**
 * The cells of the plane around what a view shows, as one rectangle. Cells are half of the view to all of
 * it, by powers of two, so that a view that moves or grows a little mostly stays in the same ones.
 */
export function cellsAround(
  [x, y, zoom]: readonly [x: number, y: number, zoom: number],
  width: number,
  height: number,
): Rect {
  const across = span(-x / zoom, width / zoom);
  const down = span(-y / zoom, height / zoom);
  return { x: across.start, y: down.start, width: across.length, height: down.length };
}

function span(from: number, length: number): { start: number; length: number } {
  const cell = 2 ** (Math.ceil(Math.log2(Math.max(length, 1))) - 1);
  const margin = cell / 4;
  const start = Math.floor((from - margin) / cell) * cell;
  return { start, length: Math.ceil((from + length + margin) / cell) * cell - start };
}

/** Whether two rectangles have a point in common. */
export function meet(a: Rect, b: Rect): boolean {
  return (
    a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
  );
}

/** As text, so that a view that stays in its cells renders nothing. */
function cellsOf({ transform, width, height }: ReactFlowState): string {
  const { x, y, width: w, height: h } = cellsAround(transform, width, height);
  return `${x} ${y} ${w} ${h}`;
}

/** With `few`, all nodes; else those near what is in sight, and the one with the focus, which it keeps. */
export function useInSightOnly(places: readonly Place[], few: boolean): readonly Place[] {
  const cells = useStore(few ? nothing : cellsOf);
  return useMemo(() => {
    if (few) return places;
    const [x = 0, y = 0, width = 0, height = 0] = cells.split(' ').map(Number);
    const cell = { x, y, width, height };
    const focused = document.activeElement ? nodeAround(document.activeElement) : undefined;
    return places.filter(({ id, rect }) => id === focused || meet(cell, rect));
  }, [places, few, cells]);
}

const nothing = (): string => '';
