import type { MachineGraph } from './graph.ts';
import { GUEST } from './graph.ts';

/** A step from node to node, as an arrow key asks for it. */
export type Step = 'up' | 'down' | 'left' | 'right';

/**
 * The node one step away: `up` its parent, `down` its first child, `left` and `right` its neighbours
 * of the same depth, siblings first. Undefined where there is none.
 */
export function neighbour(graph: MachineGraph, id: string, step: Step): string | undefined {
  switch (step) {
    case 'up':
      return parentOf(graph, id);
    case 'down':
      return graph.children.get(id)?.[0];
    case 'left':
      return beside(graph, id, -1);
    case 'right':
      return beside(graph, id, 1);
  }
}

/** Back ends without a user follow memory, below the guest. */
function parentOf(graph: MachineGraph, id: string): string | undefined {
  return graph.parents.get(id) ?? (id === GUEST ? undefined : GUEST);
}

function beside(graph: MachineGraph, id: string, by: 1 | -1): string | undefined {
  let depth = 0;
  for (let up = parentOf(graph, id); up !== undefined; up = parentOf(graph, up)) depth++;
  let level: readonly string[] = [GUEST];
  for (let i = 0; i < depth; i++) level = level.flatMap((one) => graph.children.get(one) ?? []);
  const at = level.indexOf(id);
  return at < 0 ? undefined : level[at + by];
}
