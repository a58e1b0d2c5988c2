import type { BusNode, DeviceNode, MachineTopology } from '../protocol/topology.ts';

/** A virtio device, and where it is: `virtio-blk-pci disk0 at pci.0 04.0`. */
export interface VirtioPlace {
  readonly type: string;
  readonly id: string;
  /** Names of the buses on the way to it, and its address on the last one. */
  readonly at: string;
}

/** The virtio devices of a machine as a person plugs them: with their transport, or alone in a slot. */
export function virtioPlaces({ root }: MachineTopology): VirtioPlace[] {
  const found: VirtioPlace[] = [];
  const visit = (bus: BusNode, way: string): void => {
    bus.children.forEach((node, i) => {
      const here = `${way}/${bus.type}`;
      const place = `${here} ${node.address || bus.children.length - i}`;
      if (isPlugged(node)) found.push({ type: node.type, id: node.id, at: place });
      // Slots of the same kind are told apart by their names.
      for (const below of node.buses)
        visit(below, below.type === 'virtio-mmio-bus' ? below.name : place);
    });
  };
  visit(root, '');
  return found;
}

function isPlugged(node: DeviceNode): boolean {
  if (node.virtio) return true;
  return node.buses.some((bus) => bus.children.some(({ virtio }) => virtio));
}
