import { describe, expect, it } from 'vitest';
import {
  BLK_TYPES,
  bitsOf,
  constantOf,
  DESC_FLAGS,
  featureBit,
  featureNames,
  flagNames,
  STATUS_BITS,
} from './constants.ts';
import { sectionTitle } from './sections.ts';
import { VIRTIO_ID } from './virtio.ts';

describe('names of numbers', () => {
  it('[2.1] are the flags of a value in the order of their bits, and the rest as a number', () => {
    expect(flagNames(STATUS_BITS, 0x0f)).toEqual([
      'ACKNOWLEDGE',
      'DRIVER',
      'DRIVER_OK',
      'FEATURES_OK',
    ]);
    expect(flagNames(STATUS_BITS, 0)).toEqual([]);
    expect(flagNames(DESC_FLAGS, 0x8001)).toEqual(['NEXT', '0x8000']);
    expect(flagNames(DESC_FLAGS, 0xffff_ffff)).toEqual(['NEXT', 'WRITE', 'INDIRECT', '0xfffffff8']);
  });

  it('[5.1.3] are feature bits as QEMU names them where there is no table of our own', () => {
    expect(featureNames(VIRTIO_ID.NET, 2 ** 5 + 2 ** 30)).toEqual(['VIRTIO_NET_F_MAC', 'bit 30']);
    expect(featureBit(VIRTIO_ID.SCSI, 1)?.name).toBe('VIRTIO_SCSI_F_HOTPLUG');
  });

  it('[2.2] are feature bits of the device, of all devices, or numbers', () => {
    expect(featureNames(VIRTIO_ID.BLOCK, 2 ** 9 + 2 ** 32 + 2 ** 52)).toEqual([
      'VIRTIO_BLK_F_FLUSH',
      'VIRTIO_F_VERSION_1',
      'bit 52',
    ]);
    expect(featureNames(VIRTIO_ID.ENTROPY, 2 ** 9)).toEqual(['bit 9']);
    expect(featureBit(undefined, 29)).toMatchObject({ name: 'VIRTIO_F_EVENT_IDX' });
    expect(bitsOf(Number.MAX_SAFE_INTEGER).length).toBe(53);
  });

  it('[5.2.6] are one of a set of values, or none', () => {
    expect(constantOf(BLK_TYPES, 8)?.name).toBe('GET_ID');
    expect(constantOf(BLK_TYPES, 2)).toBeUndefined();
  });

  it('come from sections that exist', () => {
    for (const { section } of [STATUS_BITS, DESC_FLAGS, BLK_TYPES])
      expect(sectionTitle(section ?? '')).toBeDefined();
  });
});
