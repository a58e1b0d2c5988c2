import { type Drag, type Item, type Spot, useBuild } from './build-store.ts';

/** What a press on an element may drag, and its name for the preview. */
export interface Draggable {
  readonly item: Item;
  readonly label: string;
}

/** How far a mouse moves before a press becomes a drag, and a finger before it becomes a scroll. In pixels. */
const MOUSE_SLACK = 5;
const FINGER_SLACK = 10;
/** How long a finger rests before a press becomes a drag, in ms. */
const FINGER_REST = 260;

/**
 * Makes parts of `root` draggable by mouse, pen and finger: `find` says what a pressed element is.
 * A finger has to rest first, so that a quick one still scrolls and pans. Escape gives up. Answers
 * how to stop.
 */
export function watchDrags(
  root: HTMLElement,
  find: (target: Element) => Draggable | undefined,
  drop: (item: Item, spot: Spot) => void,
): () => void {
  let end: (() => void) | undefined;

  const press = (event: PointerEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.shiftKey || event.metaKey || end) return;
    const found = event.target instanceof Element ? find(event.target) : undefined;
    if (found) end = follow(event, found, drop, () => (end = undefined));
  };
  // The canvas pans on a mouse press and on touches: not where a press drags something.
  const keepFromPanning = (event: MouseEvent): void => {
    if (event.button === 0 && end) event.stopPropagation();
  };
  const keepFromScrolling = (event: TouchEvent): void => {
    if (!useBuild.getState().drag) return;
    event.preventDefault();
    event.stopPropagation();
  };
  root.addEventListener('pointerdown', press, true);
  root.addEventListener('mousedown', keepFromPanning, true);
  root.addEventListener('touchmove', keepFromScrolling, { capture: true, passive: false });
  return () => {
    end?.();
    root.removeEventListener('pointerdown', press, true);
    root.removeEventListener('mousedown', keepFromPanning, true);
    root.removeEventListener('touchmove', keepFromScrolling, true);
  };
}

/** Follows one press until the pointer goes up. Answers how to give it up. */
function follow(
  press: PointerEvent,
  { item, label }: Draggable,
  drop: (item: Item, spot: Spot) => void,
  ended: () => void,
): () => void {
  const finger = press.pointerType === 'touch';
  const drag: Drag = { item, label, x: press.clientX, y: press.clientY };
  let active = false;
  const start = (): void => {
    active = true;
    window.getSelection()?.removeAllRanges();
    useBuild.setState({ drag, over: undefined });
  };
  const rest = finger ? setTimeout(start, FINGER_REST) : undefined;

  const move = (event: PointerEvent): void => {
    if (event.pointerId !== press.pointerId) return;
    const way = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY);
    if (!active) {
      if (finger && way > FINGER_SLACK) stop();
      else if (!finger && way > MOUSE_SLACK) start();
    }
    if (active) note(spotAt(event.clientX, event.clientY));
  };
  const up = (event: PointerEvent): void => {
    if (event.pointerId !== press.pointerId) return;
    const spot = active ? spotAt(event.clientX, event.clientY) : undefined;
    if (active) swallowClick();
    stop();
    if (spot) drop(item, spot);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !active) return;
    event.preventDefault();
    event.stopPropagation();
    stop();
  };
  // A long press would open the browser's own menu.
  const menu = (event: Event): void => {
    if (finger && active) event.preventDefault();
  };
  const stop = (): void => {
    clearTimeout(rest);
    window.removeEventListener('pointermove', move, true);
    window.removeEventListener('pointerup', up, true);
    window.removeEventListener('pointercancel', stop, true);
    window.removeEventListener('blur', stop);
    window.removeEventListener('keydown', key, true);
    window.removeEventListener('contextmenu', menu, true);
    if (active) useBuild.setState({ drag: undefined, over: undefined });
    ended();
  };
  window.addEventListener('pointermove', move, true);
  window.addEventListener('pointerup', up, true);
  window.addEventListener('pointercancel', stop, true);
  window.addEventListener('blur', stop);
  window.addEventListener('keydown', key, true);
  window.addEventListener('contextmenu', menu, true);
  return stop;
}

function note(over: Spot | undefined): void {
  if (JSON.stringify(useBuild.getState().over) !== JSON.stringify(over))
    useBuild.setState({ over });
}

/** What lies below a point of the page; undefined away from the canvas. */
function spotAt(x: number, y: number): Spot | undefined {
  const element = document.elementFromPoint(x, y);
  const marked = element?.closest<HTMLElement>('[data-drop]');
  if (marked?.dataset.drop === 'transport' && marked.dataset.bus !== undefined)
    return { kind: 'transport', bus: marked.dataset.bus };
  const id = marked?.dataset.bus ?? nodeIdOf(element);
  if (id !== undefined) return { kind: 'node', id };
  return element?.closest('.topology-canvas') ? { kind: 'canvas' } : undefined;
}

/** Id of the graph node that an element belongs to. */
export function nodeIdOf(element: Element | null | undefined): string | undefined {
  return element?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
}

/** The click that ends a drag is no click. */
function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener('click', swallow, true));
}
