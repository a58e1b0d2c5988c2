import { describe, expect, it } from 'vitest';
import { REGION_INDEX } from '../../spec/regions.ts';
import { STATUS } from '../../spec/virtio.ts';
import { VIRTIO_MMIO } from '../../spec/virtio-mmio.ts';
import { VIRTIO_PCI_COMMON as COMMON, VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import type { Deed } from '../../testing/random-journal.ts';
import { DEV, last, read, words, write } from '../../testing/told.ts';
import { NONE } from '../schema.ts';

describe('registers in words', () => {
  const region = REGION_INDEX['virtio-pci-common'];
  const get = (name: keyof typeof COMMON, value: number) =>
    read(region, COMMON[name].offset, COMMON[name].width, value);
  const set = (name: keyof typeof COMMON, value: number) =>
    write(region, COMMON[name].offset, COMMON[name].width, value);
  const { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK } = STATUS;

  it('[3.1.1] name the status bits that are new, and what they say', () => {
    const status: Deed = (j) => j.status(DEV, 0, ACKNOWLEDGE);
    expect(words(status, set('device_status', ACKNOWLEDGE | DRIVER))).toEqual([
      'device_status ← ACKNOWLEDGE | DRIVER',
      'Says: the guest knows how to drive it (DRIVER).',
      '3.1.1',
    ]);
    expect(words(set('device_status', FEATURES_OK))[1]).toBe(
      'Says: the driver has chosen its features (FEATURES_OK). Reading it back tells whether the device agrees.',
    );
  });

  it('[2.2.2] tell when the device refuses the features', () => {
    const asked = set('device_status', ACKNOWLEDGE | DRIVER | FEATURES_OK);
    const refused = get('device_status', ACKNOWLEDGE | DRIVER);
    expect(words(asked, refused)).toEqual([
      'device_status is ACKNOWLEDGE | DRIVER',
      'FEATURES_OK did not stay set: the device refuses the features that the driver chose.',
      '2.2.2',
    ]);
    expect(
      words(asked, get('device_status', ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK))[2],
    ).toBe('2.1');
  });

  it('[2.4] call a reset a reset', () => {
    expect(words(set('device_status', 0))).toEqual([
      'Reset',
      'Writing 0 to device_status resets disk0.',
      '2.4',
    ]);
  });

  it('[2.2] name feature bits, in the half that is selected', () => {
    expect(words(get('device_feature', (1 << 9) | (1 << 28)))[1]).toBe(
      'The device offers, of bits 0 to 31: VIRTIO_BLK_F_FLUSH and VIRTIO_F_INDIRECT_DESC.',
    );
    expect(words(set('driver_feature_select', 1), set('driver_feature', 1))).toEqual([
      'driver_feature ← 0x00000001',
      'The driver accepts, of bits 32 to 63: VIRTIO_F_VERSION_1.',
      '2.2.1',
    ]);
    expect(words(set('device_feature_select', 2), get('device_feature', 2))[1]).toContain('bit 65');
  });

  it('[4.1.5.1.3] know which queue is selected', () => {
    const narration = last(set('queue_select', 5), set('queue_size', 8));
    expect(narration).toMatchObject({
      title: 'queue_size ← 8',
      text: 'Queue 5 gets 8 entries.',
      tone: 'driver',
    });
    expect(narration.at).toEqual({ dev: DEV, region, offset: COMMON.queue_size.offset, queue: 5 });
    expect(
      words(
        set('queue_select', 5),
        set('queue_select', 0),
        set('device_status', 0),
        get('queue_size', 0),
      )[1],
    ).toBe('Queue 0 does not exist.');
    expect(words(set('queue_select', 1), set('queue_driver_hi', 1))[1]).toBe(
      'The upper half of the address of the driver area of queue 1.',
    );
  });

  it('[4.1.4.5] read the interrupt status, and ring the doorbell', () => {
    expect(last(read(REGION_INDEX['virtio-pci-isr'], 0, 1, 3))).toMatchObject({
      title: 'isr_status is QUEUE | CONFIG',
      tone: 'interrupt',
      section: '4.1.4.5',
    });
    expect(last(write(REGION_INDEX['virtio-pci-notify'], 8, 2, 2))).toMatchObject({
      title: 'Doorbell of queue 2',
      text: 'The driver tells disk0 that queue 2 has new available buffers.',
      tone: 'notification',
      at: { queue: 2, offset: 8 },
    });
  });

  it('[5.2.4] read the device’s own configuration', () => {
    const config = REGION_INDEX['virtio-pci-device'];
    expect(words(read(config, 0, 4, 2048))).toEqual([
      'capacity (lower 4 of 8 bytes) is 2048',
      'Size, in 512-byte sectors.',
      '5.2.4',
    ]);
    expect(words(read(config, 20, 4, 512))[0]).toBe('blk_size is 512');
    expect(words(read(config, 200, 4, 1))[1]).toBe(
      'Reads 4 bytes at offset 0xc8 of virtio-pci-device of disk0.',
    );
  });

  it('[4.1.5.1.3.1] tell legacy registers by what they mean', () => {
    const legacy = REGION_INDEX['virtio-pci-legacy'];
    const LEGACY = VIRTIO_PCI_LEGACY;
    const queue = write(legacy, LEGACY.queue_select.offset, 2, 1);
    expect(words(queue, write(legacy, LEGACY.queue_address.offset, 4, 0x1000))).toEqual([
      'queue_address ← 0x1000',
      'The whole of queue 1 is at 0x01000000, page 4096: descriptor table, available ring, used ring.',
      '4.1.5.1.3.1',
    ]);
    expect(words(queue, read(legacy, LEGACY.queue_size.offset, 2, 0))[1]).toBe(
      'There is no queue 1.',
    );
    expect(words(read(legacy, LEGACY.device_features.offset, 4, 1 << 9))).toEqual([
      'device_features is 0x00000200',
      'The device offers, of bits 0 to 31: VIRTIO_BLK_F_FLUSH.',
      '2.2',
    ]);
  });

  it('[4.2.3.2] tell memory-mapped registers by what they mean', () => {
    const mmio = REGION_INDEX['virtio-mmio'];
    const set = (name: keyof typeof VIRTIO_MMIO, value: number) =>
      write(mmio, VIRTIO_MMIO[name].offset, 4, value);
    const get = (name: keyof typeof VIRTIO_MMIO, value: number) =>
      read(mmio, VIRTIO_MMIO[name].offset, 4, value);
    expect(words(set('QueueSel', 3), set('QueueNum', 8))).toEqual([
      'QueueNum ← 8',
      'Queue 3 gets 8 entries.',
      '4.2.3.2',
    ]);
    expect(words(get('QueueNumMax', 0))[1]).toBe('There is no queue 0.');
    expect(words(set('QueueReady', 0))[1]).toBe('The driver takes queue 0 back.');
    expect(words(set('GuestPageSize', 4096), set('QueuePFN', 0x4_1000))).toEqual([
      'QueuePFN ← 0x41000',
      'The whole of queue 0 is at 0x41000000, page 266240: descriptor table, available ring, used ring.',
      '4.2.4',
    ]);
    expect(words(get('MagicValue', 0))[1]).toContain('no virtio-mmio here');
    expect(words(get('DeviceID', 0))[1]).toBe('There is no device in this slot.');
  });

  it('[4.1.5.1.2] tell the entries of the MSI-X table', () => {
    const table = REGION_INDEX['msix-table'];
    expect(words(write(table, 16 + 12, 4, 1))).toEqual([
      'Vector 1: vector control ← 0x1',
      'MSI-X vector 1. It is masked from now on: interrupts by it wait.',
      '4.1.5.1.2',
    ]);
    expect(words(write(table, 8, 4, 0x40))[1]).toContain('Its message says 0x40');
    expect(words(read(table, 3, 1, 0))[1]).toContain('A piece of its entry');
  });

  it('say so where nothing answers', () => {
    const nothing: Deed = (j) =>
      j.setValue(j.register(false, 'io', 0x510, 2, 0, NONE, 0xffff, 0), 0xffff);
    expect(last(nothing)).toMatchObject({
      title: 'port 0x0510 is 0xffff',
      text: 'Reads 2 bytes from port 0x0510, where nothing answers.',
    });
  });
});
