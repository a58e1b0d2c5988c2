import { typeBeforeVirtioBus } from '../journal/topology.ts';
import type { BusNode, DeviceNode, MachineTopology } from './topology.ts';

/** The virtio device in a transport's slot, and the slot; undefined for other devices. */
interface Slot {
  readonly bus: BusNode;
  readonly device: DeviceNode | undefined;
}

/** The virtio-bus that a device carries, if it is a transport. */
export function virtioSlot(device: DeviceNode): Slot | undefined {
  const bus = device.buses.find(({ type }) => /^virtio-(?:pci|mmio|ccw|s390)-bus$/.test(type));
  return bus && { bus, device: bus.children[0] };
}

/** A machine as QEMU 1.2 had it, and where the nodes went that it did not have. */
export interface BeforeVirtioBus {
  readonly topology: MachineTopology;
  /** Paths of virtio buses and their devices, and the path of the transport that swallowed them. */
  readonly merged: ReadonlyMap<string, string>;
}

/**
 * A machine as it was before QEMU 1.3 gave transports a virtio-bus: the transport is the device, with the
 * device's properties, back ends, queues and buses. Empty slots are left out, for there were none.
 */
export function beforeVirtioBus(topology: MachineTopology): BeforeVirtioBus {
  const merged = new Map<string, string>();
  const busBefore = (bus: BusNode): BusNode => ({
    ...bus,
    children: bus.children.flatMap(deviceBefore),
  });

  function deviceBefore(device: DeviceNode): DeviceNode[] {
    const slot = virtioSlot(device);
    if (!slot) return [{ ...device, buses: device.buses.map(busBefore) }];
    const inside = slot.device;
    if (!inside) return [];
    merged.set(slot.bus.path, device.path);
    merged.set(inside.path, device.path);
    const others = device.buses.filter((bus) => bus !== slot.bus);
    return [
      {
        ...device,
        type: typeBeforeVirtioBus(device.type, inside.type),
        id: device.id || inside.id,
        dev: inside.dev,
        properties: [...inside.properties, ...device.properties],
        backends: [...device.backends, ...inside.backends],
        ...(inside.virtio && { virtio: inside.virtio }),
        buses: [...inside.buses, ...others].map(busBefore),
      },
    ];
  }

  const root = busBefore(topology.root);
  const devices = topology.devices.map((path) => merged.get(path) ?? path);
  return { topology: { ...topology, root, devices }, merged };
}
