/** Device IDs (VIRTIO 1.4 §5). */
export const VIRTIO_ID = {
  NET: 1,
  BLOCK: 2,
  CONSOLE: 3,
  ENTROPY: 4,
  BALLOON: 5,
  IO_MEMORY: 6,
  RPMSG: 7,
  SCSI: 8,
  '9P': 9,
  MAC80211_WLAN: 10,
  RPROC_SERIAL: 11,
  CAIF: 12,
  MEMORY_BALLOON: 13,
  GPU: 16,
  CLOCK: 17,
  INPUT: 18,
  SOCKET: 19,
  CRYPTO: 20,
  SIGNAL_DIST: 21,
  PSTORE: 22,
  IOMMU: 23,
  MEM: 24,
  SOUND: 25,
  FS: 26,
  PMEM: 27,
  RPMB: 28,
  SCMI: 32,
  I2C_ADAPTER: 34,
  CAN: 36,
  GPIO: 41,
} as const;

/** Device status bits (VIRTIO 1.4 §2.1). */
export const STATUS = {
  ACKNOWLEDGE: 1,
  DRIVER: 2,
  DRIVER_OK: 4,
  FEATURES_OK: 8,
  SUSPEND: 16,
  DEVICE_NEEDS_RESET: 64,
  FAILED: 128,
} as const;

/** Device-independent feature bits (VIRTIO 1.4 §6). */
export const VIRTIO_F = {
  VIRTIO_F_NOTIFY_ON_EMPTY: 24,
  VIRTIO_F_ANY_LAYOUT: 27,
  VIRTIO_F_INDIRECT_DESC: 28,
  VIRTIO_F_EVENT_IDX: 29,
  VIRTIO_F_VERSION_1: 32,
  VIRTIO_F_ACCESS_PLATFORM: 33,
  VIRTIO_F_RING_PACKED: 34,
  VIRTIO_F_IN_ORDER: 35,
  VIRTIO_F_ORDER_PLATFORM: 36,
  VIRTIO_F_SR_IOV: 37,
  VIRTIO_F_NOTIFICATION_DATA: 38,
  VIRTIO_F_NOTIF_CONFIG_DATA: 39,
  VIRTIO_F_RING_RESET: 40,
  VIRTIO_F_ADMIN_VQ: 41,
} as const;

/** Descriptor flag: the chain goes on at `next` (VIRTIO 1.4 §2.7.5). */
export const VIRTQ_DESC_F_NEXT = 1;
/**
 * Descriptor flag: the device may write the buffer; without it, only read it (VIRTIO 1.4 §2.7.5).
 */
export const VIRTQ_DESC_F_WRITE = 2;
/** Descriptor flag: the buffer is a table of descriptors (VIRTIO 1.4 §2.7.5.3). */
export const VIRTQ_DESC_F_INDIRECT = 4;
/** Available-ring flag: the driver wants no used-buffer notification (VIRTIO 1.4 §2.7.6). */
export const VIRTQ_AVAIL_F_NO_INTERRUPT = 1;
/** Used-ring flag: the device wants no available-buffer notification (VIRTIO 1.4 §2.7.8). */
export const VIRTQ_USED_F_NO_NOTIFY = 1;

/** Packed-ring descriptor flag: equals the driver's wrap counter where available (VIRTIO 1.4 §2.8.1). */
export const VIRTQ_DESC_F_AVAIL = 1 << 7;
/** Packed-ring descriptor flag: equals the device's wrap counter where used (VIRTIO 1.4 §2.8.1). */
export const VIRTQ_DESC_F_USED = 1 << 15;
/** Event suppression: every buffer is worth a notification (VIRTIO 1.4 §2.8.10). */
export const RING_EVENT_FLAGS_ENABLE = 0;
/** Event suppression: no notifications (VIRTIO 1.4 §2.8.10). */
export const RING_EVENT_FLAGS_DISABLE = 1;
/** Event suppression: a notification when one descriptor is reached; needs EVENT_IDX (VIRTIO 1.4 §2.8.10). */
export const RING_EVENT_FLAGS_DESC = 2;

/** Largest queue size (VIRTIO 1.4 §2.7, VIRTIO 1.4 §2.8). */
export const VIRTQ_MAX_SIZE = 32768;

/** Fields of a split-ring descriptor, byte offsets (VIRTIO 1.4 §2.7.5). */
export const VIRTQ_DESC = { addr: 0, len: 8, flags: 12, next: 14 } as const;

/** Layout of a split virtqueue of `size` entries, in bytes (VIRTIO 1.4 §2.7). */
export const SPLIT = {
  descSize: 16,
  descTable: (size: number) => 16 * size,
  /** flags, idx, ring[size], used_event */
  availRing: (size: number) => 6 + 2 * size,
  /** flags, idx, ring[size] of {id, len}, avail_event */
  usedRing: (size: number) => 6 + 8 * size,
  availFlags: 0,
  availIdx: 2,
  availEntry: (slot: number) => 4 + 2 * slot,
  usedEvent: (size: number) => 4 + 2 * size,
  usedFlags: 0,
  usedIdx: 2,
  usedEntry: (slot: number) => 4 + 8 * slot,
  availEvent: (size: number) => 4 + 8 * size,
  descAlign: 16,
  availAlign: 2,
  usedAlign: 4,
} as const;

/** Layout of a packed virtqueue of `size` descriptors, in bytes (VIRTIO 1.4 §2.8.10.1). */
export const PACKED = {
  descSize: 16,
  descRing: (size: number) => 16 * size,
  /** Fields of a descriptor (VIRTIO 1.4 §2.8.13). */
  descAddr: 0,
  descLen: 8,
  descId: 12,
  descFlags: 14,
  /** An event suppression structure: `desc`, offset and wrap counter in bit 15, then `flags` (VIRTIO 1.4 §2.8.14). */
  eventSize: 4,
  eventDesc: 0,
  eventFlags: 2,
  descAlign: 16,
  eventAlign: 4,
} as const;
