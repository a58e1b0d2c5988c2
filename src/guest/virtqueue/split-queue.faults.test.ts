import { describe, expect, it } from 'vitest';
import { FakeHal } from '../../testing/fake-transport.ts';
import { AREAS, range, rig, WRITE } from '../../testing/split-queue-rig.ts';
import { Chain } from './chain.ts';
import { DeviceError } from './queue.ts';
import { SplitQueue } from './split-queue.ts';

describe('SplitQueue', () => {
  describe('misuse', () => {
    it('refuses to offer what is no chain, and what is offered already', () => {
      const { queue, device } = rig();
      for (const head of [0, 5, 8, 70000])
        expect(() => queue.publish(head)).toThrow(/no chain begins/);
      const head = queue.add({ writable: [range(0x1_0000, 1), range(0x2_0000, 1)] });
      expect(() => queue.publish(head + 1)).toThrow(/no chain begins/);
      queue.publish(head);
      expect(() => queue.publish(head)).toThrow(/the device’s already/);
      expect(device.availIdx).toBe(1);
    });

    it('[2.7.4.2] refuses a readable piece after a writable one', () => {
      const chain = new Chain(2).writable(range(0, 1));
      expect(() => chain.readable(range(0, 1))).toThrow(/comes before/);
    });

    it('refuses pieces that no descriptor can name', () => {
      const { queue } = rig();
      expect(() => queue.add({})).toThrow(/at least one/);
      for (const bad of [
        range(-1, 1),
        range(2 ** 53, 1),
        range(0, 2 ** 32),
        range(0, -1),
        range(Number.NaN, 1),
      ])
        expect(() => queue.add({ readable: [bad] })).toThrow(RangeError);
      expect(queue.free).toBe(8);
      expect(() => new Chain(1).writable(range(0, 1)).writable(range(0, 1))).toThrow(/full/);
    });

    it('refuses rings that are not in RAM, or not aligned', () => {
      const owner = { notify() {}, pollInterrupt() {}, waitForInterrupt() {} };
      const make = (areas: Partial<typeof AREAS>) =>
        new SplitQueue(new FakeHal(2).ram, owner, 0, 8, { ...AREAS, ...areas });
      expect(() => make({ desc: 0x1008 })).toThrow(/cannot be at 0x1008/);
      expect(() => make({ avail: 0x9_0001 })).toThrow(/cannot be at/);
      expect(() => make({ used: 0xb_0002 })).toThrow(/cannot be at/);
      expect(() => make({ used: (2 << 20) - 64 })).toThrow(/cannot be at/);
    });
  });

  describe('a hostile device', () => {
    const inFlight = () => {
      const it = rig();
      const head = it.queue.add({ readable: [range(0x1_0000, 8)], writable: [range(0x2_0000, 8)] });
      it.queue.publish(head);
      return it;
    };

    it.each([
      ['an id beyond the table', 8, 'returned descriptor 8'],
      ['an id of 32 bits', 0xffff_ffff, 'returned descriptor 4294967295'],
      ['the middle of a chain', 1, 'returned descriptor 1'],
      ['a free descriptor', 5, 'returned descriptor 5'],
    ])('cannot return %s', (_, id, message) => {
      const { queue, device } = inFlight();
      device.push(id, 0);
      expect(() => queue.popUsed()).toThrow(DeviceError);
      expect(() => queue.popUsed()).toThrow(message);
      expect(queue.inFlight).toBe(1);
    });

    it('cannot return a chain twice', () => {
      const { queue, device } = inFlight();
      queue.publish(queue.add1(0x3_0000, 1, WRITE));
      device.push(0, 8);
      device.push(0, 8);
      expect(queue.popUsed()).toBe(0);
      expect(() => queue.popUsed()).toThrow('returned descriptor 0');
    });

    it('cannot return what was added but not offered', () => {
      const { queue, device } = inFlight();
      const kept = queue.add1(0x3_0000, 1, WRITE);
      device.push(kept, 1);
      expect(() => queue.popUsed()).toThrow(`returned descriptor ${kept}`);
    });

    it('[2.7.8.2] cannot have written more than there was room for', () => {
      const { queue, device } = inFlight();
      device.push(0, 9);
      expect(() => queue.popUsed()).toThrow(
        'says it wrote 9 bytes into the chain at 0, which has room for 8',
      );
    });

    it.each([2, 8, 9, 0x8000, 0xffff])('cannot move the used index by %i with one chain', (by) => {
      const { queue, device } = inFlight();
      device.publish(by);
      expect(() => queue.popUsed()).toThrow(
        `the used index moved by ${by}, but the device had 1 chains`,
      );
    });

    it('cannot mislead the driver by writing over descriptors and available ring', () => {
      const { queue, device, hal } = inFlight();
      hal.ram.fill(AREAS.desc, 128, 0xff);
      hal.ram.fill(AREAS.avail, 22, 0xff);
      device.push(0, 4);
      expect(queue.pop()).toEqual({ head: 0, length: 4 });
      expect(queue.free).toBe(8);
      expect(queue.add({ readable: [range(0, 1)], writable: [range(0, 1)] })).toBe(0);
      queue.publish(0);
      expect(device.availIdx).toBe(2);
    });
  });
});
