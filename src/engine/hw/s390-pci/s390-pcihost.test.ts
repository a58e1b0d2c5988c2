import { describe, expect, test } from 'vitest';
import { JournalRing } from '../../../journal/ring.ts';
import { JournalWriter } from '../../../journal/writer.ts';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';
import { ZpciDevice } from './zpci.ts';

function build(line: string): Machine {
  return Machine.build(`qemu-system-s390x -nodefaults ${line}`, {
    ...goldenHost(),
    journal: new JournalWriter(JournalRing.create()),
  });
}

/** `uid fid target` of every zpci device, oldest first. */
function zpci(machine: Machine): string[] {
  return machine.devices
    .filter((device): device is ZpciDevice => device instanceof ZpciDevice && device.realized)
    .map(({ props: { uid, fid, target } }) => `${uid} ${fid} ${target}`);
}

describe('zpci devices', () => {
  test('come with a function that none waits for, and numbers go on where they are free', () => {
    const machine = build(
      '-device zpci,target=b,uid=2 -device virtio-rng-pci,id=a -device virtio-rng-pci,id=b -device virtio-rng-pci',
    );
    expect(zpci(machine)).toEqual(['2 0 b', '1 1 a', '3 2 auto_00:02.0']);
    expect(machine.root.at('/machine/unattached/device[2]')?.type.name).toBe('zpci');
  });

  test.each([
    ['-device zpci', 'target must be defined'],
    [
      '-device zpci,target=a -device zpci,target=a',
      'target a already has an associated zpci device',
    ],
    ['-device zpci,uid=5,target=a -device zpci,uid=5,target=b', 'uid 5 already in use'],
    ['-device zpci,fid=3,target=a -device zpci,fid=3,target=b', 'fid 3 already in use'],
    ['-device virtio-rng-pci,vectors=0', 'MSI-X support is mandatory in the S390 architecture'],
    ['-device virtio-rng-pci,multifunction=on', 'multifunction not supported in s390'],
  ])('%s is refused', (line, message) => {
    expect(() => build(line)).toThrow(message);
  });

  test('stay until a reset when their function is asked to go', () => {
    const machine = build('-device virtio-rng-pci,id=a');
    machine.removeDevice('a');
    expect(zpci(machine)).toHaveLength(1);
    machine.reset();
    expect(zpci(machine)).toEqual([]);
    const gone = machine.takeEvents().filter(({ event }) => event === 'DEVICE_DELETED');
    expect(gone.map(({ data }) => data?.path)).toEqual([
      '/machine/peripheral/a/virtio-backend',
      '/machine/peripheral/a',
      '/machine/unattached/device[1]',
    ]);
  });
});

test('a function is a bus master of nothing but its message interrupts', () => {
  const machine = build('-device virtio-rng-pci,id=a');
  const space = [...machine.addressSpaces].find(({ name }) => name === 'iommu-pci-00:00.0');
  expect(space?.ranges.map(({ start, region }) => [start, region.name])).toEqual([
    [0xfe00_0000_0000_0000, 'msix-s390-0001'],
  ]);
});

test('CPUs without instructions for PCI are warned of', () => {
  expect(build('-cpu z900 -device zpci,target=a').stderr).toBe(
    "qemu-system-s390x: -device zpci,target=a: warning: Plugging a PCI/zPCI device without the 'zpci' CPU feature enabled; the guest will not be able to see/use this device\n",
  );
});
