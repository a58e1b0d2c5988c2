import { expect, test } from 'vitest';
import { ConfigError } from '../qom/errors.ts';
import { parseCommandLine } from './options.ts';
import { StartLog } from './start-log.ts';

const parse = (line: string) => parseCommandLine(line, new StartLog());

test.each([
  ['', 128],
  ['-m 64', 64],
  ['-m 64M', 64],
  ['-m 1G', 1024],
  ['-m size=32', 32],
  ['-m 64 -m 256', 256],
  ['-m 0', 128],
  ['-m ""', 128],
  ['-m 65536k', 64],
  ['-m 0x40', 64],
])('%j gives %i MiB of RAM', (line, mebibytes) => {
  expect(parse(line).ramBytes).toBe(mebibytes * 2 ** 20);
});

test('RAM is rounded up to 8 KiB', () => {
  expect(parse('-m 1b').ramBytes).toBe(8192);
  expect(parse('-m 9000b').ramBytes).toBe(16384);
});

test.each([
  'qemu-system-x86_64 -M pc',
  '/usr/bin/qemu-system-x86_64 -M pc',
  'kvm -M pc',
  '-M pc',
  'qemu-system-x86_64.exe --machine pc',
  '',
])('the program’s name may stand in front: %j', (line) => {
  expect(parse(line).machine.type).toBe('pc-i440fx-7.2-machine');
});

test('a line over several lines, as it stands in a script', () => {
  const { devices, drives } = parse(`qemu-system-x86_64 -nodefaults \\
    -drive if=none,id=d0,file='my disk, the old one.img',format=raw \\
    -device virtio-blk-pci,drive=d0,id=disk0 \\
    -device virtio-rng-pci`);
  expect(devices.map(({ location }) => location)).toEqual([
    '-device virtio-blk-pci,drive=d0,id=disk0',
    '-device virtio-rng-pci',
  ]);
  // As in QEMU, a comma in a value has to be doubled.
  expect(drives[0]?.entries.map(({ key }) => key)).toContain(' the old one.img');
});

test('devices keep the order of the line, and JSON its types', () => {
  const { devices } = parse(
    `-device a,x=1 -device '{"driver":"b","id":"i","y":true,"z":2}' -device c`,
  );
  expect(
    devices.map(({ entries }) => entries.map(({ key, value }) => `${key}=${value}`).join()),
  ).toEqual(['driver=a,x=1', 'driver=b,y=true,z=2', 'driver=c']);
  expect(devices[1]).toMatchObject({ id: 'i', json: { y: true, z: 2 } });
});

test('-set changes what stands further left', () => {
  const { devices } = parse('-device virtio-rng-pci,id=a,vectors=1 -set device.a.vectors=3');
  expect(devices[0]?.entries.at(-1)).toEqual({ key: 'vectors', value: '3' });
});

test.each(['-object secret,id=a', '-device help', '-blockdev {', '-M foo', '-nosuch', 'a "b'])(
  '%s is a ConfigError',
  (line) => {
    expect(() => parse(line)).toThrow(ConfigError);
  },
);
