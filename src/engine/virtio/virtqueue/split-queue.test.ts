import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../../spec/virtio.ts';
import { MockDriver } from '../../../testing/mock-driver.ts';

const DATA = 0x10_0000;

describe('popping', () => {
  test('[2.7.13.3] sees nothing before idx is published', () => {
    const driver = new MockDriver(8);
    driver.describe(0, { addr: DATA, len: 16 });
    expect(driver.queue.pop()).toBeUndefined();
    driver.offer(0);
    expect(driver.queue.pop()?.head).toBe(0);
    expect(driver.queue.pop()).toBeUndefined();
  });

  test('[2.7.4] hands out readable bytes first, then writable ones, across segments', () => {
    const driver = new MockDriver(8);
    driver.ram.u8.set([1, 2, 3], DATA);
    driver.ram.u8.set([4, 5], DATA + 100);
    driver.offerChain(2, [
      { addr: DATA, len: 3 },
      { addr: DATA + 100, len: 2 },
      { addr: DATA + 200, len: 2, flags: VIRTQ_DESC_F_WRITE },
      { addr: DATA + 300, len: 4, flags: VIRTQ_DESC_F_WRITE },
    ]);
    const element = driver.queue.pop();
    expect(element).toMatchObject({ head: 2, readableLength: 5, writableLength: 6 });
    const bytes = new Uint8Array(4);
    expect(element?.read(1, bytes)).toBe(4);
    expect([...bytes]).toEqual([2, 3, 4, 5]);
    expect(element?.write(Uint8Array.of(9, 8, 7))).toBe(3);
    expect([
      driver.ram.u8[DATA + 200],
      driver.ram.u8[DATA + 201],
      driver.ram.u8[DATA + 300],
    ]).toEqual([9, 8, 7]);
    expect(element?.write(new Uint8Array(10))).toBe(6);
  });

  test('[2.7.6] the index runs freely past 65535', () => {
    const driver = new MockDriver(4, 65534);
    for (let i = 0; i < 5; i++) {
      driver.offerChain(i & 3, [{ addr: DATA, len: 1, flags: VIRTQ_DESC_F_WRITE }]);
      const element = driver.queue.pop();
      if (!element) throw new Error('nothing popped');
      driver.queue.push(element, 1);
    }
    expect(driver.usedIdx).toBe(3);
    expect(driver.usedEntry(2)).toEqual({ id: 0, len: 1 });
  });
});

describe('pushing', () => {
  test('[2.7.8.2] publishes id and length before idx', () => {
    const driver = new MockDriver(8);
    driver.offerChain(5, [{ addr: DATA, len: 64, flags: VIRTQ_DESC_F_WRITE }]);
    const element = driver.queue.pop();
    if (!element) throw new Error('nothing popped');
    driver.queue.push(element, 33);
    expect(driver.usedIdx).toBe(1);
    expect(driver.usedEntry(0)).toEqual({ id: 5, len: 33 });
  });

  test('[2.7.8.2] chains that are filled one by one come back all at once', () => {
    const driver = new MockDriver(8, 65535);
    for (const head of [3, 4])
      driver.offerChain(head, [{ addr: DATA, len: 64, flags: VIRTQ_DESC_F_WRITE }]);
    for (const [i, length] of [10, 20].entries()) {
      const element = driver.queue.pop();
      if (!element) throw new Error('nothing popped');
      driver.queue.fill(element, length, i);
    }
    expect(driver.usedIdx).toBe(65535);
    driver.queue.flush(2);
    expect(driver.usedIdx).toBe(1);
    expect(driver.usedEntry(65535)).toEqual({ id: 3, len: 10 });
    expect(driver.usedEntry(0)).toEqual({ id: 4, len: 20 });
  });

  test('a chain that is put back is popped again', () => {
    const driver = new MockDriver(8);
    driver.offerChain(3, [{ addr: DATA, len: 64 }]);
    const element = driver.queue.pop();
    if (!element) throw new Error('nothing popped');
    driver.queue.unpop(element);
    expect(driver.queue.inUse).toBe(0);
    expect(driver.queue.pop()?.head).toBe(3);
  });

  test('[2.7.7.2] interrupts unless NO_INTERRUPT is set', () => {
    const driver = new MockDriver(8);
    driver.queue.notify();
    driver.ram.writeAt(driver.avail, 2, VIRTQ_AVAIL_F_NO_INTERRUPT);
    driver.queue.notify();
    expect(driver.interrupts).toBe(1);
  });

  test('[2.7.10] NO_NOTIFY is set and cleared in used.flags', () => {
    const driver = new MockDriver(8);
    driver.queue.setNotification(false);
    expect(driver.ram.readAt(driver.used, 2)).toBe(VIRTQ_USED_F_NO_NOTIFY);
    driver.queue.setNotification(true);
    expect(driver.ram.readAt(driver.used, 2)).toBe(0);
  });
});

describe('what a driver must not do', () => {
  const w = VIRTQ_DESC_F_WRITE;
  const cases: [string, (driver: MockDriver) => void, string, number, number][] = [
    ['[2.7.13.2] head beyond the table', (d) => d.offer(8), 'headOutOfRange', 0, 8],
    [
      '[2.7.5.2] next beyond the table',
      (d) => {
        d.describe(1, { addr: DATA, len: 1, flags: VIRTQ_DESC_F_NEXT, next: 300 });
        d.offer(1);
      },
      'nextOutOfRange',
      1,
      300,
    ],
    [
      '[2.7.5.2] a loop',
      (d) => {
        d.describe(3, { addr: DATA, len: 1, flags: VIRTQ_DESC_F_NEXT, next: 4 });
        d.describe(4, { addr: DATA, len: 1, flags: VIRTQ_DESC_F_NEXT, next: 3 });
        d.offer(3);
      },
      'chainLoop',
      3,
      9,
    ],
    [
      '[2.7.5] a buffer of length zero',
      (d) => d.offerChain(0, [{ addr: DATA, len: 0, flags: w }]),
      'zeroLength',
      0,
      0,
    ],
    [
      '[2.7.4.2] readable after writable',
      (d) =>
        d.offerChain(0, [
          { addr: DATA, len: 1, flags: w },
          { addr: DATA, len: 1 },
        ]),
      'readableAfterWritable',
      1,
      0,
    ],
    [
      '[2.7.5.3.1] an indirect table of odd length',
      (d) => d.offerChain(0, [{ addr: DATA, len: 17, flags: VIRTQ_DESC_F_INDIRECT }]),
      'indirectBadLength',
      0,
      17,
    ],
    [
      '[2.7.5.3.1] an empty indirect table',
      (d) => d.offerChain(0, [{ addr: DATA, len: 0, flags: VIRTQ_DESC_F_INDIRECT }]),
      'indirectEmpty',
      0,
      0,
    ],
  ];
  test.each(cases)('%s stops the device', (_title, offend, code, index, value) => {
    const driver = new MockDriver(8);
    offend(driver);
    expect(driver.queue.pop()).toBeUndefined();
    expect(driver.complaints).toMatchObject([{ code, index, value }]);
    expect(driver.complaints[0]?.message).toBeDefined();
    expect(driver.stopped).toBe(true);
    expect(driver.queue.pop()).toBeUndefined();
  });

  test('[2.7.5] one page outside RAM is noted, reads as zeros and loses what is written, as in QEMU', () => {
    const driver = new MockDriver(8);
    const outside = 2 ** 40 + 16;
    driver.offerChain(0, [{ addr: outside, len: 8 }]);
    const element = driver.queue.pop();
    const bytes = Uint8Array.of(1, 1, 1, 1);
    expect(element?.read(0, bytes)).toBe(4);
    expect([...bytes]).toEqual([0, 0, 0, 0]);
    expect(driver.complaints).toEqual([
      { code: 'addressOutsideRam', index: 0, value: outside, message: undefined },
    ]);
    driver.offerChain(1, [{ addr: outside, len: 8, flags: w }]);
    expect(driver.queue.pop()).toBeUndefined();
    expect(driver.complaints[1]?.message).toBe('virtio: bogus descriptor or out of resources');
  });

  test('a reset gives the bounce page back, and takes it from nobody else', () => {
    const driver = new MockDriver(8);
    driver.bounce.busy = true;
    driver.queue.reset();
    expect(driver.bounce.busy).toBe(true);
    driver.bounce.busy = false;
    const other = new MockDriver(8);
    other.offerChain(0, [{ addr: 2 ** 40, len: 8, flags: w }]);
    expect(other.queue.pop()).toBeDefined();
    expect(other.bounce.busy).toBe(true);
    other.queue.reset();
    expect(other.bounce.busy).toBe(false);
  });

  test('[2.7.1] a ring that runs out of RAM stops the device, one outside is silent', () => {
    const driver = new MockDriver(8);
    driver.queue.enable({ desc: driver.ram.size - 16, driver: driver.avail, device: driver.used });
    expect(driver.complaints[0]?.message).toBe('Cannot map desc');
    driver.stopped = false;
    driver.queue.enable({ desc: 2 ** 40, driver: driver.avail, device: driver.used });
    expect(driver.complaints[1]).toMatchObject({ code: 'ringOutsideRam', value: 2 ** 40 });
    expect(driver.stopped).toBe(false);
    expect(driver.queue.isEmpty()).toBe(true);
  });

  test('[2.7.1] misaligned rings are noted and still work', () => {
    const driver = new MockDriver(8, 0, 0x1001);
    driver.offerChain(0, [{ addr: DATA, len: 4, flags: w }]);
    const element = driver.queue.pop();
    if (!element) throw new Error('nothing popped');
    driver.queue.push(element, 4);
    expect(driver.usedEntry(0)).toEqual({ id: 0, len: 4 });
    expect(new Set(driver.complaints.map((c) => c.code))).toEqual(new Set(['ringMisaligned']));
  });
});

describe('indirect tables', () => {
  test('[2.7.5.3] a chain in a table of its own', () => {
    const driver = new MockDriver(4);
    driver.queue.indirectDesc = true;
    const table = DATA + 0x1000;
    const put = (index: number, len: number, flags: number, next: number) => {
      driver.ram.writeAt(table + 16 * index, 4, DATA + 64 * index);
      driver.ram.writeAt(table + 16 * index + 8, 4, len);
      driver.ram.writeAt(table + 16 * index + 12, 4, flags | (next << 16));
    };
    put(0, 10, VIRTQ_DESC_F_NEXT, 5);
    put(5, 20, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE, 2);
    put(2, 30, VIRTQ_DESC_F_WRITE, 0);
    driver.offerChain(1, [{ addr: table, len: 16 * 6, flags: VIRTQ_DESC_F_INDIRECT }]);
    expect(driver.queue.pop()).toMatchObject({ head: 1, readableLength: 10, writableLength: 50 });
    expect(driver.complaints).toEqual([]);
  });

  test('[2.7.5.3.1] is noted where it was not negotiated', () => {
    const driver = new MockDriver(4);
    driver.ram.writeAt(DATA + 8, 4, 1);
    driver.offerChain(0, [{ addr: DATA, len: 16, flags: VIRTQ_DESC_F_INDIRECT }]);
    expect(driver.queue.pop()?.readableLength).toBe(1);
    expect(driver.complaints).toMatchObject([
      { code: 'indirectNotNegotiated', message: undefined },
    ]);
  });
});

describe('event index', () => {
  function pushOne(driver: MockDriver): void {
    driver.offerChain(0, [{ addr: DATA, len: 1, flags: VIRTQ_DESC_F_WRITE }]);
    const element = driver.queue.pop();
    if (!element) throw new Error('nothing popped');
    driver.queue.push(element, 0);
    driver.queue.notify();
  }

  test('[2.7.7.2] interrupts when used_event is passed, and only then', () => {
    const driver = new MockDriver(4, 65533);
    driver.queue.eventIdx = true;
    const interrupts: number[] = [];
    // The third and the sixth entry from 65533 on.
    driver.ram.writeAt(driver.avail + 4 + 2 * 4, 2, 65535);
    for (let i = 0; i < 6; i++) {
      if (i === 3) driver.ram.writeAt(driver.avail + 4 + 2 * 4, 2, 2);
      pushOne(driver);
      interrupts.push(driver.interrupts);
    }
    // The first is always told: nothing was signalled before.
    expect(interrupts).toEqual([1, 1, 2, 2, 2, 3]);
  });

  test('[2.7.10.2] avail_event follows the entries that were taken', () => {
    const driver = new MockDriver(4);
    driver.queue.eventIdx = true;
    pushOne(driver);
    expect(driver.ram.readAt(driver.used + 4 + 8 * 4, 2)).toBe(1);
    driver.queue.setNotification(false);
    pushOne(driver);
    expect(driver.ram.readAt(driver.used + 4 + 8 * 4, 2)).toBe(1);
    driver.queue.setNotification(true);
    expect(driver.ram.readAt(driver.used + 4 + 8 * 4, 2)).toBe(2);
  });
});

describe('what is noted, and served all the same', () => {
  test('[2.7.13.3] an available index that jumps by more than the ring has', () => {
    const driver = new MockDriver(4);
    driver.offerChain(0, [{ addr: DATA, len: 1 }]);
    driver.ram.writeAt(driver.avail + 2, 2, 6);
    expect(driver.queue.pop()?.head).toBe(0);
    expect(driver.complaints).toEqual([
      { code: 'availIndexJump', index: 0, value: 6, message: undefined },
    ]);
  });

  test('[2.7.6.1] an available index that goes back', () => {
    const driver = new MockDriver(4, 10);
    driver.ram.writeAt(driver.avail + 2, 2, 9);
    expect(driver.queue.isEmpty()).toBe(false);
    expect(driver.complaints).toMatchObject([{ code: 'availIndexJump', value: 65535 }]);
  });

  test.each([
    ['other than NO_INTERRUPT', false, 2],
    ['with the event index', true, VIRTQ_AVAIL_F_NO_INTERRUPT],
  ])('[2.7.7.1] flags %s', (_title, eventIdx, flags) => {
    const driver = new MockDriver(4);
    driver.queue.eventIdx = eventIdx;
    driver.queue.notify();
    expect(driver.complaints).toEqual([]);
    driver.ram.writeAt(driver.avail, 2, flags);
    driver.queue.notify();
    expect(driver.complaints).toMatchObject([{ code: 'availFlags', value: flags }]);
  });
});

test('[2.7.6] random traffic near the wrap equals a plain array', () => {
  const step = fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 1, max: 64 }),
    hold: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 65500, max: 65535 }),
      fc.array(step, { maxLength: 60 }),
      (start, steps) => {
        const driver = new MockDriver(16, start);
        const expected: { id: number; len: number }[] = [];
        const held: { element: NonNullable<ReturnType<typeof driver.queue.pop>>; len: number }[] =
          [];
        let popped = 0;
        const returnOne = () => {
          const next = held.shift();
          if (!next) return;
          driver.queue.push(next.element, next.len);
          expected.push({ id: next.element.head, len: next.len });
        };
        steps.forEach(({ count, length, hold }, i) => {
          // Three descriptors a chain, five chains at most: no descriptor is used twice at once.
          if (held.length === 5) returnOne();
          const first = (i % 5) * 3;
          driver.offerChain(
            first,
            Array.from({ length: count }, (_, k) => ({
              addr: DATA + k * 64,
              len: length,
              flags: VIRTQ_DESC_F_WRITE,
            })),
          );
          const element = driver.queue.pop();
          expect(element).toMatchObject({ head: first, writableLength: count * length });
          popped++;
          if (element) held.push({ element, len: length });
          if (!hold) returnOne();
        });
        expect(driver.usedIdx).toBe((start + expected.length) & 0xffff);
        expected.slice(-16).forEach((entry, i, last) => {
          expect(driver.usedEntry(start + expected.length - last.length + i)).toEqual(entry);
        });
        expect(driver.queue.inUse).toBe(popped - expected.length);
        expect(driver.complaints).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

test('hostile rings never throw or hang, and every chain that is popped can be returned', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 400, maxLength: 400 }),
      fc.integer({ min: 0, max: 65535 }),
      (noise, idx) => {
        const driver = new MockDriver(16);
        driver.ram.u8.set(noise, driver.desc);
        driver.ram.writeAt(driver.avail + 2, 2, idx);
        for (let i = 0; i < 40; i++) {
          const element = driver.queue.pop();
          if (!element) break;
          element.read(0, new Uint8Array(4096));
          element.write(new Uint8Array(4096));
          driver.queue.push(element, 0);
          driver.queue.notify();
        }
        expect(driver.queue.inUse).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});
