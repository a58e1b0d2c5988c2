import { describe, expect, it } from 'vitest';
import { decodeRequest, requestContext } from '../journal/decode-request.ts';
import { Folder } from '../journal/fold/folder.ts';
import { type Moment, type QueueMoment, queueKey } from '../journal/fold/moment.ts';
import { RingView } from '../journal/fold/ring-view.ts';
import { Labels } from '../journal/labels/labels.ts';
import { Lens } from '../journal/lens/lens.ts';
import type { EventOf } from '../journal/schema.ts';
import { VIRTIO_ID } from '../spec/virtio.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { type TransportName, transportLine } from '../testing/transports.ts';
import {
  driverScript,
  type Mistake,
  topologyNames,
  virtioDevs,
  whyAfter,
} from '../testing/why-rig.ts';

/** Legacy drivers on big-endian CPUs; and one whose rings are little-endian, for the same work. */
const BIG = ['ccw revision 0', 's390-virtio'] as const;
const LITTLE = 'pci-legacy on pc';
/** That of every disk of QEMU 2.5, the last program that had s390-virtio. */
const SIZE = 128;
/** Every so many of the things that happen to chains are looked at: coprime to those of a round, which are ten. */
const EVERY = 7;

/** One request at a time and several, of different sizes, so that the ring comes round. */
const WORK = `
import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk);
disk.read(1);
for (let round = 0; round < 30; round++) {
  for (let i = 0; i < 4; i++) disk.startWrite(2 + i, 'round ' + round + ' sector ' + i);
  disk.submit();
  for (let i = 0; i < 4; i++) disk.next();
  disk.read(300 + round);
}
disk.getId();
`;

interface Ran {
  readonly guest: DirectGuest;
  readonly dev: number;
  readonly folder: Folder;
}

function ran(line: string, source: string): Ran {
  const guest = new DirectGuest(line);
  expect(guest.run(source)).toEqual({ kind: 'ended' });
  guest.events();
  const dev = virtioDevs(guest.machine.topology())[0] ?? -1;
  return { guest, dev, folder: new Folder(guest.store) };
}

const disk = (name: TransportName): Ran =>
  ran(
    transportLine(
      name,
      name === 's390-virtio' ? '' : `-global virtio-blk-device.queue-size=${SIZE}`,
    ),
    WORK,
  );

/** Everything that the view tells of a ring, but where its buffers lie: machines differ in that. */
function ring(queue: QueueMoment, { memory }: Moment): object {
  const view = new RingView(queue, memory);
  const { availIdx, usedIdx, pending, deviceHeads, availFlags, usedFlags } = view;
  const { filling, availStaged, usedStaged, inFlight } = queue;
  const entries = Array.from({ length: view.size }, (_, i) => {
    const { addr, ...descriptor } = view.descriptor(i) ?? { addr: 0 };
    return { descriptor, named: addr !== 0, available: view.available(i), used: view.used(i) };
  });
  return {
    ...{ size: view.size, entries, availIdx, usedIdx, pending, deviceHeads, availFlags, usedFlags },
    ...{ filling: [...filling], availStaged, usedStaged, inFlight },
  };
}

/** The request that a chain is, read as its device does. */
function request({ guest, dev, folder }: Ran, event: EventOf<'chainPopped'>, at: number) {
  const moment = folder.momentAt(at);
  const queue = moment.queues.get(queueKey(dev, event.queue));
  if (!queue) throw new Error('no queue');
  const names = topologyNames(guest.machine.topology());
  const pieces = new RingView(queue, moment.memory).pieces(event.head);
  const context = requestContext(moment, queue, names.queue(dev, event.queue));
  const found = decodeRequest(names.virtioId(dev), pieces, moment.memory, context);
  return found && { title: found.title, fields: found.fields.map((f) => `${f.name} ${f.value}`) };
}

/** What rings and requests looked like as the device took and returned chains. */
function story(run: Ran): object[] {
  const { guest, dev, folder } = run;
  let seen = 0;
  return guest.events().flatMap((event, at) => {
    if (event.kind !== 'chainPopped' && event.kind !== 'chainPushed') return [];
    if (seen++ % EVERY !== 0) return [];
    const moments = [folder.momentAt(at), folder.momentAt(at + 1)];
    return {
      kind: event.kind,
      rings: moments.map((moment) => ring(moment.queues.get(queueKey(dev, 0))!, moment)),
      request: event.kind === 'chainPopped' ? request(run, event, at) : undefined,
    };
  });
}

/** What rings looked like as each available index was about to be published. */
function staged({ guest, dev, folder }: Ran): object[] {
  return guest.events().flatMap((event, at) => {
    if (event.kind !== 'memWrite') return [];
    const moment = folder.momentAt(at);
    const queue = moment.queues.get(queueKey(dev, 0));
    return queue?.enabled && event.addr === queue.driver + 2 ? ring(queue, moment) : [];
  });
}

describe('[2.7.3] a legacy driver on a big-endian CPU', () => {
  const there = disk(LITTLE);
  const usual = story(there);
  const before = staged(there);

  it('is compared with a run that has every state of a ring in it', () => {
    const text = JSON.stringify([usual, before]);
    for (const word of ['"staged"', '"pending"', '"seen"', '"published"', '"free"', '"head"'])
      expect(text).toContain(word);
    expect(text).toContain('"title":"OUT, sector 3"');
    expect(before).toContainEqual(expect.objectContaining({ availStaged: 4 }));
  });

  it.each(BIG)('has the same rings and requests at each chain over %s', (name) => {
    const here = disk(name);
    const { queues } = here.folder.momentAt(here.guest.store.length);
    expect([...queues.values()].map(({ bigEndian }) => bigEndian)).toEqual([true]);
    for (const [i, step] of [...story(here), ...staged(here)].entries())
      expect(step).toEqual([...usual, ...before][i]);
  });

  it.each(BIG)('has the same workload in the lens over %s', (name) => {
    const [here, other] = [disk(name), there].map(({ guest, dev, folder }) => {
      const lens = new Lens(guest.store, (at) => folder.momentAt(at), dev, 0);
      while (!lens.follow(guest.store.length));
      const { own, other, leftOut, moment } = lens.at(guest.store.length);
      const { popped, pushed, lastAvailIdx, usedIdx } = moment.queues.get(queueKey(dev, 0))!;
      return { own, other, leftOut, popped, pushed, lastAvailIdx, usedIdx };
    });
    expect(here?.popped).toBe(152);
    expect(here).toEqual(other);
  });

  it.each(BIG)('has the fields of its requests among the labels of memory over %s', (name) => {
    const { guest, folder } = disk(name);
    const at = guest.events().findIndex(({ kind }) => kind === 'chainPopped') + 1;
    const moment = folder.momentAt(at);
    const { platform } = guest.machine;
    const labels = new Labels({ moment, topology: guest.machine.topology(), platform });
    const [queue] = moment.queues.values();
    const header = labels.at(queue!.desc)?.target as number;
    expect(labels.over(header, 16).map(({ field, value }) => `${field} ${value}`)).toEqual(
      expect.arrayContaining(['type IN (0)', 'sector 1']),
    );
  });

  const MISTAKES: readonly Mistake[] = [
    'nothing',
    'outside RAM',
    'loop',
    'no entry',
    'no index',
    'no notification',
    'no interrupts wanted',
  ];
  const LINKS = ['descriptors', 'available', 'published', 'notified', 'popped', 'used'];
  it.each(BIG.flatMap((name) => MISTAKES.map((mistake) => [name, mistake] as const)))(
    'is told why nothing happens in the same words over %s: %s',
    (name, mistake) => {
      const [here, other] = [name, LITTLE].map((transport) => {
        const { links, verdict } = whyAfter(transport as TransportName, mistake, { before: 2 });
        const told = links.filter(({ id }) => LINKS.includes(id));
        return { link: verdict.link, told: told.map(({ id, state, text }) => [id, state, text]) };
      });
      expect(here).toEqual(other);
    },
  );
});

/** A driver by hand that gives its device one chain; \`fill\` describes it. */
const byHand = (id: number, queue: number, fill: string, features = ''): string => `
import { virtio, dma as plain, ACKNOWLEDGE, DRIVER, DRIVER_OK } from 'guest';
const device = virtio.find(${id}).open();
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
device.acceptFeatures([${features}]);
const queue = device.queue(${queue});
device.status |= DRIVER_OK;
const { dma } = device;
const buffers = ${fill};
queue.publish(queue.add(buffers));
queue.notify();
`;

const HEADER = 'dma.alloc(10).u8(0, 1).u8(1, 4).u16(2, 54).u16(4, 0x1234).u16(6, 34).u16(8, 16)';
/** A chain for a queue of each device that had an interface before VIRTIO 1: title and a field of what is read. */
const CHAINS = [
  ['net', VIRTIO_ID.NET, 1, `{ readable: [${HEADER}, dma.alloc(60)] }`, 'gso_size 4660'],
  [
    'serial',
    VIRTIO_ID.CONSOLE,
    3,
    '{ readable: [dma.alloc(8).u32(0, 1).u16(4, 3).u16(6, 1)] }',
    'event PORT_READY (3)',
  ],
  [
    'balloon',
    VIRTIO_ID.BALLOON,
    0,
    '{ readable: [dma.alloc(8).u32(0, 0x1234).u32(4, 0x1235)] }',
    'pfns 0x1234, 0x1235',
  ],
  [
    'scsi',
    VIRTIO_ID.SCSI,
    0,
    '{ readable: [dma.alloc(24).u32(0, 0).u32(4, 1).u8(8, 1).u64(16, 0x1234)], writable: [dma.alloc(1)] }',
    'subtype ABORT_TASK_SET (1)',
  ],
  [
    '9p',
    VIRTIO_ID['9P'],
    0,
    "{ readable: [plain.alloc(21).u32(0, 21).u8(4, 100).u16(5, 0xffff).u32(7, 8192).u16(11, 8).write('9P2000.L', 13)], writable: [dma.alloc(64)] }",
    'msize 8192',
  ],
] as const;
/** What each device needs behind it. */
const BEHIND: Readonly<Record<string, string>> = {
  net: '-netdev user,id=n0 -device virtio-net-BUS,netdev=n0',
  serial: '-device virtio-serial-BUS',
  balloon: '-device virtio-balloon-BUS',
  scsi: '-device virtio-scsi-BUS',
  '9p': '-fsdev local,id=fs0,path=/srv,security_model=none -device virtio-9p-BUS,fsdev=fs0,mount_tag=t',
};
const MACHINES = {
  little: ['qemu-system-aarch64 -M virt -m 64 -nodefaults', 'device', ''],
  'ccw revision 0': [
    'qemu-system-s390x -M s390-ccw-virtio -m 64 -nodefaults',
    'ccw',
    ',max_revision=0',
  ],
  's390-virtio': ['qemu-system-s390x -M s390-virtio -m 64 -nodefaults', 's390', ''],
} as const;

describe('[5] a legacy device of a big-endian guest has its requests read', () => {
  const read = (
    machine: keyof typeof MACHINES,
    [kind, id, queue, fill]: (typeof CHAINS)[number],
  ) => {
    const [line, bus, more] = MACHINES[machine];
    const device = `${BEHIND[kind]?.replace('BUS', bus)}${more}`;
    const features = kind === 'serial' ? '1' : '';
    const run = ran(`${line} ${device}`, byHand(id, queue, fill, features));
    const events = run.guest.events();
    const at = events.findIndex(({ kind }) => kind === 'chainPopped');
    const event = events[at];
    if (event?.kind !== 'chainPopped') throw new Error('the device took nothing');
    return request(run, event, at);
  };
  const cases = CHAINS.flatMap((chain) =>
    (['ccw revision 0', 's390-virtio'] as const)
      // Of QEMU's s390-virtio there were fewer devices.
      .filter((machine) => machine === 'ccw revision 0' || !['balloon', '9p'].includes(chain[0]))
      .map((machine) => [chain[0], machine, chain] as const),
  );
  it.each(cases)('%s over %s', (_kind, machine, chain) => {
    const found = read(machine, chain);
    expect(found?.fields).toContain(chain[4]);
    expect(found).toEqual(read('little', chain));
  });
});

it('[2.7.3] the driver that accepts VERSION_1 behind its queues has little-endian rings from then on', () => {
  const guest = new DirectGuest(transportLine('ccw on s390-ccw-virtio'));
  const outcome = guest.run(`
import { virtio, ACKNOWLEDGE, DRIVER, VIRTIO_F_VERSION_1 } from 'guest';
const device = virtio.find(2).open();
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
device.queue(0);
device.acceptFeatures([VIRTIO_F_VERSION_1]);
`);
  expect(outcome).toEqual({ kind: 'ended' });
  const events = guest.events();
  const told = events.flatMap((event, i) => (event.kind === 'queueConfig' ? [i + 1] : []));
  const folder = new Folder(guest.store);
  const orders = told.map((at) =>
    [...folder.momentAt(at).queues.values()].map(({ enabled, bigEndian }) => [enabled, bigEndian]),
  );
  expect(orders).toEqual([[[true, true]], [[true, false]]]);
});

it('[2.7.3] the driver that accepts VERSION_1 has little-endian rings on the same CPU', () => {
  const guest = new DirectGuest(transportLine('ccw on s390-ccw-virtio'));
  guest.run(driverScript('nothing'));
  guest.events();
  const { queues } = new Folder(guest.store).momentAt(guest.store.length);
  expect([...queues.values()].map(({ bigEndian }) => bigEndian)).toEqual([false]);
});
