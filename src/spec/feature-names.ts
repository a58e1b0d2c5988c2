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

const LOG_ALL = named(26, 'VHOST_F_LOG_ALL', 'Logging write descriptors supported');

/** Bits that QEMU gives every device type that could be served by vhost. */
const VHOST: readonly BitName[] = [
  named(30, 'VHOST_USER_F_PROTOCOL_FEATURES', 'Vhost-user protocol features negotiation supported'),
  LOG_ALL,
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
  [VIRTIO_ID.NET]: [
    ...VHOST,
    named(27, 'VHOST_NET_F_VIRTIO_NET_HDR', 'Virtio-net headers for RX and TX packets supported'),
    named(6, 'VIRTIO_NET_F_GSO', 'Handling GSO-type packets supported'),
    named(63, 'VIRTIO_NET_F_SPEED_DUPLEX', 'Device set linkspeed and duplex'),
    named(
      62,
      'VIRTIO_NET_F_STANDBY',
      'Device acting as standby for primary device with same MAC addr. supported',
    ),
    named(61, 'VIRTIO_NET_F_RSC_EXT', 'Extended coalescing info supported'),
    named(60, 'VIRTIO_NET_F_RSS', 'RSS RX steering supported'),
    named(57, 'VIRTIO_NET_F_HASH_REPORT', 'Hash reporting supported'),
    named(23, 'VIRTIO_NET_F_CTRL_MAC_ADDR', 'MAC address set through control channel'),
    named(22, 'VIRTIO_NET_F_MQ', 'Multiqueue with automatic receive steering supported'),
    named(21, 'VIRTIO_NET_F_GUEST_ANNOUNCE', 'Driver sending gratuitous packets supported'),
    named(20, 'VIRTIO_NET_F_CTRL_RX_EXTRA', 'Extra RX mode control supported'),
    named(19, 'VIRTIO_NET_F_CTRL_VLAN', 'Control channel VLAN filtering supported'),
    named(18, 'VIRTIO_NET_F_CTRL_RX', 'Control channel RX mode supported'),
    named(17, 'VIRTIO_NET_F_CTRL_VQ', 'Control channel available'),
    named(16, 'VIRTIO_NET_F_STATUS', 'Configuration status field available'),
    named(15, 'VIRTIO_NET_F_MRG_RXBUF', 'Driver can merge receive buffers'),
    named(14, 'VIRTIO_NET_F_HOST_UFO', 'Device can receive UFO'),
    named(13, 'VIRTIO_NET_F_HOST_ECN', 'Device can receive TSO with ECN'),
    named(12, 'VIRTIO_NET_F_HOST_TSO6', 'Device can receive TSOv6'),
    named(11, 'VIRTIO_NET_F_HOST_TSO4', 'Device can receive TSOv4'),
    named(10, 'VIRTIO_NET_F_GUEST_UFO', 'Driver can receive UFO'),
    named(9, 'VIRTIO_NET_F_GUEST_ECN', 'Driver can receive TSO with ECN'),
    named(8, 'VIRTIO_NET_F_GUEST_TSO6', 'Driver can receive TSOv6'),
    named(7, 'VIRTIO_NET_F_GUEST_TSO4', 'Driver can receive TSOv4'),
    named(5, 'VIRTIO_NET_F_MAC', 'Device has given MAC address'),
    named(3, 'VIRTIO_NET_F_MTU', 'Device max MTU reporting supported'),
    named(2, 'VIRTIO_NET_F_CTRL_GUEST_OFFLOADS', 'Control channel offloading reconfig. supported'),
    named(1, 'VIRTIO_NET_F_GUEST_CSUM', 'Driver handling packets with partial checksum supported'),
    named(0, 'VIRTIO_NET_F_CSUM', 'Device handling packets with partial checksum supported'),
  ],
  [VIRTIO_ID.CONSOLE]: [
    named(2, 'VIRTIO_CONSOLE_F_EMERG_WRITE', 'Emergency write supported'),
    named(1, 'VIRTIO_CONSOLE_F_MULTIPORT', 'Multiple ports for device supported'),
    named(0, 'VIRTIO_CONSOLE_F_SIZE', 'Host providing console size'),
  ],
  [VIRTIO_ID.BALLOON]: [
    named(5, 'VIRTIO_BALLOON_F_REPORTING', 'Page reporting VQ enabled'),
    named(4, 'VIRTIO_BALLOON_F_PAGE_POISON', 'Guest page poisoning enabled'),
    named(3, 'VIRTIO_BALLOON_F_FREE_PAGE_HINT', 'VQ reporting free pages enabled'),
    named(2, 'VIRTIO_BALLOON_F_DEFLATE_ON_OOM', 'Deflate balloon when guest OOM'),
    named(1, 'VIRTIO_BALLOON_F_STATS_VQ', 'Guest memory stats VQ available'),
    named(0, 'VIRTIO_BALLOON_F_MUST_TELL_HOST', 'Tell host before reclaiming pages'),
  ],
  [VIRTIO_ID.SCSI]: [
    ...VHOST,
    named(3, 'VIRTIO_SCSI_F_T10_PI', 'T10 info included in request header'),
    named(2, 'VIRTIO_SCSI_F_CHANGE', 'Reporting and handling LUN changes supported'),
    named(1, 'VIRTIO_SCSI_F_HOTPLUG', 'Reporting and handling hot-plug events supported'),
    named(0, 'VIRTIO_SCSI_F_INOUT', 'Requests including read and writable data buffers supported'),
  ],
  [VIRTIO_ID.GPU]: [
    ...VHOST,
    named(4, 'VIRTIO_GPU_F_CONTEXT_INIT', 'Context types and synchronization timelines supported'),
    named(3, 'VIRTIO_GPU_F_RESOURCE_BLOB', 'Size-based blob resources supported'),
    named(2, 'VIRTIO_GPU_F_RESOURCE_UUID', 'Resource UUID assigning supported'),
    named(1, 'VIRTIO_GPU_F_EDID', 'EDID metadata supported'),
    named(0, 'VIRTIO_GPU_F_VIRGL', 'Virgl 3D mode supported'),
  ],
  [VIRTIO_ID.SOCKET]: [...VHOST, named(1, 'VIRTIO_VSOCK_F_SEQPACKET', 'SOCK_SEQPACKET supported')],
  [VIRTIO_ID.IOMMU]: [
    named(6, 'VIRTIO_IOMMU_F_BYPASS_CONFIG', 'Bypass field of IOMMU config available'),
    named(5, 'VIRTIO_IOMMU_F_MMIO', 'VIRTIO_IOMMU_MAP_F_MMIO flag available'),
    named(4, 'VIRTIO_IOMMU_F_PROBE', 'Probe requests available'),
    named(3, 'VIRTIO_IOMMU_F_BYPASS', 'Endpoints not attached to domains are in bypass mode'),
    named(2, 'VIRTIO_IOMMU_F_MAP_UNMAP', 'Map and unmap requests available'),
    named(1, 'VIRTIO_IOMMU_F_DOMAIN_RANGE', 'Number of supported domains available'),
    named(0, 'VIRTIO_IOMMU_F_INPUT_RANGE', 'Range of available virtual addrs. available'),
  ],
  [VIRTIO_ID.MEM]: [
    named(1, 'VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE', 'Unplugged memory cannot be accessed'),
  ],
  [VIRTIO_ID.I2C_ADAPTER]: [
    ...VHOST,
    named(0, 'VIRTIO_I2C_F_ZERO_LEGNTH_REQUEST', 'Zero length requests supported'),
  ],
  [VIRTIO_ID.ENTROPY]: VHOST,
  [VIRTIO_ID.INPUT]: VHOST,
  [VIRTIO_ID.FS]: VHOST,
  [VIRTIO_ID.CRYPTO]: [LOG_ALL],
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
