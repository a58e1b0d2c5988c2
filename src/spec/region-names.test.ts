import { expect, it } from 'vitest';
import { NOTIFY_OFFSET, REGION_INDEX, STATUS_OFFSET } from './region-names.ts';
import { VIRTIO_MMIO } from './virtio-mmio.ts';
import { VIRTIO_PCI_COMMON, VIRTIO_PCI_LEGACY } from './virtio-pci.ts';

it('has the offsets of the registers’ tables', () => {
  expect([...STATUS_OFFSET]).toEqual([
    [REGION_INDEX['virtio-pci-common'], VIRTIO_PCI_COMMON.device_status.offset],
    [REGION_INDEX['virtio-pci-legacy'], VIRTIO_PCI_LEGACY.device_status.offset],
    [REGION_INDEX['virtio-mmio'], VIRTIO_MMIO.Status.offset],
  ]);
  expect([...NOTIFY_OFFSET]).toEqual([
    [REGION_INDEX['virtio-pci-legacy'], VIRTIO_PCI_LEGACY.queue_notify.offset],
    [REGION_INDEX['virtio-mmio'], VIRTIO_MMIO.QueueNotify.offset],
  ]);
});
