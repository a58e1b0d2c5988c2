import { expect, test } from 'vitest';
import { DeviceRig } from '../../../testing/device-rig.ts';

const PAGE = 0x1000;

test('[5.5.6] pages that the guest gives lose their content', () => {
  const rig = new DeviceRig('-device virtio-balloon-pci');
  const ram = new Uint8Array(rig.machine.ram.buffer);
  const [inflate, deflate] = rig.startQueues(2);
  if (!inflate || !deflate) throw new Error('no queues');
  ram.fill(0x5a, 0x50_0000, 0x50_0000 + 3 * PAGE);
  const numbers = rig.buffer(8).u32(0, 0x500).u32(4, 0x502);
  expect(rig.send(inflate, [numbers], [])).toBe(0);
  const first = (page: number) => ram[page * PAGE];
  expect([0x500, 0x501, 0x502].map(first)).toEqual([0, 0x5a, 0]);
  expect(rig.send(deflate, [numbers], [])).toBe(0);
});

test('[5.5.6] a page that is no RAM is left alone', () => {
  const rig = new DeviceRig('-device virtio-balloon-pci');
  const queue = rig.start();
  expect(rig.send(queue, [rig.buffer(4).u32(0, 0xffff_ffff)], [])).toBe(0);
  expect(rig.device.broken).toBe(false);
});
