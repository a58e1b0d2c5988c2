import { describe, expect, it } from 'vitest';
import { AREAS, type Rig, range, recorded, rig, WRITE } from '../../testing/split-queue-rig.ts';

describe('SplitQueue', () => {
  describe('recorded', () => {
    it('records every ring write with the bytes before, and takes a credit for each', () => {
      const { queue, hal, events, taken } = recorded();
      hal.ram.ram.u8.fill(0xee, AREAS.desc, AREAS.desc + 16);
      queue.publish(queue.add1(0x1_2345_6789, 16, WRITE));
      const seen = events();
      expect(seen).toMatchObject([
        {
          kind: 'memWrite',
          actor: 'driver',
          size: 16,
          addr: AREAS.desc,
          old: new Array(16).fill(0xee),
          new: [0x89, 0x67, 0x45, 0x23, 1, 0, 0, 0, 16, 0, 0, 0, 2, 0, 0, 0],
        },
        { kind: 'memWrite', size: 2, addr: AREAS.avail + 4, old: [0, 0], new: [0, 0] },
        { kind: 'memWrite', size: 2, addr: AREAS.avail + 2, old: [0, 0], new: [1, 0] },
      ]);
      expect(seen).toHaveLength(3);
      expect(taken).toHaveLength(3);
      // Each credit is taken before its event exists.
      expect(taken).toEqual(seen.map(({ clock }) => clock - 1));
    });

    it('records chains, flags and descriptors by hand in the order of the writes', () => {
      const { queue, events } = recorded();
      queue.add({ readable: [range(0x1_0000, 8)], writable: [range(0x2_0000, 8)] });
      queue.suppressInterrupts(true);
      queue.setDescriptor(5, { addr: 1, len: 2 });
      queue.offer(0);
      expect(events()).toMatchObject([
        { addr: AREAS.desc },
        { addr: AREAS.desc + 16 },
        { addr: AREAS.avail, size: 2, new: [1, 0] },
        { addr: AREAS.desc + 80 },
        { addr: AREAS.avail + 4, size: 2 },
      ]);
    });

    it('[2.7.13.3.1] tells the journal that an index is about to be seen, before it is', () => {
      const { queue, hal } = recorded();
      const { mark } = hal.ram.journal;
      const indexAtMark: number[] = [];
      hal.ram.journal.mark = () => {
        indexAtMark.push(hal.ram.read16(AREAS.avail + 2));
        mark.call(hal.ram.journal);
      };
      queue.publish(queue.add1(0x1_0000, 1, WRITE));
      expect(indexAtMark).toEqual([0]);
      expect(hal.ram.read16(AREAS.avail + 2)).toBe(1);
    });

    it('records a notification that the device did not want, and leaves one that it gets to the device', () => {
      const { queue, device, events } = recorded();
      queue.notify();
      expect(events()).toEqual([]);
      device.usedFlags = 1;
      queue.notify();
      expect(events()).toMatchObject([
        { kind: 'notification', actor: 'driver', queue: 3, sent: 0, rule: 1 },
      ]);
    });

    it('writes the same bytes as when it is not', () => {
      const [plain, loud] = [rig(), recorded()];
      for (const { queue } of [plain, loud]) {
        queue.publish(queue.add({ readable: [range(0x1_0000, 8)], writable: [range(2 ** 40, 8)] }));
        queue.offer(queue.add1(0xffff_ffff, 3, 0));
        queue.suppressInterrupts(true);
        queue.setDescriptor(6, {
          addr: 2 ** 52 + 1,
          len: 2 ** 32 - 1,
          flags: 0xffff,
          next: 0xffff,
        });
      }
      const bytes = ({ hal }: Rig) => Buffer.from(hal.ram.readBytes(0, 2 << 20));
      expect(bytes(loud).equals(bytes(plain))).toBe(true);
    });
  });
});
