import { describe, expect, it } from 'vitest';
import { attempt, openMachine, refusedEdit, refusedHot } from '../../testing/refused.ts';
import { hotPlan } from '../hot.ts';
import { lineOf } from '../read.ts';
import type { Advice, Fix, RefusalFacts } from './advice.ts';
import { advise } from './advise.ts';

const DISK = '-blockdev driver=null-co,node-name=d0,size=1048576';
const VIRT = 'qemu-system-aarch64 -M virt';
const MAINFRAME = 'qemu-system-s390x -M s390-ccw-virtio';
const PORT = '-device pcie-root-port,id=rp0,chassis=1,slot=1';
/** Mistakes of newcomers, each by number: the machine, what is done to it, QEMU's reason, what helps. */
interface Mistake {
  readonly number: number;
  readonly machine: string;
  /** Added to the line, or said to the monitor of the running machine. */
  readonly add?: string;
  readonly monitor?: readonly string[];
  readonly reason: string;
  readonly fixes: readonly string[];
  readonly section?: string;
}

const many = (count: number, option: string): string =>
  Array.from({ length: count }, () => option).join(' ');

const MISTAKES: readonly Mistake[] = [
  {
    number: 1,
    machine: `-M pc ${DISK}`,
    add: '-device virtio-blk-device,drive=d0',
    reason: "No 'virtio-bus' bus found for device 'virtio-blk-device'",
    fixes: ['Plug it as virtio-blk-pci', 'Take out virtio-blk-device'],
    section: '4.1',
  },
  {
    number: 1,
    machine: `${MAINFRAME} ${DISK}`,
    add: '-device virtio-blk-device,drive=d0',
    reason: "No 'virtio-bus' bus found for device 'virtio-blk-device'",
    fixes: ['Plug it as virtio-blk-ccw', 'Plug it as virtio-blk-pci', 'Take out virtio-blk-device'],
    section: '4.3',
  },
  {
    number: 1,
    machine: `-M microvm ${DISK}`,
    add: '-device virtio-blk-pci,drive=d0',
    reason: "No 'PCI' bus found for device 'virtio-blk-pci'",
    fixes: [
      'Plug it as virtio-blk-device',
      'Give the microvm a PCI bus',
      'Take out virtio-blk-pci',
    ],
    section: '4.1',
  },
  {
    number: 1,
    machine: `-M pc ${DISK}`,
    add: '-device virtio-blk-device,drive=d0,bus=pci.0',
    reason: "Device 'virtio-blk-device' can't go on PCI bus",
    fixes: ['Plug it as virtio-blk-pci', 'Take out virtio-blk-device'],
    section: '4.1',
  },
  {
    number: 2,
    machine: `${VIRT} ${many(32, '-device virtio-rng-device')}`,
    add: '-device virtio-rng-device',
    reason: "No 'virtio-bus' bus found for device 'virtio-rng-device'",
    fixes: ['Plug it as virtio-rng-pci', 'Take out virtio-rng-device'],
    section: '4.2',
  },
  {
    number: 2,
    machine: '-M pc -device virtio-rng-pci,id=r',
    add: '-device virtio-rng-device,bus=virtio-bus',
    reason: "Bus 'virtio-bus' is full",
    fixes: ['Plug it as virtio-rng-pci', 'Take out virtio-rng-device'],
    section: '4.1',
  },
  {
    number: 3,
    machine: '-M q35',
    monitor: ['device_add virtio-rng-pci,id=x'],
    reason: "Bus 'pcie.0' does not support hotplugging",
    fixes: ['Power off and build with it', 'Power off, add a root port, and plug it there'],
    section: '4.1.2',
  },
  {
    number: 3,
    machine: `-M q35 ${PORT}`,
    monitor: ['device_add virtio-rng-pci,id=x'],
    reason: "Bus 'pcie.0' does not support hotplugging",
    fixes: [
      'Plug it into rp0',
      'Power off and build with it',
      'Power off, add a root port, and plug it there',
    ],
    section: '4.1.2',
  },
  {
    number: 4,
    machine: `-M q35 -nodefaults ${many(30, '-device virtio-rng-pci')}`,
    add: '-device virtio-rng-pci',
    reason: 'PCI: no slot/function available for virtio-rng-pci, all in use or reserved',
    fixes: ['Share slot 1e: function 1', 'Put a bridge in between', 'Take out virtio-rng-pci'],
    section: '4.1.2',
  },
  {
    number: 4,
    machine: '-M pc -nodefaults -device virtio-rng-pci,addr=3.0',
    add: '-device virtio-rng-pci,addr=3.1',
    reason: "PCI: single function device can't be populated in function 3.1",
    fixes: [
      'Say that there are several functions',
      'Let QEMU choose the address',
      'Take out virtio-rng-pci',
    ],
  },
  {
    number: 5,
    machine: `${VIRT} -device virtio-rng-device`,
    add: '-device virtio-balloon-device,bus=virtio-mmio-bus.31',
    reason: "Bus 'virtio-mmio-bus.31' is full",
    fixes: [
      'Put it into virtio-mmio-bus.30',
      'Let QEMU choose the slot',
      'Take out virtio-balloon-device',
    ],
    section: '4.2.2',
  },
  {
    number: 5,
    machine: `${VIRT} -device virtio-rng-device`,
    add: '-device virtio-balloon-device,bus=virtio-mmio-bus.32',
    reason: "Bus 'virtio-mmio-bus.32' not found",
    fixes: [
      'Plug it into virtio-mmio-bus.30',
      'Plug it into virtio-mmio-bus.29',
      'Let QEMU choose the bus',
      'Take out virtio-balloon-device',
    ],
    section: '4.2.2',
  },
  {
    number: 6,
    machine: VIRT,
    add: '-device virtio-mmio',
    reason: "Parameter 'driver' expects a pluggable device type",
    fixes: ['Put an entropy device into virtio-mmio-bus.31', 'Take out virtio-mmio'],
    section: '4.2',
  },
  {
    number: 7,
    machine: '-M microvm',
    add: '-device virtio-rng-device,force-legacy=off',
    reason: "Property 'virtio-rng-device.force-legacy' not found",
    fixes: ['Set force-legacy=false for every slot', 'Leave out force-legacy'],
    section: '4.2.4',
  },
  {
    number: 7,
    machine: VIRT,
    add: '-device virtio-rng-device,disable-legacy=on',
    reason: "Property 'virtio-rng-device.disable-legacy' not found",
    fixes: ['Set force-legacy=false for every slot', 'Leave out disable-legacy'],
    section: '4.2.4',
  },
  {
    number: 8,
    machine: '-M pc',
    add: '-device virtio-rng-pci,disable-modern=on,disable-legacy=on',
    reason:
      'device cannot work as neither modern nor legacy mode is enabled\nSet either disable-modern or disable-legacy to off',
    fixes: ['Make it modern', 'Make it legacy', 'Make it transitional'],
    section: '4.1.2.3',
  },
  {
    number: 8,
    machine: MAINFRAME,
    add: '-device virtio-rng-ccw,disable-modern=on',
    reason: "Property 'virtio-rng-ccw.disable-modern' not found",
    fixes: ['Set max_revision=0', 'Leave out disable-modern'],
    section: '4.3.2.1',
  },
  {
    number: 8,
    machine: '-M pc',
    add: '-device virtio-gpu-pci-transitional',
    reason: "'virtio-gpu-pci-transitional' is not a valid device model name",
    fixes: ['Plug it as virtio-gpu-pci', 'Take out virtio-gpu-pci-transitional'],
    section: '4.1.2',
  },
  {
    number: 9,
    machine: MAINFRAME,
    add: '-device virtio-rng-ccw,addr=05.0',
    reason: "Property 'virtio-rng-ccw.addr' not found",
    fixes: ['Use devno=fe.0.0005', 'Leave out addr'],
    section: '4.3.1',
  },
  {
    number: 9,
    machine: `${MAINFRAME} -device virtio-rng-ccw,devno=fe.0.0001`,
    add: '-device virtio-balloon-ccw,devno=fe.0.0001',
    reason: 'Device fe.0.0001 already exists',
    fixes: ['Let QEMU choose the address', 'Take out virtio-balloon-ccw'],
    section: '4.3.1',
  },
  {
    number: 9,
    machine: '-M pc',
    add: '-device virtio-rng-pci,devno=fe.0.0009',
    reason: "Property 'virtio-rng-pci.devno' not found",
    fixes: ['Use addr=09.0', 'Leave out devno'],
    section: '4.1.2',
  },
  {
    number: 10,
    machine: `-M q35 ${PORT} -device virtio-rng-pci,id=x,bus=rp0`,
    monitor: ['device_del x', 'device_del x'],
    reason: 'Device x is already in the process of unplug',
    fixes: ['Power off and build without it'],
  },
  {
    number: 10,
    machine: `-M q35 ${PORT} -device virtio-rng-pci,id=x,bus=rp0`,
    monitor: ['device_del x', 'device_add virtio-balloon-pci,id=x,bus=rp0'],
    reason: "Duplicate device ID 'x'",
    fixes: ['Power off and build with the new one'],
  },
];

function provoke({ machine, add, monitor }: Mistake): RefusalFacts {
  if (add !== undefined) return refusedEdit(machine, `${machine} ${add}`);
  const running = openMachine(machine);
  const [last = '', ...first] = [...(monitor ?? [])].reverse();
  for (const line of first.reverse()) expect(running.monitor(line)).toBe('');
  return refusedHot(running, machine, last);
}

/** Does what a button does; answers with what QEMU says against it. */
function follow({ machine }: Mistake, facts: RefusalFacts, fix: Fix): string {
  if (!fix.doc) return attempt(machine).refused?.message ?? '';
  if (!facts.hot || fix.act === 'power-off')
    return attempt(lineOf(fix.doc), fix).refused?.message ?? '';
  const running = openMachine(machine);
  const topology = running.topology();
  const keys = facts.before.options.map(({ key }) => key);
  const plan = hotPlan(facts.before, fix.doc, { topology, keys, plugged: new Map() });
  if (!plan) return 'cannot be carried out while the machine runs';
  return plan.lines.map((line) => running.monitor(line)).join('');
}

describe('mistakes that newcomers make', () => {
  it.each(MISTAKES.map((mistake) => [`${mistake.number}: ${mistake.reason}`, mistake] as const))(
    'misconception %s',
    (_, mistake) => {
      const facts = provoke(mistake);
      const option = mistake.add === undefined ? 'Error' : `: ${mistake.add}`;
      expect(facts.message.endsWith(`${option}: ${mistake.reason}`)).toBe(true);
      const advice: Advice = advise(facts);
      expect(advice.misconception).toBe(mistake.number);
      expect(advice.section).toBe(mistake.section);
      expect(advice.fixes.map(({ label }) => label)).toEqual(mistake.fixes);
      for (const fix of advice.fixes)
        expect(`${fix.label}: ${follow(mistake, facts, fix)}`).toBe(`${fix.label}: `);
    },
  );

  it('has all of 1 to 10', () => {
    expect([...new Set(MISTAKES.map(({ number }) => number))]).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });
});

/** Advice on an edit of a machine, and the lines that its fixes make, by label. */
function adviceOn(machine: string, add: string): Advice & { lines: Record<string, string> } {
  const advice = advise(refusedEdit(machine, `${machine} ${add}`));
  const lines = advice.fixes.map(({ label, doc }) => [label, doc ? lineOf(doc) : '']);
  return { ...advice, lines: Object.fromEntries(lines) as Record<string, string> };
}

const automatic = ({ fixes }: Advice) =>
  fixes.filter((fix) => fix.automatic).map(({ label }) => label);

describe('a back end that is missing', () => {
  it('is made, and taken without asking', () => {
    const advice = adviceOn('-M pc', '-device virtio-blk-pci');
    expect(automatic(advice)).toEqual(['Add drive0 for it']);
    expect(advice.lines['Add drive0 for it']).toBe(
      '-M pc -blockdev driver=null-co,node-name=drive0,size=67108864,read-zeroes=on -device virtio-blk-pci,drive=drive0',
    );
  });

  it('is the one that nobody uses, where there is one', () => {
    const advice = adviceOn(`-M pc ${DISK}`, '-device virtio-blk-pci');
    expect(automatic(advice)).toEqual(['Use d0']);
  });

  it('is made under the name that the line has', () => {
    const advice = adviceOn('-M pc', '-device virtio-net-pci,netdev=lan');
    expect(advice.lines['Add lan for it']).toBe(
      '-M pc -netdev user,id=lan -device virtio-net-pci,netdev=lan',
    );
  });

  it('is one of nearly the same name first, and then none is made without asking', () => {
    const advice = adviceOn(`-M pc ${DISK}`, '-device virtio-blk-pci,drive=do');
    expect(Object.keys(advice.lines)[0]).toBe('Use d0');
    expect(automatic(advice)).toEqual([]);
  });

  it('comes with what else the device cannot be without', () => {
    const share = adviceOn('-M pc', '-device virtio-9p-pci');
    expect(share.lines['Add fs0 for it']).toMatch(/mount_tag=share/);
    const memory = adviceOn('-M pc', '-device virtio-mem-pci');
    expect(memory.lines['Add mem0 for it']).toMatch(/maxmem=/);
    expect(attempt(memory.lines['Add mem0 for it'] ?? '').refused).toBeUndefined();
  });

  it('comes to a running machine together with its disk', () => {
    const machine = '-M pc';
    const { fixes } = advise(
      refusedHot(openMachine(machine), machine, 'device_add virtio-blk-pci,id=b'),
    );
    expect(fixes.map(({ label, act, automatic: auto }) => ({ label, act, auto }))).toEqual([
      { label: 'Add drive0 for it', act: undefined, auto: true },
    ]);
  });
});

it.each([
  ['-device vhost-user-blk-pci', 'Plug it as virtio-blk-pci'],
  [
    '-chardev null,id=c -device vhost-user-fs-pci,chardev=c,tag=x,id=share',
    'Plug it as virtio-9p-pci',
  ],
  ['-device vhost-scsi-pci', 'Plug it as virtio-scsi-pci'],
])('a device that another program serves is told from one without a peer: %s', (add, label) => {
  const advice = adviceOn('-M pc', add);
  expect(advice.title).toMatch(/is served by (?:another program|the host's kernel)$/);
  expect(attempt(advice.lines[label] ?? '').refused).toBeUndefined();
});

it('makes an image in the place of a file that is not here, and reads it as what it is', () => {
  const facts = refusedEdit('-M pc', '-M pc -drive file=a.qcow2,format=qcow2,if=virtio');
  const [first, second] = advise(facts).fixes;
  expect(first?.images).toEqual([{ name: 'a.qcow2', format: 'raw', bytes: 64 * 2 ** 20 }]);
  expect(first?.doc && attempt(lineOf(first.doc), first).refused).toBeUndefined();
  expect(first?.doc && lineOf(first.doc)).toBe('-M pc -drive file=a.qcow2,format=raw,if=virtio');
  expect(first?.doc && attempt(lineOf(first.doc)).refused?.message).toMatch(/Could not open/);
  expect(second?.doc && lineOf(second.doc)).toMatch(/driver=null-co/);
});

it.each([
  ['-device virtio-rng-pcii', 'Plug it as virtio-rng-pci'],
  ['-device rng-builtin', 'Make it with -object'],
  ['-device virtio-rng-pci,vectrs=3', 'Use vectors=3'],
  ['-device virtio-rng-pci,packed=1', 'Use packed=on'],
  ['-device virtio-rng-pci,vectors=1k', 'Use vectors=1024'],
  ['-device virtio-rng-pci,id=a -device virtio-rng-pci,id=a', 'Call it a0'],
  ['-devcie virtio-rng-pci', 'Use -device'],
  ['-M qq35', 'Take the machine q35'],
  ['-M virt', 'Call qemu-system-aarch64'],
  ['-netdev tap,id=n0 -device virtio-net-pci,netdev=n0', 'Make it -netdev user'],
  ['-m 64X', 'Leave out -m'],
  ['-smp 1000', 'Take 255'],
  ['-cpu host', 'Leave out -cpu'],
  ['-device help', 'Take the question out'],
])('offers what was meant: %s', (add, label) => {
  const { fixes } = advise(refusedEdit('', add));
  const fix = fixes.find((one) => one.label === label);
  expect(fixes.map((one) => one.label)).toContain(label);
  expect(fix?.doc && attempt(lineOf(fix.doc), fix).refused).toBeUndefined();
});
