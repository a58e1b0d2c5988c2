import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../lessons/examples.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { journalOf } from '../../testing/random-journal.ts';
import { TRANSPORTS, type TransportName, transportLine } from '../../testing/transports.ts';
import { Folder } from '../fold/folder.ts';
import { CHUNK_EVENTS, EventStore } from '../store.ts';
import type { JournalWriter } from '../writer.ts';
import { requestFacts, rowOf } from './request-facts.ts';
import { Spans } from './spans.ts';

function spansOf(store: EventStore): Spans {
  const folder = new Folder(store);
  const spans = new Spans(store, { momentAt: (at) => folder.momentAt(at) });
  spans.update();
  return spans;
}

const IN_FLIGHT = EXAMPLES.find(({ id }) => id === 'requests-in-flight')?.source ?? '';

/** Transports whose devices are legacy ones. */
const LEGACY = /legacy|revision 0|s390-virtio|mmio version 1|mmio on/;

/** Eight at once, one more, as any driver of a disk does it. */
const script = (options: object): string => `
import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk, 0, ${JSON.stringify(options)});
for (let i = 0; i < 8; i++) disk.startRead(i);
disk.submit();
for (let i = 0; i < 8; i++) disk.next();
disk.read(3);
`;

describe('Spans', () => {
  it.each(Object.keys(TRANSPORTS) as TransportName[])(
    '[2.7.13] [2.7.14] follow every request from available to seen over %s',
    (name) => {
      for (const packed of [false, true]) {
        // Before VIRTIO 1 there were no packed rings.
        if (packed && LEGACY.test(name)) continue;
        const device = packed ? '-device $1,packed=on' : '-device $1';
        const line = transportLine(name).replace(/-device (virtio-blk-\w+)/, device);
        const guest = new DirectGuest(line);
        expect(guest.run(script({ packed })).kind).toBe('ended');
        const events = guest.events();
        const spans = spansOf(guest.store);
        const [queue] = spans.queues.filter(({ requests }) => requests.length > 0);
        if (!queue) throw new Error('no requests');
        expect(queue.setup?.packed).toBe(packed);
        const facts = Array.from({ length: queue.requests.length }, (_, row) =>
          requestFacts(spans, queue, row),
        );
        const pops = events.flatMap(({ kind }, i) => (kind === 'chainPopped' ? [i] : []));
        const uses = events.flatMap(({ kind }, i) => (kind === 'chainPushed' ? [i] : []));
        expect(facts.map(({ popped }) => popped)).toEqual(pops);
        expect(facts.map(({ used }) => used).sort((a = 0, b = 0) => a - b)).toEqual(uses);
        const batch = facts.filter(({ depth }) => depth > 1).at(-1);
        expect(batch?.depth).toBe(8);
        for (const request of facts) {
          const { available, notification, popped, backend, used, interrupt, seen } = request;
          const steps = [available, notification?.event, popped, used, interrupt?.event, seen];
          expect(steps.every((step) => step !== undefined)).toBe(true);
          expect(steps).toEqual(steps.toSorted((a = 0, b = 0) => a - b));
          expect(events[available ?? 0]).toMatchObject({ kind: 'memWrite', actor: 'driver' });
          if (request.writable === 513) expect(backend).toMatchObject({ op: 'read', length: 512 });
        }
      }
    },
  );

  it('count the acts of the guest between events', () => {
    const guest = new DirectGuest();
    guest.run(IN_FLIGHT);
    guest.events();
    const spans = spansOf(guest.store);
    expect(spans.queues[0]?.requests.length).toBe(112);
    const acts = spans.actions(0, guest.store.length) ?? 0;
    const half = Math.floor(guest.store.length / 2);
    expect(acts).toBe(
      (spans.actions(0, half) ?? 0) + (spans.actions(half, guest.store.length) ?? 0),
    );
    expect(acts).toBeGreaterThan(1000);
    expect(spans.actions(-1, 10)).toBeUndefined();
  });

  it('take less than 20 MB for a million events', () => {
    const store = new EventStore();
    let n = 0;
    const lap = (j: JournalWriter) => {
      for (let i = 0; i < 20; i++, n++) {
        j.memWrite16(0, 0x1000, new Uint32Array(4), 0, 0x9000, 0, 512, 2);
        j.memWrite(0, 0x2002, 2, n & 0xffff, 0, (n + 1) & 0xffff, 0);
        j.notification('driver', 4, 0, true, 'always');
        j.chainPopped(4, 0, 0, n + 1, 0, 512, 1);
        j.chainPushed(4, 0, 0, (n + 1) & 0xffff, 512);
        j.interrupt(4, 0, 'raised', 11, 'always');
        j.setValue(j.register(false, 'memory', 0, 1, 1, 4, 3, 0), 1);
        j.interrupt(4, 0xffff, 'lowered', 11, 'always');
      }
    };
    const laps = Math.ceil(200_000 / 160);
    journalOf(
      [
        (j) => j.queueConfig(4, 0, true, false, 256, 0x1000, 0x2000, 0x3000),
        ...Array(laps).fill(lap),
      ],
      store,
    );
    const spans = spansOf(store);
    expect(spans.queues[0]?.requests.length).toBe(n);
    expect(spans.queues[0]?.requests.open).toBe(0);
    expect((spans.bytes / store.length) * 1e6).toBeLessThan(20e6);
  });

  it('[2.6.1] end what was under way where the queue was taken back', () => {
    const store = journalOf([
      (j) => j.queueConfig(4, 0, true, false, 8, 0x1000, 0x2000, 0x3000),
      (j) => j.memWrite(0, 0x2002, 2, 0, 0, 2, 0),
      (j) => j.chainPopped(4, 0, 5, 1, 16, 1, 2),
      (j) => j.queueConfig(4, 0, false, false, 8, 0x1000, 0x2000, 0x3000),
    ]);
    const spans = spansOf(store);
    const queue = spans.queues[0]!;
    const facts = [0, 1].map((row) => requestFacts(spans, queue, row));
    expect(facts).toMatchObject([
      { available: 1, popped: 2, head: 5, used: undefined, takenBack: 3 },
      { available: 1, popped: undefined, used: undefined, takenBack: 3 },
    ]);
    expect(queue.requests.open).toBe(0);
  });

  it('go on where the store forgot the beginning: the fold knows the queues', () => {
    const filler = (j: JournalWriter) => j.scriptLine(1);
    const store = journalOf([
      (j) => j.queueConfig(4, 0, true, false, 8, 0x1000, 0x2000, 0x3000),
      (j) => j.memWrite(0, 0x2002, 2, 0, 0, 3, 0),
      (j) => j.chainPopped(4, 0, 5, 1, 16, 1, 2),
      ...Array(CHUNK_EVENTS).fill(filler),
    ]);
    const folder = new Folder(store);
    store.trim(store.length);
    const spans = new Spans(store, {
      momentAt: (at) => folder.momentAt(at),
    });
    journalOf(
      [
        (j) => j.chainPushed(4, 0, 5, 1, 1),
        (j) => j.chainPopped(4, 0, 6, 2, 16, 1, 2),
        (j) => j.memWrite(0, 0x2002, 2, 3, 0, 4, 0),
      ],
      store,
    );
    spans.update();
    const { requests } = spans.queue(4, 0)!;
    expect(requests.length).toBe(4);
    expect(requests.open).toBe(3);
    const facts = [0, 1, 2, 3].map((row) => requestFacts(spans, spans.queue(4, 0)!, row));
    expect(facts.map(({ used }) => used)).toEqual([
      CHUNK_EVENTS + 3,
      undefined,
      undefined,
      undefined,
    ]);
    expect(facts[1]).toMatchObject({ available: undefined, popped: CHUNK_EVENTS + 4, head: 6 });
    expect(facts[3]).toMatchObject({ available: CHUNK_EVENTS + 5 });
    const last = facts[3]!;
    expect(rowOf(spans, spans.queue(4, 0)!, last)).toBe(3);
  });

  it('begin anew when the journal was emptied, even if it grew past the old length at once', () => {
    const store = journalOf([(j) => j.violation(4, 0, 1, 2, 3), (j) => j.violation(4, 0, 1, 2, 3)]);
    const spans = spansOf(store);
    expect(spans.violations.length).toBe(2);
    store.clear();
    journalOf(
      Array.from({ length: 5 }, (_, i) => (j: JournalWriter) => j.scriptLine(i)),
      store,
    );
    spans.update();
    expect(spans.violations.length).toBe(0);
    expect(spans.complete).toBe(true);
  });
});
