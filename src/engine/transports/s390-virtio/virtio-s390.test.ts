import { describe, expect, test } from 'vitest';
import { JournalRing } from '../../../journal/ring.ts';
import { JournalWriter } from '../../../journal/writer.ts';
import { KVM_S390_VIRTIO } from '../../../spec/kvm-virtio.ts';
import { STATUS } from '../../../spec/virtio.ts';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';
import { VirtioS390 } from './virtio-s390.ts';

/**
 * No living program has this machine. What is expected here is what was published of it:
 * - the guest's side: Linux 4.4, arch/s390/include/uapi/asm/kvm_virtio.h (the descriptor) and
 *   drivers/s390/virtio/kvm_virtio.c (how a driver scans, negotiates and resets);
 * - the host's side: QEMU 2.5, hw/s390x/s390-virtio-bus.h and s390-virtio-bus.c (places and sizes);
 * - the tree: QEMU's wiki, Features/virtio-refactoring, revision of 15 January 2013, which lists
 *   virtio-s390-bus and virtio-s390-device beside those of PCI.
 */
const MIB = 2 ** 20;
const DISK =
  '-m 16 -drive if=none,id=d0,file=img/disk.raw,format=raw -device virtio-blk-s390,drive=d0,id=disk -device virtio-rng-s390,id=rng';

function build(line: string): Machine {
  return Machine.build(`qemu-system-s390x -M s390-virtio -nodefaults ${line}`, {
    ...goldenHost(),
    journal: new JournalWriter(JournalRing.create()),
  });
}

function transport(machine: Machine, id: string): VirtioS390 {
  const found = machine.root.at(`/machine/peripheral/${id}`);
  if (!(found instanceof VirtioS390)) throw new Error(`no ${id}`);
  return found;
}

/** Bytes of guest memory. */
function bytes(machine: Machine, address: number, length: number): number[] {
  const at = machine.ram.offsetOf(address, length);
  return Array.from(machine.ram.u8.subarray(at, at + length));
}

function write(machine: Machine, address: number, values: readonly number[]): void {
  machine.ram.u8.set(values, machine.ram.offsetOf(address, values.length));
}

/** The devices that Linux finds (kvm_virtio.c, scan_devices): offset in the page, and device ID. */
function scan(machine: Machine, page: number): [offset: number, type: number][] {
  const found: [number, number][] = [];
  for (let at = 0; at < 4096; ) {
    const [type = 0, queues = 0, features = 0, config = 0] = bytes(machine, page + at, 4);
    if (type === 0) break;
    found.push([at, type]);
    at += 5 + 24 * queues + 2 * features + config;
  }
  return found;
}

describe('descriptors (Linux kvm_virtio.h, QEMU 2.5 s390-virtio-bus)', () => {
  test('stand in a page above RAM, one after another, as Linux scans them', () => {
    const machine = build(DISK);
    expect(machine.ram.size).toBe(18 * MIB);
    const disk = transport(machine, 'disk');
    const length = 5 + 24 + 8 + disk.vdev.configSize;
    expect(scan(machine, 16 * MIB)).toEqual([
      [0, 2],
      [length, 4],
    ]);
    expect(transport(machine, 'rng').descriptor.address).toBe(16 * MIB + length);
  });

  test('tell in big-endian numbers where each ring is: from the second page on, three pages each', () => {
    const machine = build(DISK);
    const ring = (id: string) => {
      const { address } = transport(machine, id).descriptor;
      return bytes(machine, address + 5 + 8, 10);
    };
    expect(ring('disk')).toEqual([0, 0, 0, 0, 0x01, 0x00, 0x10, 0x00, 0x00, 0x80]);
    expect(ring('rng')).toEqual([0, 0, 0, 0, 0x01, 0x00, 0x40, 0x00, 0x00, 0x08]);
    expect(transport(machine, 'disk').queueAt(16 * MIB + 4096)).toBe(0);
  });

  test('offer 32 features, lowest byte first, and a configuration space in the guest’s byte order', () => {
    const machine = build(DISK);
    const { descriptor, vdev } = transport(machine, 'disk');
    const at = descriptor.address + 5 + 24;
    const offered = bytes(machine, at, 4).reduceRight((value, byte) => value * 256 + byte, 0);
    expect(offered).toBe(Number(vdev.deviceFeatures));
    expect(vdev.deviceFeatures >> 32n).toBe(0n);
    const capacity = bytes(machine, at + 8, 8).reduce((value, byte) => value * 256 + byte, 0);
    expect(capacity * 512).toBe(machine.drives.list[0]?.backend?.length);
  });
});

describe('a driver (Linux kvm_virtio.c)', () => {
  test('sets status and features in memory; the device takes them over when it is told', () => {
    const machine = build(DISK);
    const { descriptor, vdev } = transport(machine, 'rng');
    machine.write('memory', descriptor.address + 5 + 24 + 4 + 3, 1, 0x10);
    machine.write('memory', descriptor.address + 4, 1, STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    expect(vdev.status).toBe(0);
    expect(machine.hypercall(KVM_S390_VIRTIO.SET_STATUS, descriptor.address, 0, 0)).toBe(0);
    expect(vdev.status).toBe(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    expect(vdev.driverFeatures).toBe(1n << 28n);
    expect(machine.hypercall(KVM_S390_VIRTIO.RESET, descriptor.address, 0, 0)).toBe(0);
    expect([vdev.status, descriptor.status, descriptor.driverFeatures]).toEqual([0, 0, 0]);
    expect(vdev.queues[0]?.vq.ready).toBe(true);
  });
});

describe('hypercalls (QEMU 2.5 s390-virtio.c)', () => {
  test.each([
    ['a reset of what is no descriptor', KVM_S390_VIRTIO.RESET, 16 * MIB + 1],
    ['a status of what is no descriptor', KVM_S390_VIRTIO.SET_STATUS, 0],
    ['a notification of what is no ring', KVM_S390_VIRTIO.NOTIFY, 16 * MIB + 4097],
    ['a notification of channel devices', 3, 0x1_0000],
  ])('%s is refused', (_what, subcode, address) => {
    expect(build(DISK).hypercall(subcode, address, 0, 0)).toBe(-22);
  });

  test('a notification of an address of RAM is an early print', () => {
    expect(build(DISK).hypercall(KVM_S390_VIRTIO.NOTIFY, 0x1000, 0, 0)).toBe(0);
  });
});

describe('external interruptions (Linux kvm_virtio.c, kvm_extint_handler)', () => {
  const TOKEN = [0x80, 1, 2, 3, 4, 5, 6, 7];
  const RING = 16 * MIB + 0x4000;

  /** A machine whose random number generator a driver has brought to life. */
  function live(): Machine {
    const machine = build(DISK);
    const { descriptor } = transport(machine, 'rng');
    write(machine, descriptor.address + 5, TOKEN);
    write(machine, descriptor.address + 4, [7]);
    machine.hypercall(KVM_S390_VIRTIO.SET_STATUS, descriptor.address, 0, 0);
    return machine;
  }

  /** One buffer of 16 bytes at 0x2000, big-endian as all of a legacy ring on s390; then a notification. */
  function request(machine: Machine, idx: number): number {
    write(machine, RING, [...[0, 0, 0, 0, 0, 0, 0x20, 0], ...[0, 0, 0, 16], 0, 2, 0, 0]);
    write(machine, RING + 128, [0, 0, 0, idx, 0, 0, 0, 0]);
    return machine.hypercall(KVM_S390_VIRTIO.NOTIFY, RING, 0, 0);
  }

  /** Parameter, CPU address and code, and the 64-bit parameter, in low core. */
  function taken(machine: Machine): number[][] {
    machine.takeInterrupt(1);
    return [bytes(machine, 0x80, 4), bytes(machine, 0x84, 4), bytes(machine, 0x11b8, 8)];
  }

  test('carry the token of the queue that has used buffers', () => {
    const machine = live();
    expect(request(machine, 1)).toBe(0);
    expect(bytes(machine, RING + 4096, 12)).toEqual([
      ...[0, 0, 0, 1],
      0,
      0,
      0,
      0,
      ...[0, 0, 0, 16],
    ]);
    expect(machine.interruptWord(0)).toBe(2);
    expect(taken(machine)).toEqual([[0, 0, 0, 0], [0x0d, 0, 0x26, 0x03], TOKEN]);
    expect(machine.interruptWord(0)).toBe(0);
  });

  test('that say the same wait once', () => {
    const machine = live();
    request(machine, 1);
    request(machine, 2);
    taken(machine);
    expect(machine.interruptWord(0)).toBe(0);
    machine.takeInterrupt(1);
    expect(machine.interruptWord(0)).toBe(0);
  });

  test('tell of a new configuration, which stands in the descriptor already', () => {
    const machine = build(DISK);
    const { descriptor, vdev } = transport(machine, 'disk');
    write(machine, descriptor.address + 5, TOKEN);
    write(machine, descriptor.address + 4, [7]);
    machine.hypercall(KVM_S390_VIRTIO.SET_STATUS, descriptor.address, 0, 0);
    machine.monitor('block_resize d0 1M');
    expect(bytes(machine, descriptor.address + 5 + 24 + 8, 8)).toEqual([0, 0, 0, 0, 0, 0, 8, 0]);
    expect(taken(machine)).toEqual([[0, 0, 0, 1], [0x0d, 0, 0x26, 0x03], TOKEN]);
    expect(vdev.status).toBe(7);
  });

  test('tell of a device that came, and where', () => {
    const machine = build(DISK);
    machine.monitor('device_add virtio-rng-s390,id=new');
    const { address } = transport(machine, 'new').descriptor;
    const [parameter, , place = []] = taken(machine);
    expect(parameter).toEqual([0, 0, 0, 2]);
    expect(place.reduce((value, byte) => value * 256 + byte, 0)).toBe(address);
  });

  test('are forgotten with a reset, after which indices are zero', () => {
    const machine = live();
    request(machine, 1);
    machine.reset();
    expect(machine.interruptWord(0)).toBe(0);
    expect([...bytes(machine, RING + 130, 2), ...bytes(machine, RING + 4098, 2)]).toEqual([
      ...[0, 0, 0, 0],
    ]);
  });
});

test('more devices than the one page of descriptors holds are refused', () => {
  const devices = '-device virtio-rng-s390 '.repeat(120);
  expect(() => build(devices)).toThrow('the page of device descriptors has no room');
});

test('the transport is not there on the machine that took its place', () => {
  expect(() =>
    Machine.build('qemu-system-s390x -device virtio-rng-s390', {
      ...goldenHost(),
      journal: new JournalWriter(JournalRing.create()),
    }),
  ).toThrow("'virtio-rng-s390' is not a valid device model name");
});

describe('the tree of QEMU 2.5 (Features/virtio-refactoring)', () => {
  test('has the bus of each transport, on a bus on a bridge', () => {
    const tree = build('-device virtio-rng-s390,id=rng').monitor('info qtree').split('\n');
    const from = tree.indexOf('  dev: s390-virtio-bridge, id ""');
    expect(tree.slice(from, from + 13)).toEqual([
      '  dev: s390-virtio-bridge, id ""',
      '    bus: s390-virtio',
      '      type s390-virtio-bus',
      '      dev: virtio-rng-s390, id "rng"',
      '        bus: virtio-bus',
      '          type virtio-s390-bus',
      '          dev: virtio-rng-device, id ""',
      '            max-bytes = 9223372036854775807 (0x7fffffffffffffff)',
      '            period = 65536 (0x10000)',
      '            indirect_desc = true',
      '            event_idx = true',
      '            notify_on_empty = true',
      '            any_layout = true',
    ]);
  });

  test('knows nothing of properties that came later, and their features are off', () => {
    expect(() => build('-device virtio-rng-s390,packed=on')).toThrow(
      "Property 'virtio-rng-device.packed' not found",
    );
    const { vdev } = transport(build('-device virtio-rng-s390,id=r'), 'r');
    expect(vdev.deviceFeatures).toBe((1n << 24n) | (1n << 27n) | (1n << 28n) | (1n << 29n));
  });
});
