import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RING_EVENT_FLAGS_DESC, VIRTQ_DESC_F_WRITE } from '../../../spec/virtio.ts';
import { MockPackedDriver } from '../../../testing/mock-packed-driver.ts';
import type { VirtQueueElement } from './element.ts';
import { inOrder } from './in-order.ts';
import { PackedQueue } from './packed-queue.ts';

const DATA = 0x10_0000;
const TABLE = 0x20_0000;
const WRAP = 0x8000;
/** Random sessions a combination of features. */
const RUNS = 60;

interface Offer {
  readonly kind: 'offer';
  /** Bytes of each readable and each writable buffer. */
  readonly readable: number[];
  readonly writable: number[];
  /** In an indirect table, where there may be one. */
  readonly table: boolean;
}
/** The device returns one of the chains that it has, having written a part of it. */
interface Push {
  readonly kind: 'push';
  readonly which: number;
  readonly written: number;
}
/** The device returns several at once, from the oldest on. */
interface Flush {
  readonly kind: 'flush';
  readonly count: number;
  readonly written: number;
}
/** What either side does next; a deed that is not possible is left out. */
type Deed = Offer | Push | Flush | { readonly kind: 'pop' | 'take' | 'notify' };

const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 });
const fraction = fc.constantFrom(0, 0.5, 1);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        kind: fc.constant('offer' as const),
        readable: lengths,
        writable: lengths,
        table: fc.boolean(),
      })
      .filter(({ readable, writable }) => readable.length + writable.length > 0),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('notify' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      which: fc.nat(7),
      written: fraction,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('flush' as const),
      count: fc.integer({ min: 1, max: 3 }),
      written: fraction,
    }),
  },
);

interface Chain {
  readonly id: number;
  readonly readable: number;
  readonly writable: number;
  length: number;
}

/** A packed ring, and beside it what it should do as plain arrays. */
class Model {
  readonly driver: MockPackedDriver;
  readonly indirect: boolean;
  readonly ordered: boolean;
  readonly eventIdx: boolean;
  /** Chains that are available, those that the device has, and those that it returned. */
  readonly available: Chain[] = [];
  readonly taken: { readonly chain: Chain; readonly element: VirtQueueElement; done: boolean }[] =
    [];
  readonly returned: Chain[] = [];
  #id = 0;
  /** Whether the device returned something since it last notified. */
  #fresh = false;
  /** Whether the driver has seen everything since it last asked, and was not told of anything new. */
  #waits = true;

  constructor(size: number, indirect: boolean, eventIdx: boolean, ordered: boolean) {
    const Ring = ordered ? (inOrder(PackedQueue) as typeof PackedQueue) : PackedQueue;
    this.driver = new MockPackedDriver(size, 0x1000, undefined, Ring);
    this.indirect = indirect;
    this.eventIdx = eventIdx;
    this.ordered = ordered;
    this.driver.queue.indirectDesc = indirect;
    this.driver.queue.eventIdx = eventIdx;
    this.driver.queue.inOrder = ordered;
    this.#arm();
  }

  do(deed: Deed): void {
    switch (deed.kind) {
      case 'offer':
        this.#offer(deed);
        break;
      case 'pop':
        this.#pop();
        break;
      case 'take':
        this.#take();
        break;
      case 'notify':
        this.#notify();
        break;
      case 'push':
        this.#push(deed);
        break;
      case 'flush':
        this.#flush(deed);
        break;
    }
    expect(this.driver.complaints).toEqual([]);
    expect(this.driver.queue.isEmpty()).toBe(this.available.length === 0);
  }

  #offer({ readable, writable, table }: Offer): void {
    const list = [
      ...readable.map((len, i) => ({ addr: DATA + 64 * i, len })),
      ...writable.map((len, i) => ({ addr: DATA + 4096 + 64 * i, len, flags: VIRTQ_DESC_F_WRITE })),
    ];
    const inTable = table && this.indirect;
    if (this.driver.room < (inTable ? 1 : list.length)) return;
    const id = this.#id++ & 0xffff;
    if (inTable) this.driver.offerIndirect(id, TABLE + 128 * (id % 64), list);
    else this.driver.offer(id, list);
    this.available.push({ id, readable: sum(readable), writable: sum(writable), length: -1 });
  }

  #pop(): void {
    const element = this.driver.queue.pop();
    const chain = this.available.shift();
    expect(element?.head).toBe(chain?.id);
    if (!element || !chain) return;
    expect(element).toMatchObject({
      readableLength: chain.readable,
      writableLength: chain.writable,
    });
    this.taken.push({ chain, element, done: false });
    // The device asks to be told of the next one.
    this.driver.queue.setNotification(true);
    const { next, wrap } = this.#nextPlace();
    if (this.eventIdx)
      expect(this.driver.wanted).toEqual({
        place: next + (wrap ? WRAP : 0),
        flags: RING_EVENT_FLAGS_DESC,
      });
  }

  /** Where the driver's first available list that the device did not pop begins. */
  #nextPlace(): { next: number; wrap: boolean } {
    const { driver } = this;
    const waiting = driver.offered
      .filter(({ id }) => this.available.some((chain) => chain.id === id))
      .reduce((places, list) => places + list.places, 0);
    const next = driver.next - waiting;
    return next < 0
      ? { next: next + driver.size, wrap: !driver.wrap }
      : { next, wrap: driver.wrap };
  }

  #push({ which, written }: Push): void {
    const open = this.taken.filter(({ done }) => !done);
    const one = open[which % open.length];
    if (!one) return;
    one.done = true;
    one.chain.length = Math.floor(written * one.chain.writable);
    this.driver.queue.push(one.element, one.chain.length);
    if (!this.ordered) this.#back(one);
    else while (this.taken[0]?.done) this.#back(this.taken[0]);
  }

  #flush({ count, written }: Flush): void {
    // Filled chains go back in the ring's order, so that nothing older may be open.
    const some = this.taken.slice(0, count);
    if (some.length < count || some.some(({ done }) => done)) return;
    for (const [i, one] of some.entries()) {
      one.chain.length = Math.floor(written * one.chain.writable);
      this.driver.queue.fill(one.element, one.chain.length, i);
    }
    this.driver.queue.flush(count);
    for (const one of some) this.#back(one);
  }

  #back(one: (typeof this.taken)[number]): void {
    this.taken.splice(this.taken.indexOf(one), 1);
    this.returned.push(one.chain);
    this.#fresh = true;
  }

  #take(): void {
    const found = this.driver.take(this.ordered);
    if (!found) {
      expect(this.returned).toEqual([]);
      return;
    }
    const { used, lists } = found;
    if (!this.ordered) expect(lists).toHaveLength(1);
    for (const id of lists) {
      const chain = this.returned.shift();
      expect(chain?.id).toBe(id);
      // What a used descriptor stands for besides its own was written wholly.
      expect(chain?.length).toBe(id === used.id ? used.len : chain?.writable);
    }
    this.#arm();
  }

  /** The driver wants to be told of the next one that it has not seen. */
  #arm(): void {
    const { nextUsed, usedWrap } = this.driver;
    if (this.eventIdx)
      this.driver.setDriverEvent(RING_EVENT_FLAGS_DESC, nextUsed + (usedWrap ? WRAP : 0));
    this.#waits = this.returned.length === 0;
  }

  #notify(): void {
    if (!this.#fresh) return;
    const before = this.driver.interrupts;
    this.driver.queue.notify();
    // A driver that had seen everything when it asked is told of the next one, whatever is spared otherwise.
    if (!this.eventIdx || this.#waits) expect(this.driver.interrupts).toBe(before + 1);
    this.#fresh = false;
    this.#waits = false;
  }
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((all, one) => all + one, 0);
}

describe('a packed ring agrees with plain arrays', () => {
  const kinds = [false, true].flatMap((indirect) =>
    [false, true].flatMap((eventIdx) =>
      [false, true].map((ordered) => ({ indirect, eventIdx, ordered })),
    ),
  );

  test.each(kinds)('[2.8] %o', ({ indirect, eventIdx, ordered }) => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3, 5, 7, 8, 13),
        fc.array(deed, { minLength: 1, maxLength: 120 }),
        (size, deeds) => {
          const model = new Model(size, indirect, eventIdx, ordered);
          for (const one of deeds) model.do(one);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

test('hostile packed rings never throw or hang, and every chain that is popped can be returned', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 7 * 16, maxLength: 7 * 16 }),
      fc.nat(0xff),
      fc.boolean(),
      (noise, mask, ordered) => {
        const Ring = ordered ? (inOrder(PackedQueue) as typeof PackedQueue) : PackedQueue;
        const driver = new MockPackedDriver(7, 0x1000, undefined, Ring);
        // Addresses and lengths are small often enough that chains get through.
        driver.ram.u8.set(
          noise.map((byte, i) =>
            [3, 4, 5, 6, 7, 9, 10, 11].includes(i % 16) ? byte & mask & 1 : byte,
          ),
          driver.desc,
        );
        for (let i = 0; i < 40; i++) {
          const element = driver.queue.pop();
          if (!element) break;
          element.read(0, new Uint8Array(4096));
          element.write(new Uint8Array(4096));
          driver.queue.push(element, 0);
          driver.queue.notify();
          driver.queue.setNotification(i % 2 === 0);
        }
        expect(driver.queue.inUse).toBe(0);
        expect(driver.queue.lastAvailIdx).toBeLessThan(7);
      },
    ),
    { numRuns: 500 },
  );
});
