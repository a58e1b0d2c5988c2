import { describe, expect, test } from 'vitest';
import {
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../../spec/virtio.ts';
import { type Desc, MockDriver } from '../../../testing/mock-driver.ts';
import { MockPackedDriver } from '../../../testing/mock-packed-driver.ts';

const DATA = 0x10_0000;
const TABLE = 0x20_0000;
const W = VIRTQ_DESC_F_WRITE;
const ALL = 0xffff_ffff;

/** A driver of either format that offers chains, and says what it was told off for. */
interface Offering {
  readonly driver: MockDriver | MockPackedDriver;
  offer(chain: readonly Desc[]): void;
  /** Writes `chain` to TABLE, and offers it as a table of `length` bytes. */
  offerTable(chain: readonly Desc[], length?: number, addr?: number): void;
}

function split(size: number): Offering {
  const driver = new MockDriver(size, 0xffff);
  let next = 0;
  return {
    driver,
    offer(chain) {
      driver.offerChain(next, chain);
      next += chain.length;
    },
    offerTable(chain, length = 16 * chain.length, addr = TABLE) {
      for (const [i, desc] of chain.entries()) {
        const last = i + 1 === chain.length;
        const flags = (desc.flags ?? 0) | (last ? 0 : VIRTQ_DESC_F_NEXT);
        const at = TABLE + 16 * i;
        for (const [offset, value] of [
          desc.addr,
          0,
          desc.len,
          flags + 0x1_0000 * (i + 1),
        ].entries())
          driver.words.write(at + 4 * offset, 4, value);
      }
      this.offer([{ addr, len: length, flags: VIRTQ_DESC_F_INDIRECT }]);
    },
  };
}

function packed(size: number): Offering {
  const driver = new MockPackedDriver(size);
  return {
    driver,
    offer: (chain) => driver.offer(1, chain),
    offerTable(chain, length = 16 * chain.length, addr = TABLE) {
      for (const [i, desc] of chain.entries()) driver.writeDesc(TABLE + 16 * i, desc, 0);
      driver.offer(1, [{ addr, len: length, flags: VIRTQ_DESC_F_INDIRECT }]);
    },
  };
}

const messages = ({ driver }: Offering) =>
  driver.complaints.flatMap(({ message }) => message ?? []);

describe.each([
  ['split', split],
  ['packed', packed],
])('%s: bytes that are available', (_, make) => {
  test('[2.7.4] are those of writable buffers, of all chains and of tables', () => {
    const offering = make(8);
    const { queue } = offering.driver;
    expect(queue.availableBytes(ALL)).toBe(0);
    offering.offer([
      { addr: DATA, len: 100 },
      { addr: DATA, len: 5, flags: W },
    ]);
    offering.offerTable([
      { addr: DATA, len: 1 },
      { addr: DATA, len: 20, flags: W },
      { addr: DATA, len: 300, flags: W },
    ]);
    offering.offer([{ addr: DATA, len: 4000, flags: W }]);
    expect(queue.availableBytes(ALL)).toBe(4325);
    expect(queue.pop()?.writableLength).toBe(5);
    expect(queue.availableBytes(ALL)).toBe(4320);
    expect(offering.driver.complaints).toEqual([]);
  });

  test('are counted until there are enough', () => {
    const offering = make(8);
    offering.offer([
      { addr: DATA, len: 10, flags: W },
      { addr: DATA, len: 20, flags: W },
      { addr: DATA, len: 40, flags: W },
    ]);
    const { queue } = offering.driver;
    expect([0, 10, 11, 30, 31, 70, 71].map((most) => queue.availableBytes(most))).toEqual([
      10, 10, 30, 30, 70, 70, 70,
    ]);
  });

  test('are those of chains in more laps than one', () => {
    const offering = make(4);
    const { queue } = offering.driver;
    offering.offer([
      { addr: DATA, len: 1, flags: W },
      { addr: DATA, len: 1, flags: W },
      { addr: DATA, len: 1, flags: W },
    ]);
    const element = queue.pop();
    if (!element) throw new Error('nothing popped');
    queue.push(element, 0);
    if (offering.driver instanceof MockPackedDriver)
      offering.offer([
        { addr: DATA, len: 7, flags: W },
        { addr: DATA, len: 9, flags: W },
      ]);
    else
      offering.driver.offerChain(0, [
        { addr: DATA, len: 7, flags: W },
        { addr: DATA, len: 9, flags: W },
      ]);
    expect(queue.availableBytes(ALL)).toBe(16);
  });

  test('buffers are not looked at: neither their place nor their length, and the sum has 32 bits', () => {
    const offering = make(8);
    offering.offer([
      { addr: 2 ** 40, len: 0x8000_0000, flags: W },
      { addr: DATA, len: 0, flags: W },
      { addr: DATA, len: 0x8000_0010, flags: W },
    ]);
    expect(offering.driver.queue.availableBytes(ALL)).toBe(16);
    expect(offering.driver.complaints).toEqual([]);
  });

  test('[2.7.5.3.1] a table that cannot be followed stops the device', () => {
    const buffer = { addr: DATA, len: 16, flags: W };
    for (const [length, addr, message] of [
      [24, TABLE, 'Invalid size for indirect buffer table'],
      [0, TABLE, 'Invalid size for indirect buffer table'],
      [16, 2 ** 40, 'Cannot map indirect buffer'],
    ] as const) {
      const offering = make(8);
      offering.offer([buffer]);
      offering.offerTable([buffer], length, addr);
      expect(offering.driver.queue.availableBytes(ALL)).toBe(0);
      expect(messages(offering)).toEqual([message]);
      expect(offering.driver.stopped).toBe(true);
    }
  });
});

describe('a split ring that cannot be followed', () => {
  const buffer = { addr: DATA, len: 16, flags: W };

  test.each<[string, string, (driver: MockDriver) => void]>([
    [
      '[2.7.5.3.2] next out of range',
      'Desc next is 4',
      (driver) => driver.describe(1, { ...buffer, flags: W | VIRTQ_DESC_F_NEXT, next: 4 }),
    ],
    [
      '[2.7.5.3.2] a loop',
      'Looped descriptor',
      (driver) => driver.describe(1, { ...buffer, flags: W | VIRTQ_DESC_F_NEXT, next: 1 }),
    ],
    ['[2.7.6] a head out of range', 'Guest says index 9 is available', (d) => d.offer(9)],
    [
      '[2.7.13.3] an index that jumps',
      'Guest moved used index from 0 to 5',
      (driver) => {
        for (let i = 0; i < 4; i++) driver.offer(0);
      },
    ],
    [
      '[2.7.5.3.2] more descriptors than there are',
      'Looped descriptor',
      (driver) => {
        for (let i = 0; i < 3; i++) driver.offer(0);
        driver.describe(0, { ...buffer, flags: W | VIRTQ_DESC_F_NEXT, next: 1 });
      },
    ],
  ])('%s', (_, message, spoil) => {
    const driver = new MockDriver(4);
    driver.describe(1, buffer);
    driver.offer(1);
    spoil(driver);
    expect(driver.queue.availableBytes(ALL)).toBe(0);
    expect(driver.complaints.flatMap((breach) => breach.message ?? [])).toEqual([message]);
    expect(driver.stopped).toBe(true);
  });

  test('what lies behind enough is not followed', () => {
    const driver = new MockDriver(4);
    driver.describe(1, { ...buffer, flags: W | VIRTQ_DESC_F_NEXT, next: 77 });
    driver.offer(1);
    expect(driver.queue.availableBytes(16)).toBe(16);
    expect(driver.stopped).toBe(false);
  });
});

test('[2.8.17] a packed list that never ends stops the device', () => {
  const driver = new MockPackedDriver(4);
  const endless = { addr: DATA, len: 1, flags: W | VIRTQ_DESC_F_NEXT };
  driver.offer(1, [endless, endless, endless, endless]);
  expect(driver.queue.availableBytes(ALL)).toBe(0);
  expect(driver.complaints).toMatchObject([
    { code: 'packedListTooLong', message: 'Looped descriptor' },
  ]);
});

test('[2.7.3] a big-endian ring is counted like any other', () => {
  const driver = new MockDriver(4);
  driver.speakBigEndian();
  driver.offerChain(0, [
    { addr: DATA, len: 3 },
    { addr: DATA, len: 0x102, flags: W },
  ]);
  expect(driver.queue.availableBytes(ALL)).toBe(0x102);
});
