import { describe, expect, test } from 'vitest';
import { VirtioPciCapability } from '../../guest/bus/pci-capabilities.ts';
import { VIRTIO_PCI_CAP } from '../../spec/virtio-pci.ts';
import { guestOf } from './driver-rig.ts';

/** Every device that can be transitional: what it is made of, its virtio ID and its PCI device ID. */
const TRANSITIONAL = [
  ['virtio-net-pci', '', 1, 0x1000],
  ['virtio-blk-pci,drive=d0', '-drive if=none,id=d0,file=hello.img,format=raw', 2, 0x1001],
  ['virtio-balloon-pci', '', 5, 0x1002],
  ['virtio-serial-pci', '', 3, 0x1003],
  ['virtio-scsi-pci', '', 8, 0x1004],
  ['virtio-rng-pci', '', 4, 0x1005],
  ['virtio-9p-pci,fsdev=f0,mount_tag=t', '-fsdev synth,id=f0', 9, 0x1009],
] as const;

function find(device: string, more: string) {
  const { pci, guest } = guestOf(`-M pc -m 64 -nodefaults ${more} -device ${device}`);
  return { fn: pci.find({ vendor: 0x1af4 }), guest };
}

describe.each(TRANSITIONAL)('%s', (device, more, id, pciId) => {
  test('[4.1.2.3] a transitional device is what legacy drivers look for', () => {
    const { fn } = find(device, more);
    expect(fn.deviceId).toBe(pciId);
    expect(fn.config8(0x08)).toBe(0);
    expect(fn.config16(0x2e)).toBe(id);
    // Without the legacy interface, it is not.
    expect(find(`${device},disable-legacy=on`, more).fn.deviceId).toBe(0x1040 + id);
  });

  test('[4.1.5.1.1.1] a transitional device has the legacy interface in ports of BAR 0', () => {
    const { fn, guest } = find(device, more);
    expect(fn.config32(0x10) & 3).toBe(1);
    const [bar] = fn.enable().bars;
    expect(bar).toMatchObject({ index: 0, space: 'io' });
    const status = (bar?.addr ?? 0) + 0x12;
    guest.hal.write('io', status, 1, 3);
    expect(guest.hal.read('io', status, 1)).toBe(3);
  });
});

test.each([
  ...TRANSITIONAL.filter(([device]) => device !== 'virtio-rng-pci'),
  ['virtio-gpu-pci', '', 16, 0x1050],
  ['virtio-keyboard-pci', '', 18, 0x1052],
  ['virtio-crypto-pci,cryptodev=c0', '-object cryptodev-backend-builtin,id=c0', 20, 0x1054],
  ['virtio-iommu-pci', '', 23, 0x1057],
] as const)('[4.1.4.6] %s says where its configuration is', (device, more) => {
  const machine = device.startsWith('virtio-iommu') ? '-M q35' : '-M pc';
  const { pci } = guestOf(`${machine} -m 64 -nodefaults ${more} -device ${device}`);
  const places = pci
    .find({ vendor: 0x1af4 })
    .capabilities()
    .filter(
      (cap) => cap instanceof VirtioPciCapability && cap.cfgType === VIRTIO_PCI_CAP.DEVICE_CFG,
    );
  expect(places.length).toBeGreaterThanOrEqual(1);
});
