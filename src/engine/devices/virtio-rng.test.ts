import { describe, expect, test } from 'vitest';
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
