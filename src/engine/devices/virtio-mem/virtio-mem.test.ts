import { expect, test } from 'vitest';
import { VIRTIO_MEM_CONFIG as CONFIG } from '../../../spec/mem.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

const MIB = 2 ** 20;

function rig(properties = '', backend = ''): DeviceRig {
  return new DeviceRig(
    `-m 32M,maxmem=2G -object memory-backend-ram,id=m,size=1G${backend} -device virtio-mem-pci,id=d,memdev=m${properties}`,
  );
}

test('[5.15.4] the usable part reaches 256 MiB beyond what is asked for, and not beyond the end', () => {
  const usable = (properties: string) => {
    const config = new DataView(rig(properties).device.readConfig().buffer);
    return Number(config.getBigUint64(CONFIG.usable_region_size.offset, true)) / MIB;
  };
  expect(usable('')).toBe(0);
  expect(usable(',requested-size=64M')).toBe(320);
  expect(usable(',requested-size=6M,block-size=1M')).toBe(262);
  expect(usable(',requested-size=900M')).toBe(1024);
});

test('[5.15.3] unplugged memory is out of reach where reading it would take pages', () => {
  const inaccessible = (device: DeviceRig) => (device.device.deviceFeatures & 2n) !== 0n;
  expect(inaccessible(rig())).toBe(false);
  expect(inaccessible(rig('', ',share=on'))).toBe(true);
  expect(inaccessible(rig(',unplugged-inaccessible=on'))).toBe(true);
});

test('the user may ask for more or less while the guest runs, and the driver is told', () => {
  const started = rig();
  const { machine } = started;
  started.start();
  const { device } = started;
  const set = (text: string) => machine.monitor(`qom-set d ${text}`);
  expect(set('requested-size 3M')).toBe(
    "Error: 'requested-size' has to be multiples of 'block-size' (0x200000)\n",
  );
  expect(set('requested-size 2G')).toBe(
    "Error: 'requested-size' cannot exceed the memory backend size(0x40000000)\n",
  );
  expect(set('block-size 4M')).toBe("Error: 'block-size' cannot be changed\n");
  expect(device.isr).toBe(0);
  expect(set('requested-size 64M')).toBe('');
  expect(device.isr & 2).toBe(2);
  const config = new DataView(device.readConfig().buffer);
  expect(config.getBigUint64(CONFIG.requested_size.offset, true)).toBe(BigInt(64 * MIB));
});

test('memory that a device uses stays', () => {
  expect(rig().machine.monitor('object_del m')).toBe(
    "Error: object 'm' is in use, can not be deleted\n",
  );
});
