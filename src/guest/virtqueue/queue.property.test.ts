import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JournalRing } from '../../journal/ring.ts';
import { JournalWriter, silentJournal } from '../../journal/writer.ts';
import { FakePackedQueue, FakeSplitQueue } from '../../testing/fake-queue.ts';
import { FakeHal } from '../../testing/fake-transport.ts';
import { DmaAllocator } from '../dma.ts';
import { PackedQueue } from './packed-queue.ts';
import { DeviceError } from './queue.ts';
import { SplitQueue } from './split-queue.ts';

const AREAS = { desc: 0x1000, avail: 0x4000, used: 0x6000 };
const FORMATS = ['split', 'packed'] as const;
const FEATURES = [false, true].flatMap((eventIdx) =>
  [false, true].map((inOrder) => ({ eventIdx, inOrder })),
);

interface Setting {
  readonly size: number;
  readonly start: number;
  readonly loud: boolean;
}

/** Sizes and starting points: near the wrap of indices and counters, where mistakes are. */
const SETTINGS = {
  split: fc.record({
    size: fc.integer({ min: 0, max: 6 }).map((bits) => 2 ** bits),
    start: fc.integer({ min: 65525, max: 65537 }).map((index) => index % 65536),
    loud: fc.boolean(),
  }),
  packed: fc
    .record({ size: fc.integer({ min: 1, max: 40 }), slot: fc.nat(39), wrap: fc.nat(1) })
    .chain(({ size, slot, wrap }) =>
      fc.record({
        size: fc.constant(size),
        start: fc.constant((size - 1 - Math.min(slot % 4, size - 1)) | (wrap << 15)),
        loud: fc.boolean(),
      }),
    ),
} as const;

function make(
  format: (typeof FORMATS)[number],
  { size, start, loud }: Setting,
  { eventIdx = false, inOrder = false } = {},
) {
  const journal = loud ? new JournalWriter(JournalRing.create(16, 16)) : silentJournal();
  const hal = new FakeHal(1, journal);
  const pool = new DmaAllocator(hal.ram);
  const rung: number[] = [];
  const owner = {
    notify: (_: number, next = -1) => void rung.push(next),
    pollInterrupt() {},
    waitForInterrupt() {},
  };
  const [Queue, Device] =
    format === 'split' ? [SplitQueue, FakeSplitQueue] : [PackedQueue, FakePackedQueue];
  const device = new Device(hal.ram.ram, size, AREAS, start, eventIdx);
  const options = { eventIdx, inOrder, tables: pool };
  const queue = new Queue(hal.ram, owner, 0, size, AREAS, start, options);
  return { hal, pool, rung, queue, device };
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      readable: fc.nat(3),
      writable: fc.nat(3),
      indirect: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('publish' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('notify' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('use' as const), which: fc.nat(), length: fc.nat() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pop' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('quiet' as const), quiet: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('listen' as const), wanted: fc.boolean() }),
  },
);

interface Request {
  readonly head: number;
  readonly pieces: readonly number[];
  readonly room: number;
  readonly descriptors: number;
}

describe.each(FORMATS)('a %s queue against a plain array', (format) => {
  const section = format === 'split' ? '2.7' : '2.8';

  it.each(FEATURES)(
    `[${section}] every chain arrives whole and once, and comes back whole and once: %o`,
    (features) => {
      fc.assert(
        fc.property(
          SETTINGS[format],
          fc.array(step, { minLength: 60, maxLength: 300, size: 'max' }),
          (setting, steps) => {
            const { queue, device, pool, rung } = make(format, setting, features);
            const { available: memory } = pool;
            const offered: Request[] = [];
            const available: Request[] = [];
            const taken: Request[] = [];
            const used: (Request & { length: number })[] = [];
            let free = setting.size;
            let addr = 0x1_0000;
            // What each side was promised to hear of.
            let quiet = false;
            let armed = !features.eventIdx || format === 'packed';
            if (features.eventIdx) device.wantNext();
            let listening = true;
            let unheard = 0;
            for (const action of steps) {
              if (action.do === 'add') {
                const count = action.readable + action.writable;
                const indirect = action.indirect && count <= setting.size;
                const descriptors = indirect ? 1 : count;
                if (count === 0) continue;
                const pieces = Array.from(
                  { length: count },
                  () => (addr = ((addr + 8) & 0x3_ffff) | 0x1_0000),
                );
                const ranges = pieces.map((at) => ({ addr: at, length: 4 }));
                const buffers = {
                  readable: ranges.slice(0, action.readable),
                  writable: ranges.slice(action.readable),
                  indirect,
                };
                if (descriptors > free) {
                  expect(() => queue.add(buffers)).toThrow(/is full/);
                  continue;
                }
                const head = queue.add(buffers);
                free -= descriptors;
                queue.offer(head);
                offered.push({ head, pieces, room: 4 * action.writable, descriptors });
              } else if (action.do === 'publish') {
                queue.publish();
                unheard += offered.length;
                available.push(...offered.splice(0));
              } else if (action.do === 'notify') {
                const rang = queue.notify();
                expect(rung.length).toBe(rang ? 1 : 0);
                rung.length = 0;
                // With event index, a device that looked for more and found none hears of the next.
                if (listening && unheard > 0) expect(rang).toBe(true);
                if (!listening && !features.eventIdx) expect(rang).toBe(false);
                if (rang && features.eventIdx) listening = false;
                unheard = 0;
              } else if (action.do === 'listen') {
                // Only a device that has seen all that is published can wait for the next.
                if (available.length > 0) continue;
                if (features.eventIdx && action.wanted) device.wantNext();
                else device.wantNotifications(action.wanted);
                listening = action.wanted;
                unheard = 0;
              } else if (action.do === 'take') {
                const expected = available.shift();
                const chain = device.take();
                expect(chain?.head).toBe(expected?.head);
                if (!chain || !expected) continue;
                expect(chain.descriptors).toHaveLength(expected.descriptors);
                expect(chain.readable).toHaveLength(4 * expected.pieces.length - expected.room);
                expect(chain.writable.map((piece) => piece.addr)).toEqual(
                  expected.pieces.slice(expected.pieces.length - expected.room / 4),
                );
                taken.push(expected);
              } else if (action.do === 'use') {
                if (taken.length === 0) continue;
                const which = action.which % taken.length;
                const batch = features.inOrder
                  ? taken.splice(0, which + 1)
                  : taken.splice(which, 1);
                const last = batch.at(-1)!;
                const length = action.length % (last.room + 1);
                device.pushBatch(
                  batch.map(({ head }) => head),
                  length,
                );
                used.push(
                  ...batch.slice(0, -1).map((request) => ({ ...request, length: request.room })),
                  { ...last, length },
                );
                const interrupted = device.wantsInterrupt();
                if (armed && !quiet) expect(interrupted).toBe(true);
                if (quiet && !features.eventIdx) expect(interrupted).toBe(false);
                if (features.eventIdx) armed = false;
              } else if (action.do === 'quiet') {
                queue.suppressInterrupts(action.quiet);
                quiet = action.quiet;
                armed = !quiet && used.length === 0;
              } else {
                const expected = used.shift();
                const got = queue.pop();
                expect(got).toEqual(expected && { head: expected.head, length: expected.length });
                if (expected) free += expected.descriptors;
                else armed = !quiet;
              }
              expect(queue.free).toBe(free);
              expect(queue.inFlight).toBe(
                offered.length + available.length + taken.length + used.length,
              );
              if (queue.inFlight === 0) expect(pool.available).toBe(memory);
            }
          },
        ),
      );
    },
  );

  it.each(FEATURES)(
    'never hangs, throws anything else, or loses a descriptor, whatever the device writes: %o',
    (features) => {
      const word = fc.oneof(
        fc.nat(0xffff_ffff),
        fc
          .tuple(fc.nat(70), fc.constantFrom(0, 0x8080, 0x8082, 0x80))
          .map(([id, flags]) => (id | (flags << 16)) >>> 0),
        fc.nat(70),
      );
      const scribble = fc.record({
        index: fc.nat(65535),
        words: fc.array(fc.record({ at: fc.nat(200), word }), { maxLength: 12 }),
      });
      fc.assert(
        fc.property(
          SETTINGS[format],
          fc.array(scribble, { minLength: 5, maxLength: 40, size: 'max' }),
          (setting, attacks) => {
            const { queue, hal } = make(format, setting, features);
            const { size } = setting;
            for (const { index, words } of attacks) {
              for (
                let head = queue.add1(0x1_0000, 8, 2);
                head >= 0;
                head = queue.add1(0x1_0000, 8, 2)
              )
                queue.offer(head);
              queue.publish();
              queue.notify();
              const [from, length] =
                format === 'split' ? [AREAS.used, 4 + 8 * size] : [AREAS.desc, 16 * size];
              for (const { at, word } of words) hal.ram.write32(from + ((4 * at) % length), word);
              if (format === 'split') hal.ram.write16(AREAS.used + 2, index);
              else hal.ram.write32(AREAS.used, index * 3);
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
    },
  );
});
