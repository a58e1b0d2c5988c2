import { describe, expect, it } from 'vitest';
import { Folder } from '../journal/fold/folder.ts';
import type { GuestImage } from '../journal/fold/guest-image.ts';
import type { QueueMoment } from '../journal/fold/moment.ts';
import { viewOf } from '../journal/fold/packed-view.ts';
import { Lens } from '../journal/lens/lens.ts';
import { REQUESTS_IN_FLIGHT } from '../lessons/requests-in-flight.ts';
import { SPLIT } from '../spec/virtio.ts';
import { DirectGuest } from '../testing/direct-guest.ts';

/** A disk that can have a queue of either format. */
const LINE =
  '-M pc -m 64 -drive if=none,id=d0,file=hello.img,format=raw -device virtio-blk-pci,id=disk0,drive=d0,packed=on,x-in-order=on';

/** More requests than the ring has room for at once, in batches of different sizes, several laps. */
const MIXED = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk);
const { queue } = disk;
for (let round = 0; round < 60; round++) {
  for (let i = 0; i <= round % 5 && queue.free >= 3; i++) disk.startRead((7 * round + i) % 100);
  disk.submit();
  while (queue.inFlight > round % 2) disk.next();
}
while (queue.inFlight > 0) disk.next();
log(disk.read(1).length);
`;
const SCRIPTS = { 'many in flight': REQUESTS_IN_FLIGHT.source, mixed: MIXED } as const;
/** What the driver asks for, and how large the ring is. */
const SETTINGS = {
  'as usual': { size: 256 },
  'of 32 entries': { size: 32 },
  'with indirect tables': { size: 32, indirect: true },
  'in order': { size: 32, inOrder: true },
} as const;
type Setting = { readonly size: number; readonly indirect?: boolean; readonly inOrder?: boolean };

interface Ran {
  readonly guest: DirectGuest;
  readonly folder: Folder;
  readonly lens: Lens;
}

function ran(packed: boolean, { size, ...more }: Setting, source: string): Ran {
  const guest = new DirectGuest(`${LINE},queue-size=${size}`);
  const options = JSON.stringify({ packed, ...more });
  const outcome = guest.run(source.replace('probe(VirtioBlk)', `probe(VirtioBlk, 0, ${options})`));
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  guest.events();
  const folder = new Folder(guest.store);
  const own = new Folder(guest.store);
  const lens = new Lens(guest.store, (at) => own.momentAt(at), devOf(guest), 0);
  while (!lens.follow(guest.store.length));
  return { guest, folder, lens };
}

function queueOf(queues: Iterable<QueueMoment>): QueueMoment {
  for (const queue of queues) if (queue.enabled) return queue;
  throw new Error('no queue is set up');
}

/** Every field of a ring but event suppression, as it lies in memory. */
function fields(queue: QueueMoment, memory: GuestImage, buffer: (addr: number) => number) {
  const { size, desc, driver, device, packed } = queue;
  const slots = Array.from({ length: size }, (_, i) => i);
  const table = slots.map((i) => {
    const at = desc + 16 * i;
    const addr = memory.u32(at);
    const [c, d] = [memory.u16(at + 12), memory.u16(at + 14)];
    return { addr: addr === 0 ? 0 : buffer(addr), len: memory.u32(at + 8), c, d };
  });
  if (packed) return { table };
  return {
    table,
    availIdx: memory.u16(driver + SPLIT.availIdx),
    avail: slots.map((i) => memory.u16(driver + SPLIT.availEntry(i))),
    usedIdx: memory.u16(device + SPLIT.usedIdx),
    used: slots.map((i) => [
      memory.u32(device + SPLIT.usedEntry(i)),
      memory.u32(device + SPLIT.usedEntry(i) + 4),
    ]),
  };
}

/** Addresses by the order in which they are first met: two guests place their buffers differently. */
function inOrder(): (addr: number) => number {
  const known = new Map<number, number>();
  return (addr) => {
    const number = known.get(addr) ?? known.size + 1;
    known.set(addr, number);
    return number;
  };
}

describe('Lens', () => {
  for (const [what, source] of Object.entries(SCRIPTS))
    for (const [which, setting] of Object.entries(SETTINGS))
      for (const packed of [false, true]) {
        const [format, other] = packed ? ['packed', 'split'] : ['split', 'packed'];
        it(`[2.7, 2.8] shows of a ${format} ring ${which} the very ${other} ring that a machine has: ${what}`, () => {
          const here = ran(packed, setting, source);
          const there = ran(!packed, setting, source);
          const derived = here.lens.at(here.guest.store.length);
          const real = there.folder.momentAt(there.guest.store.length);
          const mine = queueOf(derived.moment.queues.values());
          const theirs = queueOf(real.queues.values());
          expect(mine.popped).toBeGreaterThan(20);
          expect(fields(mine, derived.moment.memory, inOrder())).toEqual(
            fields(theirs, real.memory, inOrder()),
          );
          const { size, lastAvailIdx, usedIdx, popped, pushed } = mine;
          expect({ size, lastAvailIdx, usedIdx, popped, pushed }).toEqual({
            size: theirs.size,
            lastAvailIdx: theirs.lastAvailIdx,
            usedIdx: theirs.usedIdx,
            popped: theirs.popped,
            pushed: theirs.pushed,
          });
          expect([mine.inOrder, theirs.inOrder]).toEqual(Array(2).fill('inOrder' in setting));
          expect(derived.leftOut).toBe(0);
          expect(derived.other).toEqual(there.lens.at(there.guest.store.length).own);
        });
      }

  it('counts the very stores that a machine’s driver and device do', () => {
    for (const packed of [false, true]) {
      const { guest, lens } = ran(packed, { size: 256 }, MIXED);
      const counted = { driver: 0, device: 0 };
      let queue: { desc: number; driver: number; device: number; size: number } | undefined;
      for (const event of guest.events()) {
        if (event.kind === 'queueConfig' && event.enabled) queue = event;
        if (event.kind !== 'memWrite' || !queue) continue;
        const { desc, driver, device, size } = queue;
        const inside = (start: number, length: number) =>
          event.addr >= start && event.addr < start + length;
        const counts =
          inside(desc, 16 * size) ||
          (!packed && (inside(driver + 2, 2 + 2 * size) || inside(device + 2, 2 + 8 * size)));
        if (counts && (event.actor === 'driver' || event.actor === 'device'))
          counted[event.actor]++;
      }
      const { own } = lens.at(guest.store.length);
      expect({ driver: own.driver.writes, device: own.device.writes }).toEqual(counted);
      expect(own.driver.lines).toBeGreaterThan(0);
    }
  });

  it('is, after any number of events, what a lens is that has seen no more', () => {
    const { guest, lens } = ran(false, { size: 16 }, MIXED);
    const own = new Folder(guest.store);
    const fresh = new Lens(guest.store, (at) => own.momentAt(at), devOf(guest), 0);
    const { length } = guest.store;
    for (let at = 0; at <= length; at += 97) {
      while (!fresh.follow(at));
      const [a, b] = [fresh.at(at), lens.at(at)];
      expect([a.own, a.other, a.moved]).toEqual([b.own, b.other, b.moved]);
      const [x, y] = [a, b].map(({ moment }) => [...moment.queues.values()][0]);
      expect(x).toEqual(y);
      if (x && y) {
        const [one, two] = [viewOf(x, a.moment.memory), viewOf(y, b.moment.memory)];
        for (let i = 0; i < one.size; i++) expect(one.descriptor(i)).toEqual(two.descriptor(i));
      }
    }
  });

  it('[2.8.6] tells from the marks who owns a chain at each step of a request', () => {
    const { guest, lens } = ran(false, { size: 256 }, MIXED);
    const states: string[] = [];
    for (let at = 0; at <= guest.store.length && states.length < 4; at++) {
      const { moment, moved } = lens.at(at);
      const queue = [...moment.queues.values()][0];
      if (!moved || !queue?.enabled) continue;
      const view = viewOf(queue, moment.memory);
      const d = view.packed ? view.descriptor(0) : undefined;
      if (d) states.push(`${d.state} ${queue.inFlight.length}`);
    }
    expect(states).toEqual(['free 0', 'available 0', 'available 1', 'used 0']);
  });
});

function devOf(guest: DirectGuest): number {
  return queueOf(new Folder(guest.store).momentAt(guest.store.length).queues.values()).dev;
}
