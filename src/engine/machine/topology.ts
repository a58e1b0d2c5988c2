import type { BusNode, DeviceNode, MachineTopology, VirtioFacts } from '../../journal/topology.ts';
import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { printedProperties } from '../qdev/print.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';

/** A snapshot of the qdev tree below `root`. */
export function topologyOf(
  machineType: string,
  ramBytes: number,
  root: Bus,
  devices: readonly string[],
): MachineTopology {
  return { machineType, ramBytes, root: busNode(root), devices: [...devices] };
}

function busNode(bus: Bus): BusNode {
  return {
    kind: 'bus',
    path: bus.path,
    name: bus.busName,
    type: bus.type.name,
    children: bus.devices.map((device) => deviceNode(device, bus)),
  };
}

function deviceNode(device: Device, bus: Bus): DeviceNode {
  return {
    kind: 'device',
    path: device.path,
    type: device.type.name,
    id: device.id,
    dev: device.dev,
    address: bus.addressOf(device),
    facts: bus.describe(device),
    properties: printedProperties(device),
    ancestors: device.type.ancestry().map(({ name }) => name),
    platform: device.platform,
    backends: device.backends(),
    ...(device instanceof VirtioDevice && { virtio: virtioFacts(device) }),
    buses: device.childBuses.map(busNode),
  };
}

function virtioFacts(device: VirtioDevice): VirtioFacts {
  return {
    deviceId: device.deviceId,
    name: device.deviceName,
    queues: device.queues.map(({ name, vq, unprocessed }) => ({
      name,
      maxSize: vq.maxSize,
      ...(unprocessed && { unprocessed }),
    })),
  };
}
