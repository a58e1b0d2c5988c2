import { describe, expect, it } from 'vitest';
import { FakeHal, FakeTransport } from '../../testing/fake-transport.ts';
import { VirtioRng } from './virtio-rng.ts';

describe('VirtioRng', () => {
  it('[5.4.6] lends a writable buffer, and gives what the device wrote into it', () => {
    const answer = (readable: Uint8Array, room: number) => {
      expect(readable).toHaveLength(0);
      return Uint8Array.from({ length: Math.min(room, 5) }, (_, i) => i + 1);
    };
    const transport = new FakeTransport(new FakeHal(), { deviceId: 4, maxQueueSize: 8, answer });
    const rng = new VirtioRng(transport);
    const before = transport.freeMemory;
    expect(rng.read(3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(rng.read(16)).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
    expect(() => rng.read(0)).toThrow(RangeError);
    expect(transport.freeMemory).toBe(before);
    expect(transport.statuses).toEqual([0, 1, 3, 11, 15]);
  });
});
