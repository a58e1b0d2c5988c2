import { describe, expect, it } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from '../machine/machine.ts';

describe('drive_add', () => {
  const machine = Machine.build('-nodefaults', goldenHost());
  // As QEMU 7.2 answers to the same lines.
  it.each([
    ['0 if=none,id=d9,driver=null-co,size=64M', 'OK\n'],
    ['0 if=none,id=d9,driver=null-co', "Duplicate ID 'd9' for drive\n"],
    ['0 id=dx,driver=null-co', "Can't hot-add drive to type 1\n"],
    ['0 if=virtio,driver=null-co', "Can't hot-add drive to type 7\n"],
    ['0 if=none,file=/nope', "Could not open '/nope': No such file or directory\n"],
    ['0 if=none,media=cdrom,id=c1', 'OK\n'],
    ['0 foo=bar,if=none', 'Must specify either driver or file\n'],
  ])('%s', (line, answer) => {
    expect(machine.monitor(`drive_add ${line}`)).toBe(answer);
  });

  it('makes a drive that a device can take', () => {
    expect(machine.monitor('device_add virtio-blk-pci,drive=d9')).toBe('');
    expect(machine.monitor('info block')).toContain('Attached to:');
  });
});
