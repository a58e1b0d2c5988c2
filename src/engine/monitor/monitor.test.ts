import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from '../machine/machine.ts';
import { INFO_COMMANDS } from './commands.ts';

const DISK =
  '-M pc -m 64 -drive if=none,id=d0,file=img/disk.raw,format=raw -device virtio-blk-pci,id=disk0,drive=d0';

describe('lines that are no questions about the machine', () => {
  const machine = Machine.build(DISK, goldenHost());

  test.each([
    ['', ''],
    ['   ', ''],
    ['foo', "unknown command: 'foo'\n"],
    ['foo bar', "unknown command: 'foo'\n"],
    ['info foo', "unknown command: 'info foo'\n"],
    ['info vers', "unknown command: 'info vers'\n"],
    ['help foo', "unknown command: 'foo'\n"],
    ['"info" qtree', `unknown command: '"info"'\n`],
    [
      'info status x',
      'status: extraneous characters at the end of line\nTry "help info status" for more information\n',
    ],
    [
      'q q',
      'quit|q: extraneous characters at the end of line\nTry "help q" for more information\n',
    ],
    [
      'info virtio-status',
      'virtio-status: string expected\nTry "help info virtio-status" for more information\n',
    ],
    ['info virtio-status /nosuch', 'Error: Path /nosuch is not a VirtIODevice\n'],
    ['info virtio-status disk0', 'Error: Path disk0 is not a VirtIODevice\n'],
    [
      'info virtio-status /machine/peripheral/disk0',
      'Error: Path /machine/peripheral/disk0 is not a VirtIODevice\n',
    ],
    [
      'info virtio-queue-status /machine/peripheral/disk0/virtio-backend 9',
      'Error: Invalid virtqueue number 9\n',
    ],
    [
      'info virtio-queue-status /machine/peripheral/disk0/virtio-backend',
      'unexpected end of expression\nTry "help info virtio-queue-status" for more information\n',
    ],
    [
      'info virtio-queue-status /machine/peripheral/disk0/virtio-backend -1',
      `'virtio-queue-status' has failed: integer is for 32-bit values\nTry "help info virtio-queue-status" for more information\n`,
    ],
    ['info qom-tree /foo', "Path '/foo' could not be resolved.\n"],
    ['info qom-tree foo', "Path 'foo' could not be resolved.\n"],
    ['info status', 'VM status: running\n'],
    ['help quit', 'quit|q  -- quit the emulator\n'],
    ['? quit', 'quit|q  -- quit the emulator\n'],
    ['help info qtree', 'info qtree  -- show device tree\n'],
    ['xp foo', 'invalid char \'f\' in expression\nTry "help xp" for more information\n'],
    [
      'xp 1 2',
      'xp: extraneous characters at the end of line\nTry "help xp" for more information\n',
    ],
    ['xp /4z 0', 'invalid char in format: \'z\'\nTry "help xp" for more information\n'],
    ['xp /-1x 0', 'invalid char in format: \'-\'\nTry "help xp" for more information\n'],
    ['xp', 'unexpected end of expression\nTry "help xp" for more information\n'],
  ])('%j is answered as QEMU 7.2 does', (line, answer) => {
    expect(machine.monitor(line)).toBe(answer);
  });

  test('a machine without virtio says so', () => {
    expect(Machine.build('-M pc', goldenHost()).monitor('info virtio')).toBe('No VirtIO devices\n');
    expect(Machine.build('-M none', goldenHost()).monitor('info qtree')).toBe(
      'bus: main-system-bus\n  type System\n',
    );
  });

  test('every command that help lists is there, and sorted', () => {
    const listed = machine
      .monitor('help info')
      .split('\n')
      .filter((line) => line !== '');
    expect(listed.length).toBe(INFO_COMMANDS.length);
    expect(listed).toEqual([...listed].sort());
    for (const { name } of INFO_COMMANDS)
      expect(machine.monitor(`info ${name}`)).not.toContain('unknown command');
    for (const line of machine
      .monitor('help')
      .split('\n')
      .filter((text) => text !== '' && !text.startsWith('['))) {
      const name = /^[^\s|]+/.exec(line)?.[0] ?? '';
      expect(machine.monitor(`help ${name}`)).not.toContain('unknown command');
    }
  });

  test('no line makes it throw', () => {
    const words = fc.constantFrom(
      'info',
      'xp',
      'help',
      'qtree',
      'virtio-status',
      'block',
      '/3x',
      '0',
      '(',
      "'",
      '"',
      '\\',
      '$',
      '-',
      '~',
      '/',
      '1+',
      '/machine',
    );
    const line = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 6 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(line, (text) => typeof machine.monitor(text) === 'string'),
      { numRuns: 500 },
    );
  });
});

test('system_reset takes a device back to its start, and asks nothing', () => {
  const machine = Machine.build(`${DISK} -nodefaults`, goldenHost());
  const before = machine.monitor('info pci');
  machine.write('io', 0xcf8, 4, 0x8000_1020);
  machine.write('io', 0xcfc, 4, 0xe000_0000);
  machine.write('io', 0xcf8, 4, 0x8000_1004);
  machine.write('io', 0xcfc, 2, 7);
  expect(machine.monitor('info pci')).toContain('at 0xe0000000 [0xe0003fff]');
  expect(machine.monitor('system_reset')).toBe('');
  expect(machine.monitor('info pci')).toBe(before);
});

test('xp prints memory in every format as QEMU 7.2 does', () => {
  const machine = Machine.build('-M pc -m 64', goldenHost());
  // As QEMU prints the last 16 bytes of its BIOS image at 0xffff0, but in RAM.
  machine.ram.u8.set(
    [0xea, 0x5b, 0xe0, 0, 0xf0, 0x30, 0x36, 0x2f, 0x32, 0x33, 0x2f, 0x39, 0x39, 0, 0xfc, 0],
    0x1ffff0,
  );
  const dumps: [string, string][] = [
    ['xp 0', '0000000000000000: 0x00000000\n'],
    ['xp /3b 0', '0000000000000000: 0x00 0x00 0x00\n'],
    [
      'xp /10c 0x1ffff0',
      "00000000001ffff0: '\\xea' '[' '\\xe0' '\\x00' '\\xf0' '0' '6' '/'\n00000000001ffff8: '2' '3'\n",
    ],
    ['xp /2gx 0x100', '0000000000000100: 0x0000000000000000 0x0000000000000000\n'],
    ['xp /2wd 0x1ffff0', '00000000001ffff0:   14703594  792080624\n'],
    ['xp /3bo 0x1ffff0', '00000000001ffff0: 0352 0133 0340\n'],
    [
      'xp /9bx 0x1ffff0',
      '00000000001ffff0: 0xea 0x5b 0xe0 0x00 0xf0 0x30 0x36 0x2f\n00000000001ffff8: 0x32\n',
    ],
    [
      'xp /9hx 0x1ffff0',
      '00000000001ffff0: 0x5bea 0x00e0 0x30f0 0x2f36 0x3332 0x392f 0x0039 0x00fc\n0000000000200000: 0x0000\n',
    ],
    [
      'xp /3gu 0x1ffff0',
      '00000000001ffff0:  3401960375889976298    70931939903615794\n0000000000200000:                    0\n',
    ],
    [
      'xp /3go 0x1ffff0',
      '00000000001ffff0: 0274661417000070055752   03740003447113631462\n0000000000200000:                      0\n',
    ],
    ['xp /3ho 0x1ffff0', '00000000001ffff0: 055752   0340 030360\n'],
    ['xp /3hd 0x1ffff0', '00000000001ffff0: 23530   224 12528\n'],
    ['xp /3bd 0x1ffff0', '00000000001ffff0: 234  91 224\n'],
    ['xp /3bu 0x1ffff0', '00000000001ffff0: 234  91 224\n'],
    // Size and letter stay as they were.
    ['xp /2 16+8*2', '0000000000000020:   0   0\n'],
    ['xp /2x 0x3fffffc', '0000000003fffffc: 0x00 0x00\n'],
    ['xp /2wx 0xc0000', '00000000000c0000: 0x00000000 0x00000000\n'],
    ['xp /wx 0x10000000', '0000000010000000: Cannot access memory\n'],
    ['xp /2x 0x3fffffc', '0000000003fffffc: Cannot access memory\n'],
    ['xp /x 0xffffffffffffffff', 'ffffffffffffffff: Cannot access memory\n'],
    ["xp /hx 'a'", '0000000000000061: 0x0000\n'],
  ];
  for (const [command, text] of dumps) expect(machine.monitor(command), command).toBe(text);
});
