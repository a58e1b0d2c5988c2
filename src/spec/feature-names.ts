import { VIRTIO_ID } from './virtio.ts';

/** A bit, and what QEMU 7.2 calls it in `info virtio-status`. */
export interface BitName {
  /** Bit number. */
  readonly bit: number;
  readonly name: string;
  readonly text: string;
}

const named = (bit: number, name: string, text: string): BitName => ({ bit, name, text });

/** Device-independent feature bits, in the order in which QEMU lists them. */
export const TRANSPORT_FEATURE_NAMES: readonly BitName[] = [
  named(29, 'VIRTIO_RING_F_EVENT_IDX', 'Used & avail. event fields enabled'),
  named(28, 'VIRTIO_RING_F_INDIRECT_DESC', 'Indirect descriptors supported'),
  named(37, 'VIRTIO_F_SR_IOV', 'Device supports single root I/O virtualization'),
  named(36, 'VIRTIO_F_ORDER_PLATFORM', 'Memory accesses ordered by platform'),
  named(35, 'VIRTIO_F_IN_ORDER', 'Device uses buffers in same order as made available by driver'),
  named(34, 'VIRTIO_F_RING_PACKED', 'Device supports packed VQ layout'),
  named(33, 'VIRTIO_F_IOMMU_PLATFORM', 'Device can be used on IOMMU platform'),
  named(32, 'VIRTIO_F_VERSION_1', 'Device compliant for v1 spec (legacy)'),
  named(27, 'VIRTIO_F_ANY_LAYOUT', 'Device accepts arbitrary desc. layouts'),
  named(24, 'VIRTIO_F_NOTIFY_ON_EMPTY', 'Notify when device runs out of avail. descs. on VQ'),
];

/** Bits that QEMU gives every device type that could be served by vhost. */
const VHOST: readonly BitName[] = [
  named(30, 'VHOST_USER_F_PROTOCOL_FEATURES', 'Vhost-user protocol features negotiation supported'),
  named(26, 'VHOST_F_LOG_ALL', 'Logging write descriptors supported'),
];

/** Feature bits of device types by virtio ID, in the order in which QEMU lists them. */
export const DEVICE_FEATURE_NAMES: Readonly<Record<number, readonly BitName[]>> = {
  [VIRTIO_ID.BLOCK]: [
    ...VHOST,
    named(11, 'VIRTIO_BLK_F_CONFIG_WCE', 'Cache writeback and writethrough modes supported'),
    named(9, 'VIRTIO_BLK_F_FLUSH', 'Flush command supported'),
    named(7, 'VIRTIO_BLK_F_SCSI', 'SCSI packet commands supported'),
    named(0, 'VIRTIO_BLK_F_BARRIER', 'Request barriers supported'),
    named(14, 'VIRTIO_BLK_F_WRITE_ZEROES', 'Write zeroes command supported'),
    named(13, 'VIRTIO_BLK_F_DISCARD', 'Discard command supported'),
    named(12, 'VIRTIO_BLK_F_MQ', 'Multiqueue supported'),
    named(10, 'VIRTIO_BLK_F_TOPOLOGY', 'Topology information available'),
    named(6, 'VIRTIO_BLK_F_BLK_SIZE', 'Block size of disk available'),
    named(5, 'VIRTIO_BLK_F_RO', 'Device is read-only'),
    named(4, 'VIRTIO_BLK_F_GEOMETRY', 'Legacy geometry available'),
    named(2, 'VIRTIO_BLK_F_SEG_MAX', 'Max segments in a request is seg_max'),
    named(1, 'VIRTIO_BLK_F_SIZE_MAX', 'Max segment size is size_max'),
  ],
  [VIRTIO_ID.ENTROPY]: VHOST,
};

/** Device status bits, in the order in which QEMU lists them. */
export const STATUS_NAMES: readonly BitName[] = [
  named(0, 'VIRTIO_CONFIG_S_ACKNOWLEDGE', 'Valid virtio device found'),
  named(7, 'VIRTIO_CONFIG_S_FAILED', 'Error in guest, device failed'),
  named(6, 'VIRTIO_CONFIG_S_NEEDS_RESET', 'Irrecoverable error, device needs reset'),
  named(1, 'VIRTIO_CONFIG_S_DRIVER', 'Guest OS compatible with device'),
  named(3, 'VIRTIO_CONFIG_S_FEATURES_OK', 'Feature negotiation complete'),
  named(2, 'VIRTIO_CONFIG_S_DRIVER_OK', 'Driver setup and ready'),
];
