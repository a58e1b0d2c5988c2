import { expect, test } from 'vitest';
import { VIRTQ_DESC_F_WRITE } from '../../../spec/virtio.ts';
import { MockDriver } from '../../../testing/mock-driver.ts';
import { MockPackedDriver } from '../../../testing/mock-packed-driver.ts';
import type { VirtQueueElement } from './element.ts';
import { inOrder } from './in-order.ts';
import { PackedQueue } from './packed-queue.ts';
import { SplitQueue } from './split-queue.ts';

const DATA = 0x10_0000;
const BUFFER = { addr: DATA, len: 8, flags: VIRTQ_DESC_F_WRITE };

function packed(count: number) {
  const Ring = inOrder(PackedQueue) as typeof PackedQueue;
  const driver = new MockPackedDriver(8, 0x1000, undefined, Ring);
  driver.queue.inOrder = true;
  const elements = Array.from({ length: count }, (_, i) => {
    driver.offer(i, [BUFFER, BUFFER]);
    return driver.queue.pop() as VirtQueueElement;
  });
  return { driver, elements };
}

test('[2.7.9] a split ring gets its chains back in the order in which it offered them', () => {
  const driver = new MockDriver(
    8,
    65535,
    0x1000,
    undefined,
    inOrder(SplitQueue) as typeof SplitQueue,
  );
  const [first, second, third] = [2, 5, 3].map((head) => {
    driver.offerChain(head, [BUFFER]);
    return driver.queue.pop() as VirtQueueElement;
  });
  driver.queue.push(third as VirtQueueElement, 3);
  driver.queue.push(second as VirtQueueElement, 2);
  driver.queue.notify();
  expect(driver.usedIdx).toBe(65535);
  expect(driver.interrupts).toBe(0);
  driver.queue.push(first as VirtQueueElement, 1);
  driver.queue.notify();
  expect(driver.usedIdx).toBe(2);
  expect([65535, 0, 1].map((idx) => driver.usedEntry(idx))).toEqual([
    { id: 2, len: 1 },
    { id: 5, len: 2 },
    { id: 3, len: 3 },
  ]);
  expect(driver.interrupts).toBe(1);
});

test('[2.8.8] one used descriptor stands for chains that were written wholly', () => {
  const { driver, elements } = packed(4);
  for (const i of [3, 2, 1]) driver.queue.push(elements[i] as VirtQueueElement, i === 2 ? 5 : 16);
  expect(driver.take(true)).toBeUndefined();
  driver.queue.push(elements[0] as VirtQueueElement, 16);
  // The third was written in part only: it needs a descriptor of its own, and ends the first batch.
  expect(driver.take(true)).toMatchObject({ used: { id: 2, len: 5 }, lists: [0, 1, 2] });
  expect(driver.take(true)).toMatchObject({ used: { id: 3, len: 16 }, lists: [3] });
  expect(driver.queue.inUse).toBe(0);
  expect(driver.queue.usedIdx).toBe(0);
});

test('[2.8.8] what is discarded or put back holds nothing up', () => {
  const { driver, elements } = packed(3);
  driver.queue.unpop(elements[2] as VirtQueueElement);
  const again = driver.queue.pop() as VirtQueueElement;
  driver.queue.push(again, 16);
  driver.queue.push(elements[1] as VirtQueueElement, 16);
  expect(driver.take(true)).toBeUndefined();
  driver.queue.push(elements[0] as VirtQueueElement, 16);
  expect(driver.take(true)?.lists).toEqual([0, 1, 2]);
});

test('[2.6.1.1.1] after a reset nothing is owed', () => {
  const { driver, elements } = packed(2);
  driver.queue.push(elements[1] as VirtQueueElement, 16);
  driver.queue.reset();
  driver.enable();
  driver.offer(7, [BUFFER]);
  const element = driver.queue.pop() as VirtQueueElement;
  driver.queue.push(elements[0] as VirtQueueElement, 16);
  expect(driver.take(true)).toBeUndefined();
  driver.queue.push(element, 8);
  expect(driver.take(true)?.lists).toEqual([7]);
});
