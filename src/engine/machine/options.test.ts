import { expect, test } from 'vitest';
import { ConfigError } from '../qom/errors.ts';
import { machineSettings } from './machine-options.ts';
import { parseCommandLine } from './options.ts';
import { createRegistry } from './registry.ts';
import { StartLog } from './start-log.ts';

const parse = (line: string) => parseCommandLine(line, new StartLog());
const settings = (line: string, log = new StartLog()) => {
  const read = parseCommandLine(line, log);
  return machineSettings(read, createRegistry(read.arch), log);
};

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
  expect(settings(line).ramBytes).toBe(mebibytes * 2 ** 20);
});

test('RAM is rounded up to 8 KiB', () => {
  expect(settings('-m 1b').ramBytes).toBe(8192);
  expect(settings('-m 9000b').ramBytes).toBe(16384);
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
  expect(devices.map(({ location }) => location.text)).toEqual([
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

test.each(['-object nosuch,id=a', '-device help', '-blockdev {', '-M foo', '-nosuch', 'a "b'])(
  '%s is a ConfigError',
  (line) => {
    expect(() => parse(line)).toThrow(ConfigError);
  },
);

test.each([
  ['', { cpus: 1, maxCpus: 1, sockets: 1, cores: 1, threads: 1 }],
  ['-smp 4', { cpus: 4, maxCpus: 4, sockets: 1, cores: 4, threads: 1 }],
  ['-smp 2,sockets=2,maxcpus=4', { cpus: 2, maxCpus: 4, sockets: 2, cores: 2 }],
  ['-smp 8,cores=2,threads=2', { sockets: 2, cores: 2, threads: 2 }],
  ['-smp sockets=2,cores=3', { cpus: 6, maxCpus: 6 }],
  ['-M smp.cpus=3', { cpus: 3 }],
])('%j: cores before sockets, threads last', (line, topology) => {
  expect(settings(line).topology).toMatchObject(topology);
});

test.each([
  ['-smp 2,sockets=3', 'product of the hierarchy must match maxcpus'],
  ['-smp 2,maxcpus=1', 'maxcpus must be equal to or greater than smp'],
  ['-smp 256', "Invalid SMP CPUs 256. The max CPUs supported by machine 'pc-i440fx-7.2' is 255"],
  ['-smp x', "Parameter 'smp.cpus' expects integer"],
  ['-m 64,slots=1', 'slots specified but no max-size'],
  ['-m 64,maxmem=32M', 'maximum memory size (0x2000000) must be at least'],
  ['-M hpet=maybe', "Parameter 'hpet' expects 'on' or 'off'"],
  ['-M foo_bar=1', "Property 'pc-i440fx-7.2-machine.foo-bar' not found"],
  ['-M accel=tcg -accel tcg', 'The -accel and "-machine accel=" options are incompatible'],
  ['-boot order=cc', "Boot device 'c' was given twice"],
])('%s is refused', (line, message) => {
  expect(() => settings(line)).toThrow(message);
});

test('every word must be an option before any is read', () => {
  expect(() => parse('-m nonsense -nosuch')).toThrow('-nosuch: invalid option');
  expect(() => parse('-m nonsense -device')).toThrow('-device: requires an argument');
  expect(() => parse('qemu-system-s390x -no-hpet')).toThrow('Option not supported for this target');
});

test('a program that a wider one stands in for keeps its name', () => {
  const log = new StartLog();
  expect(() => parseCommandLine('qemu-system-arm -M nosuch', log)).toThrow(
    /^qemu-system-arm: unsupported machine type/,
  );
  expect(log.arch).toBe('aarch64');
});
