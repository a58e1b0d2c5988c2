import { expect, it } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from '../machine/machine.ts';

const machine = Machine.build(
  '-M pc -m 64 -nodefaults -netdev user,id=n0 -device virtio-rng-pci,id=rng0 -device virtio-net-pci,id=net0,netdev=n0',
  goldenHost(),
);

it.each([
  ['info qt', ['qtree', 'qtree-1.2']],
  ['device_d', ['device_del']],
  ['help info qtree', ['qtree', 'qtree-1.2']],
  ['device_del r', ['rng0']],
  ['device_add virtio-rng-pci,max-b', ['max-bytes=']],
  ['netdev_del ', ['n0']],
  ['set_link n', ['n0', 'net0']],
  ['qom-list /machine/peripheral/', ['/machine/peripheral/net0', '/machine/peripheral/rng0']],
  ['info virtio-status /machine/peripheral/r', ['/machine/peripheral/rng0/virtio-backend']],
  ['info qtree x', []],
  ['nosuch ', []],
])('%j may end in %j', (line, candidates) => {
  const completion = machine.complete(line);
  expect(completion.candidates).toEqual(candidates);
  for (const word of candidates) expect(word).toContain(line.slice(completion.start));
});

it('offers device types that can be made here, and no abstract ones', () => {
  const { candidates } = machine.complete('device_add virtio-b');
  expect(candidates).toContain('virtio-blk-pci');
  expect(candidates).not.toContain('virtio-blk-pci-base');
});
