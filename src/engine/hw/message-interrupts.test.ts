import { expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from '../machine/machine.ts';

/** Inputs that are asserted. */
function asserted(machine: Machine): number[] {
  return Array.from({ length: 256 }, (_, input) => input).filter(
    (input) => (machine.interruptWord(input >>> 5) >>> (input & 31)) & 1,
  );
}

test('a message to the first CPU latches the input of its vector until that is taken', () => {
  const machine = Machine.build('-M pc', goldenHost());
  machine.memory.write(0xfee0_0000, 4, 0x41);
  machine.memory.write(0xfeef_f00c, 4, 0x1_4142);
  machine.memory.write(0xfee0_0000, 4, 0x41);
  expect(asserted(machine)).toEqual([0x41, 0x42]);
  machine.takeInterrupt(0x41);
  expect(asserted(machine)).toEqual([0x42]);
});

test('a message to another CPU, without a vector, or of another size reaches nobody', () => {
  const machine = Machine.build('-M q35', goldenHost());
  machine.memory.write(0xfee0_1000, 4, 0x41);
  // NMI, and a vector that is reserved.
  machine.memory.write(0xfee0_0000, 4, 0x0441);
  machine.memory.write(0xfee0_0000, 4, 15);
  machine.memory.write(0xfee0_0000, 2, 0x41);
  expect(asserted(machine)).toEqual([]);
});

test('a GICv2m frame says which interrupts it has, and raises those only', () => {
  const machine = Machine.build('qemu-system-aarch64 -M virt', goldenHost());
  const frame = 0x0802_0000;
  expect(machine.read('memory', frame + 8, 4)).toBe((80 << 16) | 64);
  for (const number of [79, 80, 143, 144]) machine.memory.write(frame + 0x40, 4, number);
  expect(asserted(machine)).toEqual([48, 111]);
});
