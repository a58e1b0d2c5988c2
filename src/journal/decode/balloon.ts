import { hex } from '../../base/bits.ts';
import { VIRTIO_BALLOON_PAGE } from '../../spec/balloon.ts';
import { count, FieldReader, nameIn } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';
import type { Side } from './side.ts';

/** Bytes of a page number, and of a statistic. */
const PFN = 4;
const STAT = 10;
/** Page numbers and statistics that are told one by one. */
const MOST = 8;

/** Tags of memory statistics (VIRTIO 1.4 §5.5.6.4). */
const STATISTICS = {
  SWAP_IN: 0,
  SWAP_OUT: 1,
  MAJFLT: 2,
  MINFLT: 3,
  MEMFREE: 4,
  MEMTOT: 5,
  AVAIL: 6,
  CACHES: 7,
  HTLB_PGALLOC: 8,
  HTLB_PGFAIL: 9,
} as const;

/** Pages that go or come back, statistics, hints or reports, by the queue (VIRTIO 1.4 §5.5.6). */
export const decodeBalloon: RequestDecoder = (readable, writable, { queue }) => {
  if (queue === 'statsq') return statistics(readable);
  if (queue === 'free_page_vq') return hints(readable, writable);
  if (queue === 'reporting_vq') {
    const device = new FieldReader(writable);
    device.data('pages', 'Memory that the guest does not need now');
    const title = `report ${count(writable.length)} as free`;
    return { title, section: '5.5.6.7', fields: device.fields };
  }
  const driver = new FieldReader(readable);
  driver.bytes('pfns', `Numbers of pages of ${VIRTIO_BALLOON_PAGE} bytes`, (bytes) =>
    pages(bytes, readable.bigEndian),
  );
  const title = `${queue === 'deflateq' ? 'take back' : 'give'} ${count(Math.floor(readable.length / PFN), 'page')}`;
  return { title, section: '5.5.6', fields: driver.fields };
};

function pages(bytes: Uint8Array, bigEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers: string[] = [];
  for (let i = 0; i + PFN <= bytes.length && numbers.length < MOST; i += PFN)
    numbers.push(hex(view.getUint32(i, !bigEndian)));
  return numbers.length * PFN < bytes.length ? `${numbers.join(', ')}, …` : numbers.join(', ');
}

function statistics(readable: Side) {
  const driver = new FieldReader(readable);
  while (driver.left >= STAT && driver.fields.length < 2 * Object.keys(STATISTICS).length) {
    driver.number('tag', 2, 'What is counted', (tag) => nameIn(STATISTICS, tag));
    driver.number('val', 8, 'How much of it');
  }
  driver.data('more', 'Further statistics');
  const title = count(Math.floor(readable.length / STAT), 'statistic');
  return { title, section: '5.5.6.4', fields: driver.fields };
}

/** A command number to begin or end with, or memory that is free (VIRTIO 1.4 §5.5.6.5). */
function hints(readable: Side, writable: Side) {
  const driver = new FieldReader(readable);
  if (readable.length > 0) driver.number('cmd_id', 4, 'Which round of hints this is');
  driver.data('more', 'Nothing that the device reads');
  const device = new FieldReader(writable);
  device.data('pages', 'Memory that is free');
  const title =
    readable.length > 0 ? 'begin or end of free page hints' : `${count(writable.length)} are free`;
  return { title, section: '5.5.6.5', fields: [...driver.fields, ...device.fields] };
}
