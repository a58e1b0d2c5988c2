import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';

/** Rows drawn above and below those in sight. */
const OVERSCAN = 12;

/** The part of a long list that is drawn. Rows from `first` to before `end`. */
export interface ListWindow {
  readonly first: number;
  readonly end: number;
  /** Call it when the list was scrolled. */
  look(): void;
  /** Scrolls a row into sight, in the middle where it was far. */
  reveal(row: number): void;
}

/** Keeps to what is in sight of a list of rows of one height, in pixels. */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  rows: number,
  height: number,
): ListWindow {
  const [range, setRange] = useState({ first: 0, end: 60 });
  const look = useCallback(() => {
    const it = scroller.current;
    if (!it) return;
    const first = Math.max(0, Math.floor(it.scrollTop / height) - OVERSCAN);
    const end = Math.min(rows, Math.ceil((it.scrollTop + it.clientHeight) / height) + OVERSCAN);
    setRange((now) => (now.first === first && now.end === end ? now : { first, end }));
  }, [scroller, rows, height]);
  useLayoutEffect(() => {
    const it = scroller.current;
    if (!it) return;
    look();
    const observer = new ResizeObserver(look);
    observer.observe(it);
    return () => observer.disconnect();
  }, [scroller, look]);
  const reveal = useCallback(
    (row: number) => {
      const it = scroller.current;
      if (!it) return;
      const [top, bottom] = [row * height, (row + 1) * height];
      const seen = it.scrollTop + it.clientHeight;
      const margin = height * 2;
      if (top >= it.scrollTop + height && bottom <= seen - height) return;
      const near = top > it.scrollTop - margin && bottom < seen + margin;
      if (!near) it.scrollTop = top - it.clientHeight / 3;
      else if (top < it.scrollTop + height) it.scrollTop = top - height;
      else it.scrollTop = bottom + height - it.clientHeight;
      look();
    },
    [scroller, height, look],
  );
  return { first: Math.min(range.first, rows), end: Math.min(range.end, rows), look, reveal };
}
