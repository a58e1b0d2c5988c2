import { expect, test } from 'vitest';
import { goldenConfigPorts, goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';

test('configuration ports answer as QEMU 7.2’s through 1,500 random accesses to every kind of function', () => {
  const { line, accesses } = goldenConfigPorts();
  const machine = Machine.build(line, goldenHost());
  let selected = 0;
  let reads = 0;
  for (const { write, port, size, value } of accesses) {
    if (write) {
      machine.write('io', port, size, value);
      if (port === 0xcf8) selected = value;
      continue;
    }
    reads++;
    const where = `read ${reads}: ${size} bytes at 0x${port.toString(16)}, 0x${selected.toString(16)} selected`;
    expect(machine.read('io', port, size), where).toBe(value);
  }
  expect(reads).toBeGreaterThan(700);
});

test('only a whole word at 0xcf8 selects a register', () => {
  const machine = Machine.build('-M pc', goldenHost());
  machine.write('io', 0xcf8, 4, 0x8000_0800);
  machine.write('io', 0xcf8, 1, 8);
  machine.write('io', 0xcf8, 2, 0x1234);
  machine.write('io', 0xcfa, 2, 0);
  expect(machine.read('io', 0xcf8, 4)).toBe(0x8000_0800);
  expect(machine.read('io', 0xcfc, 4)).toBe(0x7000_8086);
});

test('a reset selects nothing', () => {
  const machine = Machine.build('-M pc', goldenHost());
  machine.write('io', 0xcf8, 4, 0x8000_0800);
  machine.reset();
  expect(machine.read('io', 0xcf8, 4)).toBe(0);
  expect(machine.read('io', 0xcfc, 4)).toBe(0xffff_ffff);
});
