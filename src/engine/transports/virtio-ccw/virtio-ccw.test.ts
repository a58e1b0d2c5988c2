import { describe, expect, test } from 'vitest';
import { JournalRing } from '../../../journal/ring.ts';
import { JournalWriter } from '../../../journal/writer.ts';
import { CHANNEL_OP } from '../../../spec/channel-io.ts';
import { goldenHost } from '../../../testing/golden.ts';
import { CcwDevice } from '../../hw/css/ccw-device.ts';
import { cssIdText } from '../../hw/css/css-id.ts';
import { Machine } from '../../machine/machine.ts';
import type { VirtioCcw } from './virtio-ccw.ts';

function build(line: string): Machine {
  return Machine.build(`qemu-system-s390x -nodefaults ${line}`, {
    ...goldenHost(),
    journal: new JournalWriter(JournalRing.create()),
  });
}

/** Device and subchannel numbers of every channel device, in the order of creation. */
function numbers(machine: Machine): string[] {
  return machine.devices
    .filter((device): device is CcwDevice => device instanceof CcwDevice && device.realized)
    .map(({ subchannel }) =>
      subchannel ? `${cssIdText(subchannel.device)} ${cssIdText(subchannel.subchannel)}` : '',
    );
}

describe('channel devices', () => {
  test('get the first free numbers in the image fe, and subchannels of their own in each set', () => {
    const machine = build(
      '-device virtio-rng-ccw,devno=fe.0.0000 -device virtio-rng-ccw,devno=fe.1.0000 -device virtio-rng-ccw -device virtio-rng-ccw,devno=05.1.0001',
    );
    expect(numbers(machine)).toEqual([
      'fe.0.0000 fe.0.0000',
      'fe.1.0000 fe.1.0000',
      'fe.0.0001 fe.0.0001',
      '5.1.0001 5.1.0000',
    ]);
  });

  test('prefer the number of their subchannel', () => {
    const machine = build('-device virtio-rng-ccw,devno=fe.0.ffff -device virtio-rng-ccw');
    expect(numbers(machine)).toEqual(['fe.0.ffff fe.0.0000', 'fe.0.0001 fe.0.0001']);
  });

  test('leave their numbers to the next', () => {
    const machine = build('-device virtio-rng-ccw,id=a -device virtio-rng-ccw');
    machine.removeDevice('a');
    machine.monitor('device_add virtio-rng-ccw,id=b');
    expect(numbers(machine)).toEqual(['fe.0.0001 fe.0.0001', 'fe.0.0000 fe.0.0000']);
  });

  test('that stopped to work are not operational', () => {
    const machine = build('-device virtio-rng-ccw,id=a');
    expect(machine.channel(CHANNEL_OP.stsch, 0x1_0000, 0x1000)).toBe(0);
    (machine.root.at('/machine/peripheral/a') as VirtioCcw).retire();
    expect(machine.channel(CHANNEL_OP.stsch, 0x1_0000, 0x1000)).toBe(0);
    expect(machine.channel(CHANNEL_OP.msch, 0x1_0000, 0x1000)).toBe(3);
  });

  test('cannot share a number', () => {
    expect(() =>
      build('-device virtio-rng-ccw,devno=fe.0.0001 -device virtio-rng-ccw,devno=fe.0.0001'),
    ).toThrow('Device fe.0.0001 already exists');
  });

  test('keep a refused device’s number free', () => {
    const machine = build('');
    machine.monitor('device_add virtio-rng-ccw,id=a,period=0');
    machine.monitor('device_add virtio-rng-ccw,id=b');
    expect(numbers(machine)).toEqual(['fe.0.0000 fe.0.0000']);
  });
});

describe('[4.3.2.1] revisions', () => {
  const features = (line: string) => {
    const machine = build(line);
    const transport = machine.root.at('/machine/peripheral/r') as VirtioCcw;
    return { revision: transport.props.max_revision, offered: transport.vdev.deviceFeatures };
  };

  test('from 1 on offer VERSION_1, and never the PCI transport’s bit 30', () => {
    const { revision, offered } = features('-device virtio-rng-ccw,id=r');
    expect([revision, (offered >> 32n) & 1n, (offered >> 30n) & 1n]).toEqual([2, 1n, 0n]);
  });

  test('0 is a legacy device', () => {
    const { offered } = features('-device virtio-rng-ccw,id=r,max_revision=0');
    expect((offered >> 32n) & 1n).toBe(0n);
  });
});

test('a queue more than the interrupt controller routes is refused', () => {
  expect(() =>
    build('-global s390-flic-qemu.adapter_routes_max_batch=0 -device virtio-rng-ccw'),
  ).toThrow('The number of virtqueues 1 exceeds flic adapter route limit 0');
});
