import { describe, expect, test } from 'vitest';
import { JournalRing } from '../../journal/ring.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { VIRTIO_NET_F } from '../../spec/net.ts';
import { VIOLATIONS } from '../../spec/violations.ts';
import {
  PACKED,
  STATUS,
  VIRTIO_F,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import { DeviceRig } from '../../testing/device-rig.ts';
import { bytesSource } from '../backends/byte-source.ts';
import { Machine } from '../machine/machine.ts';
import type { VirtioDevice } from './virtio-device.ts';

const RNG = '-object rng-builtin,id=r0 -device virtio-rng-pci,rng=r0,addr=4';
const { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, FAILED } = STATUS;
const AREAS = { desc: 0x10_0000, driver: 0x10_1000, device: 0x10_2000 };

const bits = (...features: readonly number[]) =>
  features.reduce((all, feature) => all | (1n << BigInt(feature)), 0n);

/** Codes of all violations so far. */
function breaches(rig: DeviceRig): (string | undefined)[] {
  return rig.events('violation').map(({ code }) => VIOLATIONS[code]?.code);
}

/** Goes through the steps of VIRTIO 1.4 §3.1.1 with queue 0 enabled. */
function start(device: VirtioDevice, ...features: readonly number[]): void {
  device.setStatus(ACKNOWLEDGE);
  device.setStatus(ACKNOWLEDGE | DRIVER);
  device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1, ...features));
  device.setStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK);
  device.enableQueue(0, AREAS);
  device.setStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
}

describe('ring formats', () => {
  const line = `${RNG},packed=on,x-in-order=on`;

  test('[2.6] the accepted features choose the ring, and a reset goes back to split', () => {
    const { device } = new DeviceRig(line);
    const queue = device.queues[0];
    const first = queue?.vq;
    device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1, VIRTIO_F.VIRTIO_F_RING_PACKED));
    expect(queue?.vq.packed).toBe(true);
    device.resetVirtio('driver');
    expect(queue?.vq.packed).toBe(false);
    expect(queue?.vq).not.toBe(first);
    device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1, VIRTIO_F.VIRTIO_F_IN_ORDER));
    expect(queue?.vq.packed).toBe(false);
  });

  test('[2.6] a queue keeps what was set up before the format was chosen', () => {
    const rig = new DeviceRig(line);
    const { device } = rig;
    device.setQueueSize(0, 4);
    device.enableQueue(0, AREAS);
    device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1, VIRTIO_F.VIRTIO_F_RING_PACKED));
    expect(device.queues[0]?.vq).toMatchObject({
      packed: true,
      size: 4,
      ready: true,
      addresses: AREAS,
    });
    expect(breaches(rig)).toEqual([]);
  });

  test('[2.8.10.1] only a split ring must have a power of two of entries', () => {
    const rig = new DeviceRig(line);
    const { device } = rig;
    device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1, VIRTIO_F.VIRTIO_F_RING_PACKED));
    device.setQueueSize(0, 5);
    expect(breaches(rig)).toEqual([]);
    device.resetVirtio('driver');
    device.setQueueSize(0, 5);
    expect(breaches(rig)).toEqual(['queueSizeNotPowerOfTwo']);
  });

  test('a queue’s event tells its format', () => {
    const rig = new DeviceRig(line);
    start(rig.device, VIRTIO_F.VIRTIO_F_RING_PACKED);
    expect(rig.events('queueConfig')).toMatchObject([{ enabled: 1, size: 8, format: 1 }]);
  });

  test('a queue that was set up before the features were chosen is told again', () => {
    const rig = new DeviceRig(line);
    const { device } = rig;
    device.enableQueue(0, AREAS);
    device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1));
    device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1, VIRTIO_F.VIRTIO_F_RING_PACKED));
    expect(rig.events('queueConfig')).toMatchObject([{ format: 0 }, { format: 1, ...AREAS }]);
  });
});

describe('features that QEMU 7.2 has not', () => {
  test('are offered on request', () => {
    const offered = (line: string) => new DeviceRig(line).device.deviceFeatures;
    const ours = bits(VIRTIO_F.VIRTIO_F_IN_ORDER, VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA);
    expect(offered(RNG) & ours).toBe(0n);
    expect(offered(`${RNG},x-in-order=on,x-notification-data=on`) & ours).toBe(ours);
  });

  test('are in no list', () => {
    const { machine } = new DeviceRig(`${RNG},x-in-order=on`);
    expect(machine.monitor('info qtree')).not.toContain('x-in-order');
    for (const type of ['virtio-rng-pci', 'virtio-rng-device'])
      expect(machine.monitor(`device_add ${type},help`)).not.toContain('x-in-order');
    expect(machine.monitor('qom-list /machine/peripheral-anon/device[0]')).not.toContain(
      'x-in-order',
    );
  });
});

describe('notifications', () => {
  const { VIRTIO_F_NOTIFICATION_DATA: DATA } = VIRTIO_F;

  test('[2.9] say where the driver is in the ring', () => {
    const rig = new DeviceRig(`${RNG},x-notification-data=on`);
    const { device } = rig;
    start(device, DATA);
    device.notifiedBy(0, 4);
    expect(breaches(rig)).toEqual([]);
    device.notifiedBy(3 << 16, 4);
    device.notifiedBy(0, 2);
    expect(breaches(rig)).toEqual(['notificationDataWrong', 'notificationWithoutData']);
    expect(rig.events('violation')[0]).toMatchObject({ index: 0, value: 3 });
  });

  test('[2.9] without data are the number of a queue', () => {
    const rig = new DeviceRig(RNG);
    start(rig.device);
    rig.device.notifiedBy(0, 4);
    rig.device.notifiedBy(1, 4);
    expect(breaches(rig)).toEqual(['notifyNoQueue']);
  });
});

describe('what a driver must not do', () => {
  const cases: [string, (device: VirtioDevice) => void, string[]][] = [
    ['[3.1.1] nothing, when it keeps to the steps', (device) => start(device), []],
    [
      '[2.1.1] clear a status bit',
      (device) => {
        start(device);
        device.setStatus(DRIVER_OK);
      },
      ['statusBitCleared'],
    ],
    [
      '[2.1.1] go on after FAILED',
      (device) => {
        device.setStatus(ACKNOWLEDGE | FAILED);
        device.setStatus(ACKNOWLEDGE | FAILED | DRIVER);
      },
      ['statusAfterFailed'],
    ],
    [
      '[3.1.1] leave a step out',
      (device) => {
        device.setStatus(DRIVER);
        device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1));
        device.setStatus(ACKNOWLEDGE | DRIVER | DRIVER_OK);
      },
      ['statusStepMissing', 'statusStepMissing'],
    ],
    [
      '[3.1.1] change features after FEATURES_OK',
      (device) => {
        start(device);
        device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1));
        device.setDriverFeatures(0n);
      },
      ['featuresTooLate'],
    ],
    [
      '[2.6.1] reset a queue without the feature',
      (device) => {
        start(device);
        device.resetQueue(0);
      },
      ['queueResetNotNegotiated'],
    ],
  ];

  test.each(cases)('%s', (_title, deed, codes) => {
    const rig = new DeviceRig(RNG);
    deed(rig.device);
    expect(breaches(rig)).toEqual(codes);
  });
});

test('[2.6.1.2] a queue that was reset can be enabled again, elsewhere and with another size', () => {
  const rig = new DeviceRig(`${RNG},packed=on`);
  const { device } = rig;
  start(device, VIRTIO_F.VIRTIO_F_RING_RESET, VIRTIO_F.VIRTIO_F_RING_PACKED);
  device.resetQueue(0);
  expect(device.queues[0]?.vq).toMatchObject({ ready: false, size: 8, packed: true });
  device.setQueueSize(0, 3);
  device.enableQueue(0, { ...AREAS, desc: 0x20_0000 });
  expect(device.queues[0]?.vq).toMatchObject({ ready: true, size: 3, lastAvailIdx: 0 });
  expect(breaches(rig)).toEqual([]);
});

test('[2.2.1] a feature without one that it requires is noted at FEATURES_OK', () => {
  const rig = new DeviceRig('-netdev hubport,hubid=0,id=n -device virtio-net-pci,netdev=n,addr=4');
  const { VIRTIO_NET_F_CTRL_VQ, VIRTIO_NET_F_CTRL_VLAN } = VIRTIO_NET_F;
  start(rig.device, VIRTIO_NET_F_CTRL_VQ, VIRTIO_NET_F_CTRL_VLAN);
  expect(breaches(rig)).toEqual([]);
  rig.device.resetVirtio('driver');
  start(rig.device, VIRTIO_NET_F_CTRL_VLAN);
  expect(breaches(rig)).toEqual(['featureRequirement']);
  expect(rig.events('violation')[0]).toMatchObject({
    index: VIRTIO_NET_F_CTRL_VLAN,
    value: VIRTIO_NET_F_CTRL_VQ,
  });
});

describe('a legacy driver of a big-endian CPU', () => {
  const build = () =>
    Machine.build(
      'qemu-system-s390x -M s390-ccw-virtio -m 64 -drive if=none,id=d,file=disk,format=raw -device virtio-blk-ccw,id=b,drive=d',
      {
        journal: new JournalWriter(JournalRing.create(1 << 10, 1 << 16)),
        allocateRam: (bytes) => new SharedArrayBuffer(bytes),
        openImage: () => bytesSource(new Uint8Array(0x1_0200)),
        random: (into) => into.fill(0),
      },
    );

  test('[2.5.3] sees configuration and rings in its byte order until it accepts VERSION_1', () => {
    const device = build().root.at('/machine/peripheral/b/virtio-backend') as VirtioDevice;
    const capacity = () => [...device.inDriverOrder(device.readConfig()).subarray(0, 8)];
    const ring = () => device.queues[0]?.vq;
    expect(capacity()).toEqual([0, 0, 0, 0, 0, 0, 0, 0x81]);
    expect(ring()).toMatchObject({ bigEndian: true });
    device.setDriverFeatures(bits(VIRTIO_F.VIRTIO_F_VERSION_1));
    expect(capacity()).toEqual([0x81, 0, 0, 0, 0, 0, 0, 0]);
    expect(ring()).toMatchObject({ bigEndian: false });
    device.resetVirtio('driver');
    expect(ring()).toMatchObject({ bigEndian: true });
  });
});

test('[2.8.17] a packed ring that breaks the device says so once; a reset revives it', () => {
  const rig = new DeviceRig(`${RNG},packed=on`);
  const { device, machine } = rig;
  const describe = (flags: number) => {
    machine.ram.writeAt(AREAS.desc, 4, 0x20_0000);
    machine.ram.writeAt(AREAS.desc + PACKED.descLen, 4, 16);
    machine.ram.writeAt(AREAS.desc + PACKED.descFlags, 2, flags | VIRTQ_DESC_F_AVAIL);
  };
  const marks = () => machine.ram.readAt(AREAS.desc + PACKED.descFlags, 2);
  start(device, VIRTIO_F.VIRTIO_F_RING_PACKED);
  describe(VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE);
  device.notified(0);
  device.notified(0);
  expect(breaches(rig).filter((code) => code !== 'packedListIncomplete')).toEqual([
    'packedZeroLength',
  ]);
  expect(device.status & STATUS.DEVICE_NEEDS_RESET).not.toBe(0);
  device.resetVirtio('driver');
  // What lies in the ring is looked at as soon as the driver is ready.
  describe(VIRTQ_DESC_F_WRITE);
  start(device, VIRTIO_F.VIRTIO_F_RING_PACKED);
  device.notified(0);
  expect(marks()).toBe(VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED);
});
