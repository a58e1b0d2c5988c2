import type { BusNode, DeviceNode, MachineTopology, VirtioFacts } from '../../journal/topology.ts';
import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { printedProperties } from '../qdev/print.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';
import { backEndFacts, linkedBackEnds } from './back-end-facts.ts';
import type { BackEnds } from './back-ends.ts';

/** What the picture needs of a machine. */
interface Pictured {
  readonly type: { readonly type: string };
  readonly ram: { readonly size: number };
  readonly sysbus: Bus;
  readonly backEnds: BackEnds;
  /** By the number that events call them by. */
  readonly devices: readonly Device[];
}

/** A snapshot of a machine's qdev tree and back ends. */
export function topologyOf({ type, ram, sysbus, backEnds, devices }: Pictured): MachineTopology {
  return {
    machineType: type.type,
    ramBytes: ram.size,
    root: busNode(sysbus, backEnds),
    backEnds: backEndFacts(backEnds),
    devices: devices.map(({ path }) => path),
  };
}

function busNode(bus: Bus, backEnds: BackEnds): BusNode {
  return {
    kind: 'bus',
    path: bus.path,
    name: bus.busName,
    type: bus.type.name,
    ancestors: bus.type.ancestry().map(({ name }) => name),
    full: bus.full,
    hotpluggable: bus.hotpluggable,
    children: bus.devices.map((device) => deviceNode(device, bus, backEnds)),
  };
}

function deviceNode(device: Device, bus: Bus, backEnds: BackEnds): DeviceNode {
  const { option, asAdded } = device;
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
    ...(option !== undefined && { option }),
    ...(asAdded !== undefined && { added: asAdded }),
    ...(device.unplugPending && { leaving: true }),
    backends: linkedBackEnds(device, backEnds),
    ...(device instanceof VirtioDevice && { virtio: virtioFacts(device) }),
    buses: device.childBuses.map((child) => busNode(child, backEnds)),
  };
}

function virtioFacts(device: VirtioDevice): VirtioFacts {
  return {
    deviceId: device.deviceId,
    name: device.deviceName,
    queues: device.queues.map(({ name, vq }) => ({ name, maxSize: vq.maxSize })),
  };
}
