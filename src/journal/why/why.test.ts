import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPLIT } from '../../spec/virtio.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { journalOf, randomDeeds } from '../../testing/random-journal.ts';
import { NAMELESS } from '../../testing/told.ts';
import { TRANSPORTS, type TransportName, transportLine } from '../../testing/transports.ts';
import {
  broken,
  driverScript,
  type Mistake,
  virtioDevs,
  type Way,
  whyAfter,
  whyOf,
} from '../../testing/why-rig.ts';
import { sound } from '../../testing/why-sound.ts';
import { Folder } from '../fold/folder.ts';
import { queueKey } from '../fold/moment.ts';
import { ACTOR, NONE } from '../schema.ts';
import { requestFacts } from '../spans/request-facts.ts';
import { Spans } from '../spans/spans.ts';
import type { LinkId } from './chain.ts';
import { TRACE_EVENTS } from './trace.ts';
import { explain } from './why.ts';

const ALL = Object.keys(TRANSPORTS) as TransportName[];
const PCI = ALL.filter((name) => name.startsWith('pci'));
const LEGACY: readonly TransportName[] = [
  'pci-legacy on pc',
  'pci-legacy on virt',
  'mmio version 1 on virt',
  'ccw revision 0',
  's390-virtio',
  'mmio on microvm',
];
const MODERN = ALL.filter((name) => !LEGACY.includes(name) && name !== 'mmio on RISC-V');
const RINGS = ALL.filter((name) => name !== 's390-virtio');
const MSIX: readonly TransportName[] = [
  'pci-modern on pc',
  'pci on virt',
  'pci behind a root port of q35',
];

/** Which link each mistake breaks, and on which transports it can be made. */
const BREAKS: Readonly<
  Record<Exclude<Mistake, 'nothing'>, readonly [LinkId, readonly TransportName[], Way?]>
> = {
  'no probe': ['found', ALL],
  'no status': ['acknowledged', ALL],
  'gives up': ['acknowledged', ALL],
  'no FEATURES_OK': ['features', MODERN],
  'no VERSION_1': ['features', MODERN],
  'no queue': ['queue', RINGS],
  'no DRIVER_OK': ['driverOk', ALL],
  'no bus master': ['reach', PCI],
  'outside RAM': ['descriptors', ALL],
  loop: ['descriptors', ALL],
  'no entry': ['available', ALL],
  'no index': ['published', ALL],
  'no notification': ['notified', ALL],
  'wrong queue': ['notified', RINGS],
  'absent queue': ['notified', ALL],
  'no interrupts wanted': ['raised', ALL],
  'INTx disabled': ['delivered', PCI],
  'no vector': ['delivered', MSIX, { msix: true }],
  'vector masked': ['delivered', MSIX, { msix: true }],
  'function masked': ['delivered', MSIX, { msix: true }],
  'wrong input': ['awaited', ALL],
};
const MISTAKES = Object.keys(BREAKS) as (keyof typeof BREAKS)[];

describe('a mistake is named', () => {
  for (const mistake of MISTAKES) {
    const [link, transports, way] = BREAKS[mistake];
    it.each(transports.slice(0, 2).concat(transports.slice(-1)))(
      `${mistake}: ${link}, over %s`,
      (transport) => {
        const found = whyAfter(transport, mistake, way);
        expect([found.verdict.kind, found.verdict.link]).toEqual(['broken', link]);
        expect(found.verdict.text).toBe(found.links.find(({ id }) => id === link)?.text);
        sound(found, Number.POSITIVE_INFINITY);
      },
    );
  }

  it('any one of them, over any transport, in either ring format, after any number of good requests', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MISTAKES),
        fc.nat(1000),
        fc.boolean(),
        fc.boolean(),
        fc.nat(5),
        (mistake, pick, packed, eventIdx, before) => {
          const [link, transports, way = {}] = BREAKS[mistake];
          const transport = transports[pick % transports.length] as TransportName;
          const modern = MODERN.includes(transport);
          // What a library does in one step for packed rings cannot be done by halves.
          const halves: readonly Mistake[] = ['no entry', 'loop'];
          // Without VERSION_1 there is none of this, and the driver sleeps by hand without its index.
          const plain = mistake === 'no VERSION_1' || mistake === 'no FEATURES_OK';
          const byHand = mistake === 'wrong input' && before > 0;
          const found = whyAfter(transport, mistake, {
            ...way,
            before: ['no DRIVER_OK', 'no queue', 'no bus master'].includes(mistake) ? 0 : before,
            packed: modern && packed && !halves.includes(mistake) && !plain,
            eventIdx: modern && eventIdx && !plain && !byHand && !link.startsWith('deliver'),
          });
          expect([found.verdict.link, found.verdict.text]).toEqual([link, expect.any(String)]);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  it('with the event and the line that broke it', () => {
    const guest = new DirectGuest(transportLine('pci-modern on pc'));
    const source = driverScript('no notification', { before: 2 });
    guest.run(source);
    const { links } = whyOf(guest);
    const link = links.find(({ id }) => id === 'notified');
    expect(guest.store.kindAt(link?.event ?? -1)).toBe('memWrite');
    expect(source.split('\n')[(link?.line ?? 0) - 1]).toContain('queue.publish(head)');
  });
});

describe('nothing is broken', () => {
  it.each(ALL)('at any moment of a good run over %s', (transport) => {
    const guest = new DirectGuest(transportLine(transport));
    guest.run(driverScript('nothing', { before: 3 }));
    const { length } = guest.events();
    for (let at = 0; at <= length; at += Math.max(1, Math.floor(length / 60))) {
      const found = whyOf(guest, 0, at);
      expect([at, broken(found)]).toEqual([at, []]);
      sound(found, at);
    }
    expect(whyOf(guest).verdict.kind).toBe('done');
  });

  it.each([
    [{ packed: true }],
    [{ eventIdx: true }],
    [{ packed: true, eventIdx: true }],
    [{ msix: true, eventIdx: true }],
  ] as const)('at the end of a good run with %o', (way) => {
    const found = whyAfter('pci-modern on pc', 'nothing', { ...way, before: 9 });
    expect(broken(found)).toEqual([]);
    expect(found.verdict).toMatchObject({
      kind: 'done',
      text: expect.stringContaining('10 chains'),
    });
  });

  it('before anything has run', () => {
    const found = whyOf(new DirectGuest());
    expect(found.verdict).toEqual({ kind: 'idle', text: 'Nothing has run yet.' });
    expect(broken(found)).toEqual([]);
  });
});

const NET_SCRIPT = `import { virtio, ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, VIRTIO_F_VERSION_1 } from 'guest';
const device = virtio.find(1).open();
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
if (!device.legacy) device.acceptFeatures([VIRTIO_F_VERSION_1]), device.status |= FEATURES_OK;
const rx = device.queue(0, { size: 256 });
device.status |= DRIVER_OK;
for (let i = 0; i < 2; i++) rx.publish(rx.add({ writable: [device.dma.alloc(1526)] }));
rx.notify();
rx.wait();
`;

describe('who waits for somebody outside', () => {
  const NETS = [
    '-M pc -m 64 -nodefaults NET -device virtio-net-pci,id=net0PEER',
    'qemu-system-aarch64 -M virt -m 64 -nodefaults NET -device virtio-net-device,id=net0PEER',
  ];
  it.each(NETS)('[5.1.9.3] waits for a packet: %s', (line) => {
    const guest = new DirectGuest(
      line.replace('NET', '-netdev user,id=n0').replace('PEER', ',netdev=n0'),
    );
    guest.run(NET_SCRIPT);
    const found = whyOf(guest);
    expect(broken(found)).toEqual([]);
    expect(found.verdict).toEqual({
      kind: 'waiting',
      text: 'net0 holds 2 receive buffers and waits for a packet.',
    });
  });

  it.each(NETS)('[5.1.9.3] waits in vain without a peer: %s', (line) => {
    const guest = new DirectGuest(line.replace('NET', '').replace('PEER', ''));
    guest.run(NET_SCRIPT);
    expect(whyOf(guest).verdict).toMatchObject({
      link: 'completed',
      text: expect.stringContaining('no netdev is connected'),
    });
  });
});

describe('whatever happens', () => {
  const topology = new DirectGuest().machine.topology();
  it('every link has its sentence, after any journal', () => {
    fc.assert(
      fc.property(
        randomDeeds(80),
        fc.integer({ min: 1, max: 2 }),
        fc.nat(1),
        (deeds, dev, queue) => {
          const store = journalOf(deeds);
          const moment = new Folder(store).momentAt(store.length);
          const question = { store, moment, topology, dev, queue, names: NAMELESS };
          sound(explain(question), store.length);
          sound(explain({ ...question, topology: undefined }), store.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('[2.7.7] a transmit queue that wants no interrupts is not what a sleeping guest waits for', () => {
    const guest = new DirectGuest(
      '-M pc -m 64 -nodefaults -netdev user,id=n0 -device virtio-net-pci,id=net0,netdev=n0',
    );
    guest.run(
      NET_SCRIPT.replace(
        'rx.wait();',
        'tx.suppressInterrupts(true); tx.publish(tx.add({ readable: [device.dma.alloc(72)] })); tx.notify(); rx.wait();',
      ).replace(
        'device.status |= DRIVER_OK;',
        'const tx = device.queue(1, { size: 256 }); device.status |= DRIVER_OK;',
      ),
    );
    const found = whyOf(guest, 1);
    expect(found.links.find(({ id }) => id === 'raised')?.text).toContain('NO_INTERRUPT');
    expect(broken(found)).toEqual([]);
    expect(whyOf(guest, 0).verdict.kind).toBe('waiting');
  });
});

/** The newest request of a device's first queue, as spans tell it. */
function lastRequest(guest: DirectGuest, dev: number) {
  const folder = new Folder(guest.store);
  const spans = new Spans(guest.store, { momentAt: (at) => folder.momentAt(at) });
  spans.update();
  const queue = spans.queue(dev, 0);
  if (!queue) throw new Error('no queue');
  return requestFacts(spans, queue, queue.requests.length - 1);
}

describe('links that a script alone does not break', () => {
  /** A guest whose good requests are over; what follows is put into its journal. */
  const over = (transport: TransportName, way: Way = {}, more = '') => {
    const guest = new DirectGuest(transportLine(transport));
    guest.run(driverScript('nothing', { before: 2, ...way }).replace(/queue\.wait\(\);\n$/, more));
    const { length } = guest.events();
    const dev = virtioDevs(guest.machine.topology())[0] ?? -1;
    const queue = new Folder(guest.store).momentAt(length).queues.get(queueKey(dev, 0));
    if (!queue) throw new Error('no queue');
    return { guest, dev, queue, journal: guest.machine.journal };
  };
  const TWO = ['pci-modern on pc', 'mmio version 2 on virt'] as const;

  it.each(TWO)('[2.1.2] another queue’s error stops this one over %s', (transport) => {
    const guest = new DirectGuest(
      transportLine(transport, '-global virtio-blk-device.num-queues=2'),
    );
    guest.run(
      driverScript('wrong queue')
        .replace(
          'device.notify(1);',
          'queue.notify(); other.publish(other.add({ readable: [header], writable: [FAR, FAR, status] })); other.notify();',
        )
        .replace('device.queue(1,', 'var other = device.queue(1,'),
    );
    expect(whyOf(guest, 1).verdict.link).toBe('descriptors');
    expect(whyOf(guest, 0).verdict.link).toBe('alive');
  });

  it.each(TWO)('[2.7.13] a device that was notified takes nothing over %s', (transport) => {
    const { guest, dev, queue, journal } = over(transport);
    const idx = queue.lastAvailIdx;
    journal.memWrite(ACTOR.driver, queue.driver + SPLIT.availIdx, 2, idx, 0, idx + 1, 0);
    journal.notification('driver', dev, 0, true, 'always');
    journal.vcpuWait('halt', [3], 0);
    expect(whyOf(guest).verdict).toMatchObject({ kind: 'broken', link: 'popped' });
  });

  it.each(TWO)(
    '[2.7.10] a notification is left out that the device wanted, over %s',
    (transport) => {
      const { guest, queue, journal } = over(transport);
      const idx = queue.lastAvailIdx;
      journal.memWrite(ACTOR.driver, queue.driver + SPLIT.availIdx, 2, idx, 0, idx + 1, 0);
      journal.notification('driver', NONE, 0, false, 'noNotify', queue.desc);
      journal.vcpuWait('halt', [3], 0);
      const { verdict } = whyOf(guest);
      expect(verdict.link).toBe('notified');
      expect(verdict.text).toContain('left the notification out');
      expect(verdict.text).toContain('That was a mistake.');
    },
  );

  it.each(TWO)('[2.7.8.2] a device leaves its used index behind over %s', (transport) => {
    const { guest, queue, journal } = over(transport);
    const slot = queue.usedIdx % queue.size;
    journal.memWrite(ACTOR.device, queue.device + SPLIT.usedEntry(slot), 8, 0, 0, 0, 1);
    journal.vcpuWait('halt', [3], 0);
    expect(whyOf(guest).verdict).toMatchObject({ kind: 'broken', link: 'used' });
  });

  it.each(TWO)(
    '[4.1.4.5] an interrupt that nobody acknowledges wakes and wakes over %s',
    (transport) => {
      const { guest, dev, journal } = over(transport);
      journal.chainPushed(dev, 0, 0, 4, 1);
      journal.interrupt(dev, 0, 'raised', 9, 'always');
      for (let i = 0; i < 3; i++) journal.vcpuWait('wake', [9], 9);
      const { verdict } = whyOf(guest);
      expect(verdict).toMatchObject({ kind: 'broken', link: 'ended' });
      expect(verdict.text).toContain('3 times');
    },
  );

  it.each(TWO)('[2.7.14] a driver acknowledges, and does not look, over %s', (transport) => {
    const { guest } = over(
      transport,
      { eventIdx: true, before: 0 },
      'irq.wait(...device.interruptInputs); device.pollInterrupt(); irq.wait(...device.interruptInputs);\n',
    );
    expect(whyOf(guest).verdict).toMatchObject({ kind: 'broken', link: 'consumed' });
  });

  it.each([...TWO, 's390-virtio', 'ccw on s390-ccw-virtio'] as const)(
    '[2.7.14] a driver has taken back what it uses again, and has seen its interrupts, over %s',
    (transport) => {
      const { guest, dev, queue } = over(transport, {}, 'queue.wait();\n');
      const events = guest.events();
      const consumed = (at: number) =>
        whyOf(guest, 0, at).links.find(({ id }) => id === 'consumed');
      const pushes = events.flatMap(({ kind }, i) => (kind === 'chainPushed' ? [i] : []));
      expect(pushes).toHaveLength(3);
      const again = events.findIndex(
        (event, i) =>
          i > (pushes[1] ?? 0) && event.kind === 'memWrite' && event.addr === queue.desc,
      );
      expect(consumed(again)?.state).toBe('unknown');
      expect(consumed(again + 1)).toMatchObject({ state: 'ok', event: again });
      expect(consumed(again + 1)?.text).toContain('all 2');
      // In the ring itself nothing tells of the last one; of its interrupt, the journal does.
      const end = consumed(events.length);
      const { seen } = lastRequest(guest, dev);
      expect(end?.state).toBe('unknown');
      expect(end?.text).toContain('The guest has seen the interrupt.');
      if (seen === undefined) throw new Error('spans know of no such moment');
      expect(consumed(seen)?.text).not.toContain('has seen');
      expect(consumed(seen + 1)?.text).toContain('has seen');
    },
  );

  it.each([false, true])(
    '[2.7.7] [2.8.10] a driver that waits for what is used next has taken back all before: packed %s',
    (packed) => {
      const guest = new DirectGuest(
        transportLine('pci-modern on pc', '-global virtio-blk-device.packed=on'),
      );
      // Its library asks for the next one when it has found the ring empty.
      guest.run(`${driverScript('nothing', { packed, eventIdx: true, before: 2 })}queue.pop();`);
      const events = guest.events();
      const consumed = (at: number) =>
        whyOf(guest, 0, at).links.find(({ id }) => id === 'consumed');
      const pushed = events.findLastIndex(({ kind }) => kind === 'chainPushed');
      expect(consumed(pushed + 1)?.state).toBe('unknown');
      expect(consumed(events.length)?.state).toBe('ok');
      expect(consumed(events.length)?.text).toContain('all 3');
    },
  );

  it.each(['ccw on s390-ccw-virtio', 'ccw revision 1'] as const)(
    '[4.3.2.6] a reset takes the indicators away over %s',
    (transport) => {
      const guest = new DirectGuest(transportLine(transport));
      const script = driverScript('no interrupts wanted')
        .replace('device.reset();', 'device.reset(); device.status = 0;')
        .replace('queue.suppressInterrupts(true);', '');
      guest.run(script);
      expect(whyOf(guest).verdict).toMatchObject({ kind: 'broken', link: 'reach' });
    },
  );

  it('[2.7.13.4] what was told long ago is no step to come', () => {
    const guest = new DirectGuest(transportLine('pci-modern on pc'));
    // Nobody quiets the line: the guest wakes at once, until the trace reaches back no further than that.
    guest.run(
      `${driverScript('nothing').replace(/queue\.wait\(\);\n$/, '')}
for (let i = 0; i < ${TRACE_EVENTS}; i++) irq.wait(...device.interruptInputs);`,
    );
    const at = guest.events().findLastIndex(({ kind }) => kind === 'scriptLine') + 1;
    const { links } = whyOf(guest, 0, at);
    for (const wanted of ['notified', 'popped', 'raised'] as const)
      expect(links.find(({ id }) => id === wanted)).toMatchObject({ state: 'ok' });
    expect(links.find(({ id }) => id === 'popped')?.text).toContain('the one chain');
  });

  it.each([...TWO, 'ccw on s390-ccw-virtio'] as const)(
    '[4.1.4.5] a storm is told however long it goes on, and no longer once it is quiet, over %s',
    (transport) => {
      const guest = new DirectGuest(transportLine(transport));
      // Where a CPU takes an interruption, it is gone with that: there is no storm.
      const calm = transport.startsWith('ccw');
      guest.run(
        `${driverScript('nothing').replace(/queue\.wait\(\);\n$/, '')}
for (let i = 0; i < ${calm ? 1 : TRACE_EVENTS}; i++) irq.wait(...device.interruptInputs);
device.pollInterrupt();`,
      );
      const events = guest.events();
      const ended = (at: number) => whyOf(guest, 0, at).links.find(({ id }) => id === 'ended');
      if (calm) return expect(ended(events.length)?.state).toBe('ok');
      const lowered = events.findLastIndex(({ kind }) => kind === 'interrupt');
      const { verdict } = whyOf(guest, 0, lowered);
      expect(verdict).toMatchObject({ kind: 'broken', link: 'ended' });
      expect(verdict.text).toContain('at least');
      expect(ended(lowered)?.event).toBeLessThan(lowered - TRACE_EVENTS);
      expect(ended(events.length)).toMatchObject({ state: 'ok', event: lowered });
      // In a run without a poll, nothing else tells: no event of the device's.
      const { verdict: early } = whyOf(guest, 0, lowered - TRACE_EVENTS - 100);
      expect(early).toMatchObject({ kind: 'broken', link: 'ended' });
      return undefined;
    },
  );
});
