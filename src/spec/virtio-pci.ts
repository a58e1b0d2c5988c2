import type { RegisterMap } from './registers.ts';

/** Values of `cfg_type` in a virtio PCI capability (VIRTIO 1.4 §4.1.4). */
export const VIRTIO_PCI_CAP = {
  COMMON_CFG: 1,
  NOTIFY_CFG: 2,
  ISR_CFG: 3,
  DEVICE_CFG: 4,
  PCI_CFG: 5,
  SHARED_MEMORY_CFG: 8,
  VENDOR_CFG: 9,
} as const;

/** Fields of `struct virtio_pci_cap`, byte offsets (VIRTIO 1.4 §4.1.4). */
export const VIRTIO_PCI_CAP_LAYOUT = {
  cap_vndr: 0,
  cap_next: 1,
  cap_len: 2,
  cfg_type: 3,
  bar: 4,
  id: 5,
  offset: 8,
  length: 12,
  /**
   * `notify_off_multiplier` of the notification capability, `pci_cfg_data` of the access
   * capability.
   */
  extra: 16,
} as const;

/** What `struct virtio_pci_vndr_data` has in place of the fields from `bar` on, byte offset (VIRTIO 1.4 §4.1.4.8). */
export const VIRTIO_PCI_VENDOR_DATA = { vendor_id: 4 } as const;

/** Common configuration structure (VIRTIO 1.4 §4.1.4.3). */
export const VIRTIO_PCI_COMMON = {
  device_feature_select: {
    offset: 0x00,
    width: 4,
    access: 'RW',
    doc: 'Which 32 feature bits device_feature shows',
  },
  device_feature: { offset: 0x04, width: 4, access: 'R', doc: 'Features that the device offers' },
  driver_feature_select: {
    offset: 0x08,
    width: 4,
    access: 'RW',
    doc: 'Which 32 feature bits driver_feature shows',
  },
  driver_feature: { offset: 0x0c, width: 4, access: 'RW', doc: 'Features that the driver accepts' },
  config_msix_vector: {
    offset: 0x10,
    width: 2,
    access: 'RW',
    doc: 'MSI-X vector of configuration changes',
  },
  num_queues: { offset: 0x12, width: 2, access: 'R', doc: 'Count of queues' },
  device_status: { offset: 0x14, width: 1, access: 'RW', doc: 'Device status; writing 0 resets' },
  config_generation: {
    offset: 0x15,
    width: 1,
    access: 'R',
    doc: 'Changes whenever the configuration may have changed',
  },
  queue_select: { offset: 0x16, width: 2, access: 'RW', doc: 'Which queue the queue_ fields mean' },
  queue_size: {
    offset: 0x18,
    width: 2,
    access: 'RW',
    doc: 'Entries of the queue; 0: not available',
  },
  queue_msix_vector: { offset: 0x1a, width: 2, access: 'RW', doc: 'MSI-X vector of the queue' },
  queue_enable: { offset: 0x1c, width: 2, access: 'RW', doc: '1: the device may use the queue' },
  queue_notify_off: {
    offset: 0x1e,
    width: 2,
    access: 'R',
    doc: 'Place of the doorbell, in multipliers',
  },
  queue_desc_lo: { offset: 0x20, width: 4, access: 'RW', doc: 'Descriptor area, low half' },
  queue_desc_hi: { offset: 0x24, width: 4, access: 'RW', doc: 'Descriptor area, high half' },
  queue_driver_lo: {
    offset: 0x28,
    width: 4,
    access: 'RW',
    doc: 'Driver area (available ring), low half',
  },
  queue_driver_hi: {
    offset: 0x2c,
    width: 4,
    access: 'RW',
    doc: 'Driver area (available ring), high half',
  },
  queue_device_lo: {
    offset: 0x30,
    width: 4,
    access: 'RW',
    doc: 'Device area (used ring), low half',
  },
  queue_device_hi: {
    offset: 0x34,
    width: 4,
    access: 'RW',
    doc: 'Device area (used ring), high half',
  },
  queue_notif_config_data: {
    offset: 0x38,
    width: 2,
    access: 'R',
    doc: 'Value to write when notifying, with NOTIF_CONFIG_DATA',
  },
  queue_reset: { offset: 0x3a, width: 2, access: 'RW', doc: '1: reset the queue' },
} as const satisfies RegisterMap;

/** ISR status (VIRTIO 1.4 §4.1.4.5). */
export const VIRTIO_PCI_ISR = {
  isr_status: {
    offset: 0,
    width: 1,
    access: 'R',
    doc: 'Bit 0: a queue, bit 1: the configuration; reading clears',
  },
} as const satisfies RegisterMap;

/** Doorbells: one register for each `notify_off_multiplier` (VIRTIO 1.4 §4.1.4.4). */
export const VIRTIO_PCI_NOTIFY = {
  queue_notify: { offset: 0, width: 2, access: 'W', doc: 'Queue index: buffers are available' },
} as const satisfies RegisterMap;

/** Legacy I/O header in BAR 0, without the MSI-X fields (VIRTIO 1.4 §4.1.4.10). */
export const VIRTIO_PCI_LEGACY = {
  device_features: {
    offset: 0x00,
    width: 4,
    access: 'R',
    doc: 'Features 0 to 31 that the device offers',
  },
  driver_features: {
    offset: 0x04,
    width: 4,
    access: 'RW',
    doc: 'Features 0 to 31 that the driver accepts',
  },
  queue_address: { offset: 0x08, width: 4, access: 'RW', doc: 'Page number of the queue' },
  queue_size: { offset: 0x0c, width: 2, access: 'R', doc: 'Entries of the queue' },
  queue_select: { offset: 0x0e, width: 2, access: 'RW', doc: 'Which queue the queue_ fields mean' },
  queue_notify: { offset: 0x10, width: 2, access: 'RW', doc: 'Queue index: buffers are available' },
  device_status: { offset: 0x12, width: 1, access: 'RW', doc: 'Device status; writing 0 resets' },
  isr_status: { offset: 0x13, width: 1, access: 'R', doc: 'Interrupt cause; reading clears' },
} as const satisfies RegisterMap;

/** Vector value that means: no interrupt (VIRTIO 1.4 §4.1.4.3). */
export const VIRTIO_MSI_NO_VECTOR = 0xffff;

/** Transitional PCI device IDs by virtio ID (VIRTIO 1.4 §4.1.2). */
export const TRANSITIONAL_PCI_ID: Readonly<Record<number, number>> = {
  1: 0x1000,
  2: 0x1001,
  5: 0x1002,
  3: 0x1003,
  8: 0x1004,
  4: 0x1005,
  9: 0x1009,
};
/** First modern PCI device ID, to which the virtio ID is added, and the last one (VIRTIO 1.4 §4.1.2). */
export const MODERN_PCI_ID_BASE = 0x1040;
export const MODERN_PCI_ID_LAST = 0x107f;
