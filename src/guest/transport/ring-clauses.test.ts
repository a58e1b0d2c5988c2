import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JournalRing } from '../../journal/ring.ts';
import type { JournalEvent } from '../../journal/schema.ts';
import { JournalWriter, silentJournal } from '../../journal/writer.ts';
import { SPLIT, VIRTIO_F, VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_WRITE } from '../../spec/virtio.ts';
import { openGuest } from '../../testing/clauses/driver-rig.ts';
import type { FakeQueue } from '../../testing/fake-queue.ts';
import { FakeHal, FakeTransport } from '../../testing/fake-transport.ts';
import { TRANSPORTS, type TransportName } from '../../testing/transports.ts';
import { VirtioBlk } from '../drivers/virtio-blk.ts';
import { VirtioRng } from '../drivers/virtio-rng.ts';
import { BigEndianQueue } from '../virtqueue/big-endian-queue.ts';
import type { VirtQueue } from '../virtqueue/queue.ts';

const names = Object.keys(TRANSPORTS) as TransportName[];
const FORMATS = ['split', 'packed'] as const;
type Format = (typeof FORMATS)[number];
const RINGS = FORMATS.flatMap((format) => [false, true].map((eventIdx) => ({ format, eventIdx })));
/** Sections about the same in both formats. */
const SECTION = {
  notifying: { split: '2.7.13.4', packed: '2.8.21.2' },
  barrier: { split: '2.7.13.4.1', packed: '2.8.21.3.1' },
} as const;

function features(format: Format, eventIdx: boolean): number[] {
  const { VIRTIO_F_VERSION_1, VIRTIO_F_INDIRECT_DESC } = VIRTIO_F;
  return [
    ...[VIRTIO_F_VERSION_1, VIRTIO_F_INDIRECT_DESC],
    ...(eventIdx ? [VIRTIO_F.VIRTIO_F_EVENT_IDX] : []),
    ...(format === 'packed' ? [VIRTIO_F.VIRTIO_F_RING_PACKED] : []),
  ];
}

/** A queue with a device that does what a test tells it to. */
function rig(format: Format, eventIdx = false, { size = 8, loud = false } = {}) {
  const journal = loud ? new JournalWriter(JournalRing.create(16, 16)) : silentJournal();
  const hal = new FakeHal(4, journal);
  const offered = features(format, eventIdx);
  const transport = new FakeTransport(hal, { features: offered, maxQueueSize: size });
  transport.negotiate(offered);
  const queue = transport.queue(0);
  const device = transport.queues[0] as FakeQueue;
  return { hal, transport, queue, device };
}

describe.each(RINGS)(
  'notifying through a $format ring, event index $eventIdx',
  ({ format, eventIdx }) => {
    it(`[${SECTION.notifying[format]}] asks whether it is wanted when the buffer is out, and not before`, () => {
      const { queue, device, transport } = rig(format, eventIdx);
      device.wantNotifications(false);
      queue.publish(queue.add1(0x1_0000, 4, VIRTQ_DESC_F_WRITE));
      expect(queue.notify()).toBe(false);
      expect(transport.doorbells).toEqual([]);
      queue.publish(queue.add1(0x1_0000, 4, VIRTQ_DESC_F_WRITE));
      // The device looked once more, saw no more than the first, and goes to sleep.
      device.take();
      device.wantNotifications(true);
      expect(queue.notify()).toBe(true);
      queue.publish(queue.add1(0x1_0000, 4, VIRTQ_DESC_F_WRITE));
      device.take();
      device.wantNotifications(false);
      expect(queue.notify()).toBe(false);
      expect(transport.doorbells).toEqual([0]);
    });
  },
);

describe('the barrier before the device’s wish is read', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** Atomic accesses to the areas of `queue` while `run` runs, each by area and offset. */
  function atomics({ ram }: FakeHal, queue: VirtQueue, run: () => void): string[] {
    const seen: string[] = [];
    const { desc, avail, used } = queue;
    const areas = { desc, avail, used };
    const note = (
      what: string,
      array: ArrayBufferView & { BYTES_PER_ELEMENT: number },
      at: number,
    ) => {
      const addr = ram.ram.base + at * array.BYTES_PER_ELEMENT;
      const [area, start] = Object.entries(areas)
        .toSorted(([, a], [, b]) => b - a)
        .find(([, from]) => from <= addr) ?? ['', 0];
      if (array.buffer === ram.ram.buffer) seen.push(`${what} ${area}+${addr - start}`);
    };
    const { store, load } = Atomics;
    const spy = vi.spyOn(Atomics, 'store') as unknown as ReturnType<typeof vi.fn>;
    spy.mockImplementation((array: Uint32Array, at: number, value: number) => {
      note('store', array, at);
      return store(array, at, value);
    });
    const other = vi.spyOn(Atomics, 'load') as unknown as ReturnType<typeof vi.fn>;
    other.mockImplementation((array: Uint32Array, at: number) => {
      note('load', array, at);
      return load(array, at);
    });
    run();
    return seen;
  }

  const publishAndNotify = (queue: VirtQueue) => () => {
    queue.publish(queue.add1(0x1_0000, 4, VIRTQ_DESC_F_WRITE));
    queue.notify();
  };

  for (const { format, eventIdx } of RINGS)
    for (const loud of [false, true])
      it(`[${SECTION.barrier[format]}] orders it behind the buffer: event index ${eventIdx}, journal ${loud}`, () => {
        const { hal, queue } = rig(format, eventIdx, { loud });
        const wish = format === 'split' && eventIdx ? SPLIT.availEvent(8) : 0;
        const made = format === 'split' ? `avail+${SPLIT.availIdx}` : 'desc+12';
        // Two sequentially consistent accesses are never reordered.
        expect(atomics(hal, queue, publishAndNotify(queue))).toEqual([
          `store ${made}`,
          `load used+${wish}`,
        ]);
      });

  it('[2.7.13.4.1] orders it behind the buffer in a big-endian ring', () => {
    const hal = new FakeHal(4);
    const owner = { notify() {}, pollInterrupt() {}, waitForInterrupt() {} };
    const areas = { desc: 0x1000, avail: 0x2000, used: 0x3000 };
    const queue = new BigEndianQueue(hal.ram, owner, 0, 8, areas);
    expect(atomics(hal, queue, publishAndNotify(queue))).toEqual(['store avail+2', 'load used+0']);
  });
});

describe('a device that wrote less than it was lent', () => {
  /** Answers the next request with all of its room, and says that it were `length` bytes. */
  function answer(transport: FakeTransport, hal: FakeHal, length: number, status = 0): void {
    hal.onHalt = () => {
      const [queue] = transport.queues;
      const chain = queue?.take();
      if (!queue || !chain) return false;
      for (const range of chain.writable)
        hal.ram.ram.u8.fill(
          range.length === 1 ? status : 0x77,
          range.addr,
          range.addr + range.length,
        );
      queue.push(chain.head, length);
      transport.interrupt();
      return true;
    };
  }
  const config = new Uint8Array(64).fill(1, 0, 2);

  it.each(FORMATS)('[2.7.8.3] is believed as far as it says: %s', (format) => {
    const hal = new FakeHal(4);
    const transport = new FakeTransport(hal, { deviceId: 4, features: features(format, false) });
    const rng = new VirtioRng(transport, { packed: format === 'packed' });
    for (const length of [1, 5, 16]) {
      answer(transport, hal, length);
      expect(rng.read(16)).toEqual(new Uint8Array(length).fill(0x77));
    }
  });

  it.each(FORMATS)(
    '[2.7.8.3] has answered a disk’s request only with its last byte: %s',
    (format) => {
      const hal = new FakeHal(4);
      const options = { deviceId: 2, features: features(format, false), config };
      const transport = new FakeTransport(hal, options);
      const disk = new VirtioBlk(transport, { packed: format === 'packed' });
      for (const length of [0, 1, 511, 512]) {
        answer(transport, hal, length);
        expect(() => disk.read(1)).toThrow('the device answered no status');
      }
      answer(transport, hal, 513, 1);
      expect(() => disk.read(1)).toThrow('VIRTIO_BLK_S_IOERR');
      answer(transport, hal, 513);
      expect(disk.read(1)).toEqual(new Uint8Array(512).fill(0x77));
      answer(transport, hal, 0);
      expect(() => disk.write(1, 'text')).toThrow('the device answered no status');
    },
  );

  it('[2.7.8.1] is not asked how much it was, where it is a legacy one', () => {
    class Legacy extends FakeTransport {
      override get legacy(): boolean {
        return true;
      }
    }
    const hal = new FakeHal(4);
    const transport = new Legacy(hal, { deviceId: 2, features: [], config });
    const disk = new VirtioBlk(transport);
    answer(transport, hal, 1);
    expect(disk.read(1)).toEqual(new Uint8Array(512).fill(0x77));
  });
});

describe('buffers that the device has', () => {
  /** What the device will look at when it takes the chain at `head`: descriptors, and their table. */
  function entries({ hal, queue }: ReturnType<typeof rig>, places: readonly number[]) {
    const ranges = places.map((place) => ({ addr: queue.desc + 16 * place, length: 16 }));
    for (const { addr } of [...ranges]) {
      const [flags, table, length] = [
        hal.ram.read16(addr + (queue.toString().includes('packed') ? 14 : 12)),
        hal.ram.read64(addr),
        hal.ram.read32(addr + 8),
      ];
      if (flags & VIRTQ_DESC_F_INDIRECT) ranges.push({ addr: table, length });
    }
    return ranges;
  }

  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      count: fc.integer({ min: 1, max: 3 }),
      indirect: fc.boolean(),
    }),
    fc.record({ do: fc.constant('use' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('pop' as const) }),
    fc.record({ do: fc.constant('suppress' as const), on: fc.boolean() }),
  );

  it.each(RINGS)(
    '[3.3.1] stay as they are in the ring, whatever else happens: $format, event index $eventIdx',
    ({ format, eventIdx }) => {
      const run = fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, loud) => {
        const made = rig(format, eventIdx, { loud });
        const { hal, queue, device, transport } = made;
        const exposed = new Map<number, (() => void)[]>();
        const taken: { readonly head: number }[] = [];
        for (const now of steps) {
          if (now.do === 'add' && queue.free >= now.count) {
            const pieces = Array.from({ length: now.count }, () => transport.dma.alloc(8));
            const head = queue.add({ writable: pieces, indirect: now.indirect });
            queue.publish(head);
            const chain = device.take();
            expect(chain?.head).toBe(head);
            taken.push({ head });
            const checks = entries(made, chain?.descriptors ?? []).map(({ addr, length }) => {
              const before = hal.ram.readBytes(addr, length);
              return () => expect(hal.ram.readBytes(addr, length)).toEqual(before);
            });
            exposed.set(head, checks);
          } else if (now.do === 'use' && taken.length > 0) {
            // A packed ring's descriptors may be written over by what is used out of their order.
            const which = format === 'split' ? now.which % taken.length : 0;
            const [{ head } = { head: -1 }] = taken.splice(which, 1);
            device.push(head, 1);
            exposed.delete(head);
          } else if (now.do === 'pop') queue.popUsed();
          else if (now.do === 'suppress') queue.suppressInterrupts(now.on);
          for (const checks of exposed.values()) for (const check of checks) check();
        }
      });
      fc.assert(run, { numRuns: 60, seed: 331 });
    },
  );

  it.each(FORMATS)(
    '[3.3.1] are still the device’s where it did not reset the queue: %s',
    (format) => {
      const { queue, transport, device } = rig(format);
      const { freeMemory } = transport;
      const pieces = [transport.dma.alloc(64), transport.dma.alloc(64)];
      const head = queue.add({ writable: pieces, indirect: true });
      queue.publish(head);
      const left = transport.freeMemory;
      transport.resetQueue = () => {
        throw new Error('the device does not reset it');
      };
      expect(() => queue.reset()).toThrow('the device does not reset it');
      expect([queue.inFlight, transport.freeMemory]).toEqual([1, left]);
      device.take();
      device.push(head, 1);
      expect(queue.popUsed()).toBe(head);
      expect(transport.freeMemory).toBe(freeMemory - 128);
    },
  );

  it.each(names)('[3.3.1] are touched by another driver only after a reset: %s', (name) => {
    const { virtio, since, during } = openGuest(name);
    const disk = virtio.probe(VirtioBlk);
    // Without a notification the device has not used it yet.
    const lent = during(() => {
      disk.startRead(1);
      disk.queue.publish();
    }).flatMap(written);
    expect(lent.length).toBeGreaterThan(4);
    const { desc, used, size } = disk.queue;
    lent.push({ from: desc, to: used + SPLIT.usedRing(size) });
    const before = since().length;
    expect(virtio.probe(VirtioBlk).read(1)).toHaveLength(512);
    const events = since().slice(before);
    const reset = events.findIndex(({ kind }) => kind === 'reset');
    const touched = events.findIndex((event) =>
      written(event).some(({ from, to }) =>
        lent.some((range) => from < range.to && to > range.from),
      ),
    );
    expect(reset).toBeGreaterThanOrEqual(0);
    expect(touched < 0 || touched > reset).toBe(true);
  });
});

/** Guest memory that the driver wrote. */
function written(event: JournalEvent): { readonly from: number; readonly to: number }[] {
  if (event.actor !== 'driver') return [];
  if (event.kind === 'memWrite') return [{ from: event.addr, to: event.addr + event.size }];
  if (event.kind === 'dataWrite') return [{ from: event.addr, to: event.addr + event.length }];
  return [];
}

describe('a driver that submits', () => {
  it.each(names)('[2.7.13.4] exposes the index before it notifies: %s', (name) => {
    const { virtio, during } = openGuest(name);
    const disk = virtio.probe(VirtioBlk);
    disk.startRead(1);
    const events = during(() => disk.submit());
    const index = disk.queue.avail + SPLIT.availIdx;
    const out = events.findIndex((event) => written(event).some(({ from }) => from === index));
    const rung = events.findIndex(({ kind }) => kind === 'notification');
    expect(out).toBeGreaterThanOrEqual(0);
    expect(rung).toBeGreaterThan(out);
  });
});
