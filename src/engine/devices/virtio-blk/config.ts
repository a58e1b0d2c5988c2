import { VIRTIO_BLK_CONFIG as CONFIG, VIRTIO_BLK_SECTOR } from '../../../spec/blk.ts';
import type { Values } from '../../qom/property.ts';
import { MAX_REQUEST_SECTORS, type PROPERTIES } from './properties.ts';

type Properties = Values<typeof PROPERTIES>;
type Fail = (message: string) => never;

/** The most entries of a queue. */
const MAX_QUEUE_SIZE = 1024;
/** The most queues of a device. */
const MAX_QUEUES = 1024;

/** Settles how many queues there are, and checks their size. */
export function settleQueues(props: Properties, fail: Fail): void {
  if (props['num-queues'] === 0xffff) props['num-queues'] = 1;
  if (props['num-queues'] === 0) fail('num-queues property must be larger than 0');
  // QEMU 7.2 aborts here; the sentence is ours.
  if (props['num-queues'] > MAX_QUEUES)
    fail(`num-queues property must not be larger than ${MAX_QUEUES}`);
  const queueSize = props['queue-size'];
  if (queueSize <= 2) fail(`invalid queue-size property (${queueSize}), must be > 2`);
  if ((queueSize & (queueSize - 1)) !== 0 || queueSize > MAX_QUEUE_SIZE)
    fail(
      `invalid queue-size property (${queueSize}), must be a power of 2 (max ${MAX_QUEUE_SIZE})`,
    );
}

/** Checks how much one discard, and one writing of zeroes, may be about. */
export function checkLimits(props: Properties, fail: Fail): void {
  const check = (name: 'max-discard-sectors' | 'max-write-zeroes-sectors') => {
    const value = props[name];
    if (value < 1 || value > MAX_REQUEST_SECTORS)
      fail(`invalid ${name} property (${value}), must be between 1 and ${MAX_REQUEST_SECTORS}`);
  };
  if (props.discard) check('max-discard-sectors');
  if (props['write-zeroes']) check('max-write-zeroes-sectors');
}

/** Bytes of the configuration space: what a device does not offer is not in it. */
export function blkConfigSize(props: Properties): number {
  if (props['write-zeroes']) return CONFIG.write_zeroes_may_unmap.offset + 1;
  if (props.discard) return CONFIG.max_write_zeroes_sectors.offset;
  return CONFIG.max_discard_sectors.offset;
}

/** Configuration space of a disk of `length` bytes (VIRTIO 1.4 §5.2.4). */
export function blkConfig(props: Properties, length: number, writeback: boolean): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  const blockSize = props.logical_block_size;
  const tracks = Math.floor(Math.floor(length / props.heads) / props.secs);
  const wholeTracks = tracks % blockSize === 0;
  const u16 = (register: keyof typeof CONFIG, value: number) =>
    view.setUint16(CONFIG[register].offset, value, true);
  const u32 = (register: keyof typeof CONFIG, value: number) =>
    view.setUint32(CONFIG[register].offset, value, true);
  const u8 = (register: keyof typeof CONFIG, value: number) =>
    view.setUint8(CONFIG[register].offset, value);
  view.setBigUint64(CONFIG.capacity.offset, BigInt(length / VIRTIO_BLK_SECTOR), true);
  u32('seg_max', props['seg-max-adjust'] ? props['queue-size'] - 2 : 126);
  u16('cylinders', props.cyls);
  u8('heads', props.heads);
  u8('sectors', wholeTracks ? props.secs : props.secs & ~(blockSize / VIRTIO_BLK_SECTOR - 1));
  u32('blk_size', blockSize);
  u8('physical_block_exp', Math.log2(props.physical_block_size / blockSize));
  u16('min_io_size', props.min_io_size / blockSize);
  u32('opt_io_size', props.opt_io_size / blockSize);
  u8('writeback', writeback ? 1 : 0);
  u16('num_queues', props['num-queues']);
  if (props.discard) {
    const granularity = props['report-discard-granularity']
      ? props.discard_granularity
      : 0xffff_ffff;
    u32('max_discard_sectors', props['max-discard-sectors']);
    u32('max_discard_seg', 1);
    u32(
      'discard_sector_alignment',
      (granularity === 0xffff_ffff ? blockSize : granularity) / VIRTIO_BLK_SECTOR,
    );
  }
  if (props['write-zeroes']) {
    u32('max_write_zeroes_sectors', props['max-write-zeroes-sectors']);
    u32('max_write_zeroes_seg', 1);
    u8('write_zeroes_may_unmap', 1);
  }
  return bytes;
}
