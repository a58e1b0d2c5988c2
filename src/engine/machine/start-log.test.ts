import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from './machine.ts';
import { StartRefused } from './start-log.ts';

/** Option that a refusal is about, and the last line of what it says. */
function refusal(line: string): [number | undefined, string] {
  try {
    Machine.build(line, goldenHost());
  } catch (error) {
    if (error instanceof StartRefused)
      return [
        error.option,
        error.message
          .split('\n')
          .at(-1)
          ?.replace(/^qemu-\S+: /, '') ?? '',
      ];
    throw error;
  }
  throw new Error('not refused');
}

describe('a refusal names the option that it is about', () => {
  test.each([
    [1, '-nodefaults -device nosuch', "-device nosuch: 'nosuch' is not a valid device model name"],
    [2, '-S -S -nosuch', '-nosuch: invalid option'],
    [1, '-S -m', '-m: requires an argument'],
    [0, '-M nosuch', 'Use -machine help to list supported machines'],
    [1, '-S -smp 0x', "Parameter 'smp.cpus' expects integer"],
    [2, '-S -S -m 1x', undefined],
    [2, '-S -M pc -M nosuch=on', undefined],
    [1, '-S -object secret,id=a', "Either 'file' or 'data' must be provided"],
    [1, '-S -netdev tap,id=n', undefined],
    [1, '-S -drive file=nosuch.img', undefined],
    [1, '-S -blockdev nosuch,node-name=n', undefined],
    [1, '-S -chardev nosuch,id=c', undefined],
    [1, '-S -fsdev nosuch,id=c', undefined],
    [1, '-S -serial nosuch', undefined],
    [1, '-S -cpu nosuch', "unable to find CPU model 'nosuch'"],
    [1, '-S -vga nosuch', 'unknown vga type: nosuch'],
    [1, '-S -append x', '-append only allowed with -kernel option'],
    [2, '-S -S -kernel nosuch', undefined],
    [1, '-S -global virtio-mmio.force-legacy', undefined],
    [2, '-S -S -global PIIX4_PM.smb_io_base=x', undefined],
    [1, '-S -nic user,model=nosuch', undefined],
    [2, '-device virtio-rng-pci -S -device virtio-rng-pci,addr=2,x=1', undefined],
  ])('%i: %s', (option, line, message) => {
    const [about, said] = refusal(line);
    expect(about, said).toBe(option);
    if (message !== undefined) expect(said).toBe(message);
  });

  test('and none where it is about none', () => {
    expect(refusal("-M pc 'x")[0]).toBeUndefined();
  });
});
