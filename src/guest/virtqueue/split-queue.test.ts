import { describe, expect, it } from 'vitest';
import { AREAS, NEXT, range, rig, WRITE } from '../../testing/split-queue-rig.ts';
import { Chain } from './chain.ts';

describe('SplitQueue', () => {
  it('[2.7.13.1] fills one descriptor for each piece, readable before writable, and links them', () => {
    const { queue, hal } = rig();
    const head = queue.add({
      readable: [range(0x10_0000, 16)],
      writable: [range(0x1_2345_6789, 512), range(0x10_0300, 1)],
    });
    const table = Array.from({ length: 12 }, (_, i) => hal.ram.read32(AREAS.desc + 4 * i));
    expect(head).toBe(0);
    expect(table).toEqual([
      ...[0x10_0000, 0, 16, NEXT | (1 << 16)],
      ...[0x2345_6789, 1, 512, NEXT | WRITE | (2 << 16)],
      ...[0x10_0300, 0, 1, WRITE],
    ]);
    expect(queue.free).toBe(5);
  });

  it('[2.7.13.2] shows the device nothing before the index is published', () => {
    const { queue, device } = rig();
    const first = queue.add({ writable: [range(0x1_0000, 4)] });
    const second = queue.add({ writable: [range(0x1_1000, 4)] });
    queue.offer(second);
    queue.offer(first);
    expect(device.take()).toBeUndefined();
    queue.publish();
    expect(device.take()?.head).toBe(second);
    expect(device.take()?.head).toBe(first);
    expect(device.take()).toBeUndefined();
  });

  it('[2.7.14] takes used chains back in the order in which the device returns them', () => {
    const { queue, device } = rig();
    const heads = [1, 2, 3].map((i) => queue.add({ writable: [range(i << 16, 100)] }));
    for (const head of heads) queue.publish(head);
    device.push(heads[2]!, 30);
    device.push(heads[0]!, 10);
    expect(queue.pop()).toEqual({ head: heads[2], length: 30 });
    expect(queue.pop()).toEqual({ head: heads[0], length: 10 });
    expect(queue.pop()).toBeUndefined();
    expect(queue.inFlight).toBe(1);
    device.push(heads[1]!, 100);
    expect(queue.pop()).toEqual({ head: heads[1], length: 100 });
    expect([queue.inFlight, queue.free]).toEqual([0, 8]);
  });

  it('gives the descriptors of a chain back only when the device has used it', () => {
    const { queue, device } = rig({ size: 4 });
    const pieces = [1, 2, 3].map((i) => range(i << 12, 8));
    const head = queue.add({ writable: pieces });
    expect(() => queue.add({ writable: pieces })).toThrow(
      'queue 3 is full: 3 descriptors wanted, 1 of 4 free',
    );
    expect(queue.add1(0x8000, 8, WRITE)).toBe(3);
    expect(queue.add1(0x9000, 8, WRITE)).toBe(-1);
    queue.publish(head);
    device.push(head, 24);
    queue.popUsed();
    expect(queue.add({ writable: pieces })).toBe(0);
  });

  it('[2.7] works with every power of two from 1 to 32768, and nothing else', () => {
    for (let size = 1; size <= 32768; size *= 2) {
      const { queue, device } = rig({ size });
      for (let round = 0; round < 3; round++) {
        const heads = new Set<number>();
        for (
          let head = queue.add1(0x1_0000, 1, WRITE);
          head >= 0;
          head = queue.add1(0x1_0000, 1, WRITE)
        ) {
          heads.add(head);
          queue.offer(head);
        }
        queue.publish();
        expect(heads.size).toBe(size);
        let returned = 0;
        for (let chain = device.take(); chain; chain = device.take()) {
          device.push(chain.head, 1);
          if (heads.delete(queue.popUsed())) returned++;
        }
        expect(returned).toBe(size);
      }
    }
    for (const size of [0, 3, 12, 65536, -8, 1.5, Number.NaN])
      expect(() => rig({ size })).toThrow(/not a power of two/);
  });

  it('[2.7.6] lets its indices run on past 65535', () => {
    const { queue, device, hal } = rig({ size: 4, firstIdx: 65534 });
    for (let i = 0; i < 6; i++) {
      queue.publish(queue.add1(0x1_0000 + i, 8, WRITE));
      const chain = device.take();
      expect(chain?.writable[0]?.addr).toBe(0x1_0000 + i);
      device.push(chain?.head ?? -1, i);
      expect(queue.pop()).toEqual({ head: chain?.head, length: i });
      expect(queue.pop()).toBeUndefined();
    }
    expect(hal.ram.read16(AREAS.avail + 2)).toBe(4);
  });

  it('reuses a chain that was put together before', () => {
    const { queue, device } = rig();
    const chain = new Chain(3).readable(range(0x1_0000, 4)).writable(range(0x2_0000, 4));
    for (let i = 0; i < 10; i++) {
      const head = queue.addChain(chain);
      queue.publish(head);
      expect(device.take()?.descriptors).toEqual([0, 1]);
      device.push(head, 4);
      expect(queue.popUsed()).toBe(head);
    }
    expect(queue.addChain(chain.clear())).toBe(-1);
  });

  it('[2.7.10.1] leaves the doorbell alone while the device asks for it', () => {
    const { queue, device, calls } = rig();
    device.usedFlags = 1;
    expect(queue.notify()).toBe(false);
    device.usedFlags = 0;
    expect(queue.notify()).toBe(true);
    // Flags other than the one that is defined mean nothing.
    device.usedFlags = 0xfffe;
    expect(queue.notify()).toBe(true);
    expect(calls).toEqual(['notify 3', 'notify 3']);
  });

  describe('wait', () => {
    it('acknowledges a pending interrupt before it looks, and does not sleep where a chain is back', () => {
      const { queue, device, calls } = rig();
      queue.publish(queue.add1(0x1_0000, 8, WRITE));
      device.push(0, 8);
      expect(queue.wait()).toEqual({ head: 0, length: 8 });
      expect(calls).toEqual(['poll']);
    });

    it('sleeps until a chain is back, however often it is woken for something else', () => {
      const it = rig();
      it.queue.publish(it.queue.add1(0x1_0000, 8, WRITE));
      let wakes = 0;
      it.onWait = () => {
        if (++wakes === 3) it.device.push(0, 5);
      };
      expect(it.queue.wait()).toEqual({ head: 0, length: 5 });
      expect(it.calls).toEqual(['poll', 'wait', 'wait', 'wait']);
    });

    it('[2.7.7.1] looks again after it allowed interrupts, and suppresses them again afterwards', () => {
      const it = rig();
      it.queue.suppressInterrupts(true);
      expect(it.device.availFlags).toBe(1);
      it.queue.publish(it.queue.add1(0x1_0000, 8, WRITE));
      it.onWait = () => {
        expect(it.device.availFlags).toBe(0);
        it.device.push(0, 5);
      };
      expect(it.queue.wait().head).toBe(0);
      expect(it.device.availFlags).toBe(1);
      it.queue.publish(it.queue.add1(0x1_0000, 8, WRITE));
      it.device.push(0, 6);
      it.calls.length = 0;
      expect(it.queue.wait().length).toBe(6);
      expect(it.calls).toEqual(['poll']);
    });
  });

  describe('descriptors by hand', () => {
    it('writes what it is told, and keeps the descriptor from then on', () => {
      const { queue, device, hal } = rig({ size: 4 });
      queue.setDescriptor(1, { addr: 0x5_0000, len: 16, flags: NEXT, next: 3 });
      queue.setDescriptor(3, { addr: 0x6_0000, len: 32, flags: WRITE });
      expect(hal.ram.read32(AREAS.desc + 28)).toBe(NEXT | (3 << 16));
      expect(queue.free).toBe(2);
      expect([queue.add1(0, 1, 0), queue.add1(0, 1, 0), queue.add1(0, 1, 0)]).toEqual([0, 2, -1]);
      for (let i = 0; i < 3; i++) {
        queue.publish(1);
        const chain = device.take();
        expect(chain?.descriptors).toEqual([1, 3]);
        device.push(1, 32);
        expect(queue.wait()).toEqual({ head: 1, length: 32 });
      }
      expect(queue.free).toBe(0);
    });

    it('may spoil a chain that was added, for whoever wants to see what happens', () => {
      const { queue, device } = rig();
      const head = queue.add({ readable: [range(0x1_0000, 4)], writable: [range(0x2_0000, 4)] });
      queue.setDescriptor(1, { addr: 0, len: 0, flags: NEXT, next: 0 });
      queue.publish(head);
      expect(() => device.take()).toThrow('the chain loops');
    });

    it('has no place outside the table', () => {
      const { queue } = rig();
      for (const index of [-1, 8, Number.NaN])
        expect(() => queue.setDescriptor(index, { addr: 0, len: 1 })).toThrow(/has no descriptor/);
    });
  });

  it('[2.9] says with a notification which index comes next, without what is only offered', () => {
    const { queue, next } = rig({ firstIdx: 0xfffe });
    queue.publish(queue.add1(0x1_0000, 1, WRITE));
    queue.offer(queue.add1(0x1_0000, 1, WRITE));
    queue.notify();
    queue.publish();
    queue.notify();
    expect(next).toEqual([0xffff, 0]);
  });

  describe('event index', () => {
    it('[2.7.10.1] rings when the index that the device waits for was passed, and not before', () => {
      const { queue, device, calls } = rig({ eventIdx: true, firstIdx: 0xffff });
      const publish = () => queue.publish(queue.add1(0x1_0000, 1, WRITE));
      // NO_NOTIFY means nothing now.
      device.usedFlags = 1;
      device.availEvent = 1;
      publish();
      expect(queue.notify()).toBe(false);
      publish();
      publish();
      expect(queue.notify()).toBe(true);
      expect(queue.notify()).toBe(false);
      expect(calls).toEqual(['notify 3']);
    });

    it('[2.7.10.1] does not count what is offered and not published', () => {
      const { queue, device } = rig({ eventIdx: true });
      device.availEvent = 0;
      queue.offer(queue.add1(0x1_0000, 1, WRITE));
      expect(queue.notify()).toBe(false);
      queue.publish();
      expect(queue.notify()).toBe(true);
    });

    it('[2.7.7.1] leaves the flags alone, and asks for the next index once the ring is found empty', () => {
      const { queue, device } = rig({ eventIdx: true });
      const seen: [number, number][] = [];
      const look = () => seen.push([device.availFlags, device.usedEvent]);
      for (let i = 0; i < 2; i++) {
        queue.publish(queue.add1(0x1_0000, 1, WRITE));
        device.push(device.take()!.head, 1);
        queue.popUsed();
        queue.popUsed();
        look();
      }
      queue.suppressInterrupts(true);
      look();
      queue.popUsed();
      look();
      queue.suppressInterrupts(false);
      look();
      expect(seen).toEqual([
        [0, 1],
        [0, 2],
        [0, 1],
        [0, 1],
        [0, 2],
      ]);
    });

    it('[2.7.7.1] looks again after it asked, so that nothing that came meanwhile is slept over', () => {
      const { queue, device, hal } = rig({ eventIdx: true });
      queue.publish(queue.add1(0x1_0000, 1, WRITE));
      device.push(device.take()!.head, 1);
      queue.popUsed();
      const id = queue.add1(0x1_0000, 8, WRITE);
      queue.publish(id);
      device.take();
      // The device answers in the very moment in which it is asked to interrupt.
      const { store } = Atomics;
      Atomics.store = ((array: Uint16Array, at: number, value: number) => {
        const stored = store(array, at, value);
        if (2 * at === AREAS.avail + 4 + 16) device.push(id, 7);
        return stored;
      }) as typeof store;
      try {
        expect(queue.pop()).toEqual({ head: id, length: 7 });
      } finally {
        Atomics.store = store;
      }
      expect(hal.ram.read16(AREAS.avail + 4 + 16)).toBe(1);
    });
  });

  describe('indirect tables', () => {
    const buffers = {
      readable: [range(0x1_0000, 16)],
      writable: [range(0x2_0000, 512), range(0x3_0000, 1)],
      indirect: true,
    };

    it('[2.7.5.3] take one descriptor of the queue, and are freed with their chain', () => {
      const { queue, device, hal, tables } = rig();
      const { available } = tables;
      const head = queue.add(buffers);
      queue.publish(head);
      expect(queue.free).toBe(7);
      const table = hal.ram.read32(AREAS.desc);
      expect(hal.ram.read32(AREAS.desc + 8)).toBe(48);
      expect(hal.ram.read32(AREAS.desc + 12)).toBe(4);
      const tails = [0, 1, 2].map((i) => hal.ram.read32(table + 16 * i + 12));
      expect(tails).toEqual([NEXT | (1 << 16), NEXT | WRITE | (2 << 16), WRITE]);
      expect(device.take()?.writable.map(({ length }) => length)).toEqual([512, 1]);
      device.push(head, 513);
      expect(queue.pop()).toEqual({ head, length: 513 });
      expect([queue.free, queue.inFlight, tables.available]).toEqual([8, 0, available]);
    });

    it('[2.7.5.3.1] are never longer than the queue, and wait where it is full', () => {
      const { queue, tables } = rig({ size: 2 });
      const { available } = tables;
      expect(() => queue.add(buffers)).toThrow(/longer than the queue/);
      queue.add1(0, 1, 0);
      queue.add1(0, 1, 0);
      expect(() => queue.add({ readable: [range(0, 1)], indirect: true })).toThrow(/is full/);
      expect(tables.available).toBe(available);
    });

    it('hold the device to the room in their buffers, and to one return', () => {
      const { queue, device } = rig();
      const head = queue.add(buffers);
      queue.publish(head);
      device.push(head, 514);
      expect(() => queue.popUsed()).toThrow('which has room for 513');
      expect(queue.inFlight).toBe(1);
      expect(() => queue.publish(head)).toThrow(/the device’s already/);
    });
  });

  it('[2.7.9] takes a batch apart of which the device names the last chain only', () => {
    const { queue, device } = rig({ inOrder: true, firstIdx: 0xffff });
    const heads = [30, 20, 10].map((length) => queue.add({ writable: [range(0x1_0000, length)] }));
    for (const head of heads) queue.publish(head);
    device.pushBatch(heads, 5);
    expect(queue.pop()).toEqual({ head: heads[0], length: 30 });
    expect(queue.pop()).toEqual({ head: heads[1], length: 20 });
    expect(queue.pop()).toEqual({ head: heads[2], length: 5 });
    expect(queue.pop()).toBeUndefined();
    expect([queue.free, queue.inFlight]).toEqual([8, 0]);
  });

  it('[2.7.9] does not believe a batch that ends with a chain further on', () => {
    const { queue, device } = rig({ inOrder: true });
    const heads = [1, 2, 3].map((at) => queue.add({ writable: [range(at << 12, 8)] }));
    for (const head of heads) queue.publish(head);
    device.push(heads[1]!, 8);
    expect(() => queue.popUsed()).toThrow(`returned descriptor ${heads[1]}`);
    expect(queue.inFlight).toBe(3);
  });

  it('[2.6.1] gives back what the device had when its queue is reset', () => {
    const { queue, calls, tables } = rig();
    const { available } = tables;
    queue.publish(queue.add({ writable: [range(0x1_0000, 4)], indirect: true }));
    queue.publish(queue.add1(0x2_0000, 4, WRITE));
    queue.add1(0x3_0000, 4, WRITE);
    expect(queue.reset()).toEqual([0, 1]);
    expect(calls).toEqual(['reset 3']);
    expect([queue.free, queue.inFlight, tables.available]).toEqual([0, 0, available]);
  });
});
