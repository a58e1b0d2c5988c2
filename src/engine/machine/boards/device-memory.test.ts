import { describe, expect, test } from 'vitest';
import { silentJournal } from '../../../journal/writer.ts';
import { Machine } from '../machine.ts';

const MIB = 2 ** 20;

function build(line: string): Machine {
  return Machine.build(`-nodefaults ${line}`, {
    journal: silentJournal(),
    allocateRam: (bytes) => new SharedArrayBuffer(bytes),
    openImage: () => undefined,
    random: () => {},
  });
}

/** A machine with `-device virtio-mem-pci` for each size, in MiB, with what follows the size. */
function withMemory(
  machine: string,
  ...devices: readonly (readonly [mib: number, rest?: string])[]
) {
  const words = devices.map(
    ([mib, rest = ''], i) =>
      `-object memory-backend-ram,id=m${i},size=${mib}M -device virtio-mem-pci,id=d${i},memdev=m${i}${rest}`,
  );
  return build([machine, ...words].join(' '));
}

const addressOf = (machine: Machine, i: number) =>
  machine.root.at(`/machine/peripheral/d${i}/virtio-backend`)?.values.memaddr;

describe('memory devices', () => {
  test('get the first place that fits, behind RAM and in the gaps between others', () => {
    const machine = withMemory(
      '-M pc -m 128M,maxmem=2G',
      [256, ',memaddr=0x110000000'],
      [512],
      [256],
    );
    expect([0, 1, 2].map((i) => addressOf(machine, i))).toEqual([
      0x1_1000_0000n,
      0x1_2000_0000n,
      0x1_0000_0000n,
    ]);
    const [range] = machine.memory.ranges.filter(({ region }) => region.name === 'm1');
    expect([range?.start, range?.end]).toEqual([0x1_2000_0000, 0x1_2000_0000 + 512 * MIB]);
  });

  test('lie above what is behind 4 GiB, at a whole gibibyte', () => {
    expect(addressOf(withMemory('-M q35 -m 3G,maxmem=4G', [256]), 0)).toBe(2n ** 32n + 2n ** 30n);
  });

  test.each([
    [[[64, ',memaddr=0x100100000']], 'address must be aligned to 0x200000 bytes'],
    [[[64, ',block-size=4M,memaddr=0x100200000']], 'address must be aligned to 0x400000 bytes'],
    [[[3]], 'backend memory size must be multiple of 0x200000'],
    [
      [[64, ',memaddr=0x200000000']],
      "can't add memory device [0x200000000:0x4000000], usable range for memory devices [0x100000000:0x38000000]",
    ],
    [
      [
        [64, ',memaddr=0x110000000'],
        [64, ',memaddr=0x112000000'],
      ],
      "address range conflicts with memory device id='d0'",
    ],
    [
      [[512], [512]],
      'not enough space, currently 0x20000000 in use of total space for memory devices 0x38000000',
    ],
    [
      [[256, ',memaddr=0x118000000'], [512]],
      'could not find position in guest address space for memory device - memory fragmented due to alignments',
    ],
  ] as const)('%j are refused', (devices, reason) => {
    expect(() => withMemory('-M pc -m 128M,maxmem=1G', ...devices)).toThrow(reason);
  });

  test('need room that the user asked for', () => {
    expect(() => withMemory('-M pc', [64])).toThrow('are not enabled, please specify the maxmem');
  });

  test('share no back end', () => {
    expect(() =>
      build(
        '-M pc -m 128M,maxmem=1G -object memory-backend-ram,id=m,size=64M -device virtio-pmem-pci,memdev=m -device virtio-mem-pci,memdev=m',
      ),
    ).toThrow("'memdev' property specifies a busy memdev: m");
  });
});
