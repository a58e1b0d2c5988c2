import { hex } from '../../base/bits.ts';
import {
  VIRTIO_SCSI_CDB_DEFAULT,
  VIRTIO_SCSI_EVENT,
  VIRTIO_SCSI_LUN_BYTES,
  VIRTIO_SCSI_S,
  VIRTIO_SCSI_SENSE_DEFAULT,
  VIRTIO_SCSI_T,
  VIRTIO_SCSI_TMF,
} from '../../spec/scsi.ts';
import { SCSI_OP } from '../../spec/scsi-commands.ts';
import { digits, FieldReader, nameIn, nameOf } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';
import type { Side } from './side.ts';

/** A command, a control request or room for an event, by the queue (VIRTIO 1.4 §5.6.6). */
export const decodeScsi: RequestDecoder = (readable, writable, { queue }) => {
  if (queue === 'controlq') return control(readable, writable);
  if (queue === 'eventq') return event(writable);
  return command(readable, writable);
};

/** With the reset values of `cdb_size` and `sense_size`, which drivers seldom change. */
function command(readable: Side, writable: Side) {
  const driver = new FieldReader(readable);
  driver.bytes('lun', 'Logical unit', lun, VIRTIO_SCSI_LUN_BYTES);
  driver.number('tag', 8, 'Names the command, for ABORT_TASK', hex);
  driver.number('task_attr', 1, 'Ordering');
  driver.number('prio', 1, 'Priority');
  driver.number('crn', 1, 'Zero');
  const opcode = readable.number(driver.at, 1);
  driver.bytes('cdb', 'The SCSI command', cdb, VIRTIO_SCSI_CDB_DEFAULT);
  driver.data('dataout', 'What the command sends');
  const device = new FieldReader(writable);
  device.number('sense_len', 4, 'Bytes of sense data');
  device.number('residual', 4, 'Bytes that were not transferred');
  device.number('status_qualifier', 2, 'More about the status');
  device.number('status', 1, 'SCSI status', hex);
  device.named('response', 1, 'How it went', VIRTIO_SCSI_S);
  device.bytes('sense', 'Sense data', digits, VIRTIO_SCSI_SENSE_DEFAULT);
  device.data('datain', 'What the command reads');
  return {
    title: opcode === undefined ? 'missing' : (nameOf(SCSI_OP, opcode) ?? `command ${hex(opcode)}`),
    section: '5.6.6.1',
    fields: [...driver.fields, ...device.fields],
  };
}

function control(readable: Side, writable: Side) {
  const driver = new FieldReader(readable);
  const type = driver.named('type', 4, 'What to do', VIRTIO_SCSI_T);
  const isTask = type === VIRTIO_SCSI_T.TMF;
  const subtype = isTask
    ? driver.named('subtype', 4, 'Which task management function', VIRTIO_SCSI_TMF)
    : undefined;
  driver.bytes('lun', 'Logical unit', lun, VIRTIO_SCSI_LUN_BYTES);
  if (isTask) driver.number('tag', 8, 'The command that it is about', hex);
  else driver.number('event_requested', 4, 'Events to hear of', hex);
  const device = new FieldReader(writable);
  if (!isTask) device.number('event_actual', 4, 'Events that the device tells of', hex);
  device.named('response', 1, 'How it went', VIRTIO_SCSI_S);
  const title = nameOf(VIRTIO_SCSI_TMF, subtype) ?? nameOf(VIRTIO_SCSI_T, type) ?? 'unknown type';
  return { title, section: '5.6.6.2', fields: [...driver.fields, ...device.fields] };
}

function event(writable: Side) {
  const device = new FieldReader(writable);
  device.named('event', 4, 'What happened', VIRTIO_SCSI_EVENT);
  device.bytes('lun', 'Where', lun, VIRTIO_SCSI_LUN_BYTES);
  device.number('reason', 4, 'More about it', hex);
  return { title: 'room for an event', section: '5.6.6.3', fields: device.fields };
}

/** The single level that virtio uses: 1, target, and a unit with 0x40 in its upper byte. */
function lun(bytes: Uint8Array): string {
  const [level, target = 0, high = 0, low = 0] = bytes;
  if (bytes.length < VIRTIO_SCSI_LUN_BYTES || level !== 1) return digits(bytes);
  return `target ${target}, unit ${((high & 0x3f) << 8) | low}`;
}

const cdb = (bytes: Uint8Array): string =>
  `${nameIn(SCSI_OP, bytes[0] ?? 0)}: ${digits(bytes.subarray(0, 16))}`;
