import type {
  BackEndFacts,
  BusNode,
  DeviceNode,
  MachineTopology,
} from '../../protocol/topology.ts';
import { backEndNodeId } from '../topology/back-ends.ts';

/** Which option made which node of the picture, both ways. */
export interface OptionLinks {
  /** Key of the option behind a node: of a bus and of what a device brings along that of the device. */
  readonly keyOfNode: ReadonlyMap<string, number>;
  /** Nodes that an option made, the first of which stands for it. */
  readonly nodesOfKey: ReadonlyMap<number, readonly string[]>;
}

/** Ties nodes and options together. */
export function optionLinks(
  topology: MachineTopology,
  keyOf: (device: DeviceNode) => number | undefined,
  keyOfBackEnd: (backEnd: BackEndFacts) => number | undefined,
): OptionLinks {
  const keyOfNode = new Map<string, number>();
  const nodesOfKey = new Map<number, string[]>();
  const made = (key: number, node: string): void => {
    const nodes = nodesOfKey.get(key);
    if (nodes) nodes.push(node);
    else nodesOfKey.set(key, [node]);
  };
  const visit = (bus: BusNode, from: number | undefined): void => {
    for (const device of bus.children) {
      const own = keyOf(device);
      const key = own ?? from;
      if (own !== undefined) made(own, device.path);
      if (key !== undefined) keyOfNode.set(device.path, key);
      for (const below of device.buses) {
        if (key !== undefined) keyOfNode.set(below.path, key);
        visit(below, key);
      }
    }
  };
  visit(topology.root, undefined);
  for (const backEnd of topology.backEnds) {
    const key = keyOfBackEnd(backEnd);
    if (key === undefined) continue;
    const node = backEndNodeId(backEnd.kind, backEnd.id);
    keyOfNode.set(node, key);
    made(key, node);
  }
  return { keyOfNode, nodesOfKey };
}
