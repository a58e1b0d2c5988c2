import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { startMachine } from '../start.ts';

/** What the program says to a line that asks; fails where a machine was started. */
function said(line: string): { exit: number; stdout: string; stderr: string } {
  const result = startMachine(line, goldenHost());
  if ('machine' in result) throw new Error('a machine was started');
  return result;
}

describe('questions on the command line', () => {
  test('a device’s options are sorted lines, defaults behind their words', () => {
    expect(said('qemu-system-x86_64 -device virtserialport,help')).toEqual({
      exit: 0,
      stdout: `virtserialport options:
  chardev=<str>          - ID of a chardev to use as a backend
  name=<str>
  nr=<uint32>            -  (default: 4294967295)
`,
      stderr: '',
    });
  });

  test('a short name means the architecture’s device', () => {
    const first = (arch: string) =>
      said(`qemu-system-${arch} -device virtio-rng,rng=x,help`).stdout.split('\n')[0];
    expect(first('x86_64')).toBe('virtio-rng-pci options:');
    expect(first('s390x')).toBe('virtio-rng-ccw options:');
  });

  test.each([
    ['-object rng-random,?', 'rng-random options:\n  filename=<string>\n'],
    ['-object rng-builtin,help', 'There are no options for rng-builtin.\n'],
    ['-device driver=virtconsole,help', /^virtconsole options:\n {2}chardev=/],
    ['-device help', /^Controller\/Bridge\/Hub devices:\nname "cxl-downstream", bus PCI, desc "/],
    ['-device help,x=1', /\nname "ich9-ahci", bus PCI, alias "ahci"\n/],
    ['-M help', /^Supported machines are:\nmicrovm {14}microvm \(i386\)\npc {19}Standard PC/],
    ['-M nosuch,help', /^Supported machines are:\n/],
    ['-M pc,usb=on,help', /^pc-i440fx-7\.2-machine options:\n {2}acpi=<OnOffAuto> {7}- Enable/],
    ['-cpu help', /^Available CPUs:\nx86 486 {19}\(alias configured by machine type\)\n/],
    ['-version', /^QEMU emulator version 7\.2\.\d+ /],
  ])('%s is answered', (line, text) => {
    const { exit, stdout } = said(line);
    expect(exit).toBe(0);
    if (typeof text === 'string') expect(stdout).toBe(text);
    else expect(stdout).toMatch(text);
  });

  test.each([
    ['-device nosuch,help', "Device 'nosuch' not found"],
    ['-device ,help', "Device '' not found"],
    ['-device pci-device,help', "Parameter 'typename' expects a non-abstract device type"],
    ['-device rng-random,help', "Parameter 'typename' expects a non-abstract device type"],
    ['-object nosuch,help', "Parameter 'qom-type' does not accept value 'nosuch'"],
    ['-device virtio-gpu-gl-pci,help', "missing object type 'virtio-gpu-gl-device'"],
  ])('%s is refused', (line, why) => {
    expect(said(line)).toEqual({
      exit: 1,
      stdout: '',
      stderr: `qemu-system-x86_64: ${line}: ${why}\n`,
    });
  });

  test('back ends are listed once the machine is known', () => {
    expect(said('-netdev help -display none')).toEqual({
      exit: 0,
      stdout: expect.stringContaining('types:\nsocket\nstream\ndgram\nhubport\n'),
      stderr: '',
    });
    expect(said('-chardev help').stderr).toContain('module ui-ui-gtk not found');
    expect(said('-netdev help -M nosuch').stderr).toContain('unsupported machine type');
    expect(said('qemu-system-aarch64 -chardev help').exit).toBe(1);
    expect(said('-device virtconsole,help -M nosuch').exit).toBe(0);
  });
});
