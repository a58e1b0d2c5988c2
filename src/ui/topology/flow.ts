import { beforeVirtioBus } from '../../protocol/before-virtio-bus.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { Era } from '../state/ui-store.ts';
import { AT_DESK, backEndLines, farType, IN_ROOM } from './card-text.ts';
import { graphOf, type MachineGraph, type MachineNode } from './graph.ts';
import type { Rect } from './layout.ts';

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
  presentation = false,
): Picture {
  const type = presentation ? IN_ROOM : AT_DESK;
  const since = graphOf(topology, expanded, type);
  if (era === 'since') return { graph: since, ghosts: [] };
  const before = beforeVirtioBus(topology);
  const ghosts = [...before.merged].flatMap(([id, within]) => {
    const node = since.nodes.get(id);
    return node ? [{ id, node, within }] : [];
  });
  return { graph: graphOf(before.topology, expanded, type), ghosts };
}

/** A node of a picture, where it stands. Made once per machine, never per event. */
export interface Place {
  readonly id: string;
  readonly node: MachineNode;
  readonly rect: Rect;
  /** Size of type for what is written on it far out, in pixels at zoom 1. */
  readonly far: number;
  /** It is not there in this era, and not seen. */
  readonly ghost: boolean;
}

/** Everything in a picture that has a place; what is not seen comes first, and so lies below. */
export function placesOf({ graph, ghosts }: Picture): Place[] {
  const places: Place[] = [];
  const put = (id: string, node: MachineNode, at: string, ghost: boolean): void => {
    const rect = graph.layout.rects.get(at);
    if (rect)
      places.push({
        id,
        node,
        rect,
        far: farType(farWords(node), rect, node.kind === 'bus'),
        ghost,
      });
  };
  if (graph.nodes.size <= MANY)
    for (const { id, node, within } of ghosts) put(id, node, within, true);
  for (const [id, node] of graph.nodes) put(id, node, id, false);
  return places;
}

/** What is left of a node's text far out, in the lines that it may be broken into. */
function farWords(node: MachineNode): readonly string[] {
  switch (node.kind) {
    case 'device':
      return [node.device.type, node.device.id];
    case 'bus':
      return [node.bus.name];
    case 'backend':
      return [backEndLines(node.facts, true)[0]];
    case 'platform':
      return ['+ 99', 'platform devices'];
    case 'guest':
      return ['Guest'];
    case 'ram':
      return ['Guest', 'memory'];
  }
}
