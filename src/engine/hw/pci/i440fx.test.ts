import { describe, expect, test } from 'vitest';
import { goldenConfigPorts, goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';

test('configuration ports answer as QEMU 7.2’s through 1,500 random accesses to every kind of function', () => {
  const { line, accesses } = goldenConfigPorts();
  const machine = Machine.build(`${line} -nodefaults`, goldenHost());
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
  const machine = Machine.build('-M pc -nodefaults', goldenHost());
  machine.write('io', 0xcf8, 4, 0x8000_0800);
  machine.write('io', 0xcf8, 1, 8);
  machine.write('io', 0xcf8, 2, 0x1234);
  machine.write('io', 0xcfa, 2, 0);
  expect(machine.read('io', 0xcf8, 4)).toBe(0x8000_0800);
  expect(machine.read('io', 0xcfc, 4)).toBe(0x7000_8086);
});

test('a reset selects nothing', () => {
  const machine = Machine.build('-M pc -nodefaults', goldenHost());
  machine.write('io', 0xcf8, 4, 0x8000_0800);
  machine.reset();
  expect(machine.read('io', 0xcf8, 4)).toBe(0);
  expect(machine.read('io', 0xcfc, 4)).toBe(0xffff_ffff);
});

describe('memory below 1 MiB', () => {
  const ROMS = 0xc_0000;

  /** A pc whose attribute map shows the first option ROM's addresses as `bits` say. */
  function shown(machine: Machine, bits: number): number {
    machine.write('io', 0xcf8, 4, 0x8000_0058);
    machine.write('io', 0xcfe, 1, bits);
    return machine.read('memory', ROMS, 1);
  }

  test('is ROM until the attribute map shows RAM there, which keeps its bytes while it is hidden', () => {
    const machine = Machine.build('-M pc -nodefaults', goldenHost());
    machine.write('memory', ROMS, 1, 0xaa);
    expect(machine.read('memory', ROMS, 1)).toBe(0);
    expect(shown(machine, 3)).toBe(0);
    machine.write('memory', ROMS, 1, 0xaa);
    expect(shown(machine, 0)).toBe(0);
    expect(shown(machine, 3)).toBe(0xaa);
    expect(machine.ram.offsetOf(ROMS, 0x4000)).toBe(ROMS);
    expect(machine.ram.offsetOf(ROMS, 0x4001)).toBe(-1);
  });

  test('that reads RAM but does not write it loses what a CPU writes', () => {
    const machine = Machine.build('-M pc -nodefaults', goldenHost());
    shown(machine, 3);
    machine.write('memory', ROMS, 1, 0xaa);
    expect(shown(machine, 1)).toBe(0xaa);
    machine.write('memory', ROMS, 1, 0x55);
    expect(machine.read('memory', ROMS, 1)).toBe(0xaa);
  });

  test('an access that runs from RAM into ROM reaches RAM with its first part', () => {
    const machine = Machine.build('-M pc -nodefaults', goldenHost());
    machine.write('memory', ROMS - 1, 2, 0x1234);
    expect(machine.read('memory', ROMS - 1, 2)).toBe(0x34);
  });
});

test('RAM that does not fit below the devices goes on at 4 GiB', () => {
  const machine = Machine.build('-M pc,max-ram-below-4g=16M -m 32 -nodefaults', goldenHost());
  machine.write('memory', 2 ** 32 + 16, 4, 0x1234_5678);
  expect(machine.ram.readAt(2 ** 24 + 16, 4)).toBe(0x1234_5678);
  expect(machine.read('memory', 2 ** 32 + 16, 4)).toBe(0x1234_5678);
  machine.write('memory', 2 ** 24, 4, 1);
  expect(machine.read('memory', 2 ** 24, 4)).toBe(0);
});
