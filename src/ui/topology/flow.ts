import type { Node } from 'reactflow';
import { beforeVirtioBus } from '../../protocol/before-virtio-bus.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { Era } from '../state/ui-store.ts';
import { graphOf, type MachineGraph, type MachineNode } from './graph.ts';

/** What React Flow carries for each node; made once per machine, never per event. */
export type MachineFlowNode = Node<{ graph: MachineGraph; node: MachineNode }, 'machine'>;

/** A machine as it is drawn, and the nodes that this era hides in others. */
export interface Picture {
  readonly graph: MachineGraph;
  readonly ghosts: readonly Ghost[];
}

/** A node that is not there in this era: it waits, unseen, where it comes from and goes to. */
interface Ghost {
  readonly id: string;
  readonly node: MachineNode;
  readonly within: string;
}

/** With more nodes than this only those in sight are drawn, and none of them glide. */
export const MANY = 200;

/** Draws up a machine as an era had it. */
export function pictureOf(
  topology: MachineTopology,
  expanded: ReadonlySet<string>,
  era: Era,
): Picture {
  const since = graphOf(topology, expanded);
  if (era === 'since') return { graph: since, ghosts: [] };
  const before = beforeVirtioBus(topology);
  const ghosts = [...before.merged].flatMap(([id, within]) => {
    const node = since.nodes.get(id);
    return node ? [{ id, node, within }] : [];
  });
  return { graph: graphOf(before.topology, expanded), ghosts };
}

/** The nodes of a picture for React Flow. */
export function flowOf({ graph, ghosts }: Picture): MachineFlowNode[] {
  const nodes: MachineFlowNode[] = [];
  // Above the traffic, which runs behind the cards.
  for (const [id, node] of graph.nodes) nodes.push(flowNode(graph, id, node, id, 2));
  if (graph.nodes.size > MANY) return nodes;
  for (const { id, node, within } of ghosts)
    nodes.push({ ...flowNode(graph, id, node, within, 1), className: 'ghost' });
  return nodes;
}

function flowNode(
  graph: MachineGraph,
  id: string,
  node: MachineNode,
  at: string,
  zIndex: number,
): MachineFlowNode {
  const { x, y, width, height } = graph.layout.rects.get(at) ?? NOWHERE;
  return {
    id,
    type: 'machine',
    position: { x, y },
    width,
    height,
    // Known beforehand, so that the library need not draw a node to learn its size.
    measured: { width, height },
    handles: [],
    zIndex,
    data: { graph, node },
  };
}

const NOWHERE = { x: 0, y: 0, width: 0, height: 0 };
