import type { RegisterMap } from './registers.ts';

/** Registers of version 2 (VIRTIO 1.4 §4.2.2), then those that only version 1 has (VIRTIO 1.4 §4.2.4). */
export const VIRTIO_MMIO = {
  MagicValue: { offset: 0x000, width: 4, access: 'R', doc: "Magic value, 'virt'" },
  Version: {
    offset: 0x004,
    width: 4,
    access: 'R',
    doc: 'Version: 2, or 1 for the legacy interface',
  },
  DeviceID: { offset: 0x008, width: 4, access: 'R', doc: 'Virtio device ID; 0: no device here' },
  VendorID: { offset: 0x00c, width: 4, access: 'R', doc: 'Virtio subsystem vendor ID' },
  DeviceFeatures: {
    offset: 0x010,
    width: 4,
    access: 'R',
    doc: 'Features that the device offers, the half that DeviceFeaturesSel chose',
  },
  DeviceFeaturesSel: {
    offset: 0x014,
    width: 4,
    access: 'W',
    doc: 'Which 32 feature bits DeviceFeatures shows',
  },
  DriverFeatures: {
    offset: 0x020,
    width: 4,
    access: 'W',
    doc: 'Features that the driver accepts, the half that DriverFeaturesSel chose',
  },
  DriverFeaturesSel: {
    offset: 0x024,
    width: 4,
    access: 'W',
    doc: 'Which 32 feature bits DriverFeatures sets',
  },
  QueueSel: { offset: 0x030, width: 4, access: 'W', doc: 'Which queue the Queue registers mean' },
  QueueNumMax: {
    offset: 0x034,
    width: 4,
    access: 'R',
    doc: 'Most entries of the queue; 0: not available',
  },
  QueueNum: { offset: 0x038, width: 4, access: 'W', doc: 'Entries of the queue' },
  QueueReady: { offset: 0x044, width: 4, access: 'RW', doc: '1: the device may use the queue' },
  QueueNotify: { offset: 0x050, width: 4, access: 'W', doc: 'Queue index: buffers are available' },
  InterruptStatus: {
    offset: 0x060,
    width: 4,
    access: 'R',
    doc: 'Interrupt cause: bit 0 a queue, bit 1 the configuration',
  },
  InterruptACK: {
    offset: 0x064,
    width: 4,
    access: 'W',
    doc: 'Causes that the driver has handled',
  },
  Status: { offset: 0x070, width: 4, access: 'RW', doc: 'Device status; writing 0 resets' },
  QueueDescLow: { offset: 0x080, width: 4, access: 'W', doc: 'Descriptor area, low half' },
  QueueDescHigh: { offset: 0x084, width: 4, access: 'W', doc: 'Descriptor area, high half' },
  QueueDriverLow: {
    offset: 0x090,
    width: 4,
    access: 'W',
    doc: 'Driver area (available ring), low half',
  },
  QueueDriverHigh: {
    offset: 0x094,
    width: 4,
    access: 'W',
    doc: 'Driver area (available ring), high half',
  },
  QueueDeviceLow: {
    offset: 0x0a0,
    width: 4,
    access: 'W',
    doc: 'Device area (used ring), low half',
  },
  QueueDeviceHigh: {
    offset: 0x0a4,
    width: 4,
    access: 'W',
    doc: 'Device area (used ring), high half',
  },
  SHMSel: { offset: 0x0ac, width: 4, access: 'W', doc: 'Which region the SHM registers mean' },
  SHMLenLow: {
    offset: 0x0b0,
    width: 4,
    access: 'R',
    doc: 'Bytes of the shared memory region, low half; all ones: there is none',
  },
  SHMLenHigh: {
    offset: 0x0b4,
    width: 4,
    access: 'R',
    doc: 'Bytes of the shared memory region, high half',
  },
  SHMBaseLow: {
    offset: 0x0b8,
    width: 4,
    access: 'R',
    doc: 'Address of the shared memory region, low half',
  },
  SHMBaseHigh: {
    offset: 0x0bc,
    width: 4,
    access: 'R',
    doc: 'Address of the shared memory region, high half',
  },
  QueueReset: { offset: 0x0c0, width: 4, access: 'RW', doc: '1: reset the queue' },
  ConfigGeneration: {
    offset: 0x0fc,
    width: 4,
    access: 'R',
    doc: 'Changes whenever the configuration may have changed',
  },
  GuestPageSize: {
    offset: 0x028,
    width: 4,
    access: 'W',
    doc: 'Unit of QueuePFN in bytes, a power of two',
  },
  QueueAlign: {
    offset: 0x03c,
    width: 4,
    access: 'W',
    doc: 'Alignment of the used ring in bytes, a power of two',
  },
  QueuePFN: { offset: 0x040, width: 4, access: 'RW', doc: 'Page number of the queue' },
} as const satisfies RegisterMap;

/** Offset of the device's own configuration (VIRTIO 1.4 §4.2.2). */
export const VIRTIO_MMIO_CONFIG = 0x100;
/** `MagicValue`: the letters "virt". */
export const VIRTIO_MMIO_MAGIC = 0x7472_6976;
