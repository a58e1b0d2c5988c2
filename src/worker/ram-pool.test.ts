import { expect, it } from 'vitest';
import { RamPool } from './ram-pool.ts';

it('gives a released buffer again, zeroed, to the next machine of its size', () => {
  const pool = new RamPool((bytes) => new SharedArrayBuffer(Math.ceil(bytes / 65536) * 65536));
  const first = pool.allocate(4096);
  const second = pool.allocate(4096);
  expect(second).not.toBe(first);
  new Uint8Array(first).fill(7);
  pool.release(first);
  expect(pool.allocate(8192)).not.toBe(first);
  const again = pool.allocate(4096);
  expect(again).toBe(first);
  expect(new Uint8Array(again).every((byte) => byte === 0)).toBe(true);
  expect(pool.allocate(4096)).not.toBe(first);
});

it('zeroes what was lent to a reader only if a machine had it before', () => {
  const pool = new RamPool((bytes) => new SharedArrayBuffer(bytes));
  const lent = pool.borrow(4098);
  pool.release(lent);
  const machine = pool.allocate(4098);
  expect(machine).toBe(lent);
  new Uint8Array(machine).fill(9);
  pool.release(machine);
  pool.release(pool.borrow(4098));
  expect(new Uint8Array(pool.allocate(4098)).every((byte) => byte === 0)).toBe(true);
});
