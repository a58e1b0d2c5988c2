import { expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';
import type { PciBus } from './pci-bus.ts';
import type { PciDevice } from './pci-device.ts';

function build(): { machine: Machine; bus: PciBus; inSlot(slot: number): PciDevice } {
  const machine = Machine.build(
    '-nodefaults -device virtio-rng-pci,addr=2 -device virtio-rng-pci,addr=3 -device virtio-rng-pci,addr=6',
    goldenHost(),
  );
  const bus = machine.root.at('/machine/i440fx/pci.0') as PciBus;
  return { machine, bus, inSlot: (slot) => bus.functionAt(slot * 8) as PciDevice };
}

/** Writes PIRQRC[wire]. */
function route(machine: Machine, wire: number, value: number): void {
  machine.write('io', 0xcf8, 4, 0x8000_0860);
  machine.write('io', 0xcfc + wire, 1, value);
}

test('a pin reaches the input that its wire is routed to; each slot is shifted by one wire', () => {
  const { machine, inSlot } = build();
  [10, 10, 11, 9].forEach((line, wire) => void route(machine, wire, line));
  inSlot(2).setIntx(true);
  expect(machine.interruptWord(0)).toBe(1 << 10);
  inSlot(2).setIntx(false);
  inSlot(3).setIntx(true);
  expect(machine.interruptWord(0)).toBe(1 << 11);
});

test('a wire that is not routed raises nothing, until it is', () => {
  const { machine, inSlot } = build();
  inSlot(2).setIntx(true);
  expect(machine.interruptWord(0)).toBe(0);
  route(machine, 1, 11);
  expect(machine.interruptWord(0)).toBe(1 << 11);
  route(machine, 1, 0x8b);
  expect(machine.interruptWord(0)).toBe(0);
});

test('a wire is high while any function on it is', () => {
  const { machine, inSlot } = build();
  route(machine, 1, 5);
  // Slots 2 and 6 share a wire.
  inSlot(2).setIntx(true);
  inSlot(6).setIntx(true);
  inSlot(2).setIntx(false);
  expect(machine.interruptWord(0)).toBe(1 << 5);
  inSlot(6).setIntx(false);
  expect(machine.interruptWord(0)).toBe(0);
});

test('two wires may be routed to one input', () => {
  const { machine, inSlot } = build();
  [1, 2].forEach((wire) => void route(machine, wire, 5));
  inSlot(2).setIntx(true);
  inSlot(3).setIntx(true);
  inSlot(3).setIntx(false);
  expect(machine.interruptWord(0)).toBe(1 << 5);
});

test('a reset takes routes and pins back', () => {
  const { machine, inSlot } = build();
  route(machine, 1, 5);
  inSlot(2).setIntx(true);
  machine.reset();
  expect(machine.interruptWord(0)).toBe(0);
  machine.write('io', 0xcf8, 4, 0x8000_0860);
  expect(machine.read('io', 0xcfc, 4)).toBe(0x8080_8080);
});
