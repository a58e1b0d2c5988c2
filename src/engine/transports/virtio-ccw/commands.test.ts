import { describe, expect, test } from 'vitest';
import { CCW_CMD, CCW_FLAG, CSTAT, DSTAT } from '../../../spec/channel-io.ts';
import { STATUS, VIRTIO_F } from '../../../spec/virtio.ts';
import { VIRTIO_CCW_CMD as CMD, type VirtioCcwCommand } from '../../../spec/virtio-ccw.ts';
import { be, ChannelRig, type Status } from '../../../testing/channel-rig.ts';
import type { VirtioCcw } from './virtio-ccw.ts';

const RNG = '-device virtio-rng-ccw,id=d';
const DISK =
  '-drive if=none,id=d0,file=img/disk.raw,format=raw -device virtio-blk-ccw,drive=d0,id=d';
const RING = { desc: 0x10_0000, driver: 0x10_1000, device: 0x10_2000 } as const;
const INDICATORS = 0x6000;
const CONFIG_INDICATORS = 0x6008;
const MODERN = 2 ** 32;

class Driver extends ChannelRig {
  constructor(line = RNG) {
    super(line);
    this.enable();
  }

  get ccw(): VirtioCcw {
    return this.machine.root.at('/machine/peripheral/d') as VirtioCcw;
  }

  send(command: VirtioCcwCommand, data: ArrayLike<number> = [], flags = 0): Status {
    return this.run({ command: CMD[command], data, flags });
  }

  /** Bytes that the device stored for the last command. */
  answer(length: number): number[] {
    return [...this.peek(this.dataAt(0), length)];
  }

  revision(revision: number): Status {
    return this.send('SET_VIRTIO_REV', [...be(revision, 2), 0, 0]);
  }

  features(index: number): number {
    this.send('READ_FEAT', [0, 0, 0, 0, index]);
    return this.answer(4).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  accept(low: number, high: number): void {
    for (const [index, word] of [low, high].entries())
      this.send('WRITE_FEAT', [...be(word, 4).reverse(), index]);
  }

  queue(index: number, size: number, desc: number = RING.desc): Status {
    return this.send('SET_VQ', [
      ...be(desc, 8),
      ...[0xff, 0xff, 0xff, 0xff],
      ...[...be(index, 2), ...be(size, 2), ...be(RING.driver, 8), ...be(RING.device, 8)],
    ]);
  }

  /** Goes live at the latest revision with one queue. */
  goLive(): void {
    this.revision(2);
    for (const status of [1, 3]) this.send('WRITE_STATUS', [status]);
    this.accept(0, 1);
    this.send('WRITE_STATUS', [11]);
    this.queue(0, 8);
    this.send('WRITE_STATUS', [15]);
  }

  /** Makes one buffer of the random number generator's queue available, and notifies. */
  request(idx: number): void {
    this.poke(RING.desc, [...le(0x7000, 8), ...le(16, 4), ...le(2, 2), 0, 0]);
    this.poke(RING.driver, [...le(0, 2), ...le(idx, 2), ...new Uint8Array(16)]);
    this.machine.hypercall(3, this.schid, 0, 0);
  }
}

function le(value: number, width: number): number[] {
  return be(value, width).reverse();
}

const rejected = { dstat: DSTAT.unitCheck, cstat: 0, ctrl: 0x4017 };
const checked = { dstat: 0, cstat: CSTAT.programCheck, ctrl: 0x4017 };
const done = { dstat: DSTAT.channelEnd | DSTAT.deviceEnd, cstat: 0, ctrl: 0x4007 };

describe('[4.3.1.3] lengths', () => {
  const COUNTS: readonly (readonly [VirtioCcwCommand, number])[] = [
    ['READ_FEAT', 5],
    ['WRITE_FEAT', 5],
    ['READ_STATUS', 1],
    ['WRITE_STATUS', 1],
    ['READ_VQ_CONF', 4],
    ['SET_VQ', 32],
    ['SET_IND', 8],
    ['SET_CONF_IND', 8],
    ['SET_IND_ADAPTER', 25],
  ];

  test.each(COUNTS)('%s takes %i bytes, and says how many of more were left', (command, count) => {
    const driver = new Driver();
    driver.revision(2);
    const exact = driver.send(command, new Uint8Array(count));
    expect(exact).toMatchObject({ ...done, residual: 0 });
    const fresh = new Driver();
    fresh.revision(2);
    const more = fresh.send(command, new Uint8Array(count + 3), CCW_FLAG.SLI);
    expect(more).toMatchObject({ ...done, residual: command === 'SET_VQ' ? 0 : 3 });
  });

  test.each(COUNTS)('%s of another length than %i is a program check', (command, count) => {
    const driver = new Driver();
    driver.revision(2);
    expect(driver.send(command, new Uint8Array(count + 1))).toMatchObject(checked);
    expect(driver.send(command, new Uint8Array(count - 1))).toMatchObject(checked);
    expect(driver.send(command, new Uint8Array(count - 1), CCW_FLAG.SLI)).toMatchObject(checked);
    // Data that are chained are checked, whatever is suppressed.
    const flags = CCW_FLAG.SLI | CCW_FLAG.CD;
    expect(driver.send(command, new Uint8Array(count + 1), flags)).toMatchObject(checked);
  });

  test.each(COUNTS)('%s without an address is a program check', (command, count) => {
    const driver = new Driver();
    driver.revision(2);
    expect(driver.run({ command: CMD[command], count, cda: 0 })).toMatchObject(checked);
  });

  test.each(COUNTS)('%s with data beyond storage is a program check', (command, count) => {
    const driver = new Driver();
    driver.revision(2);
    expect(driver.run({ command: CMD[command], count, cda: 0x100_0000 })).toMatchObject(checked);
  });
});

describe('[4.3.2.1] revisions', () => {
  test('are chosen once, until the subchannel is disabled', () => {
    const driver = new Driver();
    expect(driver.revision(3)).toMatchObject(rejected);
    expect(driver.revision(1)).toMatchObject(done);
    expect(driver.revision(1)).toMatchObject(rejected);
    driver.send('VDEV_RESET');
    expect(driver.revision(2)).toMatchObject(rejected);
    driver.enable(false);
    driver.enable();
    expect(driver.revision(2)).toMatchObject(done);
    expect(driver.ccw.revision).toBe(2);
  });

  test('come with as many bytes as they say', () => {
    const driver = new Driver();
    expect(driver.send('SET_VIRTIO_REV', [0, 1, 0, 2])).toMatchObject(checked);
    expect(driver.send('SET_VIRTIO_REV', [0, 1, 0, 2, 9, 9, 9])).toMatchObject(checked);
    expect(driver.send('SET_VIRTIO_REV', [0, 1, 0])).toMatchObject(checked);
    expect(driver.send('SET_VIRTIO_REV', [0, 1, 0, 2, 9, 9])).toMatchObject(done);
  });

  test('that the user forbade are rejected', () => {
    const driver = new Driver(`${RNG},max_revision=1`);
    expect(driver.revision(2)).toMatchObject(rejected);
    expect(driver.revision(1)).toMatchObject(done);
  });

  test('[4.3.2.1.3] are 0 for a driver that chooses none', () => {
    const driver = new Driver();
    driver.send('READ_STATUS', [0]);
    expect(driver.revision(1)).toMatchObject(rejected);
    expect(driver.ccw.revision).toBe(0);
  });

  test('[4.3.2.1.1] 0 is rejected by devices that came with VIRTIO 1, and so is any other command before', () => {
    const driver = new Driver('-device virtio-keyboard-ccw,id=d');
    expect(driver.send('VDEV_RESET')).toMatchObject(rejected);
    expect(driver.revision(0)).toMatchObject(rejected);
    expect(driver.ccw.revision).toBeUndefined();
    expect(driver.revision(1)).toMatchObject(done);
    expect(driver.send('VDEV_RESET')).toMatchObject(done);
  });
});

describe('[4.3.2.4] features', () => {
  test('are read in words of 32 bits; what only legacy drivers know is left out', () => {
    const driver = new Driver();
    driver.revision(1);
    expect(driver.features(0)).toBe(0x3000_0000);
    expect(driver.features(1) & 1).toBe(1);
    expect([driver.features(2), driver.features(255)]).toEqual([0, 0]);
  });

  test('beyond 31 are not for a legacy driver, who sees the old ones', () => {
    const driver = new Driver();
    driver.revision(0);
    expect([driver.features(0), driver.features(1)]).toEqual([0x3900_0000, 0]);
    driver.accept(0x3000_0000, 1);
    expect(driver.ccw.vdev.driverFeatures).toBe(0x3000_0000n);
  });

  test('are accepted word by word', () => {
    const driver = new Driver();
    driver.revision(1);
    driver.accept(0x2000_0000, 1);
    expect(driver.ccw.vdev.driverFeatures).toBe(BigInt(MODERN + 0x2000_0000));
    driver.send('WRITE_FEAT', [0xff, 0xff, 0xff, 0xff, 2]);
    expect(driver.ccw.vdev.driverFeatures).toBe(BigInt(MODERN + 0x2000_0000));
  });
});

describe('[4.3.2.5] the configuration space', () => {
  test('is read from its start, and as far as it goes', () => {
    const driver = new Driver(DISK);
    driver.revision(1);
    driver.accept(0, 1);
    const { vdev } = driver.ccw;
    expect(driver.send('READ_CONF', new Uint8Array(8))).toMatchObject(done);
    expect(driver.answer(8)).toEqual([...vdev.readConfig().subarray(0, 8)]);
    expect(driver.send('READ_CONF', new Uint8Array(60))).toMatchObject(checked);
    expect(driver.send('READ_CONF', new Uint8Array(60), CCW_FLAG.SLI)).toMatchObject(done);
    expect(driver.answer(60).slice(vdev.configSize)).toEqual([0, 0, 0]);
    expect(driver.run({ command: CMD.READ_CONF, count: 8, cda: 0 })).toMatchObject(checked);
  });

  test('[2.5.3] is in the order of the CPU for a legacy driver', () => {
    const driver = new Driver(DISK);
    driver.revision(0);
    driver.send('READ_CONF', new Uint8Array(8));
    expect(driver.answer(8)).toEqual([...driver.ccw.vdev.readConfig().subarray(0, 8)].reverse());
  });

  test('is written from its start', () => {
    const driver = new Driver(DISK);
    driver.revision(1);
    const config = driver.ccw.vdev.readConfig();
    const writeback = 32;
    config[writeback] = 0;
    expect(driver.send('WRITE_CONF', config.subarray(0, 40))).toMatchObject({
      ...done,
      residual: 0,
    });
    expect(driver.ccw.vdev.readConfig()[writeback]).toBe(0);
    expect(driver.send('WRITE_CONF', new Uint8Array(60))).toMatchObject(checked);
    expect(driver.run({ command: CMD.WRITE_CONF, count: 8, cda: 0 })).toMatchObject(checked);
  });
});

describe('[4.3.2.3] the device status', () => {
  test('is written and read back; 0 resets', () => {
    const driver = new Driver();
    driver.revision(2);
    driver.send('WRITE_STATUS', [3]);
    expect(driver.send('READ_STATUS', [0])).toMatchObject({ ...done, residual: 0 });
    expect(driver.answer(1)).toEqual([3]);
    driver.send('WRITE_STATUS', [0]);
    expect(driver.ccw.vdev.status).toBe(0);
    expect(driver.events('reset')).toHaveLength(1);
  });

  test('[4.3.2.3.2] that the device does not take is rejected, and stays what it was', () => {
    const driver = new Driver(`${RNG},iommu_platform=on`);
    driver.revision(2);
    driver.send('WRITE_STATUS', [3]);
    driver.accept(0, 1);
    expect(driver.send('WRITE_STATUS', [3 | STATUS.FEATURES_OK])).toMatchObject(rejected);
    expect(driver.ccw.vdev.status).toBe(3);
    driver.accept(0, 1 | (1 << (VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM - 32)));
    expect(driver.send('WRITE_STATUS', [3 | STATUS.FEATURES_OK])).toMatchObject(done);
  });
});

describe('[4.3.2.2] queues', () => {
  test('have a size to ask for; those that are not there have none', () => {
    const driver = new Driver();
    driver.revision(1);
    const size = (index: number) => {
      const status = driver.send('READ_VQ_CONF', [...be(index, 2), 9, 9]);
      return [status.cstat, driver.answer(4)];
    };
    expect(size(0)).toEqual([0, [0, 0, 0, 8]]);
    expect(size(1)).toEqual([0, [0, 1, 0, 0]]);
    expect(size(1024)).toEqual([CSTAT.programCheck, [4, 0, 9, 9]]);
  });

  test('[4.3.2.2.1] are put where the driver says, whatever is in res0', () => {
    const driver = new Driver();
    driver.revision(1);
    expect(driver.queue(0, 4)).toMatchObject(done);
    const { vq } = driver.ccw.vdev.queues[0] ?? {};
    expect([vq?.ready, vq?.size, vq?.addresses]).toEqual([true, 4, RING]);
    expect(driver.queue(0, 0, 0)).toMatchObject(done);
    expect(driver.ccw.vdev.queues[0]?.vq.ready).toBe(false);
  });

  test('are not larger than the device has them', () => {
    const driver = new Driver();
    driver.revision(1);
    expect(driver.queue(0, 16)).toMatchObject(checked);
    expect(driver.queue(1, 1)).toMatchObject(checked);
    expect(driver.queue(1024, 8)).toMatchObject(checked);
    expect(driver.ccw.vdev.queues[0]?.vq.ready).toBe(false);
  });

  test('[4.3.2.2.2] are one piece at revision 0, of the size that the device has', () => {
    const driver = new Driver();
    driver.revision(0);
    const place = (align: number, size: number) =>
      driver.send('SET_VQ', [
        ...[...be(RING.desc, 8), ...be(align, 4), ...be(0, 2), ...be(size, 2)],
      ]);
    expect(place(4096, 4)).toMatchObject(checked);
    expect(place(8192, 8)).toMatchObject(checked);
    expect(place(4096, 8)).toMatchObject(done);
    expect(driver.ccw.vdev.queues[0]?.vq.addresses).toEqual({
      desc: RING.desc,
      driver: RING.desc + 8 * 16,
      device: RING.desc + 4096,
    });
  });
});

describe('[4.3.2.6] indicators', () => {
  test('[4.3.2.6.1] [4.3.2.6.3.1] of one kind exclude the other, until a reset', () => {
    const driver = new Driver();
    driver.revision(1);
    const adapter = () =>
      driver.send('SET_IND_ADAPTER', [...be(0x6100, 8), ...be(0x6200, 8), ...be(3, 8), 5]);
    const classic = () => driver.send('SET_IND', be(INDICATORS, 8));
    expect([classic(), adapter()]).toMatchObject([done, rejected]);
    expect(classic()).toMatchObject(done);
    driver.send('VDEV_RESET');
    expect([adapter(), classic()]).toMatchObject([done, rejected]);
    expect(adapter()).toMatchObject(done);
  });

  test('[4.3.2.6.1] of the classic kind are enough for 64 queues', () => {
    const many = '-device virtio-serial-ccw,id=d,max_ports=40';
    const driver = new Driver(many);
    driver.revision(1);
    expect(driver.ccw.vdev.queues.length).toBeGreaterThan(64);
    expect(driver.send('SET_IND', be(INDICATORS, 8))).toMatchObject(rejected);
  });

  test('of a subclass that there is not are rejected', () => {
    const driver = new Driver();
    driver.revision(1);
    expect(driver.send('SET_IND_ADAPTER', [...new Uint8Array(24), 8])).toMatchObject(rejected);
  });
});

describe('[4.3.3.1] what the device tells', () => {
  test('[4.3.3.1.1] sets the bit of the queue, and presents unsolicited status once', () => {
    const driver = new Driver();
    driver.goLive();
    driver.send('SET_IND', be(INDICATORS, 8));
    driver.request(1);
    expect([...driver.peek(INDICATORS, 8)]).toEqual(be(1, 8));
    expect(driver.machine.interruptWord(0)).toBe(1);
    expect(driver.events('interrupt').at(-1)).toMatchObject({ queue: 0, line: 0, step: 0 });
    driver.poke(INDICATORS, new Uint8Array(8));
    driver.request(2);
    expect([...driver.peek(INDICATORS, 8)]).toEqual(be(1, 8));
    expect(driver.test()).toMatchObject({ cc: 0, ctrl: 0x0011 });
    expect(driver.machine.interruptWord(0)).toBe(0);
  });

  test('[4.3.3.1.2.1] sets queue and summary indicators, and interrupts unless somebody is on the way', () => {
    const driver = new Driver();
    driver.goLive();
    driver.send('SET_IND_ADAPTER', [...be(0x6100, 8), ...be(0x6200, 8), ...be(11, 8), 5]);
    driver.request(1);
    expect([driver.peek(0x6100, 1)[0], ...driver.peek(0x6200, 2)]).toEqual([1, 0, 0x10]);
    expect(driver.machine.interruptWord(0)).toBe(1);
    driver.machine.takeInterrupt(0);
    expect([...driver.peek(0xb8, 12)]).toEqual([...new Uint8Array(8), 0x80 | (5 << 3), 0, 0, 0]);
    expect(driver.test().cc).toBe(1);
    // The summary indicator is still set.
    driver.request(2);
    expect(driver.machine.interruptWord(0)).toBe(0);
    driver.poke(0x6100, [0]);
    driver.request(3);
    expect(driver.machine.interruptWord(0)).toBe(1);
  });

  test('of the configuration sets bit 0 of its indicator', () => {
    const driver = new Driver(DISK);
    driver.goLive();
    driver.send('SET_CONF_IND', be(CONFIG_INDICATORS, 8));
    driver.machine.monitor('block_resize d0 1M');
    expect([...driver.peek(CONFIG_INDICATORS, 8)]).toEqual(be(1, 8));
    expect(driver.test()).toMatchObject({ cc: 0, ctrl: 0x0011 });
  });

  test('without indicators nobody hears', () => {
    const driver = new Driver();
    driver.goLive();
    driver.request(1);
    expect([driver.machine.interruptWord(0), driver.test().cc]).toEqual([0, 1]);
    expect([...driver.peek(RING.device + 2, 2)]).toEqual([1, 0]);
  });

  test('at an address that is none is lost, and the rest goes on', () => {
    const driver = new Driver();
    driver.goLive();
    driver.send('SET_IND_ADAPTER', [...be(2n ** 63n, 8), ...be(2n ** 62n, 8), ...be(0, 8), 0]);
    driver.request(1);
    expect(driver.machine.stderr).toContain(
      'virtio_set_ind_atomic(fe.0.0000): unable to access indicator',
    );
    expect([...driver.peek(RING.device + 2, 2)]).toEqual([1, 0]);
  });
});

describe('[4.3.3.2] DIAGNOSE 500', () => {
  test('notifies a queue, and answers the cookie', () => {
    const driver = new Driver();
    driver.goLive();
    driver.request(1);
    expect([...driver.peek(RING.device + 2, 2)]).toEqual([1, 0]);
    expect(driver.machine.hypercall(3, driver.schid, 0, 77)).toBe(0);
    expect(driver.events('hypercall').at(-1)).toMatchObject({
      ...{ subcode: 3, a: driver.schid, b: 0, c: 77, result: 0, actor: 'driver' },
    });
  });

  test('[4.3.3.2.1] ignores the upper half of register 2', () => {
    const driver = new Driver();
    expect(driver.machine.hypercall(3, driver.schid + 2 ** 40, 0, 0)).toBe(0);
  });

  test.each([
    ['a word that names no subchannel', 3, 0, 0],
    ['a subchannel that is not there', 3, 0x1_0007, 0],
    ['a subchannel that is hidden', 3, 0x3_0000, 0],
    ['a queue that nobody can have', 3, 0x1_0000, 1024],
    ['a subcode that is none', 99, 0x1_0000, 0],
    ['a print from beyond storage', 0, 0x100_0000, 0],
  ])('answers -22 to %s', (_what, subcode, a, b) => {
    expect(new Driver().machine.hypercall(subcode, a, b, 0)).toBe(-22);
  });

  test('lets a guest print before it has a console', () => {
    expect(new Driver().machine.hypercall(0, 0x2000, 0, 0)).toBe(0);
  });
});

describe('[4.3.3.3] a reset', () => {
  test('[4.3.3.3.1] is over when the command ends: no status, no queues, no indicators', () => {
    const driver = new Driver();
    driver.goLive();
    driver.send('SET_IND', be(INDICATORS, 8));
    driver.send('SET_CONF_IND', be(CONFIG_INDICATORS, 8));
    expect(driver.send('VDEV_RESET')).toMatchObject(done);
    const { vdev } = driver.ccw;
    expect([vdev.status, vdev.driverFeatures, vdev.queues[0]?.vq.ready]).toEqual([0, 0n, false]);
    driver.request(1);
    expect([...driver.peek(RING.device + 2, 2)]).toEqual([0, 0]);
    expect([...driver.peek(INDICATORS, 16)]).toEqual([...new Uint8Array(16)]);
  });

  test('takes no data, and any that there are for none', () => {
    const driver = new Driver();
    expect(driver.run({ command: CMD.VDEV_RESET, count: 3, flags: 0 })).toMatchObject(done);
    expect(driver.run({ command: CCW_CMD.NOOP })).toMatchObject(done);
  });
});
