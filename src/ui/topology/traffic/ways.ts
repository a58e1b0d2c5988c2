import { NONE } from '../../../journal/schema.ts';
import type { BusNode, DeviceNode } from '../../../protocol/topology.ts';
import { REGION_INDEX, REGIONS } from '../../../spec/regions.ts';
import { backEndNodeId } from '../back-ends.ts';
import { GUEST, type MachineGraph, RAM, virtioBelow } from '../graph.ts';

/** The node that shows device number `dev`; undefined where there is none. */
export function nodeOf(graph: MachineGraph, dev: number | undefined): string | undefined {
  const path = dev === undefined || dev === NONE ? undefined : graph.topology.devices[dev];
  return path === undefined ? undefined : graph.shownAs.get(path);
}

/** The node of the virtio device that `dev` is or carries; its own where it carries none. */
export function nodeOfVirtio(graph: MachineGraph, dev: number): string | undefined {
  const device = deviceOf(graph, dev);
  const virtio = device && virtioBelow(device);
  return virtio ? graph.shownAs.get(virtio.path) : nodeOf(graph, dev);
}

function deviceOf(graph: MachineGraph, dev: number): DeviceNode | undefined {
  const id = nodeOf(graph, dev);
  const node = id === undefined ? undefined : graph.nodes.get(id);
  return node?.kind === 'device' ? node.device : undefined;
}

/** Whether a region is a virtio transport's, rather than PCI configuration or the platform's. */
export function isVirtioRegion(region: number): boolean {
  return REGIONS[region]?.name.startsWith('virtio-') ?? false;
}

/** Whether a region is the way to PCI configuration space. */
export function isPciConfig(region: number): boolean {
  return region === REGION_INDEX['pci-config-ports'] || region === REGION_INDEX['pci-config'];
}

/** Where a bus access ends: at the transport's device for its registers, at the bridge for its ports. */
export function exitTarget(graph: MachineGraph, dev: number, region: number): string | undefined {
  if (dev === NONE) {
    if (!isPciConfig(region)) return undefined;
    const bridge = graph.topology.root.children.find((device) => device.buses.some(isPci));
    return bridge && graph.shownAs.get(bridge.path);
  }
  return isVirtioRegion(region) ? nodeOfVirtio(graph, dev) : nodeOf(graph, dev);
}

const isPci = (bus: BusNode): boolean => bus.type === 'PCI' || bus.type === 'PCIE';

/** From the guest along the buses to a node; to the root bus where nothing there answers. */
export function fromGuest(graph: MachineGraph, node: string | undefined): string[] {
  const stops: string[] = [];
  for (let id: string | undefined = node; id !== undefined; id = graph.parents.get(id))
    stops.push(id);
  return stops.length > 0 ? stops.reverse() : [GUEST, graph.topology.root.path];
}

/** From a device up the buses and into memory. */
export function toMemory(graph: MachineGraph, node: string | undefined): string[] {
  if (node === undefined) return [RAM];
  return [...fromGuest(graph, node).slice(1).reverse(), RAM];
}

/** From a device to the first of its back ends; only the device where it has none. */
export function toBackEnd(graph: MachineGraph, dev: number): string[] {
  const start = nodeOfVirtio(graph, dev);
  const node = start === undefined ? undefined : graph.nodes.get(start);
  if (start === undefined || node?.kind !== 'device')
    return start === undefined ? [GUEST] : [start];
  const [backEnd] = node.device.backends;
  return backEnd ? [start, backEndNodeId(backEnd.kind, backEnd.id)] : [start];
}

/** The device that carries a virtio device's bus, where one does: its interrupts are sent from there. */
export function transportOf(graph: MachineGraph, node: string): string {
  const bus = graph.parents.get(node);
  const carrier = bus === undefined ? undefined : graph.parents.get(bus);
  const virtioBus = bus === undefined ? undefined : graph.nodes.get(bus);
  const carries = virtioBus?.kind === 'bus' && virtioBus.bus.ancestors.includes('virtio-bus');
  return carries && carrier !== undefined ? carrier : node;
}
