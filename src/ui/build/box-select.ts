import type { Rect } from '../topology/layout.ts';

/** A place on the page, in pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Shift and a drag over the canvas draw a box; all nodes that it touches are chosen. `draw` shows the
 * box, in pixels of the page. Answers how to stop.
 */
export function watchBoxes(
  root: HTMLElement,
  draw: (box: Rect | undefined) => void,
  choose: (box: Rect) => void,
): () => void {
  let start: Point | undefined;
  let box: Rect | undefined;
  const press = (event: PointerEvent) => {
    if (event.button !== 0 || !event.shiftKey) return;
    if (!(event.target instanceof Element) || !event.target.closest('.react-flow')) return;
    start = { x: event.clientX, y: event.clientY };
    window.addEventListener('pointermove', move, true);
    window.addEventListener('pointerup', up, true);
    window.addEventListener('pointercancel', end, true);
  };
  const move = (event: PointerEvent) => {
    if (!start) return;
    const now = { x: event.clientX, y: event.clientY };
    if (!box && Math.hypot(now.x - start.x, now.y - start.y) < 5) return;
    box = {
      x: Math.min(start.x, now.x),
      y: Math.min(start.y, now.y),
      width: Math.abs(now.x - start.x),
      height: Math.abs(now.y - start.y),
    };
    draw(box);
  };
  const up = () => {
    const drawn = box;
    end();
    if (!drawn) return;
    choose(drawn);
    const swallow = (event: Event) => event.stopPropagation();
    window.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener('click', swallow, true));
  };
  const end = () => {
    start = undefined;
    box = undefined;
    draw(undefined);
    window.removeEventListener('pointermove', move, true);
    window.removeEventListener('pointerup', up, true);
    window.removeEventListener('pointercancel', end, true);
  };
  // Neither panning nor marking text.
  const keep = (event: MouseEvent) => {
    if (!start) return;
    event.preventDefault();
    event.stopPropagation();
  };
  root.addEventListener('pointerdown', press, true);
  root.addEventListener('mousedown', keep, true);
  return () => {
    end();
    root.removeEventListener('pointerdown', press, true);
    root.removeEventListener('mousedown', keep, true);
  };
}

/** Whether two rectangles share a point. */
export function touch(a: Rect, b: Rect): boolean {
  return (
    a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
  );
}
