import { describe, expect, test } from 'vitest';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import { type JournalEvent, NONE } from '../../journal/schema.ts';
import { EventStore } from '../../journal/store.ts';
import type { BusNode, DeviceNode } from '../../journal/topology.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import { goldenHost } from '../../testing/golden.ts';
import { Machine } from './machine.ts';
import { startMachine } from './start.ts';

const DISK =
  '-nodefaults -M pc -m 64 -drive if=none,id=d0,file=img/disk.raw,format=raw -device virtio-blk-pci,id=disk0,drive=d0';

function recorded(line: string): { machine: Machine; events(): JournalEvent[] } {
  const ring = JournalRing.create();
  const store = new EventStore();
  const reader = new JournalReader([ring], store);
  const machine = Machine.build(line, { ...goldenHost(), journal: new JournalWriter(ring) });
  const drain = () => {
    machine.journal.flush();
    reader.drain();
    return Array.from({ length: store.length }, (_, i) => store.get(i));
  };
  const before = drain().length;
  return { machine, events: () => drain().slice(before) };
}

/** Programs BAR 4 of the function in slot 2, and lets it decode memory. */
function mapDisk(machine: Machine): void {
  for (const [register, value] of [
    [0x20, 0xe000_0000],
    [0x24, 0],
    [0x04, 6],
  ] as const) {
    machine.write('io', 0xcf8, 4, 0x8000_1000 + register);
    machine.write('io', 0xcfc, 4, value);
  }
}

describe('bus accesses', () => {
  test('are recorded with the device, the region and the register that decode them', () => {
    const { machine, events } = recorded(DISK);
    mapDisk(machine);
    const { dev } = deviceAt(machine, '/machine/peripheral/disk0/virtio-backend');
    const done = events().length;
    expect(machine.read('memory', 0xe000_0012, 2)).toBe(1);
    machine.write('memory', 0xe000_0014, 1, 1);
    const [read, write] = events().slice(done);
    const common = { dev, region: REGION_INDEX['virtio-pci-common'], space: 0 };
    expect(read).toMatchObject({
      ...common,
      kind: 'regRead',
      offset: 0x12,
      addr: 0xe000_0012,
      size: 2,
      value: 1,
    });
    expect(write).toMatchObject({
      ...common,
      kind: 'regWrite',
      offset: 0x14,
      addr: 0xe000_0014,
      size: 1,
      value: 1,
    });
  });

  test('that nothing decodes are recorded as such; memory reads zeros and ports ones, as in QEMU', () => {
    const { machine, events } = recorded('-M pc -m 64');
    expect(machine.read('memory', 0x1000_0000, 4)).toBe(0);
    expect(machine.read('io', 0xc000, 2)).toBe(0xffff);
    machine.write('io', 0xc000, 1, 0x1ff);
    const nowhere = { dev: NONE, region: 0xffff, offset: 0 };
    expect(events()).toMatchObject([
      { ...nowhere, kind: 'regRead', addr: 0x1000_0000, space: 0, value: 0 },
      { ...nowhere, kind: 'regRead', addr: 0xc000, space: 1, value: 0xffff },
      { ...nowhere, kind: 'regWrite', addr: 0xc000, space: 1, value: 0xff },
    ]);
  });

  test('to RAM reach RAM, whose writes are memory writes of the driver', () => {
    const { machine, events } = recorded('-M pc -m 64');
    machine.ram.u8.set([1, 2, 3, 4, 5], 0x1001);
    expect(machine.read('memory', 0x1001, 4)).toBe(0x0403_0201);
    machine.write('memory', 0x1002, 2, 0xffff);
    expect([...machine.ram.u8.subarray(0x1000, 0x1006)]).toEqual([0, 1, 0xff, 0xff, 4, 5]);
    expect(events()).toMatchObject([
      { kind: 'memWrite', actor: 'driver', addr: 0x1002, size: 2, old: [2, 3], new: [0xff, 0xff] },
    ]);
  });

  test('that are not aligned fall apart as QEMU splits them, and stay one event', () => {
    const { machine, events } = recorded('-M pc -m 64');
    machine.write('io', 0xcf8, 4, 0x8000_0000);
    // What QEMU 7.2 answers at the same ports.
    expect(machine.read('io', 0xcfd, 2)).toBe(0x3780);
    expect(machine.read('io', 0xcfd, 4)).toBe(0xff12_3780);
    expect(machine.read('io', 0xcfe, 4)).toBe(0xffff_1237);
    expect(machine.read('io', 0xcff, 4)).toBe(0xffff_ff12);
    machine.write('io', 0xcf8, 4, 0);
    expect(machine.read('io', 0xcfb, 2)).toBe(0xff00);
    expect(events().length).toBe(7);
  });

  test('cost no event where nobody records', () => {
    const { machine, events } = recorded(DISK);
    machine.journal.on = false;
    mapDisk(machine);
    expect(machine.read('memory', 0xe000_0012, 2)).toBe(1);
    expect(events()).toEqual([]);
  });
});

test('an interrupt input is one bit, and tells only of changes', () => {
  const machine = Machine.build('-M pc', goldenHost());
  const seen: number[] = [];
  machine.onInterrupt = () => seen.push(machine.interruptWord(0));
  machine.setInterrupt(11, true);
  machine.setInterrupt(11, true);
  machine.setInterrupt(31, true);
  machine.setInterrupt(11, false);
  machine.setInterrupt(10, false);
  expect(seen).toEqual([0x800, 0x8000_0800, 0x8000_0000]);
});

test('inputs above 31 are in further words, and a message is there until it is taken', () => {
  const machine = Machine.build('-M pc', goldenHost());
  machine.setInterrupt(255, true);
  machine.latchInterrupt(40);
  machine.latchInterrupt(41);
  expect([1, 7].map((word) => machine.interruptWord(word))).toEqual([0x300, 0x8000_0000]);
  machine.takeInterrupt(40);
  machine.takeInterrupt(255);
  expect([1, 7].map((word) => machine.interruptWord(word))).toEqual([0x200, 0x8000_0000]);
  machine.reset();
  expect([1, 7].map((word) => machine.interruptWord(word))).toEqual([0, 0x8000_0000]);
});

test('devices that a person asked for are recorded while the machine is built', () => {
  const ring = JournalRing.create();
  const store = new EventStore();
  const machine = Machine.build(DISK, { ...goldenHost(), journal: new JournalWriter(ring) });
  new JournalReader([ring], store).drain();
  const plugged: [number, string][] = [];
  for (let i = 0; i < store.length; i++) {
    const event = store.get(i);
    if (event.kind === 'plug') plugged.push([event.dev, event.text]);
  }
  const behaving = machine.devices.filter(({ path }) => path.startsWith('/machine/peripheral'));
  expect(new Map(plugged)).toEqual(new Map(behaving.map(({ dev, path }) => [dev, path])));
  expect(plugged.length).toBe(2);
});

function allDevices(bus: BusNode): DeviceNode[] {
  return bus.children.flatMap((device) => [device, ...device.buses.flatMap(allDevices)]);
}

function deviceAt(machine: Machine, path: string): DeviceNode {
  const found = allDevices(machine.topology().root).find((device) => device.path === path);
  if (!found) throw new Error(`no ${path}`);
  return found;
}

describe('topology', () => {
  const machine = Machine.build(DISK, goldenHost());
  const topology = machine.topology();

  test('leads from the system bus to the disk', () => {
    expect(topology).toMatchObject({ machineType: 'pc-i440fx-7.2-machine', ramBytes: 64 << 20 });
    expect(topology.root).toMatchObject({
      name: 'main-system-bus',
      type: 'System',
      path: '/machine/unattached/sysbus',
    });
    const host = topology.root.children.find(({ type }) => type === 'i440FX-pcihost');
    expect(host).toMatchObject({ path: '/machine/i440fx', platform: false });
    const pci = host?.buses[0];
    expect(pci).toMatchObject({ name: 'pci.0', type: 'PCI', path: '/machine/i440fx/pci.0' });
    expect(pci?.children[0]).toMatchObject({
      path: '/machine/peripheral/disk0',
      type: 'virtio-blk-pci',
      id: 'disk0',
      address: '02.0',
      platform: false,
      ancestors: [
        'virtio-blk-pci',
        'virtio-blk-pci-base',
        'virtio-pci',
        'pci-device',
        'device',
        'object',
      ],
    });
    const bus = pci?.children[0]?.buses[0];
    expect(bus).toMatchObject({ name: 'virtio-bus', type: 'virtio-pci-bus' });
    expect(bus?.children[0]).toMatchObject({
      path: '/machine/peripheral/disk0/virtio-backend',
      type: 'virtio-blk-device',
      virtio: { deviceId: 2, name: 'virtio-blk', queues: [{ maxSize: 256 }] },
      backends: [{ property: 'drive', kind: 'drive', id: 'd0', type: 'raw' }],
    });
  });

  test('numbers its devices as the journal does, each path once', () => {
    for (const { dev, path } of allDevices(topology.root)) expect(topology.devices[dev]).toBe(path);
    expect(new Set(topology.devices).size).toBe(topology.devices.length);
  });

  test('marks the devices that are there in name only', () => {
    const behaving = allDevices(topology.root).filter(({ platform }) => !platform);
    expect(behaving.map(({ type }) => type).sort()).toEqual([
      'PIIX3',
      'i440FX-pcihost',
      'virtio-blk-device',
      'virtio-blk-pci',
    ]);
  });

  test('survives a copy between threads', () => {
    expect(structuredClone(topology)).toEqual(topology);
  });
});

test('what is not modelled is said in plain words, and only that', () => {
  expect(Machine.build(DISK, goldenHost()).warnings).toEqual([]);
  const { warnings } = Machine.build(
    'qemu-system-x86_64 -nodefaults -M pc,mem-merge=off,max-fw-size=1M -acpitable x -display none',
    goldenHost(),
  );
  expect(warnings).toEqual([
    '-acpitable x is not modelled: the machine is built without it',
    '-machine max-fw-size=1M is not modelled: the machine is built without it',
  ]);
});

test.each([
  ['-M isapc', "qemu-system-x86_64: machines of type 'isapc' are not modelled yet"],
  [
    'qemu-system-aarch64 -M raspi3b',
    "qemu-system-aarch64: machines of type 'raspi3b' are not modelled yet",
  ],
  ['-device edu', "qemu-system-x86_64: -device edu: 'edu' is not modelled yet"],
  [
    '-object colo-compare,id=a',
    "qemu-system-x86_64: -object colo-compare,id=a: Parameter 'primary_in' is missing",
  ],
  ['-object secret,id=a', "qemu-system-x86_64: Either 'file' or 'data' must be provided"],
  [
    '-netdev tap,id=n',
    'qemu-system-x86_64: -netdev tap,id=n: could not open /dev/net/tun: No such file or directory',
  ],
  ["-M pc 'x", "qemu-system-x86_64: a quote (') is opened and never closed"],
  ['-m', 'qemu-system-x86_64: -m: requires an argument'],
  ['-m 4G', "qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory"],
])('%s is refused with a reason', (line, message) => {
  expect(startMachine(line, goldenHost())).toEqual({
    exit: 1,
    stdout: '',
    stderr: `${message}\n`,
  });
});

test('a machine of 200 devices takes at most a few times as long for each as one of 50', () => {
  const line = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      const slot = 3 + Math.floor(i / 8);
      return `-device virtio-rng-pci,addr=${slot.toString(16)}.${i % 8},multifunction=on`;
    })
      .concat('-nodefaults')
      .join(' ');
  const time = (count: number) => {
    const start = performance.now();
    expect(Machine.build(line(count), goldenHost()).devices.length).toBeGreaterThan(2 * count);
    return performance.now() - start;
  };
  time(50);
  const best = (count: number) => Math.min(time(count), time(count), time(count));
  // Linear is 4; a search of everything for every device would come to 16.
  expect(best(200) / best(50)).toBeLessThan(10);
});

test('the same line makes the same journal, byte for byte', () => {
  const run = () => {
    const ring = JournalRing.create();
    const machine = Machine.build(DISK, { ...goldenHost(), journal: new JournalWriter(ring) });
    mapDisk(machine);
    machine.reset();
    machine.journal.flush();
    return new Uint8Array(ring.buffer.slice(0));
  };
  expect(Buffer.compare(run(), run())).toBe(0);
});
