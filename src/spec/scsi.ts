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

/** Bytes of a command's request in front of the CDB: unit, tag and three more (VIRTIO 1.4 §5.6.6.1). */
export const VIRTIO_SCSI_CMD_REQ = 19;
/** Bytes of a command's response in front of the sense data (VIRTIO 1.4 §5.6.6.1). */
export const VIRTIO_SCSI_CMD_RESP = 12;
/** Where the unit's address begins in a command, and in a control request. */
export const VIRTIO_SCSI_LUN_AT = { command: 0, control: 8 } as const;
/** Bytes of a unit's address. */
export const VIRTIO_SCSI_LUN_BYTES = 8;

/** Responses of the device (VIRTIO 1.4 §5.6.6.1, VIRTIO 1.4 §5.6.6.2). */
export const VIRTIO_SCSI_S = {
  OK: 0,
  OVERRUN: 1,
  ABORTED: 2,
  BAD_TARGET: 3,
  RESET: 4,
  BUSY: 5,
  TRANSPORT_FAILURE: 6,
  TARGET_FAILURE: 7,
  NEXUS_FAILURE: 8,
  FAILURE: 9,
  FUNCTION_SUCCEEDED: 10,
  FUNCTION_REJECTED: 11,
  INCORRECT_LUN: 12,
} as const;

/** Types of control requests (VIRTIO 1.4 §5.6.6.2). */
export const VIRTIO_SCSI_T = { TMF: 0, AN_QUERY: 1, AN_SUBSCRIBE: 2 } as const;
/** Task management functions (VIRTIO 1.4 §5.6.6.2). */
export const VIRTIO_SCSI_TMF = {
  ABORT_TASK: 0,
  ABORT_TASK_SET: 1,
  CLEAR_ACA: 2,
  CLEAR_TASK_SET: 3,
  I_T_NEXUS_RESET: 4,
  LOGICAL_UNIT_RESET: 5,
  QUERY_TASK: 6,
  QUERY_TASK_SET: 7,
} as const;
/** Bytes of control requests and of their responses, by kind (VIRTIO 1.4 §5.6.6.2). */
export const VIRTIO_SCSI_CTRL_BYTES = {
  tmf: { request: 24, response: 1 },
  asynchronous: { request: 16, response: 5 },
} as const;

/** Bytes of an event (VIRTIO 1.4 §5.6.6.3). */
export const VIRTIO_SCSI_EVENT_BYTES = 16;
/** Events, and the flag that some were lost before (VIRTIO 1.4 §5.6.6.3). */
export const VIRTIO_SCSI_EVENT = {
  NO_EVENT: 0,
  TRANSPORT_RESET: 1,
  ASYNC_NOTIFY: 2,
  PARAM_CHANGE: 3,
  EVENTS_MISSED: 0x8000_0000,
} as const;
/** Reasons of TRANSPORT_RESET (VIRTIO 1.4 §5.6.6.3). */
export const VIRTIO_SCSI_EVT_RESET = { HARD: 0, RESCAN: 1, REMOVED: 2 } as const;
