import type { QObject } from '../../qom/object.ts';
import { bit, bool, link, str, u16, u32 } from '../../qom/property.ts';
import { BLOCK_PROPERTIES, ERROR_PROPERTIES, GEOMETRY_PROPERTIES } from '../block/properties.ts';

/** Largest request of the block layer, in sectors. */
export const MAX_REQUEST_SECTORS = 4194303;

/** Properties of virtio-blk-device, in QEMU's order. */
export const PROPERTIES = {
  ...BLOCK_PROPERTIES,
  ...ERROR_PROPERTIES,
  ...GEOMETRY_PROPERTIES,
  serial: str(),
  'config-wce': bit(true),
  scsi: bit(false),
  'request-merging': bit(true),
  'num-queues': u16(0xffff),
  'queue-size': u16(256),
  'seg-max-adjust': bool(true),
  iothread: link<QObject>('iothread'),
  discard: bit(true),
  'report-discard-granularity': bool(true),
  'write-zeroes': bit(true),
  'max-discard-sectors': u32(MAX_REQUEST_SECTORS),
  'max-write-zeroes-sectors': u32(MAX_REQUEST_SECTORS),
  'x-enable-wce-if-config-wce': bool(true),
} as const;
