import { expect, test } from 'vitest';
import { qdictOrder } from './qdict-order.ts';

test('keys come by bucket, as QEMU 7.2 prints options and finds strangers', () => {
  expect(qdictOrder(['driver', 'size', 'read-zeroes'])).toEqual(['read-zeroes', 'driver', 'size']);
  expect(qdictOrder(['driver', 'file', 'offset', 'size'])).toEqual([
    'offset',
    'driver',
    'size',
    'file',
  ]);
  expect(qdictOrder(['foo', 'bar'])).toEqual(['bar', 'foo']);
  expect(qdictOrder(['a', 'b', 'a'])).toHaveLength(2);
});
