import { expect, test } from 'vitest';
import { DeviceRig } from '../../../testing/device-rig.ts';

const MEMORY = (backend: string) =>
  `-m 32M,maxmem=1G -object ${backend},id=m,size=4M -device virtio-pmem-pci,memdev=m`;

test('[5.19.4] the configuration space tells where the memory is', () => {
  const config = new DataView(
    new DeviceRig(MEMORY('memory-backend-ram')).device.readConfig().buffer,
  );
  expect(config.getBigUint64(0, true)).toBeGreaterThan(0n);
  expect(config.getBigUint64(8, true)).toBe(4n << 20n);
});

test('[5.19.7.1] what has no file cannot be flushed', () => {
  const rig = new DeviceRig(MEMORY('memory-backend-ram'));
  const answer = rig.buffer(4);
  expect(rig.send(rig.start(), [rig.buffer(4)], [answer])).toBe(4);
  expect(answer.u32(0)).toBe(1);
  expect(rig.events('backendCompletion').map(({ status }) => status)).toEqual([1]);
});

test('a request without room for its answer stops the device', () => {
  const rig = new DeviceRig(MEMORY('memory-backend-ram'));
  expect(rig.send(rig.start(), [rig.buffer(4)], [])).toBe(-1);
  expect(rig.device.broken).toBe(true);
});
