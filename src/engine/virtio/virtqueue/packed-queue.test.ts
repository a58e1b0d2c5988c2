import { describe, expect, test } from 'vitest';
import { JournalReader } from '../../../journal/reader.ts';
import { EventStore } from '../../../journal/store.ts';
import {
  PACKED,
  RING_EVENT_FLAGS_DESC,
  RING_EVENT_FLAGS_DISABLE,
  RING_EVENT_FLAGS_ENABLE,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
} from '../../../spec/virtio.ts';
import { MockPackedDriver } from '../../../testing/mock-packed-driver.ts';
import type { VirtQueueElement } from './element.ts';

const DATA = 0x10_0000;
const TABLE = 0x20_0000;
const W = VIRTQ_DESC_F_WRITE;
const WRAP = 0x8000;

function popped({ queue }: MockPackedDriver): VirtQueueElement {
  const element = queue.pop();
  if (!element) throw new Error('nothing popped');
  return element;
}

/** Offers lists of the given lengths and pops them all. */
function busy(driver: MockPackedDriver, ...lengths: readonly number[]): VirtQueueElement[] {
  return lengths.map((length, i) => {
    driver.offer(
      10 + i,
      Array.from({ length }, (_, k) => ({ addr: DATA + 0x100 * k, len: 16, flags: W })),
    );
    return popped(driver);
  });
}

describe('popping', () => {
  test('[2.8.15] uses no descriptor before its AVAIL flag has changed', () => {
    const driver = new MockPackedDriver(4);
    expect(driver.queue.isEmpty()).toBe(true);
    driver.writeDesc(driver.desc, { addr: DATA, len: 4 }, 1);
    expect(driver.queue.pop()).toBeUndefined();
    driver.offer(1, [{ addr: DATA, len: 4 }]);
    expect(driver.queue.isEmpty()).toBe(false);
    expect(popped(driver)).toMatchObject({ head: 1, readableLength: 4 });
    expect(driver.queue.pop()).toBeUndefined();
  });

  test('[2.8.6] takes the buffer ID from the last descriptor of a list, across the end of the ring', () => {
    const driver = new MockPackedDriver(5);
    for (const element of busy(driver, 3)) driver.queue.push(element, 0);
    driver.ram.u8.set([1, 2, 3], DATA);
    driver.offer(42, [
      { addr: DATA, len: 3 },
      { addr: DATA + 100, len: 2 },
      { addr: DATA + 200, len: 4, flags: W },
    ]);
    const element = popped(driver);
    expect(element).toMatchObject({ head: 42, places: 3, readableLength: 5, writableLength: 4 });
    const bytes = new Uint8Array(3);
    element.read(0, bytes);
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(driver.queue.lastAvailIdx).toBe(1);
  });

  test('[2.8.1] a descriptor of the lap before is not available', () => {
    const driver = new MockPackedDriver(2);
    for (const element of busy(driver, 1, 1)) driver.queue.discard(element);
    expect(driver.queue.lastAvailIdx).toBe(0);
    expect(driver.queue.pop()).toBeUndefined();
  });

  test('[2.8.7] reads an indirect table to its end, and heeds no flag there but WRITE', () => {
    const driver = new MockPackedDriver(4);
    driver.queue.indirectDesc = true;
    driver.offerIndirect(7, TABLE, [
      { addr: DATA, len: 8 },
      { addr: DATA + 64, len: 4, flags: W | VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_INDIRECT },
      { addr: DATA + 128, len: 2, flags: W },
    ]);
    expect(popped(driver)).toMatchObject({
      head: 7,
      places: 1,
      readableCount: 1,
      writableCount: 2,
      writableLength: 6,
    });
    expect(driver.queue.lastAvailIdx).toBe(1);
    expect(driver.complaints.map(({ code }) => code)).toEqual(['packedIndirectFlags']);
  });

  test.each([1, 3, 257, 1000, 32768])('[2.8.10.1] a ring of %i descriptors goes round', (size) => {
    const driver = new MockPackedDriver(size);
    for (let i = 0; i < size + 3; i++) {
      driver.offer(i & 0x7fff, [{ addr: DATA, len: 1, flags: W }]);
      driver.queue.push(popped(driver), 1);
      expect(driver.take()?.used.id).toBe(i & 0x7fff);
    }
    expect(driver.queue.usedIdx).toBe((size + 3) % size);
    expect(driver.complaints).toEqual([]);
  });
});

describe('returning', () => {
  test('[2.8.6] writes one used descriptor for a list and skips the rest of it', () => {
    const driver = new MockPackedDriver(8);
    const [first, second] = busy(driver, 3, 2);
    driver.queue.push(second as VirtQueueElement, 5);
    driver.queue.push(first as VirtQueueElement, 6);
    const marks = VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED;
    expect(driver.used(0)).toEqual({ id: 11, len: 5, flags: marks });
    expect(driver.used(2)).toEqual({ id: 10, len: 6, flags: marks });
    expect(driver.take()?.used.id).toBe(11);
    expect(driver.take()?.used.id).toBe(10);
    expect(driver.take()).toBeUndefined();
    expect(driver.queue.inUse).toBe(0);
  });

  test('[2.8.9] chains that are filled one by one come back together, the first of them last', () => {
    const driver = new MockPackedDriver(5);
    for (const element of busy(driver, 2)) driver.queue.push(element, 0);
    driver.take();
    for (const [i, element] of busy(driver, 1, 2, 1).entries())
      driver.queue.fill(element, i + 1, i);
    expect(driver.take()).toBeUndefined();
    driver.queue.flush(3);
    expect(Array.from({ length: 3 }, () => driver.take()?.used)).toMatchObject([
      { id: 10, len: 1 },
      { id: 11, len: 2 },
      { id: 12, len: 3 },
    ]);
    expect(driver.queue.usedIdx).toBe(1);
  });

  test('a chain that is put back is popped again, over the end of the ring too', () => {
    const driver = new MockPackedDriver(3);
    for (const element of busy(driver, 2)) driver.queue.push(element, 0);
    driver.take();
    driver.offer(5, [
      { addr: DATA, len: 1 },
      { addr: DATA, len: 2 },
    ]);
    driver.queue.unpop(popped(driver));
    expect(driver.queue.inUse).toBe(0);
    expect(driver.queue.lastAvailIdx).toBe(2);
    expect(popped(driver)).toMatchObject({ head: 5, readableLength: 3 });
  });

  test('[2.6.1.1.1] a chain from before a reset is nobody’s', () => {
    const driver = new MockPackedDriver(4);
    const [old] = busy(driver, 2);
    driver.queue.reset();
    driver.enable();
    driver.queue.push(old as VirtQueueElement, 1);
    expect(driver.take()).toBeUndefined();
    expect(driver.queue.inUse).toBe(0);
    expect(driver.queue.usedIdx).toBe(0);
  });
});

describe('event suppression', () => {
  function one(driver: MockPackedDriver): void {
    driver.offer(1, [{ addr: DATA, len: 1, flags: W }]);
    driver.queue.push(popped(driver), 1);
    driver.take();
    driver.queue.notify();
  }

  test('[2.8.10] the driver’s flags decide about used buffer notifications', () => {
    const driver = new MockPackedDriver(4);
    driver.setDriverEvent(RING_EVENT_FLAGS_ENABLE);
    one(driver);
    driver.setDriverEvent(RING_EVENT_FLAGS_DISABLE);
    one(driver);
    expect(driver.interrupts).toBe(1);
    expect(driver.queue).toMatchObject({ signalledUsed: 2, signalledUsedValid: true });
  });

  test('[2.8.10] a descriptor event comes when that descriptor is used, in its lap', () => {
    const driver = new MockPackedDriver(3);
    driver.queue.eventIdx = true;
    one(driver);
    driver.setDriverEvent(RING_EVENT_FLAGS_DESC, 2 | WRAP);
    one(driver);
    expect(driver.interrupts).toBe(1);
    one(driver);
    expect(driver.interrupts).toBe(2);
    driver.setDriverEvent(RING_EVENT_FLAGS_DESC, 1);
    one(driver);
    expect(driver.interrupts).toBe(2);
    one(driver);
    expect(driver.interrupts).toBe(3);
  });

  test('[2.8.14] asks the driver for notifications in the device area', () => {
    const driver = new MockPackedDriver(3);
    driver.queue.setNotification(false);
    expect(driver.wanted).toEqual({ place: 0, flags: RING_EVENT_FLAGS_DISABLE });
    driver.queue.setNotification(true);
    expect(driver.wanted).toEqual({ place: 0, flags: RING_EVENT_FLAGS_ENABLE });
    driver.queue.eventIdx = true;
    driver.queue.setNotification(true);
    expect(driver.wanted).toEqual({ place: WRAP, flags: RING_EVENT_FLAGS_DESC });
    busy(driver, 2);
    driver.queue.setNotification(true);
    expect(driver.wanted).toEqual({ place: 2 | WRAP, flags: RING_EVENT_FLAGS_DESC });
    busy(driver, 1);
    driver.queue.setNotification(true);
    expect(driver.wanted).toEqual({ place: 0, flags: RING_EVENT_FLAGS_DESC });
  });

  test('[2.8.10] flags without a meaning are noted', () => {
    const driver = new MockPackedDriver(4);
    driver.setDriverEvent(3);
    one(driver);
    driver.setDriverEvent(RING_EVENT_FLAGS_DESC);
    one(driver);
    expect(driver.complaints).toMatchObject([
      { code: 'packedEventFlags', value: 3 },
      { code: 'packedEventFlags', value: RING_EVENT_FLAGS_DESC },
    ]);
    expect(driver.stopped).toBe(false);
  });
});

test('[2.9] the next place for the driver is found by walking what is available', () => {
  const driver = new MockPackedDriver(3);
  expect(driver.queue.nextAvailable()).toBe(WRAP);
  driver.offer(1, [
    { addr: DATA, len: 1 },
    { addr: DATA, len: 1 },
  ]);
  expect(driver.queue.nextAvailable()).toBe(2 | WRAP);
  driver.offer(2, [{ addr: DATA, len: 1 }]);
  expect(driver.queue.nextAvailable()).toBe(0);
});

describe('what a driver must not do', () => {
  const marks = VIRTQ_DESC_F_AVAIL;
  const cases: [string, (driver: MockPackedDriver) => void, object, string][] = [
    [
      '[2.8.4] a descriptor of length zero',
      (d) => d.offer(1, [{ addr: DATA, len: 0 }]),
      { code: 'packedZeroLength', index: 0 },
      'virtio: zero sized buffers are not allowed',
    ],
    [
      '[2.8.17] readable after writable',
      (d) =>
        d.offer(1, [
          { addr: DATA, len: 1, flags: W },
          { addr: DATA, len: 1 },
        ]),
      { code: 'packedReadableAfterWritable', index: 1 },
      'Incorrect order for descriptors',
    ],
    [
      '[2.8.17] a list round the whole ring',
      (d) => {
        for (let i = 0; i < 4; i++)
          d.writeDesc(d.desc + 16 * i, { addr: DATA, len: 1, flags: marks | VIRTQ_DESC_F_NEXT }, 1);
      },
      { code: 'packedListTooLong', index: 0, value: 5 },
      'Looped descriptor',
    ],
    [
      '[2.8.7] an indirect table of odd length',
      (d) => d.offerIndirect(1, TABLE, [{ addr: DATA, len: 1 }], 17),
      { code: 'packedIndirectBadLength', index: 0, value: 17 },
      'Invalid size for indirect buffer table',
    ],
    [
      '[2.8.7] an empty indirect table, over which QEMU 7.2 would abort',
      (d) => d.offerIndirect(1, TABLE, [], 0),
      { code: 'packedIndirectBadLength', index: 0, value: 0 },
      'Invalid size for indirect buffer table',
    ],
    [
      '[2.8.4] an indirect table outside memory',
      (d) => d.offer(1, [{ addr: 2 ** 40, len: 16, flags: VIRTQ_DESC_F_INDIRECT }]),
      { code: 'packedAddressOutsideRam', value: 2 ** 40 },
      'Cannot map indirect buffer',
    ],
    [
      '[2.8.4] two buffers outside memory',
      (d) =>
        d.offer(1, [
          { addr: 2 ** 40, len: 16 },
          { addr: 2 ** 41, len: 16 },
        ]),
      { code: 'packedAddressOutsideRam', index: 1, value: 2 ** 41 },
      'virtio: bogus descriptor or out of resources',
    ],
    [
      '[2.8.16] a descriptor made available while all are with the device',
      (d) => {
        busy(d, 4);
        d.offer(1, [{ addr: DATA, len: 1 }]);
      },
      { code: 'packedOverrun', index: 0, value: 4 },
      'Virtqueue size exceeded',
    ],
  ];

  test.each(cases)('%s', (_title, deed, complaint, message) => {
    const driver = new MockPackedDriver(4);
    driver.queue.indirectDesc = true;
    deed(driver);
    expect(driver.queue.pop()).toBeUndefined();
    expect(driver.complaints.at(-1)).toMatchObject({ ...complaint, message });
    // The device waits for a reset, and does not look at the ring again.
    expect(driver.queue.isEmpty()).toBe(true);
    expect(driver.bounce.busy).toBe(false);
    driver.queue.reset();
    driver.stopped = false;
    driver.enable();
    driver.offer(9, [{ addr: DATA, len: 1 }]);
    expect(popped(driver).head).toBe(9);
  });

  test('[2.8.19] INDIRECT in a list is taken for nothing, and noted', () => {
    const driver = new MockPackedDriver(4);
    driver.queue.indirectDesc = true;
    driver.offer(1, [
      { addr: DATA, len: 16 },
      { addr: DATA, len: 16, flags: VIRTQ_DESC_F_INDIRECT },
    ]);
    expect(popped(driver)).toMatchObject({ readableLength: 32, places: 2 });
    expect(driver.complaints).toEqual([
      { code: 'packedIndirectInList', index: 1, value: 0, message: undefined },
    ]);
  });

  test('[2.8.19] INDIRECT without the feature is served, and noted', () => {
    const driver = new MockPackedDriver(4);
    driver.offerIndirect(1, TABLE, [{ addr: DATA, len: 16 }]);
    expect(popped(driver).readableLength).toBe(16);
    expect(driver.complaints).toMatchObject([{ code: 'packedIndirectNotNegotiated', index: 0 }]);
  });

  test('[2.8.17] a list whose end is not available is served, and noted', () => {
    const driver = new MockPackedDriver(4);
    driver.offer(1, [
      { addr: DATA, len: 16 },
      { addr: DATA, len: 16 },
    ]);
    driver.ram.writeAt(driver.desc + PACKED.descSize + PACKED.descFlags, 2, 0);
    expect(popped(driver).readableLength).toBe(32);
    expect(driver.complaints).toMatchObject([
      { code: 'packedListIncomplete', index: 1, message: undefined },
    ]);
  });

  test('[2.8.11] parts that are not aligned are served the slow way, and noted', () => {
    const driver = new MockPackedDriver(4);
    const at = driver.desc + 2;
    driver.queue.enable({ desc: at, driver: at + 0x1001, device: at + 0x2001 });
    expect(driver.complaints.map(({ code }) => code)).toEqual(
      Array(3).fill('packedAreaMisaligned'),
    );
    driver.writeDesc(at, { addr: DATA, len: 8, flags: W | VIRTQ_DESC_F_AVAIL }, 77);
    driver.queue.push(popped(driver), 3);
    expect(driver.ram.readAt(at + PACKED.descLen, 4)).toBe(3);
    expect(driver.ram.readAt(at + PACKED.descId, 2)).toBe(77);
    expect(driver.ram.readAt(at + PACKED.descFlags, 2)).toBe(
      VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED,
    );
    driver.queue.setNotification(false);
    expect(driver.ram.readAt(at + 0x2001, 4)).toBe(RING_EVENT_FLAGS_DISABLE * 2 ** 16);
    driver.queue.notify();
    expect(driver.interrupts).toBe(1);
  });

  test('[2.8.10.1] a ring that runs out of memory stops the device; one that is elsewhere stays empty', () => {
    const driver = new MockPackedDriver(4);
    const device = driver.deviceEvent;
    driver.queue.enable({ desc: 2 ** 40, driver: device, device });
    expect(driver.complaints).toMatchObject([{ code: 'packedAreaOutsideRam', message: undefined }]);
    expect(driver.queue.ready).toBe(false);
    driver.queue.enable({ desc: driver.ram.size - 16, driver: device, device });
    expect(driver.complaints.at(-1)).toMatchObject({ message: 'Cannot map desc' });
  });
});

test('a size that changes under a ring in use counts from the next time it is enabled', () => {
  const driver = new MockPackedDriver(4);
  for (const element of busy(driver, 1, 1, 1)) driver.queue.push(element, 0);
  driver.queue.size = 32768;
  for (let i = 0; i < 3; i++) driver.take();
  for (const element of busy(driver, 2)) driver.queue.push(element, 0);
  expect(driver.queue).toMatchObject({ lastAvailIdx: 1, usedIdx: 1 });
  driver.queue.lastAvailIdx = 3;
  driver.queue.size = 2;
  driver.enable();
  expect(driver.queue.lastAvailIdx).toBe(0);
  expect(driver.queue.isEmpty()).toBe(true);
});

test('every write to the ring is in the journal, in order with what it publishes', () => {
  const driver = new MockPackedDriver(2);
  const store = new EventStore();
  const reader = new JournalReader([driver.journal.ring], store);
  driver.offer(3, [{ addr: DATA, len: 64, flags: W }]);
  driver.queue.push(popped(driver), 33);
  driver.queue.setNotification(false);
  driver.journal.flush();
  reader.drain();
  const events = Array.from({ length: store.length }, (_, i) => store.get(i));
  expect(events).toMatchObject([
    { kind: 'chainPopped', head: 3, availIdx: 1 | WRAP, writable: 64, count: 1 },
    { kind: 'memWrite', addr: driver.desc + PACKED.descLen, size: 8 },
    { kind: 'chainPushed', head: 3, usedIdx: 1 | WRAP, length: 33 },
    { kind: 'memWrite', addr: driver.deviceEvent, size: 4 },
  ]);
});
