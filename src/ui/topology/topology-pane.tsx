import { type RefObject, useEffect, useMemo, useRef } from 'react';
import {
  BaseEdge,
  type Edge,
  type EdgeProps,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from 'reactflow';
import 'reactflow/dist/style.css';
import './topology.css';
import { FitIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import { useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { graphOf, type MachineGraph, RAM } from './graph.ts';
import type { Point } from './layout.ts';
import { MachineCard, type MachineFlowNode } from './nodes.tsx';
import { rounded, Traffic } from './traffic.tsx';

type WireEdge = Edge<{ points: readonly Point[]; memory: boolean }, 'wire'>;

const nodeTypes = { machine: MachineCard };
const edgeTypes = { wire: WireLine };

function WireLine({ id, data }: EdgeProps<WireEdge>) {
  if (!data) return null;
  return (
    <BaseEdge
      id={id}
      path={rounded(data.points)}
      className={data.memory ? 'wire wire-memory' : 'wire'}
      interactionWidth={0}
    />
  );
}

/** The machine, drawn from the engine's tree. */
export function TopologyPane() {
  const topology = useSessionState((state) => state.topology);
  const expanded = useUi((ui) => ui.expanded);
  const graph = useMemo(() => topology && graphOf(topology, expanded), [topology, expanded]);
  const selected = useUi((ui) => ui.selected);
  return (
    <ReactFlowProvider>
      <Pane
        name="topology"
        title="Topology"
        detail={<span className="mono">{selected ?? topology?.machineType}</span>}
        actions={<FitButton />}
        className="topology"
      >
        {graph ? (
          <Canvas graph={graph} />
        ) : (
          <p className="pane-empty">The machine is being built.</p>
        )}
        <Legend />
      </Pane>
    </ReactFlowProvider>
  );
}

const FIT = { padding: '10px', maxZoom: 1.25, minZoom: 0.2 } as const;

function FitButton() {
  const { fitView } = useReactFlow();
  return (
    <button
      type="button"
      className="button button-bare"
      title="Show the whole machine"
      aria-label="Show the whole machine"
      onClick={() => void fitView(FIT)}
    >
      <FitIcon />
    </button>
  );
}

function Canvas({ graph }: { graph: MachineGraph }) {
  const { nodes, edges } = useMemo(() => flowOf(graph), [graph]);
  const moved = useRef(false);
  return (
    <div className="topology-canvas">
      <ReactFlow<MachineFlowNode, WireEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        onMoveStart={(event) => {
          if (event) moved.current = true;
        }}
        minZoom={0.2}
        maxZoom={2.5}
        aria-label="Machine"
      >
        <Traffic graph={graph} />
        <KeepFitted graph={graph} moved={moved} />
      </ReactFlow>
    </div>
  );
}

/** Shows the whole machine whenever it or the panel changed, until the person moves the view. */
function KeepFitted({ graph, moved }: { graph: MachineGraph; moved: RefObject<boolean> }) {
  const { fitView } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const shown = useRef<MachineGraph>(undefined);
  useEffect(() => {
    if (shown.current !== graph) moved.current = false;
    shown.current = graph;
    if (!moved.current && width > 0 && height > 0) void fitView(FIT);
  }, [graph, width, height, fitView, moved]);
  return null;
}

function flowOf(graph: MachineGraph): { nodes: MachineFlowNode[]; edges: WireEdge[] } {
  const nodes = [...graph.nodes].map(([id, node]): MachineFlowNode => {
    const rect = graph.layout.rects.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
    return {
      id,
      type: 'machine',
      position: { x: rect.x, y: rect.y },
      width: rect.width,
      height: rect.height,
      // Above the traffic, which runs behind the cards.
      zIndex: 2,
      data: { graph, node },
    };
  });
  const edges = graph.layout.wires.map(
    ({ from, to, points }): WireEdge => ({
      id: `${from} ${to}`,
      source: from,
      target: to,
      type: 'wire',
      data: { points, memory: to === RAM },
    }),
  );
  return { nodes, edges };
}

/** What the hues and lines mean; the words also stand on the way of each event. */
function Legend() {
  // Far out, the corner below the guest is too small for it.
  const far = useStore((state) => state.transform[2] < 0.62);
  return (
    <ul className="legend" data-row={far || undefined} aria-label="Colours and lines">
      <li data-tone="driver">
        <i className="key-box" /> driver
      </li>
      <li data-tone="device">
        <i className="key-box" /> device
      </li>
      <li data-tone="notify">
        <i className="key-dot" /> doorbell
      </li>
      <li data-tone="interrupt">
        <i className="key-dot" /> interrupt
      </li>
      <li data-tone="exit">
        <i className="key-line" /> register exit
      </li>
      <li data-tone="driver">
        <i className="key-dash" /> shared memory
      </li>
    </ul>
  );
}
