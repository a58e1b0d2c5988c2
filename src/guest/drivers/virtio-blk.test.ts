import { describe, expect, it } from 'vitest';
import { blockModel, FakeHal, FakeTransport } from '../../testing/fake-transport.ts';
import { BlkError, type BlkRequest, VirtioBlk } from './virtio-blk.ts';
import type { DriverOptions } from './virtio-driver.ts';

const FEATURES = [9, 32];

function rig({
  sectors = 8,
  features = FEATURES,
  byHand = false,
  options = undefined as DriverOptions | undefined,
} = {}) {
  const hal = new FakeHal();
  const disk = Uint8Array.from({ length: sectors * 512 }, (_, i) => (i >> 9) + (i & 15));
  const config = new Uint8Array(60);
  new DataView(config.buffer).setBigUint64(0, BigInt(sectors), true);
  const answer = blockModel(disk, 'A SERIAL');
  const device = { deviceId: 2, features, config, maxQueueSize: 32 };
  const transport = new FakeTransport(hal, byHand ? device : { ...device, answer });
  return { hal, disk, answer, transport, driver: new VirtioBlk(transport, options) };
}

describe('VirtioBlk', () => {
  it('[3.1.1] takes a device over in the order that the specification asks for', () => {
    const { transport, driver } = rig();
    expect(transport.statuses).toEqual([0, 1, 3, 11, 15]);
    expect(transport.queues).toHaveLength(1);
    expect(driver.capacity).toBe(8);
    expect(driver.features.bits).toEqual(FEATURES);
  });

  it('[3.1.1] sets FAILED where it cannot', () => {
    const transport = new FakeTransport(new FakeHal(), { deviceId: 2, features: [9] });
    expect(() => new VirtioBlk(transport)).toThrow(/legacy/);
    expect(transport.status & 128).toBe(128);
  });

  it('[5.2.6] reads the bytes of the disk', () => {
    const { driver, disk } = rig();
    expect(driver.read(3)).toEqual(disk.subarray(3 * 512, 4 * 512));
    expect(driver.read(1, 4)).toEqual(disk.subarray(512, 5 * 512));
  });

  it('[5.2.6] writes whole sectors, and a text with zeros behind it', () => {
    const { driver, disk } = rig();
    driver.write(2, new Uint8Array(1024).fill(7));
    expect(disk.subarray(1024, 2048).every((byte) => byte === 7)).toBe(true);
    driver.write(5, 'hello');
    expect([...disk.subarray(5 * 512, 5 * 512 + 6)]).toEqual([104, 101, 108, 108, 111, 0]);
    driver.write(6, '');
    expect(disk.subarray(6 * 512).slice(0, 512)).toEqual(new Uint8Array(512));
    for (const length of [0, 1, 511, 513])
      expect(() => driver.write(0, new Uint8Array(length))).toThrow(/not whole sectors/);
  });

  it('flushes, and tells the serial number', () => {
    const { driver } = rig();
    driver.flush();
    expect(driver.getId()).toBe('A SERIAL');
  });

  it('says what the device answered, in the specification’s words', () => {
    const { driver } = rig();
    expect(() => driver.read(8)).toThrow(
      'VIRTIO_BLK_T_IN of sector 8: the device answered VIRTIO_BLK_S_IOERR',
    );
    try {
      driver.write(7, new Uint8Array(1024));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(BlkError);
      expect((error as BlkError).status).toBe(1);
    }
  });

  it('notices a device that never wrote the status', () => {
    const { driver, transport, hal } = rig({ byHand: true });
    hal.onHalt = () => {
      transport.queues[0]?.push(0, 0);
      transport.interrupt();
      return true;
    };
    expect(() => driver.read(0)).toThrow('the device answered no status');
  });

  it('needs no memory for longer than a request takes', () => {
    const { driver, transport } = rig();
    const before = transport.freeMemory;
    driver.read(0, 8);
    driver.write(0, 'x');
    driver.getId();
    expect(() => driver.read(100)).toThrow(BlkError);
    for (const sector of [-1, 0.5, 2 ** 53]) expect(() => driver.read(sector)).toThrow(RangeError);
    for (const count of [-1, Number.NaN]) expect(() => driver.read(0, count)).toThrow(RangeError);
    for (let i = 0; i < 10; i++) driver.startRead(i % 8);
    expect(() => driver.startRead(0)).toThrow(/full/);
    driver.submit();
    for (let i = 0; i < 10; i++) driver.next();
    expect(transport.freeMemory).toBe(before);
  });

  it('announces several requests with one doorbell, and finds each by its head', () => {
    const { driver, transport, hal, disk, answer } = rig({ byHand: true });
    const requests = [1, 2, 3].map((sector) => driver.startRead(sector));
    const queue = transport.queues[0]!;
    expect(queue.take()).toBeUndefined();
    driver.submit();
    expect(transport.doorbells).toEqual([0]);
    const chains = [queue.take()!, queue.take()!, queue.take()!];
    hal.onHalt = () => {
      const chain = chains.pop()!;
      queue.answer(chain, answer(chain.readable, 513));
      transport.interrupt();
      return true;
    };
    const order: BlkRequest[] = [driver.next(), driver.next(), driver.next()];
    expect(order).toEqual([requests[2], requests[1], requests[0]]);
    for (const { sector, bytes } of requests)
      expect(bytes).toEqual(disk.subarray(sector * 512, (sector + 1) * 512));
  });

  it('keeps for later what finishes while it waits for something else', () => {
    const { driver } = rig();
    const early = driver.startRead(1);
    expect(driver.read(2)[0]).toBe(2);
    expect(early.done).toBe(true);
    expect(driver.next()).toBe(early);
    expect(() => driver.startRead(3).bytes).toThrow(/not done yet/);
  });

  it('[5.2.3] knows a disk that is read-only', () => {
    expect(rig().driver.readOnly).toBe(false);
    expect(rig({ features: [5, 32] }).driver.readOnly).toBe(true);
  });

  it.each<DriverOptions>([
    { packed: true },
    { indirect: true },
    { eventIdx: true },
    { packed: true, indirect: true, eventIdx: true, notificationData: true },
  ])('[2.2.1] accepts what it is told to ask for, and works with it: %o', (options) => {
    const { driver, transport, disk } = rig({ features: [...FEATURES, 28, 29, 34, 38], options });
    const asked = { indirect: 28, eventIdx: 29, packed: 34, notificationData: 38 };
    for (const [name, bit] of Object.entries(asked))
      expect(driver.features.has(bit)).toBe(options[name as keyof typeof asked] ?? false);
    const { freeMemory } = transport;
    for (let round = 0; round < 30; round++) {
      driver.write(1, `round ${round}`);
      expect(driver.read(1)).toEqual(disk.subarray(512, 1024));
    }
    const { queue } = driver;
    expect([queue.free, queue.inFlight]).toEqual([queue.size, 0]);
    expect(transport.freeMemory).toBe(freeMemory);
  });

  it('does without what the device does not offer', () => {
    const { driver } = rig({ options: { packed: true, indirect: true, features: [40] } });
    expect(driver.features.bits).toEqual(FEATURES);
    expect(driver.read(1)).toHaveLength(512);
  });
});
