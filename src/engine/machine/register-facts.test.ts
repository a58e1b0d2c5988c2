import { describe, expect, it } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from './machine.ts';

const machine = Machine.build(
  '-nodefaults -drive if=none,id=d,file=null-co://,file.size=1M,format=raw -device virtio-blk-pci,id=v,drive=d -device pci-bridge,id=b,chassis_nr=1',
  goldenHost(),
);
const register = (path: string, region: string, name: string): string | undefined =>
  machine.deviceFacts(path)?.registers.find((one) => one.region === region && one.name === name)
    ?.value;

describe('registers as they are now', () => {
  it('[4.1.4.3] the common configuration of a PCI transport', () => {
    const path = '/machine/peripheral/v';
    expect(register(path, 'virtio-pci-common', 'num_queues')).toMatch(/^0x000[1-9]$/);
    expect(register(path, 'virtio-pci-common', 'queue_size')).toBe('0x0100');
    expect(register(path, 'virtio-pci-common', 'device_status')).toBe('0x00');
    expect(register(path, 'virtio-pci-isr', 'isr_status')).toBe('0x00');
  });

  it('the header of a function, and that of a bridge', () => {
    expect(register('/machine/peripheral/v', 'pci-config', 'VendorID')).toBe('0x1af4');
    expect(register('/machine/peripheral/v', 'pci-config', 'DeviceID')).toBe('0x1001');
    expect(register('/machine/peripheral/b', 'pci-config', 'BAR5')).toBeUndefined();
    expect(register('/machine/peripheral/b', 'pci-config', 'SecondaryBus')).toMatch(/^0x/);
  });

  it('[5.2.4] the configuration of the device inside', () => {
    expect(register('/machine/peripheral/v/virtio-backend', 'config', 'capacity')).toMatch(
      /^0x[0-9a-f]{16}$/,
    );
  });

  it('leaves no trace in the machine', () => {
    const before = machine.monitor('info qtree');
    for (let i = 0; i < 3; i++) machine.deviceFacts('/machine/peripheral/v');
    expect(machine.monitor('info qtree')).toBe(before);
  });
});
