/** The constants of module 'guest', for an editor. Generated; its test tells how. */
export const GUEST_CONSTANTS = `// Types of the module 'guest', generated from the sources of the guest library.
declare module 'guest' {
  /** Device status bit (VIRTIO 1.4 §2.1). */
  const ACKNOWLEDGE: 1;
  /** Device status bit (VIRTIO 1.4 §2.1). */
  const DRIVER: 2;
  /** Device status bit (VIRTIO 1.4 §2.1). */
  const DRIVER_OK: 4;
  /** Device status bit (VIRTIO 1.4 §2.1). */
  const FEATURES_OK: 8;
  /** Device status bit (VIRTIO 1.4 §2.1). */
  const SUSPEND: 16;
  /** Device status bit (VIRTIO 1.4 §2.1). */
  const DEVICE_NEEDS_RESET: 64;
  /** Device status bit (VIRTIO 1.4 §2.1). */
  const FAILED: 128;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_NOTIFY_ON_EMPTY: 24;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_ANY_LAYOUT: 27;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_INDIRECT_DESC: 28;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_EVENT_IDX: 29;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_VERSION_1: 32;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_ACCESS_PLATFORM: 33;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_RING_PACKED: 34;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_IN_ORDER: 35;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_ORDER_PLATFORM: 36;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_SR_IOV: 37;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_NOTIFICATION_DATA: 38;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_NOTIF_CONFIG_DATA: 39;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_RING_RESET: 40;
  /** Number of a feature bit that any device may offer (VIRTIO 1.4 §6). */
  const VIRTIO_F_ADMIN_VQ: 41;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_BARRIER: 0;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_SIZE_MAX: 1;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_SEG_MAX: 2;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_GEOMETRY: 4;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_RO: 5;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_BLK_SIZE: 6;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_SCSI: 7;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_FLUSH: 9;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_TOPOLOGY: 10;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_CONFIG_WCE: 11;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_MQ: 12;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_DISCARD: 13;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_WRITE_ZEROES: 14;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_LIFETIME: 15;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_SECURE_ERASE: 16;
  /** Number of a feature bit of the block device (VIRTIO 1.4 §5.2.3). */
  const VIRTIO_BLK_F_ZONED: 17;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_IN: 0;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_OUT: 1;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_FLUSH: 4;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_GET_ID: 8;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_GET_LIFETIME: 10;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_DISCARD: 11;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_WRITE_ZEROES: 13;
  /** Request type of the block device (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_T_SECURE_ERASE: 14;
  /** Status of a block request (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_S_OK: 0;
  /** Status of a block request (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_S_IOERR: 1;
  /** Status of a block request (VIRTIO 1.4 §5.2.6). */
  const VIRTIO_BLK_S_UNSUPP: 2;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_NET: 1;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_BLOCK: 2;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_CONSOLE: 3;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_ENTROPY: 4;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_BALLOON: 5;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_IO_MEMORY: 6;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_RPMSG: 7;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_SCSI: 8;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_9P: 9;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_MAC80211_WLAN: 10;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_RPROC_SERIAL: 11;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_CAIF: 12;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_MEMORY_BALLOON: 13;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_GPU: 16;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_CLOCK: 17;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_INPUT: 18;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_SOCKET: 19;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_CRYPTO: 20;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_SIGNAL_DIST: 21;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_PSTORE: 22;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_IOMMU: 23;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_MEM: 24;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_SOUND: 25;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_FS: 26;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_PMEM: 27;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_RPMB: 28;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_SCMI: 32;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_I2C_ADAPTER: 34;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_CAN: 36;
  /** Virtio device ID (VIRTIO 1.4 §5). */
  const VIRTIO_ID_GPIO: 41;
  /** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
  const VIRTQ_DESC_F_NEXT: 1;
  /** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
  const VIRTQ_DESC_F_WRITE: 2;
  /** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
  const VIRTQ_DESC_F_INDIRECT: 4;
  /** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
  const VIRTQ_DESC_F_AVAIL: number;
  /** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
  const VIRTQ_DESC_F_USED: number;
  /** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
  const VIRTQ_AVAIL_F_NO_INTERRUPT: 1;
  /** Flag of a descriptor, or of a ring (VIRTIO 1.4 §2.7). */
  const VIRTQ_USED_F_NO_NOTIFY: 1;
  /** Value of \`cfg_type\` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
  const VIRTIO_PCI_CAP_COMMON_CFG: 1;
  /** Value of \`cfg_type\` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
  const VIRTIO_PCI_CAP_NOTIFY_CFG: 2;
  /** Value of \`cfg_type\` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
  const VIRTIO_PCI_CAP_ISR_CFG: 3;
  /** Value of \`cfg_type\` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
  const VIRTIO_PCI_CAP_DEVICE_CFG: 4;
  /** Value of \`cfg_type\` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
  const VIRTIO_PCI_CAP_PCI_CFG: 5;
  /** Value of \`cfg_type\` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
  const VIRTIO_PCI_CAP_SHARED_MEMORY_CFG: 8;
  /** Value of \`cfg_type\` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
  const VIRTIO_PCI_CAP_VENDOR_CFG: 9;
}
`;
