import type { RegisterMap } from './registers.ts';

/** Feature bits of the block device (VIRTIO 1.4 §5.2.3); BARRIER and SCSI are legacy. */
export const VIRTIO_BLK_F = {
  VIRTIO_BLK_F_BARRIER: 0,
  VIRTIO_BLK_F_SIZE_MAX: 1,
  VIRTIO_BLK_F_SEG_MAX: 2,
  VIRTIO_BLK_F_GEOMETRY: 4,
  VIRTIO_BLK_F_RO: 5,
  VIRTIO_BLK_F_BLK_SIZE: 6,
  VIRTIO_BLK_F_SCSI: 7,
  VIRTIO_BLK_F_FLUSH: 9,
  VIRTIO_BLK_F_TOPOLOGY: 10,
  VIRTIO_BLK_F_CONFIG_WCE: 11,
  VIRTIO_BLK_F_MQ: 12,
  VIRTIO_BLK_F_DISCARD: 13,
  VIRTIO_BLK_F_WRITE_ZEROES: 14,
  VIRTIO_BLK_F_LIFETIME: 15,
  VIRTIO_BLK_F_SECURE_ERASE: 16,
  VIRTIO_BLK_F_ZONED: 17,
} as const;

/** Request types (VIRTIO 1.4 §5.2.6). */
export const VIRTIO_BLK_T = {
  IN: 0,
  OUT: 1,
  FLUSH: 4,
  GET_ID: 8,
  GET_LIFETIME: 10,
  DISCARD: 11,
  WRITE_ZEROES: 13,
  SECURE_ERASE: 14,
} as const;
/** Request status byte (VIRTIO 1.4 §5.2.6). */
export const VIRTIO_BLK_S = { OK: 0, IOERR: 1, UNSUPP: 2 } as const;
/** Bytes of the unit that `sector` and `capacity` count. */
export const VIRTIO_BLK_SECTOR = 512;
/** Bytes of the answer to GET_ID. */
export const VIRTIO_BLK_ID_BYTES = 20;
/** Bytes of `type`, `reserved`, `sector` before the data. */
export const VIRTIO_BLK_HEADER = 16;
/** Fields of the header, byte offsets and widths (VIRTIO 1.4 §5.2.6). */
export const VIRTIO_BLK_REQ = {
  type: { offset: 0, width: 4, doc: 'What to do' },
  reserved: { offset: 4, width: 4, doc: 'Zero; a priority in drafts of the specification' },
  sector: { offset: 8, width: 8, doc: 'Where, in units of 512 bytes' },
} as const;
/** Fields of one segment of DISCARD, WRITE_ZEROES or SECURE_ERASE (VIRTIO 1.4 §5.2.6). */
export const VIRTIO_BLK_SEGMENT = {
  sector: { offset: 0, width: 8, doc: 'Where, in units of 512 bytes' },
  num_sectors: { offset: 8, width: 4, doc: 'How many of them' },
  flags: { offset: 12, width: 4, doc: 'Bit 0: unmap' },
} as const;

/** Device configuration layout (VIRTIO 1.4 §5.2.4). */
export const VIRTIO_BLK_CONFIG = {
  capacity: { offset: 0, width: 8, access: 'R', doc: 'Size, in 512-byte sectors' },
  size_max: { offset: 8, width: 4, access: 'R', doc: 'Largest segment, with SIZE_MAX' },
  seg_max: { offset: 12, width: 4, access: 'R', doc: 'Most segments of a request, with SEG_MAX' },
  cylinders: { offset: 16, width: 2, access: 'R', doc: 'Geometry, with GEOMETRY' },
  heads: { offset: 18, width: 1, access: 'R', doc: 'Geometry, with GEOMETRY' },
  sectors: { offset: 19, width: 1, access: 'R', doc: 'Geometry, with GEOMETRY' },
  blk_size: { offset: 20, width: 4, access: 'R', doc: 'Block size, with BLK_SIZE' },
  physical_block_exp: {
    offset: 24,
    width: 1,
    access: 'R',
    doc: 'log2 of logical blocks in a physical one',
  },
  alignment_offset: {
    offset: 25,
    width: 1,
    access: 'R',
    doc: 'Offset of the first aligned logical block',
  },
  min_io_size: { offset: 26, width: 2, access: 'R', doc: 'Smallest good transfer, in blocks' },
  opt_io_size: { offset: 28, width: 4, access: 'R', doc: 'Best transfer, in blocks' },
  writeback: { offset: 32, width: 1, access: 'RW', doc: '1: writeback cache, with CONFIG_WCE' },
  unused0: { offset: 33, width: 1, access: 'R', doc: 'Padding' },
  num_queues: { offset: 34, width: 2, access: 'R', doc: 'Request queues, with MQ' },
  max_discard_sectors: { offset: 36, width: 4, access: 'R', doc: 'With DISCARD' },
  max_discard_seg: { offset: 40, width: 4, access: 'R', doc: 'With DISCARD' },
  discard_sector_alignment: { offset: 44, width: 4, access: 'R', doc: 'With DISCARD' },
  max_write_zeroes_sectors: { offset: 48, width: 4, access: 'R', doc: 'With WRITE_ZEROES' },
  max_write_zeroes_seg: { offset: 52, width: 4, access: 'R', doc: 'With WRITE_ZEROES' },
  write_zeroes_may_unmap: { offset: 56, width: 1, access: 'R', doc: 'With WRITE_ZEROES' },
} as const satisfies RegisterMap;
