import { expect, test } from 'vitest';
import { goldenHost } from '../../../../testing/golden.ts';
import { Machine } from '../../../machine/machine.ts';

const DISK = '-blockdev driver=null-co,node-name=d,size=1048576';
const build = (line: string) =>
  Machine.build(`-M pc -m 32 -nodefaults ${DISK} ${line}`, goldenHost());
const values = (line: string) =>
  build(`-device ${line},id=x`).root.at('/machine/peripheral/x')?.values ?? {};

test.each([
  ['virtio-blk-pci,drive=d', 2],
  ['virtio-blk-pci,drive=d,num-queues=5', 6],
  ['virtio-blk-pci,drive=d,num-queues=5,vectors=3', 3],
  ['virtio-scsi-pci', 4],
  ['virtio-scsi-pci,num_queues=6', 9],
  ['virtio-net-pci', 4],
  ['virtio-rng-pci', 2],
  ['virtio-serial-pci', 2],
  ['virtio-serial-pci,vectors=0xffffffff,max_ports=5', 6],
  ['virtio-rng-pci,vectors=2049', 0],
  // Entries are counted with 16 bits.
  ['virtio-rng-pci,vectors=65537', 65537],
])('%s has as many vectors as it has use for, unless it is told', (line, vectors) => {
  expect(values(line).vectors).toBe(vectors);
});

test('a type that names its mode has it, and no property for it', () => {
  expect(values('virtio-net-pci-non-transitional')['disable-legacy']).toBe('on');
  expect(values('virtio-net-pci-transitional')['disable-legacy']).toBe('off');
  expect(() => values('virtio-net-pci-transitional,disable-legacy=on')).toThrow(
    "Property 'virtio-net-pci-transitional.disable-legacy' not found",
  );
});

test('the class of a serial port is one of three', () => {
  expect(values('virtio-serial-pci,class=0x380').class).toBe(0x380);
  expect(values('virtio-serial-pci,class=0x200').class).toBe(0x780);
});

test('text that was given empty is not text that was not given', () => {
  expect(() => values('virtio-net-pci,duplex=')).toThrow("'duplex' must be 'half' or 'full'");
  expect(() => values('virtio-rng-pci,failover_pair_id=')).toThrow(
    'failover primary device must be on PCIExpress bus',
  );
});
