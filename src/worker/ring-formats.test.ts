import { describe, expect, it } from 'vitest';
import { decodeRequest, requestContext } from '../journal/decode-request.ts';
import { Folder } from '../journal/fold/folder.ts';
import { type Moment, queueKey } from '../journal/fold/moment.ts';
import { viewOf } from '../journal/fold/packed-view.ts';
import { touchedBy } from '../journal/fold/touched.ts';
import type { EventOf, JournalEvent } from '../journal/schema.ts';
import { VIRTIO_ID } from '../spec/virtio.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { TRANSPORTS, type TransportName, transportLine } from '../testing/transports.ts';

const DISK = '-drive if=none,id=d0,file=hello.img,format=raw -device virtio-blk-pci,drive=d0';

const CHOICES = [false, true];
/** Every combination of what a driver can ask of its rings. */
const COMBINATIONS = CHOICES.flatMap((packed) =>
  CHOICES.flatMap((indirect) =>
    CHOICES.flatMap((eventIdx) =>
      CHOICES.map((inOrder) => ({ packed, indirect, eventIdx, inOrder })),
    ),
  ),
);

/** Reads, writes and reads again, one request at a time and then many in flight, past every wrap. */
const script = (options: object): string => `
import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk, 0, ${JSON.stringify(options)});
log(disk.features.names.join(' '));
log(disk.read(1)[0]);
for (let round = 0; round < 70; round++) {
  for (let i = 0; i < 9; i++) disk.startWrite(2 + i, 'round ' + round + ' sector ' + i);
  disk.submit();
  for (let i = 0; i < 9; i++) disk.next().bytes;
  for (let i = 0; i < 9; i++) disk.startRead(2 + i);
  disk.submit();
  for (let i = 0; i < 9; i++) {
    const request = disk.next();
    const text = String.fromCharCode(...request.bytes.subarray(0, 30)).split('\\0')[0];
    const wanted = 'round ' + round + ' sector ' + (request.sector - 2);
    if (text !== wanted) throw new Error(text + ' instead of ' + wanted);
  }
}
log(disk.getId().length, disk.queue.inFlight, disk.queue.free === disk.queue.size);
`;

describe('driver and device', () => {
  it.each(COMBINATIONS)('[2.7] [2.8] agree on the rings: %o', (options) => {
    const guest = machine(options);
    expect(guest.run(script({ ...options, notificationData: true }))).toEqual({ kind: 'ended' });
    const [features] = guest.output;
    for (const [name, wanted] of [
      ['RING_PACKED', options.packed],
      ['INDIRECT_DESC', options.indirect],
      ['EVENT_IDX', options.eventIdx],
      ['IN_ORDER', options.inOrder],
      ['NOTIFICATION_DATA', true],
    ] as const)
      expect(features?.includes(name)).toBe(wanted);
    expect(guest.output.at(-1)).toBe('0 0 true');
    const events = guest.events();
    // Among them would be data with a notification that does not fit the ring.
    expect(events.filter(({ kind }) => kind === 'violation')).toEqual([]);
    const taken = events.filter((event) => event.kind === 'chainPopped');
    expect(taken.length).toBe(70 * 18 + 2);
    expectTruth(guest, events);
  });

  it.each(Object.keys(TRANSPORTS) as TransportName[])('[2.7] [2.8] agree over %s', (name) => {
    // Before VIRTIO 1, a mainframe's rings are big-endian: the guest library has the plain ones only.
    const plain = name === 'ccw revision 0' || name === 's390-virtio';
    const offers = plain ? '' : ',packed=on,x-in-order=on,x-notification-data=on';
    const line = transportLine(name).replace('id=disk0,drive=d0', `id=disk0,drive=d0${offers}`);
    const guest = new DirectGuest(line);
    const all = { packed: true, indirect: true, eventIdx: true, notificationData: true };
    expect(guest.run(script(plain ? {} : all))).toEqual({ kind: 'ended' });
    const [features] = guest.output;
    const legacy = !features?.includes('VERSION_1');
    expect(features?.includes('RING_PACKED')).toBe(!legacy);
    expect(features?.includes('EVENT_IDX')).toBe(!plain);
    expect(guest.output.at(-1)).toBe('0 0 true');
    expect(guest.events().filter(({ kind }) => kind === 'violation')).toEqual([]);
  });

  it.each(CHOICES)('[2.6.1] take one queue back and use it again: packed %s', (packed) => {
    const guest = machine({ packed });
    const outcome = guest.run(`
import { pci, virtio, dma, log } from 'guest';
import { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK } from 'guest';
import { VIRTIO_F_VERSION_1, VIRTIO_F_RING_PACKED, VIRTIO_F_RING_RESET } from 'guest';
const device = virtio.open(pci.find({ vendor: 0x1af4 }).enable());
device.reset();
device.status |= ACKNOWLEDGE | DRIVER;
device.acceptFeatures([VIRTIO_F_VERSION_1, VIRTIO_F_RING_RESET${packed ? ', VIRTIO_F_RING_PACKED' : ''}]);
device.status |= FEATURES_OK;
let queue = device.queue(0);
device.status |= DRIVER_OK;
const header = dma.alloc(16).u32(0, 0).u64(8, 1);
const status = dma.alloc(1);
const request = { readable: [header], writable: [dma.alloc(512), status] };
queue.publish(queue.add(request));
log(queue.reset().length, queue.inFlight, queue.free);
queue = device.queue(0, { size: 16 });
queue.publish(queue.add(request));
queue.notify();
log(queue.wait().length, status.u8(0));
`);
    expect(outcome).toEqual({ kind: 'ended' });
    expect(guest.output).toEqual(['1 0 0', '513 0']);
    expect(guest.events().filter(({ kind }) => kind === 'violation')).toEqual([]);
  });
});

/** The descriptor that lights up is the one that says which buffer came back. */
function expectUsedCell(moment: Moment, event: EventOf<'chainPushed'>): void {
  const queue = moment.queues.get(queueKey(event.dev, event.queue))!;
  const view = viewOf(queue, moment.memory);
  // In order, one used descriptor may stand for several chains.
  if (!view.packed || queue.inOrder) return;
  const [{ structure, first, last } = { structure: '', first: -1, last: -1 }, ...others] =
    touchedBy(event, moment.queues);
  expect([structure, last, others]).toEqual(['desc', first, []]);
  expect(view.isUsed(first)).toBe(true);
  expect(view.descriptor(first)).toMatchObject({ id: event.head, len: event.length });
}

/** At every chain that the device took, the picture has the chain, and at the end nothing is left of any. */
function expectTruth(guest: DirectGuest, events: readonly JournalEvent[]): void {
  const folder = new Folder(guest.store);
  for (const [at, event] of events.entries()) {
    if (event.kind === 'chainPushed' && at % 7 === 0)
      expectUsedCell(folder.momentAt(at + 1), event);
    if (event.kind !== 'chainPopped' || at % 7 !== 0) continue;
    const moment = folder.momentAt(at);
    const { memory, queues } = moment;
    const queue = queues.get(queueKey(event.dev, event.queue))!;
    const view = viewOf(queue, memory);
    const pieces = view.packed ? view.piecesOf(event.head) : view.pieces(event.head);
    const bytes = (writable: boolean) =>
      pieces.reduce((sum, piece) => sum + (piece.writable === writable ? piece.len : 0), 0);
    expect([bytes(false), bytes(true)]).toEqual([event.readable, event.writable]);
    const context = requestContext(moment, queue, 'requestq');
    const title = decodeRequest(VIRTIO_ID.BLOCK, pieces, memory, context)?.title;
    expect(title).toMatch(/^(IN|OUT), sector \d+$|^GET_ID$/);
  }
  const { memory, queues } = folder.momentAt(events.length);
  for (const queue of queues.values()) {
    const view = viewOf(queue, memory);
    expect([view.deviceHeads, queue.inFlight, [...queue.filling]]).toEqual([[], [], []]);
    if (view.packed) expect(view.nextUsed).toEqual(view.nextAvailable);
  }
}

function machine({ packed = false }) {
  const offers = `packed=${packed ? 'on' : 'off'},x-in-order=on,x-notification-data=on`;
  return new DirectGuest(`-M pc -m 64 ${DISK},${offers}`);
}
