import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JournalRing } from '../../journal/ring.ts';
import { JournalWriter, silentJournal } from '../../journal/writer.ts';
import { FakeHal, FakeQueue } from '../../testing/fake-transport.ts';
import { DeviceError } from './queue.ts';
import { SplitQueue } from './split-queue.ts';

const AREAS = { desc: 0x1000, avail: 0x4000, used: 0x6000 };
const NOBODY = { notify() {}, pollInterrupt() {}, waitForInterrupt() {} };

function make(size: number, firstIdx: number, loud: boolean) {
  const journal = loud ? new JournalWriter(JournalRing.create(16, 16)) : silentJournal();
  const hal = new FakeHal(1, journal);
  return {
    hal,
    queue: new SplitQueue(hal.ram, NOBODY, 0, size, AREAS, firstIdx),
    device: new FakeQueue(hal.ram.ram, size, AREAS, firstIdx),
  };
}

/** Sizes and starting indices: near the wrap, where mistakes are. */
const setting = fc.record({
  size: fc.integer({ min: 0, max: 6 }).map((bits) => 2 ** bits),
  firstIdx: fc.integer({ min: 65525, max: 65537 }).map((index) => index % 65536),
  loud: fc.boolean(),
});

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      readable: fc.nat(3),
      writable: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('publish' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('use' as const), which: fc.nat(), length: fc.nat() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pop' as const) }) },
);

describe('SplitQueue against a plain array', () => {
  it('[2.7] every chain arrives whole and once, and comes back whole and once', () => {
    fc.assert(
      fc.property(
        setting,
        fc.array(step, { minLength: 60, maxLength: 300, size: 'max' }),
        ({ size, firstIdx, loud }, steps) => {
          const { queue, device } = make(size, firstIdx, loud);
          type Request = { head: number; pieces: number[]; room: number };
          const offered: Request[] = [];
          const available: Request[] = [];
          const taken: Request[] = [];
          const used: (Request & { length: number })[] = [];
          let free = size;
          let addr = 0x1_0000;
          for (const action of steps) {
            if (action.do === 'add') {
              const count = action.readable + action.writable;
              if (count === 0) continue;
              const pieces = Array.from(
                { length: count },
                () => (addr = ((addr + 8) & 0x7_ffff) | 0x1_0000),
              );
              const ranges = pieces.map((at) => ({ addr: at, length: 4 }));
              const buffers = {
                readable: ranges.slice(0, action.readable),
                writable: ranges.slice(action.readable),
              };
              if (count > free) {
                expect(() => queue.add(buffers)).toThrow(/is full/);
                continue;
              }
              const head = queue.add(buffers);
              free -= count;
              queue.offer(head);
              offered.push({ head, pieces, room: 4 * action.writable });
            } else if (action.do === 'publish') {
              queue.publish();
              available.push(...offered.splice(0));
            } else if (action.do === 'take') {
              const expected = available.shift();
              const chain = device.take();
              expect(chain?.head).toBe(expected?.head);
              if (!chain || !expected) continue;
              expect(chain.descriptors).toHaveLength(expected.pieces.length);
              expect(chain.writable.map((piece) => piece.addr)).toEqual(
                expected.pieces.slice(expected.pieces.length - expected.room / 4),
              );
              taken.push(expected);
            } else if (action.do === 'use') {
              if (taken.length === 0) continue;
              const request = taken.splice(action.which % taken.length, 1)[0]!;
              const length = action.length % (request.room + 1);
              device.push(request.head, length);
              used.push({ ...request, length });
            } else {
              const expected = used.shift();
              const got = queue.pop();
              expect(got).toEqual(expected && { head: expected.head, length: expected.length });
              if (expected) free += expected.pieces.length;
            }
            expect(queue.free).toBe(free);
            expect(queue.inFlight).toBe(
              offered.length + available.length + taken.length + used.length,
            );
          }
        },
      ),
    );
  });

  it('never hangs, throws anything else, or loses a descriptor, whatever the device writes', () => {
    const scribble = fc.record({
      index: fc.nat(65535),
      entries: fc.array(fc.record({ slot: fc.nat(63), id: fc.nat(70), length: fc.nat(20) }), {
        maxLength: 8,
      }),
    });
    fc.assert(
      fc.property(
        setting,
        fc.array(scribble, { minLength: 5, maxLength: 40, size: 'max' }),
        ({ size, firstIdx, loud }, attacks) => {
          const { queue, hal } = make(size, firstIdx, loud);
          for (const { index, entries } of attacks) {
            for (
              let head = queue.add1(0x1_0000, 8, 2);
              head >= 0;
              head = queue.add1(0x1_0000, 8, 2)
            )
              queue.offer(head);
            queue.publish();
            for (const { slot, id, length } of entries) {
              const at = AREAS.used + 4 + 8 * (slot % size);
              hal.ram.write32(at, id);
              hal.ram.write32(at + 4, length);
            }
            hal.ram.write16(AREAS.used + 2, index);
            for (let popped = 0; popped <= size; popped++) {
              let head = -1;
              try {
                head = queue.popUsed();
              } catch (error) {
                expect(error).toBeInstanceOf(DeviceError);
              }
              if (head < 0) break;
              expect(head).toBeLessThan(size);
              expect(queue.usedLength).toBeLessThanOrEqual(8);
            }
            expect(queue.free + queue.inFlight).toBe(size);
          }
        },
      ),
    );
  });
});
