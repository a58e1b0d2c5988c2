import { expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';
import type { PciDevice } from './pci-device.ts';

const Q35 = '-M q35 -nodefaults -device pcie-root-port,id=rp,chassis=1,slot=1';

function device(machine: Machine, id: string): PciDevice {
  return machine.root.at(`/machine/peripheral/${id}`) as PciDevice;
}

/** Eight words of configuration space as a guest reads them. */
function row(machine: Machine, id: string, offset: number): string {
  const words = Array.from({ length: 8 }, (_, i) =>
    device(machine, id).configRead(offset + 4 * i, 4),
  );
  return words.map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

/** Read from QEMU 7.2 by its test server, with the same devices. */
const RECORDED = {
  rp: {
    0x40: '0000000d 00001b36 00004011 00000000 00000800 01424810 00008000 00000000',
    0x60: '00300604 00110000 000a007b 000001c0 00000000 00000000 00300020 00000000',
    0x80: '0000001e 00000004 00000000 00000000 00000000 00000000 00000000 00000000',
    0x100: '14820001 00000000 00000000 00462030 00000000 0000e000 000002a0 00000000',
    0x140: '00000000 00000000 0001000d 0000005f 00000000 00000000 00000000 00000000',
  },
  r: {
    0x40: '00020010 10008000 00000000 00000411 00110000 00000000 00000000 00000000',
    0x60: '00000000 00300000 00000000 00000000 00000000 00000000 00000000 00034001',
    0x100: '14820001 00000000 00000000 00462030 00000000 0000e000 000000a0 00000000',
    0x140: '00000000 00000000 0001000f 00000020 00000000 00000000 00000000 00000000',
  },
};

test('a root port and a virtio function behind it show QEMU’s capabilities in QEMU’s places', () => {
  const machine = Machine.build(
    `${Q35} -device virtio-rng-pci,id=r,bus=rp,ats=on,aer=on`,
    goldenHost(),
  );
  for (const [id, rows] of Object.entries(RECORDED))
    for (const [offset, words] of Object.entries(rows))
      expect(`${offset}: ${row(machine, id, Number(offset))}`).toBe(`${offset}: ${words}`);
});

test('a virtio function without its own port, or told so, has no PCI Express', () => {
  const machine = Machine.build(
    `${Q35} -device virtio-rng-pci,id=a -device virtio-rng-pci,id=b,bus=rp,x-disable-pcie=on`,
    goldenHost(),
  );
  for (const id of ['a', 'b']) expect(device(machine, id).config.size).toBe(256);
});

test('a driver resets the function through its device control, and reads the bit as zero', () => {
  const machine = Machine.build(`${Q35} -device virtio-rng-pci,id=r,bus=rp`, goldenHost());
  const function0 = device(machine, 'r');
  function0.configWrite(0x04, 2, 0x0006);
  function0.configWrite(0x48, 2, 0x8000);
  expect(function0.configRead(0x04, 2)).toBe(0);
  expect(function0.configRead(0x48, 2)).toBe(0);
});

const VIRT = 'qemu-system-aarch64 -M virt -nodefaults -device pcie-root-port,id=rp,chassis=1';
const SLOT_CONTROL = 0x54 + 0x18;
const SLOT_STATUS = 0x54 + 0x1a;
const BUTTON = 0x01;
const PRESENT = 0x40;
const POWER_AND_INDICATOR_OFF = 0x7c0;

test('the guest is asked to let go of a device, and does so by switching its slot off', () => {
  const machine = Machine.build(`${VIRT} -device virtio-rng-pci,id=r,bus=rp`, goldenHost());
  const port = device(machine, 'rp');
  expect(port.configRead(SLOT_STATUS, 2) & (PRESENT | BUTTON)).toBe(PRESENT);
  expect(machine.monitor('device_del r')).toBe('');
  expect(port.configRead(SLOT_STATUS, 2) & (PRESENT | BUTTON)).toBe(PRESENT | BUTTON);
  expect(machine.root.at('/machine/peripheral/r')).toBeDefined();
  port.configWrite(SLOT_CONTROL, 2, POWER_AND_INDICATOR_OFF);
  expect(machine.root.at('/machine/peripheral/r')).toBeUndefined();
  expect(port.configRead(SLOT_STATUS, 2) & PRESENT).toBe(0);
});

test('two ports cannot have the same slot of a chassis; one that was refused leaves nothing behind', () => {
  const machine = Machine.build('-M pc -nodefaults', goldenHost());
  const add = (id: string) => machine.monitor(`device_add ioh3420,id=${id},chassis=3,slot=4`);
  expect(add('a')).toBe('');
  const before = machine.monitor('info mtree');
  expect(add('b')).toBe("Error: Can't add chassis slot, error -16\n");
  expect(machine.monitor('info mtree')).toBe(before);
});
