import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DriverSession, replayDriver } from '../../headless/conformance/driver-session.ts';
import { DEVICE_CLAUSES } from '../../testing/clauses/device-clauses.ts';
import type { PortName } from '../../testing/clauses/port.ts';
import { PORTS } from '../../testing/clauses/ports.ts';
import { type Format, Subject } from '../../testing/clauses/subject.ts';
import { DEVICE_RUNS } from '../../testing/device-runs.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { goldenHost } from '../../testing/golden.ts';
import { HostileDriver } from '../../testing/hostile/hostile-driver.ts';
import { TARGETS } from '../../testing/hostile/targets.ts';
import { checkInterrupted } from '../../testing/interrupted.ts';
import { TRANSPORTS, type TransportName, transportLine } from '../../testing/transports.ts';
import { Machine } from './machine.ts';

/**
 * Steps before which the machine is replaced. Several in a run: a machine that was put back is put back again, and a
 * thing that was forgotten once does not come back.
 */
const every = (stride: number, from: number) => (step: number) => step % stride === from;

const SESSIONS = [
  'blk-ccw-legacy',
  'blk-ccw-packed',
  'blk-mmio-legacy-virt',
  'blk-mmio-modern-virt',
  'blk-pci-legacy',
  'blk-pci-modern-config-change',
  'blk-pci-modern-event-idx',
  'blk-pci-modern-msix',
  'blk-pci-modern-packed-wraparound',
  'broken-loop',
  'console-modern',
  'input-tablet-modern',
];

test.each(SESSIONS)('what QEMU recorded of %s goes on behind a snapshot', (name) => {
  const file = `${import.meta.dirname}/../../testing/golden/drivers/${name}.json`;
  const session = JSON.parse(readFileSync(file, 'utf8')) as DriverSession;
  const run = () => expect(replayDriver(session)).toBeUndefined();
  expect(checkInterrupted(run, every(40, 31))).toBeGreaterThan(40);
});

const SCRIPT = `import { virtio, VirtioBlk, text, log } from 'guest';
const disk = virtio.probe(VirtioBlk);
disk.write(2, 'written on any bus');
log(text(disk.read(1)), text(disk.read(2)));
`;

test.each(Object.keys(TRANSPORTS) as TransportName[])('a script goes on over %s', (name) => {
  const run = () => {
    const guest = new DirectGuest(transportLine(name));
    expect(guest.run(SCRIPT)).toEqual({ kind: 'ended' });
    expect(guest.output.join()).toContain('written on any bus');
  };
  checkInterrupted(run, every(60, 50));
});

/** Every interface with every ring format that it has: packed rings came with VIRTIO 1. */
const COMBINATIONS = (Object.keys(PORTS) as PortName[]).flatMap((name) =>
  (['split', 'packed'] as const satisfies Format[])
    .filter((format) => format === 'split' || !new Subject(name, 'split').port.legacy)
    .map((format) => ({ name, format })),
);

test.each(COMBINATIONS)('$name with $format virtqueues', ({ name, format }) => {
  const subject = new Subject(name, format);
  const clauses = DEVICE_CLAUSES.filter(({ applies = () => true }) => applies(subject));
  const run = () => {
    // A third of them, and each trial for one interface at least.
    for (const [i, { properties, trial }] of clauses.entries())
      if (i % 3 === name.length % 3) trial(new Subject(name, format, properties));
  };
  checkInterrupted(run, every(1000, 14));
});

/** Every device in both ring formats; two of them by every way. */
const HOSTILE = TARGETS.filter(
  ({ kind, way }) => ['blk', 'serial'].includes(kind) || way === 'modern' || way === 'mmio2packed',
);

test.each(HOSTILE)('a driver that does all that a guest can do to $name', (target) => {
  checkInterrupted(() => new HostileDriver(target, 7).round(40), every(60, 57), true);
});

describe('what devices and back ends have to remember', () => {
  test.each(Object.entries(DEVICE_RUNS))('%s', (_, run) => {
    // Their story begins where the driver has found the device.
    checkInterrupted(run, (step) => step > 150 && step % 8 === 1, true);
  });
});

describe('what somebody forgot to save is found', () => {
  const LINE = '-M pc -m 16 -nodefaults -device virtio-rng-pci,id=r';

  /** Two accesses to a machine whose device has something that no snapshot knows of. */
  function forgetful(forgotten: object): () => void {
    return () => {
      const machine = Machine.build(LINE, goldenHost());
      Object.assign(machine.root.at('/machine/peripheral/r') ?? {}, { forgotten });
      machine.read('io', 0xcfc, 4);
      machine.read('io', 0xcfc, 4);
    };
  }

  test('a field that moved', () => {
    expect(() => checkInterrupted(forgetful({ count: 1 }), every(2, 1), true)).toThrow(
      /^not restored: .*forgotten\.count: undefined instead of 1$/,
    );
  });

  test('a field that an object keeps to itself', () => {
    class Secret {
      readonly #count = 1;

      get shown(): number {
        return this.#count;
      }
    }
    expect(() => checkInterrupted(forgetful(new Secret()), every(2, 1), true)).toThrow(
      /^not restored: .*forgotten\.#count 0: undefined instead of 1$/,
    );
  });
});

test('a snapshot can be restored any number of times, and knows nothing of what follows', () => {
  const host = goldenHost();
  const machine = Machine.build('-M pc -m 16 -nodefaults', host);
  machine.monitor('device_add virtio-rng-pci,id=r,addr=5');
  machine.ram.u8[5] = 1;
  const snapshot = machine.save();
  machine.ram.u8[5] = 2;
  machine.monitor('device_add virtio-rng-pci,id=s,addr=6');
  for (let i = 0; i < 2; i++) {
    const again = Machine.restore(snapshot, host);
    expect([...(again.root.at('/machine/peripheral')?.children.keys() ?? [])]).toEqual(['r']);
    expect(again.ram.u8[5]).toBe(1);
    again.ram.u8[5] = 3;
    again.write('io', 0xcf8, 4, 0x8000_2804);
    again.write('io', 0xcfc, 2, 7);
  }
});
