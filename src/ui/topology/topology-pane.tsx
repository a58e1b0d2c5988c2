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
import { beforeVirtioBus } from '../../protocol/before-virtio-bus.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import { FitIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import { useSessionState } from '../state/session-context.tsx';
import { type Era, useUi } from '../state/ui-store.ts';
import { EraSwitch } from './era-switch.tsx';
import { graphOf, type MachineGraph, type MachineNode, RAM } from './graph.ts';
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
  const era = useUi((ui) => ui.era);
  const picture = useMemo(
    () => topology && pictureOf(topology, expanded, era),
    [topology, expanded, era],
  );
  const selected = useUi((ui) => ui.selected);
  return (
    <ReactFlowProvider>
      <Pane
        name="topology"
        title="Topology"
        detail={<span className="mono">{selected ?? topology?.machineType}</span>}
        actions={
          <>
            <EraSwitch />
            <FitButton />
          </>
        }
        className="topology"
      >
        {picture ? (
          <Canvas {...picture} />
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

/** A machine as it is drawn, and the nodes that this era hides in others. */
interface Picture {
  readonly graph: MachineGraph;
  readonly ghosts: readonly Ghost[];
}

/** A node that is not there in this era: it waits, unseen, where it comes from and goes to. */
interface Ghost {
  readonly id: string;
  readonly node: MachineNode;
  readonly within: string;
}

function pictureOf(topology: MachineTopology, expanded: ReadonlySet<string>, era: Era): Picture {
  const since = graphOf(topology, expanded);
  if (era === 'since') return { graph: since, ghosts: [] };
  const before = beforeVirtioBus(topology);
  const ghosts = [...before.merged].flatMap(([id, within]) => {
    const node = since.nodes.get(id);
    return node ? [{ id, node, within }] : [];
  });
  return { graph: graphOf(before.topology, expanded), ghosts };
}

function Canvas({ graph, ghosts }: Picture) {
  const { nodes, edges } = useMemo(() => flowOf(graph, ghosts), [graph, ghosts]);
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

function flowOf(
  graph: MachineGraph,
  ghosts: readonly Ghost[],
): { nodes: MachineFlowNode[]; edges: WireEdge[] } {
  const hidden = ghosts.map(({ id, node, within }): MachineFlowNode => {
    const rect = graph.layout.rects.get(within) ?? { x: 0, y: 0, width: 0, height: 0 };
    return {
      id,
      type: 'machine',
      className: 'ghost',
      position: { x: rect.x, y: rect.y },
      width: rect.width,
      height: rect.height,
      zIndex: 1,
      data: { graph, node },
    };
  });
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
  return { nodes: [...nodes, ...hidden], edges };
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
