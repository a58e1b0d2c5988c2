import { useEffect, useMemo, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useStoreApi, ViewportPortal } from 'reactflow';
import type { DeviceType } from '../../protocol/messages.ts';
import type { MachineGraph } from '../topology/graph.ts';
import { backEndLook } from './back-end-look.ts';
import { type Drag, type Spot, useBuild } from './build-store.ts';
import { type Landing, landing, type Mark, marksFor } from './drop.ts';
import { busWords, deviceWords } from './fits.ts';
import { busAt } from './nodes-of.ts';

/** Shows where a drag fits, what would come of it here, and what is dragged. */
export function DropLayer({ graph, types }: { graph: MachineGraph; types: readonly DeviceType[] }) {
  const drag = useBuild((build) => build.drag);
  return drag ? <Dragging drag={drag} graph={graph} types={types} /> : null;
}

interface DraggingProps {
  readonly drag: Drag;
  readonly graph: MachineGraph;
  readonly types: readonly DeviceType[];
}

function Dragging({ drag, graph, types }: DraggingProps) {
  const over = useBuild((build) => build.over);
  const marks = useMemo(
    () => marksFor(drag.item, graph, types, (item) => backEndLook(item, graph.topology)),
    [drag, graph, types],
  );
  const lands =
    over &&
    landing(drag.item, over, graph.topology, graph.nodes, types, (item) =>
      backEndLook(item, graph.topology),
    );
  return (
    <>
      <ViewportPortal>
        <Veil graph={graph} />
        {marks.map((mark) => (
          <MarkBox
            key={`${mark.drop} ${mark.id}`}
            mark={mark}
            graph={graph}
            hot={isOver(mark, over)}
          />
        ))}
      </ViewportPortal>
      <Preview drag={drag} words={wordsFor(lands, graph)} bad={isBad(lands)} />
    </>
  );
}

/** Draws the machine back, so that the places that fit stand out. */
function Veil({ graph }: { graph: MachineGraph }) {
  const rects = [...graph.layout.rects.values()];
  const right = Math.max(...rects.map(({ x, width }) => x + width));
  const bottom = Math.max(...rects.map(({ y, height }) => y + height));
  return (
    <div
      className="drop-veil"
      style={{ transform: 'translate(-400px, -400px)', width: right + 800, height: bottom + 800 }}
    />
  );
}

function MarkBox({ mark, graph, hot }: { mark: Mark; graph: MachineGraph; hot: boolean }) {
  const rect = graph.layout.rects.get(mark.id);
  if (!rect) return null;
  const transport = mark.drop === 'transport';
  // A bus may be a bar as wide as all that hangs on it: its ghost of a new device hangs at its start.
  const place = transport
    ? { x: rect.x + 6, y: rect.y + rect.height + 4, width: undefined, height: 30 }
    : rect;
  return (
    <div
      className={transport ? 'drop-mark drop-transport mono' : 'drop-mark mono'}
      data-drop={mark.drop}
      data-bus={transport ? mark.bus : mark.id}
      data-hot={hot || undefined}
      style={{
        transform: `translate(${place.x}px, ${place.y}px)`,
        width: place.width,
        height: place.height,
      }}
    >
      {transport ? `+ new ${mark.label}` : mark.label}
    </div>
  );
}

function isOver(mark: Mark, over: Spot | undefined): boolean {
  if (over?.kind === 'transport') return mark.drop === 'transport' && mark.bus === over.bus;
  return over?.kind === 'node' && mark.drop === 'node' && mark.id === over.id;
}

/** The name of what is dragged and what would come of it, beside the pointer. */
function Preview({ drag, words, bad }: { drag: Drag; words: string; bad: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const { panBy, domNode } = useStoreApi().getState();
  useEffect(() => {
    let at = { x: drag.x, y: drag.y };
    const follow = ({ clientX, clientY }: PointerEvent) => {
      at = { x: clientX, y: clientY };
      if (box.current) box.current.style.transform = `translate(${at.x + 14}px, ${at.y + 12}px)`;
    };
    let frame = requestAnimationFrame(function pan() {
      const by = domNode ? edgePull(at, domNode.getBoundingClientRect()) : undefined;
      if (by) void panBy(by);
      frame = requestAnimationFrame(pan);
    });
    window.addEventListener('pointermove', follow, true);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('pointermove', follow, true);
    };
  }, [drag, panBy, domNode]);
  return createPortal(
    <div
      ref={box}
      className="drop-preview"
      aria-hidden="true"
      style={{ transform: `translate(${drag.x + 14}px, ${drag.y + 12}px)` }}
    >
      <strong className="mono">{drag.label}</strong>
      <span data-bad={bad || undefined}>{words}</span>
    </div>,
    document.body,
  );
}

/** How near the canvas's edge a drag moves the picture, and how fast at most. In pixels. */
const EDGE = 36;
const PULL = 9;

/** How far the picture moves in a frame while a drag is held near an edge; undefined away from it. */
function edgePull(
  { x, y }: { x: number; y: number },
  { left, right, top, bottom }: DOMRect,
): { x: number; y: number } | undefined {
  if (x < left || x > right || y < top || y > bottom) return undefined;
  const pull = (low: number, high: number): number =>
    low < EDGE ? PULL * (1 - low / EDGE) : high < EDGE ? -PULL * (1 - high / EDGE) : 0;
  const by = { x: pull(x - left, right - x), y: pull(y - top, bottom - y) };
  return by.x === 0 && by.y === 0 ? undefined : by;
}

function isBad(lands: Landing | undefined): boolean {
  if (lands?.kind === 'bus') return lands.verdict !== 'fits';
  return lands?.kind === 'link' && lands.properties.length === 0;
}

function wordsFor(lands: Landing | undefined, { topology }: MachineGraph): string {
  switch (lands?.kind) {
    case undefined:
      return 'Drop it on a bus or a device';
    case 'ask':
      return 'Drop it here to choose where';
    case 'transport':
      return `New ${lands.as} on ${lands.bus.name}`;
    case 'bus': {
      const place = busAt(topology, lands.bus.path);
      const where = place ? busWords(place) : lands.bus.name;
      if (lands.verdict === 'fits') return `Plug into ${where}`;
      if (lands.verdict === 'full') return `${where} is full: drop it to hear QEMU`;
      return `${where} is a ${lands.bus.type} bus: drop it to hear QEMU`;
    }
    case 'link': {
      const words = deviceWords(lands.device);
      const [first, ...rest] = lands.properties;
      if (first === undefined) return `${words} takes no such back end`;
      return rest.length === 0 ? `${words}: ${first}` : `${words}: choose the property`;
    }
  }
}
