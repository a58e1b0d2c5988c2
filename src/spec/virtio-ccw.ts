/** Virtio over channel I/O (VIRTIO 1.4 §4.3). Blocks are big-endian but for the features. */

/** Type of the control unit that stands for a virtio device (VIRTIO 1.4 §4.3.1). */
export const VIRTIO_CCW_CU_TYPE = 0x3832;

/** Channel commands of virtio (VIRTIO 1.4 §4.3.1.1). */
export const VIRTIO_CCW_CMD = {
  SET_VQ: 0x13,
  VDEV_RESET: 0x33,
  SET_IND: 0x43,
  SET_CONF_IND: 0x53,
  SET_IND_ADAPTER: 0x73,
  READ_FEAT: 0x12,
  WRITE_FEAT: 0x11,
  READ_CONF: 0x22,
  WRITE_CONF: 0x21,
  WRITE_STATUS: 0x31,
  READ_VQ_CONF: 0x32,
  SET_VIRTIO_REV: 0x83,
  READ_STATUS: 0x72,
} as const;
export type VirtioCcwCommand = keyof typeof VIRTIO_CCW_CMD;

/** Section of VIRTIO 1.4 that defines a command. */
export const VIRTIO_CCW_SECTION: Readonly<Record<VirtioCcwCommand, string>> = {
  SET_VQ: '4.3.2.2',
  VDEV_RESET: '4.3.3.3',
  SET_IND: '4.3.2.6.1',
  SET_CONF_IND: '4.3.2.6.2',
  SET_IND_ADAPTER: '4.3.2.6.3',
  READ_FEAT: '4.3.2.4',
  WRITE_FEAT: '4.3.2.4',
  READ_CONF: '4.3.2.5',
  WRITE_CONF: '4.3.2.5',
  WRITE_STATUS: '4.3.2.3',
  READ_VQ_CONF: '4.3.2.2',
  SET_VIRTIO_REV: '4.3.2.1',
  READ_STATUS: '4.3.2.3',
};

/** Revision and length of what follows, of SET_VIRTIO_REV (VIRTIO 1.4 §4.3.2.1). */
export const VIRTIO_REV_INFO = {
  revision: { offset: 0, width: 2, doc: 'Revision of the transport' },
  length: { offset: 2, width: 2, doc: 'Bytes of data behind' },
} as const;
export const VIRTIO_REV_INFO_BYTES = 4;

/** Queue of READ_VQ_CONF (VIRTIO 1.4 §4.3.2.2). */
export const VQ_CONFIG_BLOCK = {
  index: { offset: 0, width: 2, doc: 'Queue; written by the driver' },
  max_queue_size: { offset: 2, width: 2, doc: 'Most entries; written by the device' },
} as const;
export const VQ_CONFIG_BLOCK_BYTES = 4;

/** Queue of SET_VQ (VIRTIO 1.4 §4.3.2.2). */
export const VQ_INFO_BLOCK = {
  desc: { offset: 0, width: 8, doc: 'Descriptor area' },
  res0: { offset: 8, width: 4, doc: 'Reserved' },
  index: { offset: 12, width: 2, doc: 'Queue' },
  size: { offset: 14, width: 2, doc: 'Entries' },
  driver: { offset: 16, width: 8, doc: 'Driver area' },
  device: { offset: 24, width: 8, doc: 'Device area' },
} as const;
export const VQ_INFO_BLOCK_BYTES = 32;

/** The same at revision 0 (VIRTIO 1.4 §4.3.2.2.2). */
export const VQ_INFO_BLOCK_LEGACY = {
  queue: { offset: 0, width: 8, doc: 'The whole ring' },
  align: { offset: 8, width: 4, doc: 'Alignment of the used ring' },
  index: { offset: 12, width: 2, doc: 'Queue' },
  size: { offset: 14, width: 2, doc: 'Entries' },
} as const;
export const VQ_INFO_BLOCK_LEGACY_BYTES = 16;

/** One word of features, little-endian, of READ_FEAT and WRITE_FEAT (VIRTIO 1.4 §4.3.2.4). */
export const VIRTIO_FEATURE_DESC = {
  features: { offset: 0, width: 4, doc: 'Feature bits, little-endian' },
  index: { offset: 4, width: 1, doc: 'Which 32 of them' },
} as const;
export const VIRTIO_FEATURE_DESC_BYTES = 5;

/** Indicators of adapter interruptions, of SET_IND_ADAPTER (VIRTIO 1.4 §4.3.2.6.3). */
export const VIRTIO_THININT_AREA = {
  summary_indicator: { offset: 0, width: 8, doc: 'Address of the summary indicator, a byte' },
  indicator: { offset: 8, width: 8, doc: 'Address of the indicator bits' },
  bit_nr: { offset: 16, width: 8, doc: 'Bit of the first queue, from the left' },
  isc: { offset: 24, width: 1, doc: 'Interruption subclass' },
} as const;
export const VIRTIO_THININT_AREA_BYTES = 25;

/** Queues that classic indicators have a bit for (VIRTIO 1.4 §4.3.2.6.1). */
export const CLASSIC_INDICATOR_BITS = 64;

/** Subcode of DIAGNOSE 0x500 that notifies a device (VIRTIO 1.4 §4.3.3.2). */
export const DIAG500_VIRTIO_CCW_NOTIFY = 3;

/** Queues that a device can have at most; also the vector that stands for its configuration. */
export const VIRTIO_CCW_MAX_QUEUES = 1024;
