import type { MachineDocument } from '../../document/document.ts';
import { keyOf } from '../document/live-machine.ts';
import type { MachineGraph } from '../topology/graph.ts';
import { type Draggable, nodeIdOf } from './drag.ts';
import { withOption } from './drop.ts';
import { deviceWords } from './fits.ts';
import { backEndKey } from './nodes-of.ts';

/** What a press on the canvas may drag: devices that an option made, and back ends. */
export function draggableNode(
  target: Element,
  graph: MachineGraph,
  doc: MachineDocument,
): Draggable | undefined {
  const id = nodeIdOf(target);
  const node = id === undefined ? undefined : graph.nodes.get(id);
  if (node?.kind === 'device') {
    const device = withOption(node.device, graph.topology);
    if (keyOf(device) === undefined) return undefined;
    return { item: { kind: 'device', path: device.path }, label: deviceWords(device) };
  }
  if (node?.kind === 'backend' && backEndKey(doc, node.facts) !== undefined) {
    const { kind, id: name } = node.facts;
    return { item: { kind: 'backend', backEnd: kind, id: name }, label: name };
  }
  return undefined;
}
