import { expect, test } from 'vitest';
import { DeviceRig } from '../../../testing/device-rig.ts';

const CRYPTO = '-object cryptodev-backend-builtin,id=c -device virtio-crypto-pci,cryptodev=c';

test('[5.9.5] the configuration space tells what the back end can do', () => {
  const config = new DataView(new DeviceRig(CRYPTO).device.readConfig().buffer);
  expect(Array.from({ length: 12 }, (_, i) => config.getUint32(4 * i, true))).toEqual([
    1, 1, 0x17, 8, 0, 4, 0, 0, 0, 64, 512, 2,
  ]);
  expect(config.getBigUint64(48, true)).toBe(2n ** 63n - 25n);
});

test('[5.9.2] a back end of several queues gives as many data queues, and is not ready without its peer', () => {
  const { device } = new DeviceRig(
    '-chardev null,id=x -object cryptodev-vhost-user,id=c,chardev=x,queues=2 -device virtio-crypto-pci,cryptodev=c',
  );
  expect(device.queues.map(({ name }) => name)).toEqual(['dataq1', 'dataq2', 'controlq']);
  expect(device.readConfig()[0]).toBe(0);
});

test('a back end serves one device', () => {
  expect(() => new DeviceRig(`${CRYPTO} -device virtio-crypto-pci,cryptodev=c`)).toThrow(
    "can't use already used cryptodev backend: c",
  );
});
