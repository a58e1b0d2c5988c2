import { expect, test } from 'vitest';
import { JournalReader } from '../../../journal/reader.ts';
import { EventStore } from '../../../journal/store.ts';
import {
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../../spec/virtio.ts';
import { MockDriver } from '../../../testing/mock-driver.ts';
import type { VirtQueueElement } from './element.ts';

const DATA = 0x10_0000;
const TABLE = 0x20_0000;

function rig(): MockDriver {
  const driver = new MockDriver(8, 65535);
  driver.speakBigEndian();
  return driver;
}

/** Bytes of memory as hexadecimal. */
function bytes({ ram }: MockDriver, at: number, length: number): string {
  return Buffer.from(ram.u8.slice(at, at + length)).toString('hex');
}

test('[2.7.3] chains of a big-endian ring are popped and returned in its byte order', () => {
  const driver = rig();
  driver.offerChain(2, [
    { addr: DATA, len: 0x102 },
    { addr: DATA + 0x1000, len: 0x203, flags: VIRTQ_DESC_F_WRITE },
  ]);
  expect(bytes(driver, driver.desc + 2 * SPLIT.descSize, 16)).toBe(
    '00000000001000000000010200010003',
  );
  const element = driver.queue.pop() as VirtQueueElement;
  expect(element).toMatchObject({ head: 2, readableLength: 0x102, writableLength: 0x203 });
  expect(element.segments[2]).toBe(DATA + 0x1000);
  driver.queue.push(element, 0x203);
  expect(bytes(driver, driver.used + SPLIT.usedEntry(7), 8)).toBe('0000000200000203');
  expect(bytes(driver, driver.used + SPLIT.usedIdx, 2)).toBe('0000');
  expect(driver.usedEntry(65535)).toEqual({ id: 2, len: 0x203 });
});

test('[2.7.3] so are indirect tables, flags and events', () => {
  const driver = rig();
  const { queue, words } = driver;
  queue.indirectDesc = true;
  words.write(TABLE + 4, 4, DATA);
  words.write(TABLE + 8, 4, 77);
  words.write(TABLE + 12, 2, VIRTQ_DESC_F_NEXT);
  words.write(TABLE + 14, 2, 1);
  words.write(TABLE + 20, 4, DATA + 0x100);
  words.write(TABLE + 24, 4, 33);
  words.write(TABLE + 28, 2, VIRTQ_DESC_F_WRITE);
  driver.offerChain(0, [{ addr: TABLE, len: 32, flags: VIRTQ_DESC_F_INDIRECT }]);
  const element = queue.pop() as VirtQueueElement;
  expect(element).toMatchObject({ readableLength: 77, writableLength: 33 });
  queue.push(element, 0);
  words.write(driver.avail, 2, VIRTQ_AVAIL_F_NO_INTERRUPT);
  queue.notify();
  expect(driver.interrupts).toBe(0);
  queue.setNotification(false);
  expect(words.read(driver.used, 2)).toBe(VIRTQ_USED_F_NO_NOTIFY);
  queue.eventIdx = true;
  queue.setNotification(true);
  expect(words.read(driver.used + SPLIT.availEvent(8), 2)).toBe(0);
  expect(queue.nextAvailable()).toBe(0);
  expect(driver.complaints).toEqual([]);
});

test('the journal has the bytes as they are in memory', () => {
  const driver = rig();
  const store = new EventStore();
  const reader = new JournalReader([driver.journal.ring], store);
  driver.offerChain(2, [{ addr: DATA, len: 4, flags: VIRTQ_DESC_F_WRITE }]);
  driver.queue.push(driver.queue.pop() as VirtQueueElement, 4);
  driver.journal.flush();
  reader.drain();
  const writes = Array.from({ length: store.length }, (_, i) => store.get(i)).filter(
    ({ kind }) => kind === 'memWrite',
  );
  expect(writes).toMatchObject([
    { addr: driver.used + SPLIT.usedEntry(7), new: [0, 0, 0, 2, 0, 0, 0, 4] },
    { addr: driver.used + SPLIT.usedIdx, old: [0xff, 0xff], new: [0, 0] },
  ]);
});
