import { hex } from '../../base/bits.ts';
import {
  VIRTIO_CRYPTO_OP,
  VIRTIO_CRYPTO_REQUEST,
  VIRTIO_CRYPTO_STATUS,
} from '../../spec/crypto.ts';
import { digits, FieldReader, nameOf } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';
import type { Side } from './side.ts';

/** Services by the upper bits of an operation code. */
const SERVICES = ['CIPHER', 'HASH', 'MAC', 'AEAD', 'AKCIPHER'] as const;

/** A session's creation or end, or an operation on data, by the queue (VIRTIO 1.4 §5.9.9). */
export const decodeCrypto: RequestDecoder = (readable, writable, { queue }) =>
  queue === 'controlq' ? control(readable, writable) : data(readable, writable);

function opcodeName(opcode: number): string {
  const name = nameOf(VIRTIO_CRYPTO_OP, opcode);
  return name ?? `${SERVICES[opcode >>> 8] ?? 'service'} operation ${opcode & 0xff}`;
}

const shown = (opcode: number): string => `${opcodeName(opcode)} (${hex(opcode)})`;

function control(readable: Side, writable: Side) {
  const driver = new FieldReader(readable);
  const opcode = driver.number('opcode', 4, 'What to do', shown) ?? 0;
  driver.number('algo', 4, 'Algorithm of the service');
  driver.number('flag', 4, 'None are defined');
  driver.number('queue_id', 4, 'Data queue that the session is for');
  const ends = opcodeName(opcode).endsWith('DESTROY_SESSION');
  if (ends) driver.number('session_id', 8, 'Which session');
  const fixed = Math.min(driver.left, VIRTIO_CRYPTO_REQUEST.control - driver.at);
  driver.bytes('op_flf', 'What the operation needs, of fixed length', digits, fixed);
  driver.data('op_vlf', 'Keys');
  const device = new FieldReader(writable);
  if (ends) device.named('status', 1, 'How it went', VIRTIO_CRYPTO_STATUS);
  else {
    device.number('session_id', 8, 'The session that came of it');
    device.named('status', 4, 'How it went', VIRTIO_CRYPTO_STATUS);
    device.reserved(4);
  }
  device.data('data', 'Room that the answer does not need');
  return {
    title: opcodeName(opcode),
    section: '5.9.9.2',
    fields: [...driver.fields, ...device.fields],
  };
}

function data(readable: Side, writable: Side) {
  const driver = new FieldReader(readable);
  const opcode = driver.number('opcode', 4, 'What to do', shown) ?? 0;
  driver.number('algo', 4, 'Algorithm of the service');
  driver.number('session_id', 8, 'Session to work in');
  driver.number('flag', 4, 'Whether the session is used');
  driver.reserved(4);
  const fixed = Math.min(driver.left, VIRTIO_CRYPTO_REQUEST.data - driver.at);
  driver.bytes('op_flf', 'What the operation needs, of fixed length', digits, fixed);
  driver.data('op_vlf', 'Initialisation vector, then the data');
  const device = new FieldReader(writable);
  const room = writable.length - 1;
  if (room > 0) device.data('data', 'What came of it', room);
  device.named('status', 1, 'How it went', VIRTIO_CRYPTO_STATUS);
  return {
    title: opcodeName(opcode),
    section: '5.9.9.3',
    fields: [...driver.fields, ...device.fields],
  };
}
