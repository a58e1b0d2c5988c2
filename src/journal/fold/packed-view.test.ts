import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARKS, PACKED_RING, packedDeeds } from '../../testing/packed-deeds.ts';
import { type Deed, journalOf, randomDeeds } from '../../testing/random-journal.ts';
import { Folder } from './folder.ts';
import { queueKey } from './moment.ts';
import { PackedView, viewOf } from './packed-view.ts';
import { unknownQueue } from './queue-state.ts';
import { touchedBy } from './touched.ts';

const SIZE = 8;
const [NEXT, WRITE, INDIRECT] = [1, 2, 4];
const WRAP = 0x8000;
const { setUp, fill, mark, use, event, popped, pushed } = packedDeeds(1, SIZE);
const { available, used } = MARKS;

/** A read request at descriptors 0 to 2 with buffer ID 5, not available yet. */
const filled: readonly Deed[] = [
  setUp,
  fill(0, 0x9000, 16, 5, NEXT),
  fill(1, 0xa000, 512, 5, NEXT | WRITE | available[1]),
  fill(2, 0xb000, 1, 5, WRITE | available[1]),
];
const published = [...filled, mark(0, 5, NEXT | available[1])];
const taken = [...published, popped(5, WRAP | 3, 3)];
const returned = [...taken, use(0, 5, 513, used[1])];

function view(...deeds: readonly Deed[]): PackedView {
  const store = journalOf(deeds);
  const moment = new Folder(store).momentAt(store.length);
  const queue = moment.queues.get(queueKey(1, 0)) ?? unknownQueue(1, 0);
  return new PackedView(queue, moment.memory);
}

const states = (shown: PackedView) =>
  Array.from({ length: shown.size }, (_, i) => shown.descriptor(i)?.state);

describe('PackedView', () => {
  it('shows nothing of a queue that is not set up, and no descriptor beyond the ring', () => {
    expect(view().size).toBe(0);
    expect(view().descriptor(0)).toBeUndefined();
    for (const index of [-1, 8, 0.5, Number.NaN])
      expect(view(...filled).descriptor(index)).toBeUndefined();
  });

  it('[2.8.6] shows a chain as the driver’s while its first descriptor is not available', () => {
    const shown = view(...filled);
    expect(states(shown).slice(0, 4)).toEqual(['filling', 'filling', 'filling', 'free']);
    expect(shown.descriptor(1)).toMatchObject({
      addr: 0xa000,
      len: 512,
      id: 5,
      owner: 'driver',
      writable: true,
      hasNext: true,
      head: 0,
      position: 1,
      role: 'middle',
      next: 2,
    });
    expect(shown.chain(0).map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(shown.nextAvailable).toEqual({ slot: 0, wrap: 1 });
    expect(shown.deviceHeads).toEqual([]);
  });

  it('[2.8.1] shows it as the device’s from the moment at which its marks differ', () => {
    const shown = view(...published);
    expect(states(shown).slice(0, 4)).toEqual(['available', 'available', 'available', 'free']);
    expect(shown.descriptor(2)).toMatchObject({
      owner: 'device',
      avail: true,
      used: false,
      head: 0,
      role: 'tail',
    });
    expect(shown.nextAvailable).toEqual({ slot: 3, wrap: 1 });
    expect(shown.chains).toEqual([{ id: 5, slot: 0, count: 3, taken: false, overwritten: false }]);
    expect(shown.pending).toBe(1);
    expect(view(...taken).chains[0]?.taken).toBe(true);
    expect(view(...taken).nextTaken).toEqual({ slot: 3, wrap: 1 });
  });

  it('[2.8.22] shows a used descriptor, and those behind it that the device skipped as stale', () => {
    const shown = view(...returned);
    expect(states(shown).slice(0, 4)).toEqual(['used', 'free', 'free', 'free']);
    expect(shown.descriptor(0)).toMatchObject({ id: 5, len: 513, avail: true, used: true });
    expect(shown.nextUsed).toEqual({ slot: 3, wrap: 1 });
    expect([shown.chains, shown.deviceHeads]).toEqual([[], []]);
  });

  it('[2.8.1] goes round with both wrap counters', () => {
    const lap: Deed[] = [setUp];
    for (let slot = 0; slot < SIZE; slot++)
      lap.push(fill(slot, 0x9000, 4, slot, WRITE | available[1]), use(slot, slot, 4, used[1]));
    const around = [
      ...lap,
      fill(1, 0xb000, 1, 3, WRITE | available[0]),
      fill(0, 0xa000, 16, 3, NEXT | available[0]),
    ];
    expect(view(...lap).nextUsed).toEqual({ slot: 0, wrap: 0 });
    const shown = view(...around);
    expect(states(shown).slice(0, 3)).toEqual(['available', 'available', 'used']);
    expect(shown.nextAvailable).toEqual({ slot: 2, wrap: 0 });
    // What is left of the lap before is neither available nor used in this one.
    expect(view(...around, use(0, 3, 1, used[0])).nextUsed).toEqual({ slot: 2, wrap: 0 });
  });

  it('[2.8.12] remembers a chain whose descriptors were written over before it came back', () => {
    const both = [
      ...published,
      fill(3, 0xc000, 4, 6, WRITE | available[1]),
      popped(5, WRAP | 3, 3),
      popped(6, WRAP | 4),
      use(0, 6, 4, used[1]),
    ];
    const shown = view(...both);
    expect(states(shown).slice(0, 4)).toEqual(['used', 'available', 'available', 'free']);
    expect(shown.chains).toEqual([{ id: 5, slot: 0, count: 3, taken: true, overwritten: true }]);
    expect(shown.descriptor(1)?.head).toBeUndefined();
    expect(shown.chainOf(5).map(({ addr }) => addr)).toEqual([0x9000, 0xa000, 0xb000]);
    expect(shown.nextUsed).toEqual({ slot: 1, wrap: 1 });
    expect(view(...both, use(1, 5, 513, used[1])).nextUsed).toEqual({ slot: 4, wrap: 1 });
  });

  it('[2.8.8] takes one used descriptor for all chains up to its own where they come in order', () => {
    const inOrder: Deed = (j) => j.features(1, 'accepted', 0, 0b1000);
    const batch = [
      ...published,
      fill(3, 0xc000, 4, 6, WRITE | available[1]),
      use(0, 6, 4, used[1]),
    ];
    expect(view(...batch).chains).toHaveLength(1);
    const shown = view(inOrder, ...batch);
    expect(shown.chains).toEqual([]);
    expect(shown.nextUsed).toEqual({ slot: 4, wrap: 1 });
  });

  it('[2.8.7] finds the buffers that a table names', () => {
    const table: Deed[] = [[0x9000, 16, 0] as const, [0xa000, 512, WRITE] as const].map(
      ([addr, len, flags], i): Deed =>
        (j) =>
          j.memWrite16(0, 0xd000 + 16 * i, new Uint32Array(4), 0, addr, 0, len, flags << 16),
    );
    const shown = view(...table, setUp, fill(0, 0xd000, 32, 1, INDIRECT | available[1]));
    expect(shown.pieces(0)).toEqual([
      { index: 0, entry: 0, addr: 0x9000, len: 16, writable: false },
      { index: 0, entry: 1, addr: 0xa000, len: 512, writable: true },
    ]);
    expect(shown.piecesOf(1)).toEqual(shown.pieces(0));
  });

  it('[2.8.14] reads the event suppression structures', () => {
    const shown = view(setUp, event('driver', WRAP | 7, 2), event('device', 0, 1));
    expect(shown.driverEvent).toEqual({ mode: 'DESC', off: 7, wrap: 1 });
    expect(shown.deviceEvent.mode).toBe('DISABLE');
    expect(view(setUp).driverEvent.mode).toBe('ENABLE');
    expect(view(setUp, event('device', 0, 3)).deviceEvent.mode).toBe('reserved');
  });

  it('[2.8] sees what was in the ring before the device was told of it', () => {
    const [first = setUp, ...rest] = published;
    expect(view(...rest, first).chains).toHaveLength(1);
  });

  it('[2.6.1] forgets a queue that was taken back', () => {
    const { desc, driver, device } = PACKED_RING;
    const off: Deed = (j) => j.queueConfig(1, 0, false, true, SIZE, desc, driver, device);
    expect(view(...taken, off).size).toBe(0);
    expect(view(...taken, off, setUp).nextUsed).toEqual({ slot: 0, wrap: 1 });
  });

  it('tells which cells an event touched', () => {
    const touched = (...deeds: readonly Deed[]) => {
      const store = journalOf(deeds);
      const folder = new Folder(store);
      const { last, queues } = folder.momentAt(store.length);
      return last
        ? touchedBy(last, queues).map(({ structure, part, first, last: to }) =>
            [structure, part, first, to].join(' '),
          )
        : [];
    };
    expect(touched(...published)).toEqual(['desc entries 0 0']);
    expect(touched(...taken)).toEqual(['desc entries 0 2']);
    expect(touched(...returned, pushed(5, WRAP | 3))).toEqual(['desc entries 0 0']);
    expect(touched(setUp, event('driver', 0, 1))).toEqual(['avail event 0 0', 'avail flags 0 0']);
    const around = [
      setUp,
      ...Array.from({ length: 7 }, (_, i) => fill(i, 0x9000, 4, i, available[1])),
      fill(0, 0x9000, 4, 9, available[0]),
      fill(7, 0x9000, 4, 9, NEXT | available[1]),
      popped(9, 1, 2),
    ];
    expect(touched(...around)).toEqual(['desc entries 7 7', 'desc entries 0 0']);
  });

  it('never throws, and owns every descriptor once, whatever was written', () => {
    fc.assert(
      fc.property(randomDeeds(80), (deeds) => {
        const store = journalOf(deeds);
        const folder = new Folder(store);
        for (let at = 0; at <= store.length; at++) {
          const moment = folder.momentAt(at);
          for (const queue of moment.queues.values()) {
            const shown = viewOf(queue, moment.memory);
            if (!shown.packed) continue;
            expect(shown.size === 0).toBe(!queue.enabled);
            expect(shown.chains.length).toBeLessThanOrEqual(shown.size);
            for (let i = 0; i < shown.size; i++) {
              const descriptor = shown.descriptor(i)!;
              const chain = descriptor.head === undefined ? [] : shown.chain(descriptor.head);
              if (descriptor.owner === 'free') expect(descriptor.head).toBeUndefined();
              else if (descriptor.head !== undefined)
                expect(chain[descriptor.position ?? -1]?.index).toBe(i);
              if (descriptor.owner === 'driver') expect(chain).not.toEqual([]);
            }
            for (const head of shown.deviceHeads) shown.pieces(head);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
