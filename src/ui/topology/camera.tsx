import { type RefObject, useCallback, useEffect, useRef } from 'react';
import {
  getViewportForBounds,
  type ReactFlowState,
  useReactFlow,
  useStore,
  useStoreApi,
} from 'reactflow';
import { useUi } from '../state/ui-store.ts';
import type { MachineGraph } from './graph.ts';
import { noteView, takeRestoredView } from './last-view.ts';
import type { Rect } from './layout.ts';
import { useReveal } from './reveal.ts';

/** How far out and in one can go. */
export const ZOOM = { least: 0.02, most: 2.5 } as const;
/** Farther out than this, small type cannot be read. */
export const FAR = 0.62;
/** Shown as a whole, a machine is no larger than this: at a desk, and in a room. */
const FIT_MOST = { desk: 1.25, room: 2.4 } as const;
const FIT_PADDING = '10px';
/** A node that is brought into sight is at least this large, and not larger than full size for it. */
const LEGIBLE = 0.8;
/** Free room around a node that has the focus, in pixels of the screen. */
const MARGIN = 24;
const GLIDE_MS = 240;

/** How a movement of the view looks: none where the person asked for stillness. */
export function glide(): { duration: number } {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return { duration: still ? 0 : GLIDE_MS };
}

/** Shows the whole of a machine. */
export function useFit(): (graph: MachineGraph, options?: { duration: number }) => void {
  const store = useStoreApi();
  const { setViewport } = useReactFlow();
  return useCallback(
    (graph, options) => {
      const { width, height } = store.getState();
      if (width === 0 || height === 0) return;
      const bounds = { x: 0, y: 0, width: graph.layout.width, height: graph.layout.height };
      const most = useUi.getState().presentation ? FIT_MOST.room : FIT_MOST.desk;
      const view = getViewportForBounds(bounds, width, height, ZOOM.least, most, FIT_PADDING);
      void setViewport(view, options);
    },
    [store, setViewport],
  );
}

/** Keeps the machine in sight, and goes where somebody wants to look. Draws nothing. */
export function Camera({ graph, moved }: { graph: MachineGraph; moved: RefObject<boolean> }) {
  useRestored(moved);
  useKeptInSight(graph, moved);
  useRevealed(graph, moved);
  useNoted(moved);
  return null;
}

const widthOf = (state: ReactFlowState): number => state.width;
const heightOf = (state: ReactFlowState): number => state.height;

/**
 * Shows the whole machine whenever it or the panel changed, until the person moves the view; from then
 * on only when another machine takes its place.
 */
function useKeptInSight(graph: MachineGraph, moved: RefObject<boolean>): void {
  const fit = useFit();
  const width = useStore(widthOf);
  const height = useStore(heightOf);
  const shown = useRef<MachineGraph>(undefined);
  useEffect(() => {
    const before = shown.current;
    if (before && isAnother(before, graph)) moved.current = false;
    shown.current = graph;
    if (!moved.current && width > 0 && height > 0) fit(graph);
  }, [graph, width, height, fit, moved]);
}

/** Looks where the person looked at the end of their last visit. */
function useRestored(moved: RefObject<boolean>): void {
  const sized = useStore(({ width, height }) => width > 0 && height > 0);
  const { setCenter } = useReactFlow();
  useEffect(() => {
    const view = sized ? takeRestoredView() : undefined;
    if (!view) return;
    moved.current = true;
    const look = async (tries: number) => {
      // The library may know its size before it can move.
      const done = await setCenter(view.x, view.y, { zoom: view.zoom });
      if (!done && tries > 0) requestAnimationFrame(() => void look(tries - 1));
    };
    void look(30);
  }, [sized, moved, setCenter]);
}

/** Notes where the person looks, for their next visit. */
function useNoted(moved: RefObject<boolean>): void {
  const store = useStoreApi();
  useEffect(() => {
    let frame = 0;
    let last = store.getState().transform;
    const note = () => {
      frame = 0;
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      noteView(
        moved.current ? { x: (width / 2 - x) / zoom, y: (height / 2 - y) / zoom, zoom } : undefined,
      );
    };
    const unsubscribe = store.subscribe(({ transform }) => {
      if (transform === last) return;
      last = transform;
      // Later: who moved it is told after it moved.
      frame ||= requestAnimationFrame(note);
    });
    return () => {
      unsubscribe();
      cancelAnimationFrame(frame);
    };
  }, [store, moved]);
}

/** Whether most of a machine's nodes are not those of the machine before. */
function isAnother(before: MachineGraph, after: MachineGraph): boolean {
  if (before.topology.machineType !== after.topology.machineType) return true;
  let kept = 0;
  for (const id of after.nodes.keys()) if (before.nodes.has(id)) kept++;
  return kept < Math.min(before.nodes.size, after.nodes.size) / 2;
}

function useRevealed(graph: MachineGraph, moved: RefObject<boolean>): void {
  const wanted = useReveal((state) => state.wanted);
  const { setCenter, getZoom } = useReactFlow();
  useEffect(() => {
    if (!wanted) return;
    const shown = graph.nodes.has(wanted.id) ? wanted.id : graph.shownAs.get(wanted.id);
    const node = shown === undefined ? undefined : graph.nodes.get(shown);
    const rect = shown === undefined ? undefined : graph.layout.rects.get(shown);
    if (!node || !rect || shown === undefined) return;
    if (node.kind === 'platform' && shown !== wanted.id) {
      const { expanded } = useUi.getState();
      useUi.setState({ expanded: new Set([...expanded, node.bus.path]) });
      return;
    }
    useReveal.setState({ wanted: undefined });
    moved.current = true;
    const zoom = Math.max(getZoom(), LEGIBLE);
    void setCenter(...centre(rect, zoom), { zoom, ...glide() });
    if (wanted.focus) focusNode(shown);
  }, [wanted, graph, moved, setCenter, getZoom]);
}

/** Middle of a node; of a long bus, its beginning. */
function centre(rect: Rect, zoom: number): [x: number, y: number] {
  return [rect.x + Math.min(rect.width / 2, 200 / zoom), rect.y + rect.height / 2];
}

/** Gives the focus to a node, as soon as it is drawn: out of sight, nodes of a large machine are not. */
export function focusNode(id: string, tries = 20): void {
  const node = document.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
  const target = node?.querySelector<HTMLElement>('button, [tabindex]');
  if (target) target.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusNode(id, tries - 1));
}

/** Moves the view, if need be, so that all of a node can be seen. */
export function useInSight(moved: RefObject<boolean>): (graph: MachineGraph, id: string) => void {
  const store = useStoreApi();
  const { setCenter } = useReactFlow();
  return useCallback(
    (graph, id) => {
      const rect = graph.layout.rects.get(id);
      if (!rect) return;
      const { width, height, transform } = store.getState();
      const [x, y, zoom] = transform;
      const left = rect.x * zoom + x;
      const top = rect.y * zoom + y;
      // Of a bar longer than the screen, its beginning.
      const right = left + Math.min(rect.width * zoom, width / 2);
      const bottom = top + rect.height * zoom;
      const inside =
        left >= MARGIN / 2 && top >= 0 && right <= width - MARGIN / 2 && bottom <= height;
      if (inside) return;
      moved.current = true;
      void setCenter(...centre(rect, zoom), { zoom, ...glide() });
    },
    [store, setCenter, moved],
  );
}
