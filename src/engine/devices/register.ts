import type { TypeInfo, TypeRegistry } from '../qom/type.ts';
import { registerScsiBus } from './scsi/scsi-bus.ts';
import { registerScsiDisks } from './scsi/scsi-disk.ts';
import { registerVhostScsi } from './vhost-scsi/vhost-scsi.ts';
import { VHOST_USER_DISPLAY_TYPES } from './vhost-user/display.ts';
import { SIMPLE_VHOST_USER_TYPES } from './vhost-user/simple.ts';
import { VHOST_USER_FS_TYPE } from './vhost-user/vhost-user-fs.ts';
import { VHOST_VSOCK_TYPES } from './vhost-vsock.ts';
import { VIRTIO_9P_TYPE } from './virtio-9p/virtio-9p.ts';
import { VIRTIO_BALLOON_TYPE } from './virtio-balloon/virtio-balloon.ts';
import { VHOST_USER_BLK_TYPE } from './virtio-blk/vhost-user-blk.ts';
import { VIRTIO_BLK_TYPE } from './virtio-blk/virtio-blk.ts';
import { VIRTIO_CRYPTO_TYPE } from './virtio-crypto/virtio-crypto.ts';
import { VIRTIO_GPU_TYPES } from './virtio-gpu/virtio-gpu.ts';
import { VIRTIO_HID_TYPES } from './virtio-input/hid.ts';
import { VIRTIO_INPUT_HOST_TYPE } from './virtio-input/host.ts';
import { VIRTIO_INPUT_TYPE } from './virtio-input/virtio-input.ts';
import { VIRTIO_IOMMU_TYPE } from './virtio-iommu/virtio-iommu.ts';
import { virtioMemType } from './virtio-mem/virtio-mem.ts';
import { VIRTIO_NET_TYPE } from './virtio-net/virtio-net.ts';
import { VIRTIO_PMEM_TYPE } from './virtio-pmem/virtio-pmem.ts';
import { VIRTIO_RNG_TYPE } from './virtio-rng.ts';
import { VIRTIO_SCSI_COMMON_TYPE, VIRTIO_SCSI_TYPE } from './virtio-scsi/virtio-scsi.ts';
import { registerSerialPorts } from './virtio-serial/serial-bus.ts';
import { VIRTIO_SERIAL_TYPE } from './virtio-serial/virtio-serial.ts';

/** Devices that are nothing but themselves; a parent stands before its children. */
const TYPES: readonly TypeInfo[] = [
  VIRTIO_BALLOON_TYPE,
  VIRTIO_9P_TYPE,
  VIRTIO_CRYPTO_TYPE,
  VIRTIO_IOMMU_TYPE,
  VIRTIO_INPUT_TYPE,
  ...VIRTIO_HID_TYPES,
  VIRTIO_INPUT_HOST_TYPE,
  ...VIRTIO_GPU_TYPES,
  ...VHOST_USER_DISPLAY_TYPES,
  ...VHOST_VSOCK_TYPES,
  ...SIMPLE_VHOST_USER_TYPES,
  VHOST_USER_FS_TYPE,
];

/** Registers every virtio device that the program of `arch` has. Needs `virtio-device`. */
export function registerVirtioDevices(registry: TypeRegistry, arch: string): void {
  registry.register(VIRTIO_BLK_TYPE);
  registry.register(VHOST_USER_BLK_TYPE);
  registry.register(VIRTIO_NET_TYPE);
  registry.register(VIRTIO_SCSI_COMMON_TYPE);
  registry.register(VIRTIO_SCSI_TYPE);
  registerVhostScsi(registry);
  registerScsiBus(registry);
  registerScsiDisks(registry);
  registry.register(VIRTIO_SERIAL_TYPE);
  registerSerialPorts(registry);
  registry.register(VIRTIO_RNG_TYPE);
  for (const type of TYPES) registry.register(type);
  if (arch === 'x86_64') registry.register(VIRTIO_PMEM_TYPE);
  if (arch === 'x86_64' || arch === 'aarch64') registry.register(virtioMemType(arch === 'x86_64'));
}
