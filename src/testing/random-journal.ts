import fc from 'fast-check';
import { swapBytes } from '../base/bits.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import {
  ACTOR,
  type Actor,
  BACKEND_OPS,
  INTERRUPT_STEPS,
  LOG_LEVELS,
  RULES,
} from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { REGIONS } from '../spec/regions.ts';
import { PACKED, SPLIT } from '../spec/virtio.ts';

/** Something that a machine or a guest could record. */
export type Deed = (journal: JournalWriter) => void;

const int = (min: number, max: number) => fc.integer({ min, max });
/** Small numbers, so that deeds meet one another: two devices, two queues, few descriptors. */
const dev = int(1, 2);
const queue = int(0, 1);
const size = fc.constantFrom(1, 2, 4, 8, 5);
const head = int(0, 9);
const idx = fc.oneof(int(0, 12), int(65530, 65535));

/** Where queue `q` of device `d` has its areas in random journals; close together, so that writes straddle them. */
function areasOf(d: number, q: number): { desc: number; driver: number; device: number } {
  // The first available ring begins where a block begins by which areas are looked up.
  const base = 0x2_0000 - 0x80 + (d - 1) * 0x400 + q * 0x200;
  return { desc: base, driver: base + 0x80, device: base + 0xa0 };
}

const ringAddress = fc
  .tuple(dev, queue, int(-4, 0x108))
  .map(([d, q, at]) => areasOf(d, q).desc + at);
const anyAddress = fc.oneof(
  { weight: 2, arbitrary: int(0x1_fffa, 0x2_0004) },
  { weight: 6, arbitrary: ringAddress },
  { weight: 1, arbitrary: int(0, 2 ** 32) },
  { weight: 1, arbitrary: fc.constantFrom(255, 0xffff, 0xff_fffe, 2 ** 40) },
);
const actor = fc.constantFrom<Actor>('driver', 'device');
const word = fc.oneof(int(0, 12), fc.nat(0xffff_ffff));

const memWrite = fc.tuple(actor, anyAddress, fc.constantFrom(1, 2, 4, 8), word, word).map(
  ([a, addr, bytes, lo, hi]): Deed =>
    (j) =>
      j.memWrite(ACTOR[a], addr, bytes, 0, 0, lo, hi),
);

/** A driver's step on a ring, as a driver that knows what it does makes it. */
const ringStep = fc
  .tuple(
    dev,
    queue,
    int(0, 7),
    int(0, 7),
    fc.constantFrom('desc', 'avail', 'idx', 'used', 'usedIdx'),
    int(0, 7),
    fc.boolean(),
  )
  .map(
    ([d, q, slot, value, what, flags, big]): Deed =>
      (j) => {
        const u16 = (number: number) => (big ? swapBytes(number, 2) : number);
        const { desc, driver, device } = areasOf(d, q);
        const old = new Uint32Array(4);
        if (what === 'desc')
          j.memWrite16(
            0,
            desc + 16 * slot,
            old,
            0,
            value * 4096,
            0,
            value,
            u16(flags & 3) | (u16(value) << 16),
          );
        if (what === 'avail')
          j.memWrite(0, driver + SPLIT.availEntry(slot), 2, 0, 0, u16(value), 0);
        if (what === 'idx') j.memWrite(0, driver + SPLIT.availIdx, 2, 0, 0, u16(value + 1), 0);
        if (what === 'used') j.memWrite(1, device + SPLIT.usedEntry(slot), 8, 0, 0, value, 512);
        if (what === 'usedIdx') j.memWrite(1, device + SPLIT.usedIdx, 2, 0, 0, u16(value), 0);
      },
  );

/** A chain of up to three descriptors, filled and published. */
const request = fc.tuple(dev, queue, int(0, 7), int(1, 3), int(0, 7), fc.boolean()).map(
  ([d, q, first, length, slot, big]): Deed =>
    (j) => {
      const u16 = (number: number) => (big ? swapBytes(number, 2) : number);
      const { desc, driver } = areasOf(d, q);
      const old = new Uint32Array(4);
      for (let i = 0; i < length; i++) {
        const next = i + 1 < length ? u16(1) | (u16((first + i + 1) % 8) << 16) : 0;
        j.memWrite16(0, desc + 16 * ((first + i) % 8), old, 0, 0x9000, 0, 16, next);
      }
      j.memWrite(0, driver + SPLIT.availEntry(slot), 2, 0, 0, u16(first), 0);
      j.memWrite(0, driver + SPLIT.availIdx, 2, 0, 0, u16(slot + 1), 0);
    },
);

/** Flags of packed descriptors: available and used ones of either lap, with NEXT and WRITE. */
const packedFlags = fc
  .tuple(fc.constantFrom(0x80, 0x8000, 0x8080, 0), fc.nat(3))
  .map(([marks, rest]) => marks | rest);

/** A step on a packed ring: a descriptor is written, published, or used. */
const packedStep = fc
  .tuple(
    dev,
    queue,
    int(0, 7),
    head,
    packedFlags,
    fc.constantFrom('desc' as const, 'publish' as const, 'used' as const, 'event' as const),
  )
  .map(
    ([d, q, slot, id, flags, what]): Deed =>
      (j) => {
        const { desc, driver } = areasOf(d, q);
        const tail = (id | (flags << 16)) >>> 0;
        const at = desc + PACKED.descSize * slot;
        if (what === 'desc') j.memWrite16(0, at, new Uint32Array(4), 0, 0x9000, 0, 16, tail);
        if (what === 'publish') j.memWrite(0, at + PACKED.descId, 4, 0, 0, tail, 0);
        if (what === 'used') j.memWrite(1, at + PACKED.descLen, 8, 0, 0, 512, tail);
        if (what === 'event') j.memWrite(0, driver, 4, 0, 0, tail, 0);
      },
  );

/** A packed ring's whole life: set up, then laps of chains that come back in some order. */
const packedLaps = fc
  .tuple(
    dev,
    queue,
    int(1, 5),
    fc.array(fc.tuple(int(1, 3), fc.boolean(), fc.nat(7)), { maxLength: 12 }),
  )
  .map(
    ([d, q, n, steps]): Deed =>
      (j) => {
        const { desc, driver, device } = areasOf(d, q);
        j.queueConfig(d, q, false, true, n, desc, driver, device);
        j.queueConfig(d, q, true, true, n, desc, driver, device);
        let [avail, used, nextId] = [0, 0, 0];
        const held: { id: number; count: number }[] = [];
        const marks = (place: number, of: 'avail' | 'used') => {
          const odd = Math.floor(place / n) % 2 === 1;
          return of === 'used' ? (odd ? 0 : 0x8080) : odd ? 0x8000 : 0x80;
        };
        for (const [count, use, which] of steps) {
          if (use && held.length > 0) {
            const chain = held.splice(which % held.length, 1)[0]!;
            const at = desc + PACKED.descSize * (used % n) + PACKED.descLen;
            const tail = (chain.id | (marks(used, 'used') << 16)) >>> 0;
            j.memWrite(1, at, 8, 0, 0, 16, tail);
            used += chain.count;
            j.chainPushed(d, q, chain.id, used % n, 16);
          } else if (avail + count - used <= n) {
            for (let i = count - 1; i >= 0; i--) {
              const at = desc + PACKED.descSize * ((avail + i) % n);
              const flags = marks(avail + i, 'avail') | (i + 1 < count ? 1 : 0);
              const tail = (nextId | (flags << 16)) >>> 0;
              j.memWrite16(0, at, new Uint32Array(4), 0, 0x9000, 0, 16, tail);
            }
            avail += count;
            held.push({ id: nextId, count });
            j.chainPopped(d, q, nextId++, avail % n, 16, 0, count);
          }
        }
      },
  );

const longWrite = fc.tuple(actor, anyAddress, fc.uint8Array({ minLength: 0, maxLength: 300 })).map(
  ([a, addr, bytes]): Deed =>
    (j) =>
      j.bytesWritten(ACTOR[a], addr, new Uint8Array(bytes.length), bytes),
);

const register = fc
  .tuple(
    fc.boolean(),
    fc.constantFrom('io' as const, 'memory' as const),
    int(0, 3),
    fc.constantFrom(1, 2, 4),
    fc.oneof(fc.constant(0), word, fc.constant(0x8000_1010)),
    int(0, REGIONS.length - 1),
    fc.oneof(int(0, 8), int(0, 64)),
  )
  .map(
    ([write, space, d, bytes, value, region, offset]): Deed =>
      (j) => {
        const slot = j.register(
          write,
          space,
          0xfe00_0000 + offset,
          bytes,
          value,
          d === 3 ? 0xffff : d,
          region,
          offset,
        );
        if (!write) j.setValue(slot, value);
      },
  );

const text = fc.string({ maxLength: 20 });

/** Deeds of every kind, those on rings more often. */
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: ringStep },
  { weight: 4, arbitrary: request },
  { weight: 6, arbitrary: packedStep },
  { weight: 2, arbitrary: packedLaps },
  { weight: 4, arbitrary: memWrite },
  { weight: 2, arbitrary: longWrite },
  { weight: 3, arbitrary: register },
  {
    weight: 3,
    arbitrary: fc.tuple(dev, queue, fc.boolean(), fc.nat(2), size).map(
      ([d, q, on, format, n]): Deed =>
        (j) => {
          const { desc, driver, device } = areasOf(d, q);
          j.queueConfig(d, q, on, format === 0, n, desc, driver, device, format === 2);
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(dev, queue, head, idx).map(
      ([d, q, h, i]): Deed =>
        (j) =>
          j.chainPopped(d, q, h, i, 16, 1, 2),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(dev, queue, head, idx).map(
      ([d, q, h, i]): Deed =>
        (j) =>
          j.chainPushed(d, q, h, i, 1),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(dev, queue, fc.boolean(), fc.constantFrom(...RULES)).map(
      ([d, q, s, r]): Deed =>
        (j) =>
          j.notification('driver', d, q, s, r),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        dev,
        fc.constantFrom(0, 1, 0xffff),
        fc.constantFrom(...INTERRUPT_STEPS),
        int(9, 33),
        fc.constantFrom(...RULES),
      )
      .map(
        ([d, q, s, l, r]): Deed =>
          (j) =>
            j.interrupt(d, q, s, l, r),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dev, word, word).map(
      ([d, a, b]): Deed =>
        (j) =>
          j.status(d, a & 0xff, b & 0xff),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(dev, fc.constantFrom('offered' as const, 'accepted' as const), word, word)
      .map(
        ([d, w, a, b]): Deed =>
          (j) =>
            j.features(d, w, a, b),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dev, word).map(
      ([d, g]): Deed =>
        (j) =>
          j.configChange(d, g),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dev, fc.boolean(), text).map(
      ([d, r, t]): Deed =>
        (j) =>
          j.plug(d, r, t),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dev, fc.constantFrom<Actor>('driver', 'user')).map(
      ([d, a]): Deed =>
        (j) =>
          j.reset(a, d),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dev, queue, fc.constantFrom(...BACKEND_OPS), word).map(
      ([d, q, o, i]): Deed =>
        (j) =>
          j.backendRequest(d, q, o, i, i * 512, 512),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dev, queue, fc.constantFrom(...BACKEND_OPS), int(0, 3)).map(
      ([d, q, o, s]): Deed =>
        (j) =>
          j.backendCompletion(d, q, o, 1, s, 512),
    ),
  },
  {
    weight: 2,
    arbitrary: int(1, 50).map(
      (l): Deed =>
        (j) =>
          j.scriptLine(l),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...LOG_LEVELS), text).map(
      ([l, t]): Deed =>
        (j) =>
          j.log('driver', l, t),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(dev, fc.constantFrom(0, 1, 0xffff), int(0, 25), head, word).map(
      ([d, q, c, i, v]): Deed =>
        (j) =>
          j.violation(d, q, c, i, v),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dev, int(0, 10), word, int(-21, 3)).map(
      ([d, op, at, cc]): Deed =>
        (j) => {
          j.channel(d, op, 0x1_0000 + d, at, cc);
          j.ccw(d, at & 0xff, op * 16, op, at, 0x2000);
          j.channelStatus(d, 0x4007, op, 0, op, 0x2008, 0);
          j.hypercall(d, op, at, op, 0, cc);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('halt' as const, 'wake' as const),
        fc.uniqueArray(fc.nat(255), { maxLength: 4 }),
      )
      .map(
        ([s, inputs]): Deed =>
          (j) =>
            j.vcpuWait(s, inputs, inputs[0] ?? 0),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('start' as const, 'end' as const, 'fail' as const), int(0, 9), text)
      .map(
        ([s, l, t]): Deed =>
          (j) =>
            j.script(s, l, t),
      ),
  },
);

/** Journals of deeds at random, on rings that exist only some of the time. */
export function randomDeeds(maxLength: number): fc.Arbitrary<Deed[]> {
  return fc.array(deed, { minLength: 1, maxLength, size: 'max' });
}

/** The journal that deeds leave when one thread does them; `side`: payload bytes that one deed may leave. */
export function journalOf(
  deeds: readonly Deed[],
  store = new EventStore(),
  side = 1 << 16,
): EventStore {
  const ring = JournalRing.create(1 << 10, side);
  const journal = new JournalWriter(ring);
  const reader = new JournalReader([ring], store);
  for (const act of deeds) {
    act(journal);
    journal.flush();
    reader.drain();
  }
  return store;
}
