import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from './machine.ts';

function property(line: string, name: string): unknown {
  const machine = Machine.build(`${line} -nodefaults`, goldenHost());
  const reply = machine.qmp({
    execute: 'qom-get',
    arguments: { path: '/machine', property: name },
  });
  return 'return' in reply ? reply.return : reply.error.desc;
}

describe('the machine object tells what it was made with', () => {
  const ARM = 'qemu-system-aarch64 -M virt';
  test.each([
    [`${ARM} -m 32`, 'memory-backend', '/objects/mach-virt.ram'],
    [`${ARM} -m 32,slots=2,maxmem=1G`, 'memory', { size: 2 ** 25, 'max-size': 2 ** 30, slots: 2 }],
    [`${ARM},gic-version=max -m 32`, 'gic-version', '3'],
    ['qemu-system-s390x -m 32', 'loadparm', ''],
    ['qemu-system-s390x -M s390-ccw-virtio,loadparm=ab1 -m 32', 'loadparm', 'AB1     '],
    ['-M pc -m 32 -boot menu=on', 'boot', { order: 'cad', menu: true }],
  ])('%s: %s', (line, name, value) => {
    expect(property(line, name)).toEqual(value);
  });

  test('its parts are listed in the order of QEMU’s table, wherever they were made', () => {
    const machine = Machine.build('qemu-system-riscv64 -M virt -m 32 -nodefaults', goldenHost());
    expect(machine.monitor('qom-list /machine').split('\n').slice(-11, -1)).toEqual([
      'pflash0 (str)',
      'fw_cfg (child<fw_cfg_mem>)',
      'pflash1 (str)',
      'peripheral (child<container>)',
      'unattached (child<container>)',
      'hmat (bool)',
      'peripheral-anon (child<container>)',
      'virt.flash0 (child<cfi.pflash01>)',
      'soc0 (child<riscv.hart_array>)',
      'virt.flash1 (child<cfi.pflash01>)',
    ]);
  });
});

test.each([
  [
    '-M pc -global device.x=1',
    "can't apply global device.x=1: Property 'cfi.pflash01.x' not found",
  ],
  [
    '-M microvm -global device.x=1',
    "can't apply global device.x=1: Property 'migration.x' not found",
  ],
  [
    '-M pc -device virtio-blk-pci -global virtio-blk-pci.min_io_size=x',
    "Parameter 'min_io_size' expects a non-negative number below 2^64",
  ],
  [
    '-M pc -device virtio-blk-pci -global virtio-blk-pci.bootindex=x',
    "Parameter 'bootindex' expects int64",
  ],
])('a global is refused by the first device that it concerns: %s', (line, reason) => {
  expect(() => Machine.build(`${line} -m 32 -nodefaults`, goldenHost())).toThrow(reason);
});
