import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPLIT, VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from '../../spec/virtio.ts';
import { type Deed, journalOf } from '../../testing/random-journal.ts';
import { Folder } from './folder.ts';
import { GuestImage } from './guest-image.ts';
import { queueKey } from './moment.ts';
import { unknownQueue } from './queue-state.ts';
import { RingView } from './ring-view.ts';
import { touchedBy } from './touched.ts';

const DESC = 0x1000;
const AVAIL = 0x2000;
const USED = 0x3000;
const SIZE = 8;
const NEXT = VIRTQ_DESC_F_NEXT;
const WRITE = VIRTQ_DESC_F_WRITE;
const none = new Uint32Array(4);

const setUp: Deed = (j) => j.queueConfig(1, 0, true, false, SIZE, DESC, AVAIL, USED);
const fill =
  (index: number, addr: number, len: number, flags: number, next = 0): Deed =>
  (j) =>
    j.memWrite16(0, DESC + 16 * index, none, 0, addr, 0, len, flags | (next << 16));
const available =
  (slot: number, head: number): Deed =>
  (j) =>
    j.memWrite(0, AVAIL + SPLIT.availEntry(slot), 2, 0, 0, head, 0);
const publish =
  (idx: number): Deed =>
  (j) =>
    j.memWrite(0, AVAIL + SPLIT.availIdx, 2, 0, 0, idx, 0);
const popped =
  (head: number, availIdx: number): Deed =>
  (j) =>
    j.chainPopped(1, 0, head, availIdx, 16, 513, 3);
const used =
  (slot: number, id: number, len: number): Deed =>
  (j) =>
    j.memWrite(1, USED + SPLIT.usedEntry(slot), 8, 0, 0, id, len);
const giveBack =
  (idx: number): Deed =>
  (j) =>
    j.memWrite(1, USED + SPLIT.usedIdx, 2, 0, 0, idx, 0);
const pushed =
  (head: number, usedIdx: number): Deed =>
  (j) =>
    j.chainPushed(1, 0, head, usedIdx, 513);

/** The queue after each deed, the last one's by default. */
function rings(deeds: readonly Deed[]): { view: (at?: number) => RingView } {
  const store = journalOf(deeds);
  const folder = new Folder(store);
  return {
    view: (at = store.length) => {
      const moment = folder.momentAt(at);
      const queue = moment.queues.get(queueKey(1, 0)) ?? unknownQueue(1, 0);
      return new RingView(queue, moment.memory);
    },
  };
}

/** `f`: free, `g`: the driver's (guest), `d`: the device's. */
const LETTER = { free: 'f', driver: 'g', device: 'd' } as const;
const owners = (view: RingView) =>
  Array.from({ length: view.size }, (_, i) => LETTER[view.descriptor(i)?.owner ?? 'free']).join('');
const states = (view: RingView, ring: 'available' | 'used') =>
  Array.from({ length: view.size }, (_, i) => view[ring](i)?.state);

/** A request of three descriptors and its way through the rings, one event a line. */
const REQUEST: readonly Deed[] = [
  setUp,
  fill(0, 0x9000, 16, NEXT, 1),
  fill(1, 0x9100, 512, NEXT | WRITE, 2),
  fill(2, 0x9300, 1, WRITE),
  available(0, 0),
  publish(1),
  popped(0, 1),
  used(0, 0, 513),
  giveBack(1),
  pushed(0, 1),
];

describe('the picture of a split queue', () => {
  it('[2.7.5] reads descriptors, and their places in the chain', () => {
    const view = rings(REQUEST).view(5);
    expect([0, 1, 2, 3].map((i) => view.descriptor(i))).toMatchObject([
      {
        addr: 0x9000,
        len: 16,
        next: 1,
        hasNext: true,
        writable: false,
        role: 'head',
        head: 0,
        position: 0,
      },
      {
        addr: 0x9100,
        len: 512,
        next: 2,
        hasNext: true,
        writable: true,
        role: 'middle',
        head: 0,
        position: 1,
      },
      { addr: 0x9300, len: 1, hasNext: false, writable: true, role: 'tail', head: 0, position: 2 },
      { addr: 0, len: 0, owner: 'free', head: undefined, role: undefined },
    ]);
    expect(view.chain(0).map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(view.chain(2).map(({ role }) => role)).toEqual(['tail']);
    expect(view.chain(0, 2).map(({ index }) => index)).toEqual([0, 1]);
    expect(view.descriptor(SIZE)).toBeUndefined();
    expect(view.descriptor(-1)).toBeUndefined();
    expect(view.descriptor(0.5)).toBeUndefined();
  });

  it('[2.7.13, 2.7.14] gives a chain to the device from its available index to its used index', () => {
    const { view } = rings(REQUEST);
    const after = [...REQUEST.keys()].map((i) => owners(view(i + 1)));
    expect(after).toEqual([
      'ffffffff',
      'gfffffff',
      'ggffffff',
      'gggfffff',
      'gggfffff',
      'dddfffff',
      'dddfffff',
      'dddfffff',
      'ffffffff',
      'ffffffff',
    ]);
  });

  it('[2.7.6] tells which available entries are written, published and taken', () => {
    const { view } = rings([
      setUp,
      available(0, 5),
      available(1, 6),
      publish(1),
      publish(2),
      popped(5, 1),
      available(2, 7),
    ]);
    const slots = (at: number) => states(view(at), 'available').slice(0, 4);
    expect(slots(1)).toEqual(['empty', 'empty', 'empty', 'empty']);
    expect(slots(3)).toEqual(['staged', 'staged', 'empty', 'empty']);
    expect(slots(4)).toEqual(['pending', 'staged', 'empty', 'empty']);
    expect(slots(5)).toEqual(['pending', 'pending', 'empty', 'empty']);
    expect(slots(7)).toEqual(['seen', 'pending', 'staged', 'empty']);
    expect(view(7).available(1)).toEqual({ slot: 1, index: 1, head: 6, state: 'pending' });
    expect(view(7).available(2)).toEqual({ slot: 2, index: 2, head: 7, state: 'staged' });
    expect([view(5).pending, view(7).pending]).toEqual([2, 1]);
  });

  it('[2.7.8] tells which used entries are written and published', () => {
    const { view } = rings(REQUEST);
    expect(states(view(7), 'used').slice(0, 2)).toEqual(['empty', 'empty']);
    expect(view(8).used(0)).toEqual({ slot: 0, index: 0, id: 0, len: 513, state: 'staged' });
    expect(view(9).used(0)).toMatchObject({ state: 'published', index: 0 });
    expect(view(10).used(1)).toMatchObject({ state: 'empty', index: undefined });
  });

  it('[2.7.6] counts on over the wrap of the free-running indices', () => {
    const deeds: Deed[] = [setUp];
    for (let idx = 0; idx < 65_540; idx++)
      deeds.push((j) => {
        available(idx % SIZE, idx % SIZE)(j);
        publish((idx + 1) & 0xffff)(j);
        popped(idx % SIZE, (idx + 1) & 0xffff)(j);
        used(idx % SIZE, idx % SIZE, 1)(j);
        giveBack((idx + 1) & 0xffff)(j);
        pushed(idx % SIZE, (idx + 1) & 0xffff)(j);
      });
    const view = rings(deeds).view();
    expect([view.availIdx, view.usedIdx]).toEqual([4, 4]);
    expect([3, 4, 7].map((slot) => view.available(slot)?.index)).toEqual([3, 65_532, 65_535]);
    expect(states(view, 'available')).toEqual(Array(8).fill('seen'));
    expect(states(view, 'used')).toEqual(Array(8).fill('published'));
    expect(view.used(4)).toMatchObject({ index: 65_532 });
  });

  it('[2.7.14] takes chains back in any order', () => {
    const { view } = rings([
      setUp,
      fill(0, 0x9000, 16, 0),
      fill(1, 0x9100, 16, 0),
      fill(2, 0x9200, 16, 0),
      available(0, 0),
      available(1, 1),
      available(2, 2),
      publish(3),
      popped(0, 1),
      popped(1, 2),
      used(0, 1, 0),
      giveBack(1),
      pushed(1, 1),
    ]);
    const deviceOwns = (at: number) =>
      [0, 1, 2].filter((i) => view(at).descriptor(i)?.owner === 'device');
    expect(deviceOwns(11)).toEqual([0, 1, 2]);
    expect(deviceOwns(12)).toEqual([0, 2]);
    expect(deviceOwns(13)).toEqual([0, 2]);
    expect(view(10).deviceHeads).toEqual([0, 1, 2]);
    expect(view(12).deviceHeads).toEqual([0, 2]);
  });

  it('reads flags and events', () => {
    const view = rings([
      setUp,
      (j) => j.memWrite(0, AVAIL, 2, 0, 0, 1, 0),
      (j) => j.memWrite(1, USED, 2, 0, 0, 1, 0),
      (j) => j.memWrite(0, AVAIL + SPLIT.usedEvent(SIZE), 2, 0, 0, 77, 0),
      (j) => j.memWrite(1, USED + SPLIT.availEvent(SIZE), 2, 0, 0, 88, 0),
    ]).view();
    expect([view.noInterrupt, view.noNotify, view.usedEvent, view.availEvent]).toEqual([
      true,
      true,
      77,
      88,
    ]);
  });

  it('is empty for a queue that is not set up, is packed, or has an impossible size', () => {
    const { memory } = new Folder(journalOf([setUp])).momentAt(1);
    const place = { ...unknownQueue(1, 0), size: 8, desc: DESC };
    for (const queue of [
      place,
      { ...place, enabled: true, packed: true },
      { ...place, enabled: true, size: 65_536 },
    ]) {
      const view = new RingView(queue, memory);
      expect([
        view.size,
        view.descriptor(0),
        view.available(0),
        view.used(0),
        view.pending,
      ]).toEqual([0, undefined, undefined, undefined, 0]);
      expect(view.deviceHeads).toEqual([]);
    }
  });
});

describe('hostile ring memory', () => {
  it('is drawn without end or error, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 300, maxLength: 300 }),
        fc.record({
          size: fc.constantFrom(1, 2, 5, 8),
          lastAvailIdx: fc.nat(0xffff),
          usedIdx: fc.nat(0xffff),
          inFlight: fc.array(fc.nat(0xffff), { maxLength: 12 }),
          filling: fc.array(fc.nat(9), { maxLength: 9 }).map((list) => new Set(list)),
          availStaged: fc.nat(9),
          usedStaged: fc.nat(9),
        }),
        (bytes, facts) => {
          // Small numbers make chains that stay in the table.
          const memory = GuestImage.empty.with(
            DESC,
            bytes.map((byte) => (byte > 200 ? byte : byte % 10)),
          );
          const places = { enabled: true, desc: DESC, driver: DESC + 130, device: DESC + 160 };
          const view = new RingView({ ...unknownQueue(1, 0), ...places, ...facts }, memory);
          for (let i = 0; i < view.size; i++) {
            const descriptor = view.descriptor(i);
            expect(descriptor?.index).toBe(i);
            expect(view.chain(i).length).toBeLessThanOrEqual(view.size);
            expect(view.available(i)?.slot).toBe(i);
            expect(view.used(i)?.slot).toBe(i);
          }
          expect(view.pending).toBeLessThanOrEqual(view.size);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('[2.7.5.2] is cut where a chain loops or leaves the table', () => {
    const { view } = rings([
      setUp,
      fill(0, 0x9000, 16, NEXT, 1),
      fill(1, 0x9000, 16, NEXT, 0),
      fill(2, 0x9000, 16, NEXT, 60_000),
      available(0, 0),
      available(1, 2),
      available(2, 40_000),
      publish(3),
    ]);
    expect(view(4).descriptor(1)).toMatchObject({ owner: 'driver' });
    expect(
      view()
        .chain(0)
        .map(({ index }) => index),
    ).toEqual([0, 1]);
    expect(
      view()
        .chain(2)
        .map(({ index }) => index),
    ).toEqual([2]);
    expect(view().chain(40_000)).toEqual([]);
    expect([0, 1, 2, 3].map((i) => view().descriptor(i)?.owner)).toEqual([
      'device',
      'device',
      'device',
      'free',
    ]);
    expect(view().descriptor(1)).toMatchObject({ head: 0, role: 'tail' });
  });

  it('[2.7.13.3] is not believed where the index is further ahead than a queue can be', () => {
    const view = rings([setUp, available(0, 1), publish(9)]).view();
    expect(view.pending).toBe(0);
    expect(owners(view)).toBe('f'.repeat(8));
  });

  it('of the largest size is drawn in a moment', () => {
    const size = 32_768;
    const table = new Uint8Array(size * 16 + 6 + 2 * size);
    const view16 = new DataView(table.buffer);
    for (let i = 0; i < size; i++) {
      // Every chain leads into the next one.
      view16.setUint16(i * 16 + 12, NEXT, true);
      view16.setUint16(i * 16 + 14, (i + 1) % size, true);
      view16.setUint16(size * 16 + 4 + 2 * i, i, true);
    }
    view16.setUint16(size * 16 + 2, size, true);
    const memory = GuestImage.empty.with(DESC, table);
    const queue = {
      ...unknownQueue(1, 0),
      enabled: true,
      size,
      desc: DESC,
      driver: DESC + size * 16,
      device: 0x40_0000,
    };
    const start = performance.now();
    const view = new RingView(queue, memory);
    expect(view.descriptor(size - 1)).toMatchObject({
      owner: 'device',
      head: 0,
      position: size - 1,
    });
    expect(view.deviceHeads.length).toBe(size);
    // A hundred times what it takes; walking each chain to its end takes minutes.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('touched cells', () => {
  const touches = (deeds: readonly Deed[], at: number) => {
    const store = journalOf(deeds);
    return touchedBy(store.get(at), new Folder(store).momentAt(at).queues).map(
      ({ structure, part, first, last }) => `${structure} ${part} ${first}-${last}`,
    );
  };

  it('are those that the event writes or speaks of', () => {
    const kinds = REQUEST.map((_, i) => touches(REQUEST, i));
    expect(kinds).toEqual([
      [],
      ['desc entries 0-0'],
      ['desc entries 1-1'],
      ['desc entries 2-2'],
      ['avail entries 0-0'],
      ['avail idx 0-0'],
      ['avail entries 0-0', 'desc entries 0-0'],
      ['used entries 0-0'],
      ['used idx 0-0'],
      ['used entries 0-0', 'desc entries 0-0'],
    ]);
  });

  it('are many where a write covers many', () => {
    const clear: Deed = (j) =>
      j.bytesWritten(0, AVAIL, new Uint8Array(22).fill(1), new Uint8Array(22));
    expect(touches([setUp, clear], 1)).toEqual([
      'avail entries 0-7',
      'avail flags 0-0',
      'avail idx 0-0',
      'avail event 0-0',
    ]);
  });

  it('are what a violation names', () => {
    const violation: Deed = (j) => j.violation(1, 0, 1, 3, 60_000);
    const head: Deed = (j) => j.violation(1, 0, 0, 2, 60_000);
    const beyond: Deed = (j) => j.violation(1, 0, 1, 30, 60_000);
    const deeds = [setUp, violation, head, beyond];
    expect([1, 2, 3].map((at) => touches(deeds, at))).toEqual([
      ['desc entries 3-3'],
      ['avail entries 2-2'],
      [],
    ]);
  });

  it('are none before the queue is set up, and after a reset', () => {
    const deeds = [
      fill(0, 1, 1, 0),
      setUp,
      (j) => j.reset('driver', 1),
      fill(0, 1, 1, 0),
    ] as Deed[];
    expect([0, 3].map((at) => touches(deeds, at))).toEqual([[], []]);
  });
});
