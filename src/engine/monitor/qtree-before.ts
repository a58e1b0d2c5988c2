import { typeBeforeVirtioBus } from '../../journal/topology.ts';
import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { VirtioBus } from '../virtio/virtio-bus.ts';
import { printTree, type ShownDevice } from './qtree.ts';

/**
 * `info qtree` as it was before QEMU 1.3 gave transports a virtio-bus: the transport is the device, has
 * the device's properties before its own, and carries the device's buses. A transport without a device
 * did not exist.
 */
export function qtreeBefore(root: Bus): string {
  return printTree(root, before);
}

function before(device: Device): ShownDevice | undefined {
  const slot = device.childBuses.find((child) => child instanceof VirtioBus);
  const type = device.type.name;
  const { id, childBuses: buses } = device;
  if (!slot) return { type, id, propertiesOf: [device], buses };
  const [inside] = slot.devices;
  if (!inside) return undefined;
  return {
    type: typeBeforeVirtioBus(type, inside.type.name),
    id: id || inside.id,
    propertiesOf: [inside, device],
    buses: [...inside.childBuses, ...buses.filter((bus) => bus !== slot)],
  };
}
