import { describe, expect, test } from 'vitest';
import { SPLIT } from '../../spec/virtio.ts';
import { DeviceRig } from '../../testing/device-rig.ts';

const RNG = '-device virtio-rng-pci';

describe('virtio-rng', () => {
  test('[5.4.6.2] fills every buffer wholly and says so', () => {
    const rig = new DeviceRig(RNG);
    const queue = rig.start();
    const first = rig.buffer(5);
    const second = rig.buffer(20);
    expect(rig.send(queue, [], [first, second])).toBe(25);
    expect([...first.bytes(), ...second.bytes()]).toEqual(
      Array.from({ length: 25 }, (_, i) => i + 1),
    );
    expect(rig.events('backendRequest')).toMatchObject([{ op: 6, length: 25 }]);
  });

  test('hands out no more than max-bytes, since no period ends', () => {
    const rig = new DeviceRig(`${RNG},max-bytes=8`);
    const queue = rig.start();
    expect(rig.send(queue, [], [rig.buffer(5)])).toBe(5);
    expect(rig.send(queue, [], [rig.buffer(5)])).toBe(3);
    expect(rig.send(queue, [], [rig.buffer(5)])).toBe(-1);
  });

  test('takes its bytes from the file that rng-random names', () => {
    const rig = new DeviceRig(
      '-object rng-random,id=r,filename=noise -device virtio-rng-pci,rng=r',
      {
        noise: Uint8Array.of(9, 8, 7),
      },
    );
    const buffer = rig.buffer(4);
    expect(rig.send(rig.start(), [], [buffer])).toBe(3);
    expect([...buffer.bytes()]).toEqual([9, 8, 7, 0]);
  });

  test('asks for what all buffers together can take, and no more than the quota', () => {
    const rig = new DeviceRig(`${RNG},max-bytes=12`);
    const queue = rig.start();
    const [first, second] = [rig.buffer(5), rig.buffer(20)];
    queue.publish(queue.add({ writable: [first] }));
    queue.publish(queue.add({ writable: [second] }));
    queue.notify();
    expect([queue.pop()?.length, queue.pop()?.length]).toEqual([5, 7]);
  });

  test('leaves a buffer that it may not write where it is', () => {
    const rig = new DeviceRig(RNG);
    const queue = rig.start();
    expect(rig.send(queue, [rig.buffer(5)], [])).toBe(-1);
    expect(rig.device.queues[0]?.vq.lastAvailIdx).toBe(0);
    // It comes back with the next one that can be filled.
    expect(rig.send(queue, [], [rig.buffer(5)])).toBe(0);
    expect(queue.pop()?.length).toBe(5);
  });

  test('leaves buffers where they are once its file has no more', () => {
    const line = '-object rng-random,id=r,filename=noise -device virtio-rng-pci,rng=r';
    const rig = new DeviceRig(line, { noise: Uint8Array.of(1, 2, 3) });
    const queue = rig.start();
    expect(rig.send(queue, [], [rig.buffer(2)])).toBe(2);
    expect(rig.send(queue, [], [rig.buffer(2)])).toBe(1);
    expect(rig.send(queue, [], [rig.buffer(2)])).toBe(-1);
    expect(rig.device.queues[0]?.vq.inUse).toBe(0);
  });

  test('a large buffer is filled piece by piece', () => {
    const rig = new DeviceRig(RNG);
    const [first, second] = [rig.buffer(0x1_8000), rig.buffer(0x1_8000)];
    expect(rig.send(rig.start(), [], [first, second])).toBe(0x3_0000);
    expect(second.bytes().at(-1)).toBe(0x3_0000 & 0xff);
    expect(Math.max(...rig.events('backendRequest').map(({ length }) => length))).toBe(0x1_0000);
  });

  test('[2.7.13.3] an available index that jumps stops the device before it fills anything', () => {
    const rig = new DeviceRig(RNG);
    const queue = rig.start();
    const buffer = rig.buffer(4);
    const { driver } = rig.device.queues[0]?.vq.addresses ?? { driver: 0 };
    queue.publish(queue.add({ writable: [buffer] }));
    rig.machine.ram.writeAt(driver + SPLIT.availIdx, 2, 1000);
    queue.notify();
    expect([...buffer.bytes()]).toEqual([0, 0, 0, 0]);
    expect(rig.device.broken).toBe(true);
  });

  test('[2.1.2] consumes nothing before DRIVER_OK', () => {
    const rig = new DeviceRig(RNG);
    const queue = rig.start();
    rig.transport.status &= ~4;
    expect(rig.send(queue, [], [rig.buffer(4)])).toBe(-1);
    expect(rig.events('violation').map(({ code }) => code)).toContain(14);
  });

  test.each([
    ['period=0', "'period' parameter expects a positive integer"],
    [
      'max-bytes=0x8000000000000000',
      "'max-bytes' parameter must be non-negative, and less than 2^63",
    ],
  ])('refuses %s', (property, message) => {
    expect(() => new DeviceRig(`${RNG},${property}`)).toThrow(message);
  });
});
