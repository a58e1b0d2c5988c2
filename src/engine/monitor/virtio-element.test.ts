import { expect, test } from 'vitest';
import { DeviceRig } from '../../testing/device-rig.ts';

const PATH = '/machine/peripheral/d/virtio-backend';
const rig = () => new DeviceRig('-device virtio-rng-pci,id=d');
const ask = (test: DeviceRig, rest: string) =>
  test.machine.monitor(`info virtio-queue-element ${PATH} ${rest}`);

test('[2.7.6] shows the chain that an entry of the available ring names, last descriptor first', () => {
  const machine = rig();
  const queue = machine.start();
  const first = machine.buffer(5);
  const second = machine.buffer(20);
  machine.send(queue, [], [first, second]);
  expect(ask(machine, '0 0')).toBe(
    [
      `${PATH}:`,
      '  device_name: virtio-rng',
      '  index:   0',
      '  desc:',
      '    descs:',
      `        addr 0x${second.addr.toString(16)} len 20 (write),`,
      `        addr 0x${first.addr.toString(16)} len 5 (write, next)`,
      '  avail:',
      '    flags: 0',
      '    idx:   1',
      '    ring:  0',
      '  used:',
      '    flags: 0',
      '    idx:   1',
      '',
    ].join('\n'),
  );
});

test('[2.7.5.2] a chain that leaves the table ends there, with a complaint', () => {
  const machine = rig();
  const queue = machine.start();
  machine.send(queue, [], [machine.buffer(5), machine.buffer(20)]);
  const { vq } = machine.device.queues[0] ?? {};
  const { ram } = machine.machine;
  ram.writeAt(ram.offsetOf((vq?.addresses.desc ?? 0) + 14, 2), 2, 900);
  const answer = ask(machine, '0 0');
  expect(answer).toMatch(/^Desc next is 900\n/);
  expect(answer.match(/addr 0x/g)).toHaveLength(1);
  const args = { path: PATH, queue: 0, index: 0 };
  machine.machine.qmp({ execute: 'x-query-virtio-queue-element', arguments: args });
  expect(machine.machine.stderr).toMatch(/Desc next is 900\n$/);
});

test('refuses a queue that is not there, and one that the driver has not set up', () => {
  const machine = rig();
  expect(ask(machine, '3')).toBe('Error: Invalid virtqueue number 3\n');
  expect(ask(machine, '0')).toBe('Error: Region caches not initialized\n');
});
