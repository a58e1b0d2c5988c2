import {
  VIRTIO_BLK_HEADER,
  VIRTIO_BLK_REQ,
  VIRTIO_BLK_S,
  VIRTIO_BLK_SECTOR,
  VIRTIO_BLK_SEGMENT,
  VIRTIO_BLK_T,
} from '../../spec/blk.ts';
import { FieldReader, nameIn, nameOf, quoted } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';
import type { Side } from './side.ts';

/** Block request: header, data, status byte (VIRTIO 1.4 §5.2.6). */
export const decodeBlk: RequestDecoder = (readable, writable) => {
  const { type: TYPE, sector: SECTOR, reserved: RESERVED } = VIRTIO_BLK_REQ;
  const driver = new FieldReader(readable);
  const type = driver.number('type', TYPE.width, TYPE.doc, typeName);
  driver.number('reserved', RESERVED.width, RESERVED.doc);
  const sector = driver.number('sector', SECTOR.width, SECTOR.doc);
  const ranges = type === VIRTIO_BLK_T.DISCARD || type === VIRTIO_BLK_T.WRITE_ZEROES;
  if (ranges) driver.bytes('data', 'Ranges of sectors', () => range(readable));
  else driver.data('data', 'What to write');

  const device = new FieldReader(writable);
  const room = writable.length - 1;
  if (room > 0 && type === VIRTIO_BLK_T.GET_ID)
    device.bytes('data', 'Name of the device', quoted, room);
  else if (room > 0) device.data('data', 'What was read', room);
  device.number('status', 1, 'How it went', (status) => nameIn(VIRTIO_BLK_S, status));

  const placed = type === VIRTIO_BLK_T.IN || type === VIRTIO_BLK_T.OUT;
  const name = type === undefined ? 'missing' : (nameOf(VIRTIO_BLK_T, type) ?? typeName(type));
  return {
    title: placed ? `${name}, sector ${sector ?? 'missing'}` : name,
    section: '5.2.6',
    fields: [...driver.fields, ...device.fields],
  };
};

const typeName = (type: number): string =>
  nameOf(VIRTIO_BLK_T, type) === undefined ? `unknown type ${type}` : nameIn(VIRTIO_BLK_T, type);

function range(readable: Side): string {
  const { sector, num_sectors } = VIRTIO_BLK_SEGMENT;
  const start = readable.number(VIRTIO_BLK_HEADER + sector.offset, sector.width);
  const sectors = readable.number(VIRTIO_BLK_HEADER + num_sectors.offset, num_sectors.width);
  if (start === undefined || sectors === undefined) return 'missing';
  return `${sectors} sectors of ${VIRTIO_BLK_SECTOR} bytes from ${start}`;
}
