import { expect, test } from 'vitest';
import { silentJournal } from '../../../journal/writer.ts';
import { VIRTIO_IOMMU_CONFIG } from '../../../spec/iommu.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';
import { Machine } from '../../machine/machine.ts';

/** Which requesters the IOMMU knows, in the order in which it met them. */
function requesters(machine: Machine): (string | undefined)[] {
  const names = [...machine.addressSpaces].map(({ root }) => root.name);
  const views = names.filter((name) => name.startsWith('virtio-iommu-memory-region'));
  return views.map((name) => /\d+-\d+$/.exec(name)?.[0]);
}

test('every function on the root bus has a view of memory, numbered by place', () => {
  const machine = Machine.build(
    '-nodefaults -M pc -device virtio-iommu-pci,addr=9 -device virtio-rng-pci,addr=3',
    {
      journal: silentJournal(),
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: () => undefined,
      random: () => {},
    },
  );
  expect(requesters(machine)).toEqual(['0-0', '1-8', '2-9', '3-11', '4-24', '5-72']);
});

test('[5.13.4] the bypass byte decides what endpoints without a domain see', () => {
  const rig = new DeviceRig('-device virtio-iommu-pci');
  const { device, machine } = rig;
  const view = () => {
    const space = [...machine.addressSpaces].find(({ name }) => name === 'virtio-iommu-device');
    return space?.ranges[0]?.region.name;
  };
  expect(view()).toBe('pc.ram');
  const write = (value: number) => {
    const config = device.readConfig();
    config[VIRTIO_IOMMU_CONFIG.bypass.offset] = value;
    device.writeConfig(config);
  };
  write(0);
  // The driver has not accepted the feature that makes the byte writable.
  expect(view()).toBe('pc.ram');
  rig.start([6]);
  write(0);
  expect(view()).toBe('virtio-iommu-memory-region-0-0');
  write(1);
  expect(view()).toBe('pc.ram');
});

test('a machine takes one IOMMU, and only on its root bus', () => {
  expect(() => new DeviceRig('-device virtio-iommu-pci -device virtio-iommu-pci')).toThrow(
    'QEMU does not support multiple vIOMMUs for x86 yet.',
  );
  expect(
    () => new DeviceRig('-device pci-bridge,id=b,chassis_nr=1 -device virtio-iommu-pci,bus=b'),
  ).toThrow('virtio-iommu-pci must be plugged on the root bus');
  expect(() => new DeviceRig('-device virtio-iommu-pci,len-reserved-regions=1')).toThrow(
    'array size property len-reserved-regions may not be set more than once',
  );
});
