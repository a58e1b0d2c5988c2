import { BLK_STATUS, constantOf } from '../../spec/constants.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { BACKEND_OPS, type BackendOp } from '../schema.ts';
import { deviceName, type Names, type Teller } from './narration-types.ts';
import { address, count } from './words.ts';

/** What is asked of a back end. */
const ASKS: Readonly<Record<BackendOp, (length: number, position: number) => string>> = {
  read: (length, position) => `to read ${count(length, 'byte')} at byte ${position}`,
  write: (length, position) => `to write ${count(length, 'byte')} at byte ${position}`,
  flush: () => 'to make everything written so far durable',
  getId: () => 'for its name',
  discard: (length, position) => `to forget ${count(length, 'byte')} at byte ${position}`,
  writeZeroes: (length, position) => `to zero ${count(length, 'byte')} at byte ${position}`,
  random: (length) => `for ${count(length, 'random byte')}`,
  send: (length) => `to send ${count(length, 'byte')}`,
  receive: (length) => `for ${count(length, 'byte')} that came in`,
  inflate: (length, position) =>
    `to take back ${count(length, 'byte')} at guest address ${address(position)}`,
  deflate: (length, position) =>
    `to lend ${count(length, 'byte')} at guest address ${address(position)} again`,
  show: (length) => `to show ${count(length, 'byte')} of a picture`,
  compute: (length) => `to work on ${count(length, 'byte')}`,
  file: (length) => `for a file operation of ${count(length, 'byte')}`,
};

/** Section of VIRTIO 1.4 that says what the device does with a request, by virtio ID. */
const OPERATION: Readonly<Record<number, string>> = {
  [VIRTIO_ID.NET]: '5.1.9',
  [VIRTIO_ID.BLOCK]: '5.2.6',
  [VIRTIO_ID.CONSOLE]: '5.3.6',
  [VIRTIO_ID.ENTROPY]: '5.4.6',
  [VIRTIO_ID.BALLOON]: '5.5.6',
  [VIRTIO_ID.SCSI]: '5.6.6',
  [VIRTIO_ID.GPU]: '5.7.6',
  [VIRTIO_ID.INPUT]: '5.8.6',
  [VIRTIO_ID.CRYPTO]: '5.9.9',
  [VIRTIO_ID.IOMMU]: '5.13.6',
  [VIRTIO_ID.MEM]: '5.15.6',
  [VIRTIO_ID.PMEM]: '5.19.7',
};

function operation(names: Names, dev: number): { section?: string } {
  const section = OPERATION[names.virtioId(dev) ?? 0];
  return section ? { section } : {};
}

/** A request went to a back end. */
export const tellRequest: Teller<'backendRequest'> = ({ event, names }) => {
  const { dev, queue, op, position, length, id } = event;
  const asked = ASKS[BACKEND_OPS[op] ?? 'read'](length, position);
  return {
    title: `Back end: ${BACKEND_OPS[op] ?? 'request'}`,
    text: `${deviceName(names, dev)} asks its back end ${asked} (request ${id}).`,
    ...operation(names, dev),
    tone: 'device',
    at: { dev, queue },
  };
};

/** A back end answered. */
export const tellCompletion: Teller<'backendCompletion'> = ({ event, names }) => {
  const { dev, queue, op, id, status } = event;
  const name = BACKEND_OPS[op] ?? 'request';
  const known =
    names.virtioId(dev) === VIRTIO_ID.BLOCK ? constantOf(BLK_STATUS, status)?.name : undefined;
  const failed = `status ${known ? `${known} (${status})` : status}`;
  return {
    title: `Back end: ${name} ${status === 0 ? 'done' : 'failed'}`,
    text: `The back end of ${deviceName(names, dev)} has answered request ${id}${status === 0 ? '' : ` with ${failed}`}.`,
    ...operation(names, dev),
    tone: 'device',
    at: { dev, queue },
  };
};
