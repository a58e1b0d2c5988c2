import { describe, expect, it } from 'vitest';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import { EventStore } from '../../journal/store.ts';
import { JournalWriter, silentJournal } from '../../journal/writer.ts';
import { FakePackedQueue } from '../../testing/fake-queue.ts';
import { FakeHal } from '../../testing/fake-transport.ts';
import { DmaAllocator } from '../dma.ts';
import { Chain } from './chain.ts';
import { PackedQueue } from './packed-queue.ts';
import { DeviceError } from './queue.ts';

const AREAS = { desc: 0x1000, avail: 0x9_0000, used: 0x9_0040 };
const [NEXT, WRITE, INDIRECT, AVAIL, USED] = [1, 2, 4, 0x80, 0x8000];
const WRAP = 0x8000;

function rig({
  size = 8,
  start = WRAP,
  journal = silentJournal(),
  eventIdx = false,
  inOrder = false,
} = {}) {
  const hal = new FakeHal(2, journal);
  const calls: string[] = [];
  const owner = {
    notify: (index: number, next = -1) => void calls.push(`notify ${index} ${next}`),
    pollInterrupt: () => void calls.push('poll'),
    waitForInterrupt: () => {
      calls.push('wait');
      made.onWait();
    },
    resetQueue: (index: number) => void calls.push(`reset ${index}`),
  };
  const tables = new DmaAllocator(hal.ram);
  const device = new FakePackedQueue(hal.ram.ram, size, AREAS, start, eventIdx);
  const options = { eventIdx, inOrder, tables };
  const made = {
    queue: new PackedQueue(hal.ram, owner, 3, size, AREAS, start, options),
    device,
    hal,
    calls,
    tables,
    /** Called instead of sleeping. */
    onWait: (): void => {
      throw new Error('the driver sleeps for ever');
    },
    /** The last word of a descriptor: ID and flags. */
    tail: (slot: number) => {
      const word = hal.ram.read32(AREAS.desc + 16 * slot + 12);
      return { id: word & 0xffff, flags: word >>> 16 };
    },
  };
  return made;
}

const range = (addr: number, length: number) => ({ addr, length });
const three = (at = 0x1_0000) => ({
  readable: [range(at, 16)],
  writable: [range(at + 0x100, 512), range(at + 0x400, 1)],
});

describe('PackedQueue', () => {
  it('[2.8.21.1] fills one descriptor for each piece, with flags and buffer ID', () => {
    const { queue, hal } = rig();
    const id = queue.add({
      readable: [range(0x10_0000, 16)],
      writable: [range(0x1_2345_6789, 512), range(0x10_0300, 1)],
    });
    expect(queue.free).toBe(5);
    queue.publish(id);
    const ring = Array.from({ length: 12 }, (_, i) => hal.ram.read32(AREAS.desc + 4 * i));
    expect(ring).toEqual([
      ...[0x10_0000, 0, 16, ((NEXT | AVAIL) << 16) | id],
      ...[0x2345_6789, 1, 512, ((NEXT | WRITE | AVAIL) << 16) | id],
      ...[0x10_0300, 0, 1, ((WRITE | AVAIL) << 16) | id],
    ]);
  });

  it('[2.8.6] shows the device nothing before the first head is marked, and everything then', () => {
    const { queue, device, tail } = rig();
    const [first, second] = [queue.add(three()), queue.add1(0x5_0000, 4, WRITE)];
    queue.offer(second);
    queue.offer(first);
    expect(device.take()).toBeUndefined();
    // What stands in the ring is not available: both marks are equal.
    expect(tail(0).flags & (AVAIL | USED)).toBe(0);
    expect(tail(1).flags & (AVAIL | USED)).toBe(AVAIL);
    queue.publish();
    expect(device.take()).toMatchObject({ head: second, descriptors: [0] });
    expect(device.take()).toMatchObject({ head: first, descriptors: [1, 2, 3] });
    expect(device.take()).toBeUndefined();
  });

  it('[2.8.1] turns its wrap counter at the end of the ring, in the middle of a chain too', () => {
    const { queue, device, tail } = rig({ size: 4 });
    queue.publish(queue.add(three()));
    device.push(device.take()!.head, 513);
    queue.popUsed();
    queue.publish(queue.add(three()));
    expect([3, 0, 1].map((slot) => tail(slot).flags & (AVAIL | USED))).toEqual([AVAIL, USED, USED]);
    const chain = device.take()!;
    expect(chain.descriptors).toEqual([3, 0, 1]);
    device.push(chain.head, 3);
    expect(queue.pop()).toEqual({ head: chain.head, length: 3 });
    expect(queue.next).toBe(2);
    expect(queue.pop()).toBeUndefined();
  });

  it.each([1, 2, 3, 7, 100, 32768])('[2.8.10.1] works with %i descriptors', (size) => {
    const { queue, device } = rig({ size });
    for (let lap = 0; lap < 3; lap++) {
      for (let i = 0; i < size; i++) queue.offer(queue.add1(0x1_0000 + i, 1, WRITE));
      queue.publish();
      expect(queue.add1(0x1_0000, 1, WRITE)).toBe(-1);
      for (let i = 0; i < size; i++) {
        const chain = device.take();
        expect(chain?.writable[0]?.addr).toBe(0x1_0000 + i);
        device.push(chain?.head ?? -1, 1);
      }
      for (let i = 0; i < size; i++) expect(queue.popUsed()).toBeGreaterThanOrEqual(0);
      expect([queue.popUsed(), queue.free, queue.inFlight]).toEqual([-1, size, 0]);
    }
  });

  it.each([0, 32769, 1.5, -1, Number.NaN])('[2.8] cannot have %d descriptors', (size) => {
    const { hal } = rig();
    const owner = { notify() {}, pollInterrupt() {}, waitForInterrupt() {} };
    expect(() => new PackedQueue(hal.ram, owner, 0, size, AREAS)).toThrow(/from 1 to 32768/);
  });

  it('[2.8.11] refuses areas that are not in RAM, or not aligned', () => {
    const owner = { notify() {}, pollInterrupt() {}, waitForInterrupt() {} };
    const make = (areas: Partial<typeof AREAS>) =>
      new PackedQueue(new FakeHal(2).ram, owner, 0, 8, { ...AREAS, ...areas });
    expect(() => make({ desc: 0x1008 })).toThrow(/cannot be at 0x1008/);
    expect(() => make({ avail: 0x9_0002 })).toThrow(/cannot be at/);
    expect(() => make({ used: 2 << 20 })).toThrow(/cannot be at/);
  });

  it('[2.8.22] takes chains back in the order of their return, and skips their descriptors', () => {
    const { queue, device } = rig({ size: 6 });
    const [a, b] = [queue.add(three(0x1_0000)), queue.add(three(0x2_0000))];
    queue.offer(a);
    queue.publish(b);
    device.take();
    device.take();
    device.push(b, 20);
    expect(queue.pop()).toEqual({ head: b, length: 20 });
    expect([queue.free, queue.inFlight]).toEqual([3, 1]);
    // Its descriptors are written over: the device has read them long ago.
    const c = queue.add(three(0x3_0000));
    queue.publish(c);
    expect(device.take()).toMatchObject({ head: c, descriptors: [0, 1, 2] });
    device.push(a, 10);
    device.push(c, 30);
    expect(queue.pop()).toEqual({ head: a, length: 10 });
    expect(queue.pop()).toEqual({ head: c, length: 30 });
    expect(queue.pop()).toBeUndefined();
  });

  it('[2.8.4] takes a length without WRITE where it can be true, and ignores it where not', () => {
    const { queue, device, hal } = rig();
    for (const [said, taken] of [
      [8, 8],
      [9, 0],
    ] as const) {
      const id = queue.add1(0x1_0000, 8, WRITE);
      queue.publish(id);
      device.take();
      const { slot } = device.used;
      device.push(id, said);
      hal.ram.write16(AREAS.desc + 16 * slot + 14, AVAIL | USED);
      expect(queue.pop()).toEqual({ head: id, length: taken });
    }
  });

  it('reuses a chain that was put together before', () => {
    const { queue, device } = rig();
    const chain = new Chain(3).readable(range(0x1_0000, 4)).writable(range(0x2_0000, 4));
    for (let i = 0; i < 20; i++) {
      const id = queue.addChain(chain);
      queue.publish(id);
      expect(device.take()?.descriptors).toHaveLength(2);
      device.push(id, 4);
      expect(queue.popUsed()).toBe(id);
    }
    expect(queue.addChain(chain.clear())).toBe(-1);
  });

  describe('notifications', () => {
    it('[2.8.10] are left out while the device says DISABLE', () => {
      const { queue, device, calls } = rig();
      device.event(1);
      queue.publish(queue.add1(0x1_0000, 1, 0));
      expect(queue.notify()).toBe(false);
      device.event(0);
      expect(queue.notify()).toBe(true);
      expect(calls).toHaveLength(1);
    });

    it('[2.8.10] come when the descriptor is reached that the device waits for, in its lap', () => {
      const { queue, device } = rig({ size: 4, eventIdx: true });
      const one = () => {
        queue.publish(queue.add1(0x1_0000, 1, WRITE));
        device.push(device.take()!.head, 1);
        queue.popUsed();
        return queue.notify();
      };
      device.event(2, { slot: 1, wrap: 0 });
      expect([one(), one(), one(), one()]).toEqual([false, false, false, false]);
      expect([one(), one(), one()]).toEqual([false, true, false]);
      // Passed by several at once.
      device.event(2, { slot: 0, wrap: 1 });
      queue.offer(queue.add1(0x1_0000, 1, WRITE));
      queue.publish(queue.add1(0x1_0000, 1, WRITE));
      expect(queue.notify()).toBe(true);
    });

    it('[2.8.10] come where the device asks for what it may not', () => {
      const { queue, device } = rig({ eventIdx: true });
      device.event(3);
      expect(queue.notify()).toBe(true);
      device.event(2, { slot: 100, wrap: 0 });
      expect(queue.notify()).toBe(true);
      const without = rig();
      without.device.event(2, { slot: 5, wrap: 1 });
      expect(without.queue.notify()).toBe(true);
    });

    it('[2.8.16] say which descriptor is made available next', () => {
      const { queue, device, calls } = rig({ size: 4 });
      queue.publish(queue.add(three()));
      queue.notify();
      // Offered, and not available yet: not counted.
      queue.offer(queue.add1(0x1_0000, 1, WRITE));
      queue.notify();
      queue.publish();
      queue.notify();
      device.push(device.take()!.head, 1);
      queue.popUsed();
      queue.offer(queue.add1(0x1_0000, 1, WRITE));
      queue.notify();
      queue.publish();
      queue.notify();
      const next = [WRAP | 3, WRAP | 3, 0, 0, 1];
      expect(calls).toEqual(next.map((place) => `notify 3 ${place}`));
    });
  });

  describe('interrupts', () => {
    it('[2.8.10] are asked for and not', () => {
      const { queue, device } = rig();
      queue.suppressInterrupts(true);
      expect(device.driverEvent.flags).toBe(1);
      queue.suppressInterrupts(false);
      expect(device.driverEvent.flags).toBe(0);
    });

    it('[2.8.10] are asked for at the next descriptor once the ring is found empty', () => {
      const { queue, device } = rig({ size: 4, eventIdx: true });
      for (const expected of [
        { off: 3, wrap: 1, flags: 2 },
        { off: 2, wrap: 0, flags: 2 },
      ]) {
        queue.publish(queue.add(three()));
        device.push(device.take()!.head, 1);
        queue.popUsed();
        expect(queue.popUsed()).toBe(-1);
        expect(device.driverEvent).toEqual(expected);
      }
      queue.suppressInterrupts(true);
      expect(queue.popUsed()).toBe(-1);
      expect(device.driverEvent.flags).toBe(1);
    });

    it('[2.8.22] looks again after it asked for one, and only then sleeps', () => {
      const it = rig({ eventIdx: true });
      const { queue, device, calls } = it;
      queue.suppressInterrupts(true);
      const id = queue.add1(0x1_0000, 8, WRITE);
      queue.publish(id);
      device.take();
      it.onWait = () => {
        expect(device.driverEvent.flags).toBe(2);
        device.push(id, 5);
      };
      expect(queue.wait()).toEqual({ head: id, length: 5 });
      expect(calls).toEqual(['poll', 'wait']);
      expect(device.driverEvent.flags).toBe(1);
    });
  });

  describe('indirect tables', () => {
    it('[2.8.19] have no flag but WRITE, and take one descriptor of the ring', () => {
      const { queue, device, hal, tables, tail } = rig();
      const { available } = tables;
      const id = queue.add({ ...three(), indirect: true });
      queue.publish(id);
      expect(queue.free).toBe(7);
      expect(tail(0)).toEqual({ id, flags: INDIRECT | AVAIL });
      const table = hal.ram.read32(AREAS.desc);
      expect(hal.ram.read32(AREAS.desc + 8)).toBe(48);
      const flags = [0, 1, 2].map((i) => hal.ram.read16(table + 16 * i + 14));
      expect(flags).toEqual([0, WRITE, WRITE]);
      const chain = device.take()!;
      expect(chain.writable.map(({ length }) => length)).toEqual([512, 1]);
      device.push(id, 513);
      expect(queue.pop()).toEqual({ head: id, length: 513 });
      expect(tables.available).toBe(available);
      expect(queue.free).toBe(8);
    });

    it('[2.8.17] are never longer than the queue', () => {
      const { queue, tables } = rig({ size: 2 });
      const { available } = tables;
      expect(() => queue.add({ ...three(), indirect: true })).toThrow(/longer than the queue/);
      expect([tables.available, queue.free]).toEqual([available, 2]);
    });

    it('[2.8.4] hold the device to the room in their buffers', () => {
      const { queue, device } = rig();
      const id = queue.add({ ...three(), indirect: true });
      queue.publish(id);
      device.take();
      device.push(id, 514);
      expect(() => queue.popUsed()).toThrow('which has room for 513');
    });
  });

  it('[2.8.8] takes a batch apart of which the device names the last chain only', () => {
    const { queue, device } = rig({ inOrder: true });
    const ids = [three(0x1_0000), three(0x2_0000), { writable: [range(0x3_0000, 8)] }].map((all) =>
      queue.add(all),
    );
    for (const id of ids) queue.offer(id);
    queue.publish();
    for (const _ of ids) device.take();
    device.pushBatch(ids, 5);
    expect(queue.pop()).toEqual({ head: ids[0], length: 513 });
    expect(queue.pop()).toEqual({ head: ids[1], length: 513 });
    expect(queue.pop()).toEqual({ head: ids[2], length: 5 });
    expect(queue.pop()).toBeUndefined();
    expect([queue.free, queue.inFlight]).toEqual([8, 0]);
  });

  it('[2.6.1] gives back what the device had when its queue is reset', () => {
    const { queue, calls, tables } = rig();
    const { available } = tables;
    queue.publish(queue.add({ ...three(), indirect: true }));
    queue.publish(queue.add(three()));
    queue.add1(0x1_0000, 1, 0);
    expect(queue.reset()).toEqual([0, 1]);
    expect(calls).toEqual(['reset 3']);
    expect([tables.available, queue.inFlight, queue.free]).toEqual([available, 0, 0]);
  });

  describe('by hand', () => {
    it('[2.8.21.1] marks a chain when its first descriptor is published, that one last', () => {
      const { queue, device, tail } = rig();
      queue.setDescriptor(0, { addr: 0x1_0000, len: 16, flags: NEXT });
      queue.setDescriptor(1, { addr: 0x2_0000, len: 512, flags: NEXT | WRITE });
      queue.setDescriptor(2, { addr: 0x3_0000, len: 1, flags: WRITE, id: 77 });
      expect([0, 1, 2].map((slot) => tail(slot).flags & (AVAIL | USED))).toEqual([0, 0, 0]);
      queue.publish(0);
      const chain = device.take()!;
      expect(chain).toMatchObject({ head: 77, descriptors: [0, 1, 2] });
      device.push(77, 513);
      expect(queue.pop()).toEqual({ head: 0, length: 513 });
      expect([queue.next, queue.free]).toEqual([3, 5]);
      // They are the script's; the rest goes on as usual.
      queue.publish(queue.add(three()));
      expect(device.take()?.descriptors).toEqual([3, 4, 5]);
    });

    it('writes marks as they are given', () => {
      const { queue, tail } = rig();
      queue.setDescriptor(4, { addr: 0, len: 0, flags: USED | WRITE });
      expect(tail(4)).toEqual({ id: 4, flags: USED | WRITE });
    });

    it('[2.8.12] refuses to offer what the device does not look at next', () => {
      const { queue } = rig();
      queue.setDescriptor(3, { addr: 0x1_0000, len: 1 });
      expect(() => queue.publish(3)).toThrow('the device looks at 0 next');
      for (const index of [-1, 8, Number.NaN])
        expect(() => queue.setDescriptor(index, { addr: 0, len: 1 })).toThrow(/has no descriptor/);
    });
  });

  describe('misuse', () => {
    it('refuses to offer what is no chain, and what is offered already', () => {
      const { queue } = rig();
      for (const head of [0, 5, 8, 70000])
        expect(() => queue.publish(head)).toThrow(/no chain begins/);
      const id = queue.add(three());
      expect(() => queue.publish(id + 1)).toThrow(/no chain begins/);
      queue.publish(id);
      expect(() => queue.publish(id)).toThrow(/the device’s already/);
    });

    it('[2.8.17] says how many descriptors are missing', () => {
      const { queue } = rig({ size: 4 });
      queue.add(three());
      expect(() => queue.add(three())).toThrow('3 descriptors wanted, 1 of 4 free');
    });
  });

  describe('a hostile device', () => {
    const inFlight = () => {
      const it = rig();
      const id = it.queue.add({ readable: [range(0x1_0000, 8)], writable: [range(0x2_0000, 8)] });
      it.queue.publish(id);
      it.device.take();
      return it;
    };

    it.each([
      ['an ID beyond the queue', 8],
      ['an ID of 16 bits', 0xffff],
      ['an ID that is free', 5],
      ['the middle of a chain', 1],
    ])('cannot return %s', (_, id) => {
      const { queue, device } = inFlight();
      device.push(id, 0);
      expect(() => queue.popUsed()).toThrow(DeviceError);
      expect(() => queue.popUsed()).toThrow(`returned buffer ${id}`);
      expect(queue.inFlight).toBe(1);
    });

    it('cannot return a chain twice, or one that was not offered', () => {
      const { queue, device } = inFlight();
      const kept = queue.add1(0x3_0000, 1, WRITE);
      device.push(0, 8);
      device.push(0, 8);
      device.push(kept, 1);
      expect(queue.popUsed()).toBe(0);
      expect(() => queue.popUsed()).toThrow('returned buffer 0');
    });

    it('[2.8.4] cannot have written more than there was room for', () => {
      const { queue, device } = inFlight();
      device.push(0, 9);
      expect(() => queue.popUsed()).toThrow(
        'says it wrote 9 bytes into the chain at 0, which has room for 8',
      );
    });

    it('cannot mislead the driver by writing over the ring', () => {
      const { queue, device, hal } = inFlight();
      const { used } = device;
      hal.ram.fill(AREAS.desc, 128, 0xff);
      hal.ram.fill(AREAS.desc, 16, 0);
      device.used = used;
      device.push(0, 4);
      expect(queue.pop()).toEqual({ head: 0, length: 4 });
      expect(queue.free).toBe(8);
      queue.publish(queue.add(three()));
      expect(device.take()?.descriptors).toEqual([2, 3, 4]);
    });
  });

  describe('recorded', () => {
    const recorded = () => {
      const ring = JournalRing.create(1 << 10, 1 << 12);
      const journal = new JournalWriter(ring);
      const store = new EventStore();
      const reader = new JournalReader([ring], store);
      const events = () => {
        journal.flush();
        reader.drain();
        return Array.from({ length: store.length }, (_, i) => store.get(i));
      };
      return { ...rig({ journal, eventIdx: true }), events };
    };

    it('[2.8.21.1.1] writes a chain in the order of the ring, and its first flags last, marked before', () => {
      const it = recorded();
      const { mark } = it.hal.ram.journal;
      const flagsAtMark: number[] = [];
      it.hal.ram.journal.mark = () => {
        flagsAtMark.push(it.tail(0).flags);
        mark.call(it.hal.ram.journal);
      };
      it.queue.publish(it.queue.add(three()));
      const flags = NEXT;
      expect(flagsAtMark).toEqual([flags]);
      expect(it.events()).toMatchObject([
        { kind: 'memWrite', actor: 'driver', addr: AREAS.desc, size: 16 },
        { kind: 'memWrite', addr: AREAS.desc + 16, size: 16 },
        { kind: 'memWrite', addr: AREAS.desc + 32, size: 16 },
        { addr: AREAS.desc + 12, size: 4, old: [0, 0, flags, 0], new: [0, 0, flags | AVAIL, 0] },
      ]);
    });

    it('records event suppression, and a notification that the device did not want', () => {
      const { queue, device, events } = recorded();
      queue.popUsed();
      queue.suppressInterrupts(true);
      device.event(1);
      queue.notify();
      device.event(2, { slot: 4, wrap: 1 });
      queue.notify();
      expect(events()).toMatchObject([
        { kind: 'memWrite', addr: AREAS.avail, size: 4, new: [0, 0x80, 2, 0] },
        { kind: 'memWrite', addr: AREAS.avail, size: 4, new: [0, 0, 1, 0] },
        { kind: 'notification', actor: 'driver', sent: 0, rule: 1, desc: AREAS.desc },
        { kind: 'notification', actor: 'driver', sent: 0, rule: 3, desc: AREAS.desc },
      ]);
    });

    it('writes the same bytes as when it is not', () => {
      const [plain, loud] = [rig({ eventIdx: true }), recorded()];
      for (const { queue } of [plain, loud]) {
        queue.publish(queue.add(three()));
        queue.offer(queue.add1(2 ** 40, 3, 0));
        queue.setDescriptor(6, { addr: 2 ** 52 + 1, len: 2 ** 32 - 1, flags: NEXT });
        queue.publish();
        queue.popUsed();
      }
      const bytes = ({ hal }: { hal: FakeHal }) => Buffer.from(hal.ram.readBytes(0, 2 << 20));
      expect(bytes(loud).equals(bytes(plain))).toBe(true);
    });
  });
});
