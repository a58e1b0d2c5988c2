import type { RegisterMap } from './registers.ts';

/** Feature bits of the SCSI host (VIRTIO 1.4 §5.6.3). */
export const VIRTIO_SCSI_F = {
  VIRTIO_SCSI_F_INOUT: 0,
  VIRTIO_SCSI_F_HOTPLUG: 1,
  VIRTIO_SCSI_F_CHANGE: 2,
  VIRTIO_SCSI_F_T10_PI: 3,
} as const;

/** Device configuration layout (VIRTIO 1.4 §5.6.4). */
export const VIRTIO_SCSI_CONFIG = {
  num_queues: { offset: 0, width: 4, access: 'R', doc: 'Request queues' },
  seg_max: { offset: 4, width: 4, access: 'R', doc: 'Most segments of a command' },
  max_sectors: { offset: 8, width: 4, access: 'R', doc: 'Largest good transfer, in 512 bytes' },
  cmd_per_lun: { offset: 12, width: 4, access: 'R', doc: 'Most commands at once to one unit' },
  event_info_size: { offset: 16, width: 4, access: 'R', doc: 'Bytes of an event' },
  sense_size: { offset: 20, width: 4, access: 'RW', doc: 'Bytes of sense data in a response' },
  cdb_size: { offset: 24, width: 4, access: 'RW', doc: 'Bytes of the CDB in a request' },
  max_channel: { offset: 28, width: 2, access: 'R', doc: 'Highest channel: always 0' },
  max_target: { offset: 30, width: 2, access: 'R', doc: 'Highest target' },
  max_lun: { offset: 32, width: 4, access: 'R', doc: 'Highest logical unit' },
} as const satisfies RegisterMap;
/** Reset value of `sense_size`. */
export const VIRTIO_SCSI_SENSE_DEFAULT = 96;
/** Reset value of `cdb_size`. */
export const VIRTIO_SCSI_CDB_DEFAULT = 32;
