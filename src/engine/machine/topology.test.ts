import { describe, expect, test } from 'vitest';
import type { BusNode, DeviceNode } from '../../journal/topology.ts';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from './machine.ts';

function build(line: string): Machine {
  return Machine.build(line, goldenHost());
}

function devicesBelow(bus: BusNode): DeviceNode[] {
  return bus.children.flatMap((device) => [device, ...device.buses.flatMap(devicesBelow)]);
}

function devices(machine: Machine): DeviceNode[] {
  return devicesBelow(machine.topology().root);
}

/** Types of the devices that an option asked for, by its number. */
function asked(line: string): [number, string][] {
  return devices(build(line))
    .flatMap(({ option, type }): [number, string][] =>
      option === undefined ? [] : [[option, type]],
    )
    .sort(([a], [b]) => a - b);
}

describe('the option that asked for a device', () => {
  test('is counted among all options, equal ones apart', () => {
    expect(asked('-M pc -nodefaults -S -device virtio-rng-pci -device virtio-rng-pci')).toEqual([
      [3, 'virtio-rng-pci'],
      [4, 'virtio-rng-pci'],
    ]);
  });

  test('may be JSON, which QEMU makes last', () => {
    expect(
      asked(`-nodefaults -device '{"driver":"virtio-rng-pci"}' -device virtio-balloon-pci`),
    ).toEqual([
      [1, 'virtio-rng-pci'],
      [2, 'virtio-balloon-pci'],
    ]);
  });

  test('is that of a drive, a port, a NIC, a file system or an adapter which the board makes a device for', () => {
    expect(
      asked(
        'null-co:// -net none -drive if=virtio,file=null-co://,format=raw -fda null-co:// -serial null -parallel null -nic user -virtfs local,path=/x,mount_tag=t,security_model=none -vga std -cdrom null-co://',
      ),
    ).toEqual([
      [0, 'ide-hd'],
      [2, 'virtio-blk-pci'],
      [3, 'floppy'],
      [4, 'isa-serial'],
      [5, 'isa-parallel'],
      [6, 'e1000'],
      [7, 'virtio-9p-pci'],
      [8, 'VGA'],
      [9, 'ide-cd'],
    ]);
    expect(asked('qemu-system-s390x -nodefaults -serial null -nic user')).toEqual([
      [1, 'sclpconsole'],
      [2, 'virtio-net-ccw'],
    ]);
  });

  test('is nobody’s where the board brings it along', () => {
    expect(asked('-M pc')).toEqual([]);
    expect(asked('qemu-system-s390x -M s390-ccw-virtio')).toEqual([]);
  });
});

describe('a device that comes and goes while the machine runs', () => {
  test('is told as -device would have it', () => {
    const machine = build('-M pc -nodefaults');
    machine.monitor('device_add virtio-rng-pci,id=a,addr=0x7');
    machine.qmp({
      execute: 'device_add',
      arguments: { driver: 'virtio-9p-pci', id: 'b', addr: '8', mount_tag: 'x' },
    });
    machine.qmp({ execute: 'device_add', arguments: { driver: 'usb-nothing', id: 'c' } });
    machine.qmp({
      execute: 'device_add',
      arguments: { driver: 'virtio-input-host-pci', evdev: 'a,b' },
    });
    machine.qmp({
      execute: 'device_add',
      arguments: { driver: 'virtio-keyboard-pci', id: 'd', serial: 'a,b', addr: '9.0' },
    });
    expect(devices(machine).flatMap(({ added }) => added ?? [])).toEqual([
      'virtio-keyboard-pci,id=d,serial=a,,b,addr=9.0',
      'virtio-rng-pci,id=a,addr=0x7',
    ]);
  });

  test('is leaving from the moment when the guest was asked', () => {
    const machine = build('-M pc -nodefaults -device virtio-rng-pci,id=a');
    const leaving = () => devices(machine).flatMap(({ id, leaving }) => (leaving ? id : []));
    expect(leaving()).toEqual([]);
    machine.monitor('device_del a');
    expect(leaving()).toEqual(['a']);
  });
});

describe('back ends', () => {
  const kinds = (machine: Machine) =>
    machine.topology().backEnds.map(({ kind, id, type, option }) => [kind, id, type, option]);

  test('are those that somebody asked for, used or not', () => {
    const machine = build(
      '-object rng-builtin,id=r -device virtio-rng-pci -drive if=none,id=d,file=null-co://,format=raw -blockdev null-co,node-name=n -chardev null,id=c -netdev user,id=u -fsdev synth,id=f -drive if=none,id=e -serial null -nic user',
    );
    expect(kinds(machine)).toEqual([
      ['drive', 'd', 'raw', 2],
      ['drive', 'e', 'empty', 7],
      ['blockdev', 'n', 'null-co', 3],
      ['netdev', 'u', 'user', 5],
      ['netdev', '#net000', 'user', 9],
      ['chardev', 'c', 'null', 4],
      ['chardev', 'serial0', 'null', 8],
      ['fsdev', 'f', 'synth', 6],
      ['object', 'r', 'rng-builtin', 0],
    ]);
  });

  test('come and go at the monitor, without an option', () => {
    const machine = build('-nodefaults');
    machine.monitor('object_add rng-builtin,id=r');
    machine.monitor('netdev_add user,id=u');
    machine.monitor('chardev-add null,id=c');
    expect(kinds(machine)).toEqual([
      ['netdev', 'u', 'user', undefined],
      ['chardev', 'c', 'null', undefined],
      ['object', 'r', 'rng-builtin', undefined],
    ]);
    machine.monitor('object_del r');
    machine.monitor('netdev_del u');
    machine.monitor('chardev-remove c');
    expect(kinds(machine)).toEqual([]);
  });

  test('are found from each device that is linked to them', () => {
    const machine = build(
      '-nodefaults -object iothread,id=t -blockdev null-co,node-name=n -device virtio-blk-pci,drive=n,iothread=t -chardev null,id=c -device isa-serial,chardev=c -fsdev synth,id=f -device virtio-9p-pci,fsdev=f,mount_tag=m',
    );
    const linked = devices(machine).flatMap(({ type, backends }) =>
      backends.map(({ property, kind, id }) => [type, property, kind, id].join(' ')),
    );
    expect(linked.sort()).toEqual([
      'isa-serial chardev chardev c',
      'virtio-9p-device fsdev fsdev f',
      'virtio-blk-device drive blockdev n',
      'virtio-blk-device iothread object t',
    ]);
  });
});

test('a bus tells what fits and whether there is room', () => {
  const machine = build('-M microvm -nodefaults -device virtio-rng-device');
  const slots = devices(machine).flatMap(({ type, buses }) =>
    type === 'virtio-mmio' ? buses : [],
  );
  expect(slots.find(({ full }) => !full)).toMatchObject({
    ancestors: ['virtio-mmio-bus', 'virtio-bus', 'bus', 'object'],
    hotpluggable: false,
    children: [],
  });
  expect(slots.filter(({ full }) => full)).toHaveLength(1);
});

test.each([
  '-M pc -drive if=none,id=d,file=null-co://,format=raw -device virtio-blk-pci,drive=d -device virtio-serial-pci -device virtconsole',
  'qemu-system-aarch64 -M virt -device virtio-rng-device -device pcie-root-port',
  'qemu-system-s390x -device virtio-rng-ccw',
])('the lines of the device tree are the monitor’s, each with what it is about: %s', (line) => {
  const machine = build(line);
  const lines = machine.qtree();
  expect(lines.map(({ text }) => `${text}\n`).join('')).toBe(machine.monitor('info qtree'));
  for (const { text, path, property } of lines) {
    expect(machine.root.at(path), text).toBeDefined();
    if (property !== undefined) expect(text.trim().startsWith(`${property} = `)).toBe(true);
  }
});
