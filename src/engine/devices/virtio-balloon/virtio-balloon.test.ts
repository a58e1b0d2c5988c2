import { expect, test } from 'vitest';
import { DeviceRig } from '../../../testing/device-rig.ts';

test.each([
  ['', 16],
  ['page-poison=off', 8],
  ['page-poison=off,free-page-hint=on,iothread=io', 12],
  ['page-poison=off,qemu-4-0-config-size=on', 16],
])('[5.5.4] the configuration space with %j has %i bytes', (properties, bytes) => {
  const rig = new DeviceRig(`-object iothread,id=io -device virtio-balloon-pci,${properties}`);
  expect(rig.device.configSize).toBe(bytes);
});

test('[5.5.2] queues beyond the third are there with their features', () => {
  const names = (properties: string) =>
    new DeviceRig(
      `-object iothread,id=io -device virtio-balloon-pci,${properties}`,
    ).device.queues.map(({ name, vq }) => `${name} ${vq.maxSize}`);
  expect(names('')).toEqual(['inflateq 128', 'deflateq 128', 'statsq 128']);
  expect(names('free-page-reporting=on').slice(3)).toEqual(['reporting_vq 32']);
  expect(names('free-page-hint=on,iothread=io').slice(3)).toEqual(['free_page_vq 1024']);
});

test('the monitor asks for memory, and tells what the guest has left', () => {
  const rig = new DeviceRig('-device virtio-balloon-pci');
  rig.start();
  expect(rig.machine.monitor('balloon 24')).toBe('');
  // 8 of 32 MiB, in pages of 4 KiB; the guest has not given them yet.
  expect(new DataView(rig.device.readConfig().buffer).getUint32(0, true)).toBe(2048);
  expect(rig.device.isr & 2).toBe(2);
  expect(rig.machine.monitor('info balloon')).toBe('balloon: actual=32\n');
  const config = rig.device.readConfig();
  new DataView(config.buffer).setUint32(4, 2048, true);
  rig.device.writeConfig(config);
  expect(rig.machine.monitor('info balloon')).toBe('balloon: actual=24\n');
});

test('without a balloon the monitor says so', () => {
  const { machine } = new DeviceRig('-device virtio-rng-pci');
  expect(machine.monitor('info balloon')).toBe('Error: No balloon device has been activated\n');
});

test('there is one balloon at most', () => {
  expect(() => new DeviceRig('-device virtio-balloon-pci -device virtio-balloon-pci')).toThrow(
    'Only one balloon device is supported',
  );
});
