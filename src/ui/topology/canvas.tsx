import {
  type FocusEvent,
  type KeyboardEvent,
  lazy,
  type PointerEvent,
  type RefObject,
  Suspense,
  type SyntheticEvent,
  useCallback,
  useEffect,
  useId,
  useRef,
} from 'react';
import { ReactFlow, type ReactFlowState, useStore, ViewportPortal } from 'reactflow';
import 'reactflow/dist/style.css';
import { pointAt, useUi } from '../state/ui-store.ts';
import { Camera, FAR, focusNode, useInSight, ZOOM } from './camera.tsx';
import { Cards } from './cards.tsx';
import { MANY, type Picture } from './flow.ts';
import type { MachineGraph } from './graph.ts';
import { Traffic } from './late.tsx';
import { useLongPress } from './long-press.ts';
import { nodeAround, passBackwards, useSteps } from './steps.ts';
import { Wires } from './wires.tsx';

const BuildLayer = lazy(async () => ({ default: (await import('../build/index.ts')).BuildLayer }));

/** A view that has not moved for so long rests, in ms. */
const STILL_MS = 400;

/** The machine on a surface that pans and zooms; one stop of the Tab key, arrows lead from node to node. */
export function Canvas({ picture }: { picture: Picture }) {
  const { graph } = picture;
  const many = graph.nodes.size > MANY;
  const moved = useRef(false);
  const surface = useRef<HTMLDivElement>(null);
  const hands = useHands(graph, moved);
  const press = useLongPress();
  const hint = useId();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const rest = (): void => {
    clearTimeout(timer.current);
    delete surface.current?.dataset.moving;
  };
  return (
    <div ref={surface} className="topology-canvas" data-many={many || undefined}>
      <p id={hint} hidden>
        Arrow keys go from part to part, plus and minus zoom, 0 shows the whole machine.
      </p>
      <ReactFlow
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={ZOOM.least}
        maxZoom={ZOOM.most}
        // Not when it starts: every tap of a finger might become one.
        onMove={(event) => {
          if (event) moved.current = true;
          if (surface.current) surface.current.dataset.moving = '';
          // Of a movement that another one interrupts, the library does not always tell the end.
          clearTimeout(timer.current);
          timer.current = setTimeout(rest, STILL_MS);
        }}
        onMoveEnd={rest}
        tabIndex={0}
        aria-label="Machine"
        aria-describedby={hint}
        {...hands}
        {...press}
        // The click that follows finds what is below it at once.
        onPointerUp={() => {
          rest();
          press.onPointerUp();
        }}
      >
        <Wires graph={graph} />
        <Suspense>
          <Traffic graph={graph} />
        </Suspense>
        <Cards picture={picture} />
        <Pointed graph={graph} />
        <Camera graph={graph} moved={moved} />
        <Detail surface={surface} />
        <Suspense>
          <BuildLayer graph={graph} />
        </Suspense>
      </ReactFlow>
    </div>
  );
}

/** Pointer and keys on the nodes; one set of listeners for all of them. */
function useHands(graph: MachineGraph, moved: RefObject<boolean>) {
  const last = useRef<string>(undefined);
  const inSight = useInSight(moved);
  const go = useCallback(
    (id: string) => {
      inSight(graph, id);
      focusNode(id);
    },
    [graph, inSight],
  );
  const step = useSteps(graph, go);
  return {
    onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => {
      if (!isInside(event)) return;
      if (event.key === 'Tab' && event.shiftKey) passBackwards(event.currentTarget);
      else step(event);
    },
    onFocus: (event: FocusEvent<HTMLDivElement>) => {
      if (!isInside(event)) return;
      if (event.target !== event.currentTarget) {
        last.current = nodeAround(event.target);
        pointAt(last.current);
        return;
      }
      // By the Tab key only: a press on the surface leaves the focus there.
      if (!event.currentTarget.matches(':focus-visible')) return;
      const { selected } = useUi.getState();
      const known = [last.current, selected].find((id) => id !== undefined && graph.nodes.has(id));
      go(known ?? graph.topology.root.path);
    },
    onBlur: () => pointAt(undefined),
    onPointerOver: (event: PointerEvent<HTMLDivElement>) => {
      // Nodes that pass below the pointer while the view moves are not meant.
      if (event.buttons !== 0 || !isInside(event)) return;
      const id = nodeAround(event.target);
      if (id !== undefined || !isLink(event.target)) pointAt(id);
    },
    onPointerLeave: () => pointAt(undefined),
  };
}

/** Whether an event is the canvas's own: those of dialogs that it opened pass through it as well. */
function isInside({ currentTarget, target }: SyntheticEvent<HTMLDivElement>): boolean {
  return target instanceof Node && currentTarget.contains(target);
}

function isLink(element: EventTarget): boolean {
  return element instanceof Element && element.classList.contains('link-reach');
}

/** The outline of the node that is pointed at, here or in another view. */
function Pointed({ graph }: { graph: MachineGraph }) {
  const pointed = useUi((ui) => ui.pointed);
  if (pointed === undefined) return null;
  const id = graph.nodes.has(pointed) ? pointed : graph.shownAs.get(pointed);
  const rect = id === undefined ? undefined : graph.layout.rects.get(id);
  if (!rect) return null;
  return (
    <ViewportPortal>
      <div
        className="pointed"
        data-bus={graph.nodes.get(id ?? '')?.kind === 'bus' || undefined}
        style={{
          transform: `translate(${rect.x}px, ${rect.y}px)`,
          width: rect.width,
          height: rect.height,
        }}
      />
    </ViewportPortal>
  );
}

/** How much of a card can be read at a zoom: all, its title written large, or nothing. */
function detailAt({ transform: [, , zoom] }: ReactFlowState): 'all' | 'title' | 'none' {
  if (zoom >= FAR) return 'all';
  return zoom >= 0.17 ? 'title' : 'none';
}

/** Tells the style sheet how much of a card can be read, so that no card renders again. */
function Detail({ surface }: { surface: RefObject<HTMLDivElement | null> }) {
  const detail = useStore(detailAt);
  useEffect(() => {
    if (surface.current) surface.current.dataset.detail = detail;
  }, [surface, detail]);
  return null;
}
