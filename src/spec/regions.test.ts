import { describe, expect, it } from 'vitest';
import { REGION_INDEX, registerName, registerOf } from './regions.ts';
import { VIRTIO_ID } from './virtio.ts';

describe('registers by region and offset', () => {
  it('[4.1.4.3] are found anywhere in their width', () => {
    expect(registerName(REGION_INDEX['virtio-pci-common'], 0x14)).toBe('device_status');
    expect(registerName(REGION_INDEX['virtio-pci-common'], 0x03)).toBe('device_feature_select');
    expect(registerName(REGION_INDEX['virtio-pci-common'], 0x1000)).toBeUndefined();
    expect(registerName(99, 0)).toBeUndefined();
  });

  it('[4.1.4.4] are doorbells at every offset of the notification region', () => {
    expect(registerOf(REGION_INDEX['virtio-pci-notify'], 0xffc)).toMatchObject({
      name: 'queue_notify',
      register: { access: 'W' },
    });
  });

  it('[2.5] depend on the device where they are the device’s own', () => {
    const region = REGION_INDEX['virtio-pci-device'];
    expect(registerName(region, 0, VIRTIO_ID.BLOCK)).toBe('capacity');
    expect(registerName(region, 0, VIRTIO_ID.ENTROPY)).toBeUndefined();
    expect(registerName(region, 0)).toBeUndefined();
  });
});

it('[4.2.2] a memory-mapped device has its configuration behind its registers', () => {
  const region = REGION_INDEX['virtio-mmio'];
  expect(registerName(region, 0x70)).toBe('Status');
  expect(registerOf(region, 0x104, VIRTIO_ID.BLOCK)).toMatchObject({
    name: 'capacity',
    register: { offset: 0x100, width: 8 },
  });
  expect(registerName(region, 0x100, VIRTIO_ID.ENTROPY)).toBeUndefined();
});

it('ECAM shows every function’s header, 4096 bytes apart', () => {
  expect(registerName(REGION_INDEX['pci-ecam'], 0x8004)).toBe('Command');
});
