import type { TypeRegistry } from '../qom/type.ts';
import { VIRTIO_BUS_TYPE } from './virtio-bus.ts';
import { VIRTIO_DEVICE_TYPE } from './virtio-device.ts';

/** Registers the abstract virtio device and bus. Needs `device` and `bus`. */
export function registerVirtio(registry: TypeRegistry): void {
  registry.register(VIRTIO_BUS_TYPE);
  registry.register(VIRTIO_DEVICE_TYPE);
}
