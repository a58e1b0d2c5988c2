import { expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';
import type { PciBus } from './pci-bus.ts';
import type { PciDevice } from './pci-device.ts';

const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;

function build(devices: string): Machine {
  return Machine.build(`-M pc -nodefaults ${devices}`, goldenHost());
}

function select(machine: Machine, bus: number, slot: number, offset: number): void {
  const address = 0x8000_0000 + bus * 0x1_0000 + slot * 0x800 + offset;
  machine.write('io', CONFIG_ADDRESS, 4, address);
}

function read(machine: Machine, bus: number, slot: number, offset: number): number {
  select(machine, bus, slot, offset);
  return machine.read('io', CONFIG_DATA, 4);
}

function write(machine: Machine, bus: number, slot: number, offset: number, value: number): void {
  select(machine, bus, slot, offset);
  machine.write('io', CONFIG_DATA, 4, value);
}

const BRIDGE = '-device pci-bridge,chassis_nr=1,id=br0,addr=5';
const BEHIND = '-device virtio-rng-pci,id=r,bus=br0,addr=3';
const RNG = 0x1005_1af4;
const NOBODY = 0xffff_ffff;

test('configuration cycles reach a bus once its bridge has a number, and buses behind it by their range', () => {
  const machine = build(
    `${BRIDGE} -device pci-bridge,chassis_nr=2,id=br1,bus=br0,addr=2 -device virtio-rng-pci,bus=br1,addr=3`,
  );
  expect(read(machine, 1, 2, 0)).toBe(NOBODY);
  write(machine, 0, 5, 0x18, 0x0001_0100);
  expect(read(machine, 1, 2, 0)).toBe(0x0001_1b36);
  write(machine, 1, 2, 0x18, 0x0002_0201);
  expect(read(machine, 2, 3, 0)).toBe(NOBODY);
  write(machine, 0, 5, 0x18, 0x0002_0100);
  expect(read(machine, 2, 3, 0)).toBe(RNG);
});

test('a BAR behind a bridge decodes where the bridge forwards its address, and only there', () => {
  const machine = build(`${BRIDGE} ${BEHIND}`);
  write(machine, 0, 5, 0x18, 0x0001_0100);
  write(machine, 1, 3, 0x14, 0xfe10_0000);
  write(machine, 1, 3, 0x04, 0x0002);
  const decoded = (address: number) => machine.memory.find(address)?.region.name;
  expect(decoded(0xfe10_0000)).not.toBe('msix-table');
  write(machine, 0, 5, 0x20, 0xfe10_fe10);
  expect(decoded(0xfe10_0000)).not.toBe('msix-table');
  write(machine, 0, 5, 0x04, 0x0002);
  expect(decoded(0xfe10_0000)).toBe('msix-table');
  write(machine, 0, 5, 0x20, 0xfe20_fe20);
  expect(decoded(0xfe10_0000)).not.toBe('msix-table');
});

test('a pin behind a bridge reaches the wire of the bridge, shifted by its slot', () => {
  const machine = build(`${BRIDGE} ${BEHIND}`);
  const bus = machine.root.at('/machine/peripheral/br0/br0') as PciBus;
  const device = machine.root.at('/machine/peripheral/r') as PciDevice;
  // Pin A of slot 3 is pin D of the bridge in slot 5, whose pin A is wire 0 of the pc.
  expect(bus.wireOf(device)).toBe(3);
});

test('a guest that resets the bus behind a bridge resets what is on it', () => {
  const machine = build(`${BRIDGE} ${BEHIND}`);
  write(machine, 0, 5, 0x18, 0x0001_0100);
  write(machine, 1, 3, 0x04, 0x0006);
  write(machine, 0, 5, 0x3c, 0x0040_0000);
  write(machine, 0, 5, 0x3c, 0);
  expect(read(machine, 1, 3, 0x04) & 0xffff).toBe(0);
});

test('buses that a guest numbers in a circle are listed all the same', () => {
  const machine = build(`${BRIDGE} -device pci-bridge,chassis_nr=2,id=br1,bus=br0,addr=2`);
  write(machine, 0, 5, 0x18, 0x00ff_0100);
  write(machine, 1, 2, 0x18, 0x00ff_0101);
  expect(machine.monitor('info pci').length).toBeLessThan(100_000);
});
