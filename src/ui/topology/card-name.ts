import { backEndLines, busLabel, deviceLines } from './card-text.ts';
import type { MachineGraph, MachineNode } from './graph.ts';

type Named = Extract<MachineNode, { kind: 'device' | 'bus' | 'backend' }>;

/**
 * What a screen reader calls a node: what its card shows, then what a sighted person takes from its shape
 * and its lines. `state` stands for the second line of a device's card where that changes with the moment.
 */
export function cardName(graph: MachineGraph, id: string, node: Named, state?: string): string {
  switch (node.kind) {
    case 'device': {
      const [title, detail] = deviceLines(node.device);
      const { address } = node.device;
      const bus = busAbove(graph, id);
      // The moment's state takes the place of the address, where the device is all the same.
      const at = state === undefined || address === '' ? '' : `${address} `;
      return listed(title, state ?? detail, bus === undefined ? at : `${at}on ${bus}`);
    }
    case 'bus':
      return listed(busLabel(node.bus), 'bus');
    case 'backend':
      return listed(...backEndLines(node.facts, node.users.length > 0), node.facts.kind);
  }
}

const listed = (...parts: readonly string[]): string => parts.filter(Boolean).join(', ');

function busAbove(graph: MachineGraph, id: string): string | undefined {
  const parent = graph.parents.get(id);
  const node = parent === undefined ? undefined : graph.nodes.get(parent);
  return node?.kind === 'bus' ? node.bus.name : undefined;
}
