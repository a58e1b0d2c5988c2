import type { Session } from '../session/session.ts';
import type { Hit } from './hit.ts';
import { LABEL_WIDTH } from './range.ts';
import type { StripView } from './strip-view.ts';

/** What the pointer brings about. */
export interface GestureTarget {
  readonly session: Session;
  /** Undefined while there is no strip. */
  view(): StripView | undefined;
  /** A thing was pressed and let go of in one place; undefined for none. */
  press(hit: Hit | undefined): void;
  /** What is below the pointer now, and where, in pixels from the strip's corner. */
  hover(hit: Hit | undefined, x: number, y: number): void;
  /** How many times as large as usual everything is. */
  room(): number;
}

/** Pixels that a finger or a mouse may slip and still press. */
const SLIP = 4;

interface Pointer {
  x: number;
  y: number;
}

/** Makes a strip obey mouse, wheel, touchpad and fingers. Returns how to stop that. */
export function followPointer(host: HTMLElement, target: GestureTarget): () => void {
  const pointers = new Map<number, Pointer>();
  let start: Pointer | undefined;
  let drag: 'cursor' | 'map' | 'lanes' | undefined;
  let slipped = false;

  const at = (event: MouseEvent): Pointer => {
    const box = host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const seek = (x: number): void => {
    const { session } = target;
    const { first, length } = session.getState();
    const event = target.view()?.eventAt(x) ?? 0;
    session.seek(Math.round(Math.min(length, Math.max(first, event))));
  };
  const down = (event: PointerEvent): void => {
    const view = target.view();
    if (!view || (event.button !== 0 && event.button !== 1)) return;
    const here = at(event);
    pointers.set(event.pointerId, here);
    host.setPointerCapture(event.pointerId);
    start = here;
    slipped = pointers.size > 1;
    const names = here.x < LABEL_WIDTH * target.room();
    drag = view.isMap(here.y) && !names ? 'map' : names || event.button === 1 ? 'lanes' : 'cursor';
    if (drag === 'map') view.mapTo(here.x / target.room());
    if (drag === 'cursor' && pointers.size === 1) seek(here.x);
    if (event.button === 1) event.preventDefault();
  };
  const move = (event: PointerEvent): void => {
    const view = target.view();
    const here = at(event);
    const known = pointers.get(event.pointerId);
    if (!view) return;
    if (!known) {
      target.hover(view.hit(here.x, here.y), here.x, here.y);
      return;
    }
    if (start && Math.hypot(here.x - start.x, here.y - start.y) > SLIP) slipped = true;
    const others = [...pointers].filter(([id]) => id !== event.pointerId);
    const other = others[0]?.[1];
    if (other) {
      // Two fingers: what was below each stays below it.
      const before = Math.max(20, Math.abs(known.x - other.x));
      const now = Math.max(20, Math.abs(here.x - other.x));
      view.scale(before / now, view.eventAt(other.x));
    } else if (drag === 'map') view.mapTo(here.x / target.room());
    else if (drag === 'lanes') {
      view.pan((known.x - here.x) / target.room());
      view.scrollBy((known.y - here.y) / target.room());
    } else if (slipped) seek(here.x);
    pointers.set(event.pointerId, here);
  };
  const up = (event: PointerEvent): void => {
    const here = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (!here || slipped || pointers.size > 0 || event.type === 'pointercancel') return;
    const hit = target.view()?.hit(here.x, here.y);
    if (drag === 'cursor' || hit?.kind === 'group') target.press(hit);
  };
  const leave = (): void => target.hover(undefined, 0, 0);
  const wheel = (event: WheelEvent): void => {
    const view = target.view();
    if (!view) return;
    event.preventDefault();
    const { x } = at(event);
    if (x < LABEL_WIDTH * target.room() || event.altKey) view.scrollBy(event.deltaY / 2);
    else if (event.shiftKey) view.wheel(event.deltaY || event.deltaX, 0, x);
    else view.wheel(event.deltaX, event.deltaY * (event.ctrlKey ? 4 : 1), x);
    target.hover(undefined, 0, 0);
  };
  host.addEventListener('pointerdown', down);
  host.addEventListener('pointermove', move);
  host.addEventListener('pointerup', up);
  host.addEventListener('pointercancel', up);
  host.addEventListener('pointerleave', leave);
  // React's own wheel listener is passive and could not keep the page from scrolling.
  host.addEventListener('wheel', wheel, { passive: false });
  return () => {
    host.removeEventListener('pointerdown', down);
    host.removeEventListener('pointermove', move);
    host.removeEventListener('pointerup', up);
    host.removeEventListener('pointercancel', up);
    host.removeEventListener('pointerleave', leave);
    host.removeEventListener('wheel', wheel);
  };
}
