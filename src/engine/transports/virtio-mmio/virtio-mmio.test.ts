import { describe, expect, test } from 'vitest';
import { INTERRUPT } from '../../../journal/schema.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { STATUS, VIRTIO_F } from '../../../spec/virtio.ts';
import { VIRTIO_MMIO } from '../../../spec/virtio-mmio.ts';
import { DirectGuest } from '../../../testing/direct-guest.ts';

/** Where the first device lands on ARM: the last of 32 windows. */
const FIRST = 0x0a00_3e00;
const RAM = 0x4000_0000;
/** Place of the rings and of the buffer in the tests. */
const RINGS = RAM + 0x10_0000;
const BUFFER = RAM + 0x20_0000;
const SIZE = 8;

type RegisterName = keyof typeof VIRTIO_MMIO;

/** A driver that speaks to an entropy device through bare registers. */
class Driver {
  readonly guest: DirectGuest;

  constructor(version: 1 | 2) {
    const modern = version === 2 ? '-global virtio-mmio.force-legacy=false' : '';
    this.guest = new DirectGuest(
      `qemu-system-aarch64 -M virt -m 32 -nodefaults ${modern} -object rng-builtin,id=r -device virtio-rng-device,rng=r`,
    );
  }

  read(name: RegisterName, base = FIRST): number {
    return this.guest.machine.read('memory', base + VIRTIO_MMIO[name].offset, 4);
  }

  write(name: RegisterName, value: number): void {
    this.guest.machine.write('memory', FIRST + VIRTIO_MMIO[name].offset, 4, value);
  }

  ram(at: number, size: 2 | 4, value: number): void {
    this.guest.machine.write('memory', at, size, value);
  }

  /** Offers one buffer of 4 bytes in a queue whose available ring is at `avail`, and notifies. */
  ask(avail: number): void {
    this.ram(RINGS, 4, BUFFER);
    this.ram(RINGS + 8, 4, 4);
    this.ram(RINGS + 12, 2, 2);
    this.ram(avail + 4, 2, 0);
    this.ram(avail + 2, 2, 1);
    this.write('QueueNotify', 0);
  }
}

describe('version 2', () => {
  /** A driver whose queue 0 is live. */
  function live(): Driver {
    const driver = new Driver(2);
    driver.write('Status', STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    driver.write('DriverFeaturesSel', 1);
    driver.write('DriverFeatures', 1 << (VIRTIO_F.VIRTIO_F_VERSION_1 - 32));
    driver.write('Status', STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.FEATURES_OK);
    driver.write('QueueSel', 0);
    driver.write('QueueNum', SIZE);
    driver.write('QueueDescLow', RINGS);
    driver.write('QueueDriverLow', RINGS + 0x1000);
    driver.write('QueueDeviceLow', RINGS + 0x2000);
    driver.write('QueueReady', 1);
    driver.write('Status', 0xf);
    return driver;
  }

  test('[4.2.2] serves a request, and holds the interrupt until it is acknowledged', () => {
    const driver = live();
    expect(driver.read('Status')).toBe(0xf);
    driver.ask(RINGS + 0x1000);
    const { machine } = driver.guest;
    expect(machine.read('memory', RINGS + 0x2002, 2)).toBe(1);
    expect(machine.read('memory', BUFFER, 4)).not.toBe(0);
    expect(driver.read('InterruptStatus')).toBe(1);
    driver.write('InterruptACK', 2);
    expect(driver.read('InterruptStatus')).toBe(1);
    driver.write('InterruptACK', 1);
    expect(driver.read('InterruptStatus')).toBe(0);
    const steps = driver.guest.events().filter((event) => event.kind === 'interrupt');
    expect(steps).toMatchObject([
      { step: INTERRUPT.raised, line: 47 },
      { step: INTERRUPT.lowered, line: 47 },
    ]);
  });

  test('[4.2.2.1] features take effect with FEATURES_OK, not before', () => {
    const driver = new Driver(2);
    driver.write('Status', STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    driver.write('DriverFeaturesSel', 1);
    driver.write('DriverFeatures', 1);
    const device = driver.guest.machine.devices.at(-1) as unknown as { driverFeatures: bigint };
    expect(device.driverFeatures).toBe(0n);
    driver.write('Status', STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.FEATURES_OK);
    expect(device.driverFeatures).toBe(1n << 32n);
  });

  test('[4.2.2.1] a reset makes every queue unready', () => {
    const driver = live();
    expect(driver.read('QueueReady')).toBe(1);
    driver.write('Status', 0);
    expect([driver.read('QueueReady'), driver.read('Status')]).toEqual([0, 0]);
  });

  test('knows no register of version 1', () => {
    const driver = live();
    driver.write('QueuePFN', 0);
    expect([driver.read('Status'), driver.read('QueuePFN')]).toEqual([0xf, 0]);
  });
});

describe('version 1', () => {
  test('[4.2.4] serves a queue laid out by page number, alignment and size', () => {
    const driver = new Driver(1);
    expect(driver.read('Version')).toBe(1);
    driver.write('Status', STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    driver.write('GuestPageSize', 4096);
    driver.write('QueueSel', 0);
    driver.write('QueueNum', SIZE);
    driver.write('QueueAlign', 256);
    driver.write('QueuePFN', RINGS / 4096);
    expect(driver.read('QueuePFN')).toBe(RINGS / 4096);
    driver.write('Status', STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.DRIVER_OK);
    driver.ask(RINGS + 16 * SIZE);
    // The available ring ends at 128 + 4 + 2 * 8: the next multiple of 256 follows.
    expect(driver.guest.machine.read('memory', RINGS + 256 + 2, 2)).toBe(1);
    driver.write('QueuePFN', 0);
    expect([driver.read('QueuePFN'), driver.read('Status')]).toEqual([0, 0]);
  });

  test('[4.2.4] offers no feature above bit 31, and none of version 2', () => {
    const driver = new Driver(1);
    expect(driver.read('DeviceFeatures')).not.toBe(0);
    driver.write('DeviceFeaturesSel', 1);
    expect(driver.read('DeviceFeatures')).toBe(0);
    driver.write('QueueReady', 1);
    expect(driver.read('QueueReady')).toBe(0);
  });
});

test('[4.2.1] a window without a device tells so by device ID 0, and ignores writes', () => {
  const { guest } = new Driver(2);
  const empty = 0x0a00_0000;
  expect(guest.machine.read('memory', empty, 4)).toBe(0x7472_6976);
  expect(guest.machine.read('memory', empty + 8, 4)).toBe(0);
  guest.machine.write('memory', empty + VIRTIO_MMIO.Status.offset, 4, 1);
  expect(guest.machine.read('memory', empty + VIRTIO_MMIO.Status.offset, 4)).toBe(0);
});

test('a register is read as a whole word; the journal names region and device', () => {
  const driver = new Driver(2);
  const { machine } = driver.guest;
  expect(machine.read('memory', FIRST, 2)).toBe(0);
  expect(driver.read('DeviceID')).toBe(4);
  const read = driver.guest.events().findLast(({ kind }) => kind === 'regRead');
  expect(read).toMatchObject({
    region: REGION_INDEX['virtio-mmio'],
    offset: VIRTIO_MMIO.DeviceID.offset,
    dev: machine.devices.length - 1,
    value: 4,
  });
});
