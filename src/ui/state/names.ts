import type { Names } from '../../journal/narration/narration-types.ts';
import { transportOnBus } from '../../journal/topology.ts';
import type { BusNode, DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { virtioBelow } from '../topology/graph.ts';

/** What the page calls devices and queues: a person's own id where there is one on the way up. */
export function namesOf(topology: MachineTopology | undefined): Names {
  const devices = new Map<number, { node: DeviceNode; name: string; bus: string }>();
  const walk = (bus: BusNode, owner: string): void => {
    for (const node of bus.children) {
      const name = node.id || owner || [node.type, node.address].filter(Boolean).join(' ');
      devices.set(node.dev, { node, name, bus: bus.type });
      for (const below of node.buses) walk(below, node.id || (node.virtio ? owner : ''));
    }
  };
  if (topology) walk(topology.root, '');
  const virtio = (dev: number) => {
    const found = devices.get(dev);
    return found && virtioBelow(found.node)?.virtio;
  };
  return {
    device: (dev) => devices.get(dev)?.name,
    virtioId: (dev) => virtio(dev)?.deviceId,
    transport: (dev) => transportOnBus(devices.get(dev)?.bus ?? ''),
    queue: (dev, queue) => virtio(dev)?.queues[queue]?.name,
  };
}
