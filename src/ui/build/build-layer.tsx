import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useReactFlow, useStoreApi } from 'reactflow';
import './build.css';
import { useDocument } from '../document/document-store.ts';
import { useSession } from '../state/session-context.tsx';
import { selectNodes, useUi } from '../state/ui-store.ts';
import type { MachineGraph } from '../topology/graph.ts';
import type { Rect } from '../topology/layout.ts';
import { touch, watchBoxes } from './box-select.ts';
import { useBuild } from './build-store.ts';
import { AddDialog, ConnectDialog } from './connect-dialog.tsx';
import { nodeIdOf, watchDrags } from './drag.ts';
import { draggableNode } from './draggable-node.ts';
import { DropLayer } from './drop-layer.tsx';
import { dropped } from './dropped.ts';
import { listenToHands } from './keys.ts';
import { MoreButton } from './more-button.tsx';
import { NodeMenu } from './node-menu.tsx';
import { SearchBar } from './search-bar.tsx';
import { useDeviceTypes } from './use-types.ts';

/** All that makes the canvas a workbench: drags, boxes, keys, menus, dialogs. Stands within React Flow. */
export function BuildLayer({ graph }: { graph: MachineGraph }) {
  const session = useSession();
  const types = useDeviceTypes();
  const { screenToFlowPosition } = useReactFlow();
  const store = useStoreApi();
  const [box, setBox] = useState<Rect>();
  const latest = useRef(graph);
  useEffect(() => {
    latest.current = graph;
  }, [graph]);

  useEffect(() => listenToHands(session, { all: () => choosable(latest.current) }), [session]);
  useEffect(() => {
    const root = store.getState().domNode?.closest<HTMLElement>('.topology-canvas');
    if (!root) return undefined;
    const stops = [
      watchDrags(
        root,
        (target) => draggableNode(target, latest.current, useDocument.getState().doc),
        (item, spot) => void dropped(session, item, spot),
      ),
      watchBoxes(root, setBox, (drawn) => {
        const from = screenToFlowPosition({ x: drawn.x, y: drawn.y });
        const to = screenToFlowPosition({ x: drawn.x + drawn.width, y: drawn.y + drawn.height });
        const area = { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
        const { rects } = latest.current.layout;
        selectNodes(
          choosable(latest.current).filter((id) => {
            const rect = rects.get(id);
            return rect !== undefined && touch(rect, area);
          }),
        );
      }),
      watchPresses(root),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [session, store, screenToFlowPosition]);

  return (
    <>
      <DropLayer graph={graph} types={types} />
      <MoreButton graph={graph} />
      {createPortal(<SearchBar graph={graph} />, store.getState().domNode ?? document.body)}
      {box &&
        createPortal(
          <div
            className="select-box"
            style={{
              transform: `translate(${box.x}px, ${box.y}px)`,
              width: box.width,
              height: box.height,
            }}
          />,
          document.body,
        )}
      <ConnectDialog />
      <AddDialog />
      <NodeMenu />
    </>
  );
}

/** Nodes that an act can be about: what a selection of all of them holds. */
function choosable(graph: MachineGraph): string[] {
  return [...graph.nodes]
    .filter(([, node]) =>
      node.kind === 'device'
        ? node.device.option !== undefined || node.device.added !== undefined
        : node.kind === 'backend' && node.facts.option !== undefined,
    )
    .map(([id]) => id);
}

/** A press between the nodes lets go of the selection; the right button opens the menu of a node. */
function watchPresses(root: HTMLElement): () => void {
  const click = ({ target }: MouseEvent) => {
    const free = target instanceof Element && target.classList.contains('react-flow__pane');
    if (free && useUi.getState().selection.size > 0) selectNodes([]);
  };
  const menu = (event: MouseEvent) => {
    const id = event.target instanceof Element ? nodeIdOf(event.target) : undefined;
    if (id === undefined || id.includes('#') || useBuild.getState().drag) return;
    event.preventDefault();
    if (!useUi.getState().selection.has(id)) selectNodes([id]);
    // A menu asked for by key opens below what has the focus.
    const byKey = event.clientX === 0 && event.clientY === 0;
    const card = event.target instanceof Element ? event.target.getBoundingClientRect() : undefined;
    useBuild.setState({
      menu:
        byKey && card
          ? { x: card.left + 12, y: card.bottom }
          : { x: event.clientX, y: event.clientY },
    });
  };
  root.addEventListener('click', click);
  root.addEventListener('contextmenu', menu);
  return () => {
    root.removeEventListener('click', click);
    root.removeEventListener('contextmenu', menu);
  };
}
