import type { MachineGraph } from '../graph.ts';
import { GUEST, RAM } from '../graph.ts';
import { devOf, kindOf } from './flow-counts.ts';
import { FLOW_KINDS } from './flow-kinds.ts';
import { flowStops } from './flow-net.ts';
import type { FlowRate } from './flow-rates.ts';

/** A row of the table of traffic. */
export interface TrafficRow {
  readonly flow: number;
  readonly kind: number;
  /** The names of the nodes that it passes, in the direction of travel. */
  readonly path: string;
  readonly events: number;
  readonly bytes: number;
}

/** The flows as rows, the busiest first. */
export function trafficRows(
  graph: MachineGraph,
  rates: ReadonlyMap<number, FlowRate>,
): TrafficRow[] {
  return [...rates]
    .map(([flow, { events, bytes }]): TrafficRow => {
      const kind = kindOf(flow);
      const stops = flowStops(graph, FLOW_KINDS[kind]?.kind ?? 'unanswered', devOf(flow));
      return { flow, kind, path: stops.map((id) => nameOf(graph, id)).join(' → '), events, bytes };
    })
    .sort((a, b) => b.events - a.events || a.flow - b.flow);
}

/** What a node is called in a path. */
function nameOf(graph: MachineGraph, id: string): string {
  if (id === GUEST) return 'guest';
  if (id === RAM) return 'guest memory';
  const node = graph.nodes.get(id);
  switch (node?.kind) {
    case 'device':
      return [node.device.type, node.device.id].filter(Boolean).join(' ');
    case 'bus':
      return node.bus.name;
    case 'backend':
      return `${node.facts.kind} ${node.facts.id}`;
    case 'platform':
      return 'platform devices';
    default:
      return id;
  }
}
