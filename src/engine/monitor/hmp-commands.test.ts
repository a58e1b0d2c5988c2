import { expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from '../machine/machine.ts';

const LINE =
  '-M pc -m 64 -nodefaults -chardev null,id=c0 -object memory-backend-ram,id=m0,size=1M -device virtio-serial-pci,id=vs';

function machineOf(more = ''): Machine {
  return Machine.build(`${LINE} ${more}`, goldenHost());
}

const TRY = (command: string) => `Try "help ${command}" for more information\n`;

test.each([
  // The text ends at the character that is not there.
  ['info block -', `block: unsupported option -${TRY('info block')}`],
  ['info block -z', `block: unsupported option -z\n${TRY('info block')}`],
  ['block_resize', `block_resize: block device name expected\n${TRY('block_resize')}`],
  ['block_resize x 99999999999999999999', `invalid size\n${TRY('block_resize')}`],
  // Where quotes do not end, there is no text.
  ['device_del "a', `device_del: string expected\n${TRY('device_del')}`],
  ['info qom-tree "/machine', `qom-tree: string expected\n${TRY('info qom-tree')}`],
  ['balloon -1', `enter a positive value\n${TRY('balloon')}`],
  ['balloon 100M', `balloon: extraneous characters at the end of line\n${TRY('balloon')}`],
  ['help "stop"', 'stop|s  -- stop emulation\n'],
  ['help "', ''],
  ['help info nosuch', "unknown command: 'info nosuch'\n"],
  ['device_del ""', 'Error:  is not a hotpluggable device\n'],
  ['device_add virtio-rng-pcii,help', "Device 'virtio-rng-pcii' not found\n"],
  ['object_add rng-builtin,help', 'There are no options for rng-builtin.\n'],
  [
    'object_add rng-builtin,id=1',
    "Error: Parameter 'id' expects an identifier\nIdentifiers consist of letters, digits, '-', '.', '_', starting with a letter.\n",
  ],
  // What an option named stays named.
  ['chardev-add null,id=c0', "Duplicate ID 'c0' for chardev\nError: Parsing chardev args failed\n"],
  ['qom-set -j /objects/m0 merge {', 'Error: JSON parse error, premature EOI\n'],
  ['qom-set /objects/m0 size 2M', 'Error: cannot change property size of memory-backend-ram \n'],
  ['qom-get /objects/m0 host-nodes', '[]\n'],
  [
    'chardev-add parport,id=p',
    "warning: The alias 'parport' is deprecated, use 'parallel' instead\nError: chardev: parallel: no device path given\n",
  ],
])('%j is answered as QEMU 7.2 does', (line, answer) => {
  expect(machineOf().monitor(line)).toBe(answer);
});

test('complaints of a command are for whoever gave it, not for stderr', () => {
  const machine = machineOf();
  machine.monitor('chardev-add tty,id=t');
  expect(machine.stderr).toBe('');
  machine.qmp({ execute: 'human-monitor-command', arguments: { 'command-line': 'device_add ,' } });
  expect(machine.stderr).not.toContain('qemu-system');
});

test('a multiplexer has four places, each for one user ever', () => {
  const machine = machineOf();
  machine.monitor('chardev-add null,id=m,mux=on');
  for (const id of ['p1', 'p2', 'p3', 'p4']) {
    expect(machine.monitor(`device_add virtserialport,chardev=m,id=${id}`)).toBe('');
    expect(machine.monitor(`device_del ${id}`)).toBe('');
  }
  expect(machine.monitor('device_add virtserialport,chardev=m,id=p5')).toBe(
    "Error: Property 'virtserialport.chardev' can't take value 'm': Device 'm' is in use\n",
  );
  expect(machine.monitor('chardev-remove m')).toBe("Error: Chardev 'm' is busy\n");
});

test('devices without id are numbered on, whoever left', () => {
  const machine = machineOf();
  machine.monitor('device_add virtserialport');
  machine.monitor('device_del /machine/peripheral-anon/device[0]');
  machine.monitor('device_add virtserialport');
  expect(machine.monitor('qom-list /machine/peripheral-anon')).toContain('device[1]');
});

test('a reset leaves the guest to learn which slots came', () => {
  const machine = machineOf();
  machine.monitor('device_add virtio-rng-pci,addr=7');
  machine.monitor('system_reset');
  machine.write('io', 0xae10, 4, 0);
  expect(machine.read('io', 0xae00, 4)).toBe(1 << 7);
  expect(machine.read('io', 0xae00, 4)).toBe(0);
});

test('a drive goes with its device, a node stays until it is taken out', () => {
  const machine = machineOf('-drive if=none,id=d0,file=null-co://,format=raw');
  machine.monitor('device_add virtio-blk-pci,id=b,drive=d0');
  machine.monitor('device_del b');
  machine.monitor('system_reset');
  expect(machine.monitor('info block')).toBe('');
  const add = { driver: 'raw', 'node-name': 'top', file: { driver: 'null-co', 'node-name': 'in' } };
  expect(machine.qmp({ execute: 'blockdev-add', arguments: add })).toEqual({ return: {} });
  const remove = (name: string) =>
    machine.qmp({ execute: 'blockdev-del', arguments: { 'node-name': name } });
  expect(remove('in')).toMatchObject({ error: { desc: 'Node in is not owned by the monitor' } });
  expect(remove('top')).toEqual({ return: {} });
  expect(remove('in')).toMatchObject({
    error: { desc: "Failed to find node with node-name='in'" },
  });
});

test('hints for people are not in answers for programs', () => {
  expect(
    machineOf().qmp({ execute: 'device_add', arguments: { driver: 'virtio-rng-pci', id: '1' } }),
  ).toEqual({ error: { class: 'GenericError', desc: "Parameter 'id' expects an identifier" } });
});

test.each([
  [{ type: 'null' }, "Parameter 'backend.data' is missing"],
  [{ type: 'nosuch', data: {} }, "Parameter 'type' does not accept value 'nosuch'"],
  [{ type: 'null', data: { x: 1 } }, "Parameter 'backend.data.x' is unexpected"],
  [
    { type: 'ringbuf', data: { size: 100 } },
    "Failed to add chardev 'n': size of ringbuf chardev must be power of two",
  ],
])('chardev-add refuses %j', (backend, desc) => {
  const answer = machineOf().qmp({ execute: 'chardev-add', arguments: { id: 'n', backend } });
  expect(answer).toMatchObject({ error: { desc } });
});

test('a place in the boot order is free again when its device is gone', () => {
  const machine = machineOf();
  const add = (id: string) => machine.monitor(`device_add virtio-net-pci,id=${id},bootindex=1`);
  expect(add('a')).toBe('');
  expect(add('b')).toBe('Error: The bootindex 1 has already been used\n');
  expect(machine.monitor('qom-set /machine/peripheral/a bootindex 2')).toBe('');
  expect(add('b')).toBe('');
  expect(machine.monitor('qom-set /machine/peripheral/a bootindex 1')).toBe(
    'Error: The bootindex 1 has already been used\n',
  );
  machine.monitor('device_del b');
  machine.monitor('system_reset');
  expect(add('c')).toBe('');
});
