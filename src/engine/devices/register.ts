import type { TypeRegistry } from '../qom/type.ts';
import { VIRTIO_BLK_TYPE } from './virtio-blk/virtio-blk.ts';
import { VIRTIO_RNG_TYPE } from './virtio-rng.ts';

/** Registers every virtio device. Needs `virtio-device`. */
export function registerVirtioDevices(registry: TypeRegistry): void {
  registry.register(VIRTIO_BLK_TYPE);
  registry.register(VIRTIO_RNG_TYPE);
}
