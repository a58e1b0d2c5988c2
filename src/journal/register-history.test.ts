import { describe, expect, it } from 'vitest';
import { REGION_INDEX } from '../spec/regions.ts';
import { VIRTIO_PCI_COMMON as COMMON } from '../spec/virtio-pci.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { EventList } from './event-list.ts';
import { Folder } from './fold/folder.ts';
import { RegisterHistory } from './register-history.ts';
import { EVENTS, type EventOf, type JournalEvent, RECORD_WORDS } from './schema.ts';
import { CHUNK_EVENTS, EventStore } from './store.ts';

const guest = new DirectGuest();
guest.run(`import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk);
disk.read(1);
disk.read(2);`);
const events = guest.events();
const history = new RegisterHistory(guest.store);
history.update();

type Access = EventOf<'regRead'> | EventOf<'regWrite'>;
const isAccess = (event: JournalEvent): event is Access =>
  event.kind === 'regRead' || event.kind === 'regWrite';
const region = REGION_INDEX['virtio-pci-common'];
const dev = events.filter(isAccess).find((event) => event.region === region)?.dev as number;

describe('RegisterHistory', () => {
  it('knows every access to every register, and no other', () => {
    const counts = new Map<string, number>();
    for (const event of events)
      if (isAccess(event) && event.dev === dev) {
        const key = `${event.region} ${event.offset}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    const known = history.registersOf(dev, events.length);
    expect(new Map(known.map((one) => [`${one.region} ${one.offset}`, one.count]))).toEqual(counts);
    expect(counts.size).toBeGreaterThan(10);
  });

  it('tells an access as the journal does, with the script line and the value before', () => {
    const { offset } = COMMON.device_status;
    const told = history.accesses(dev, region, offset, events.length, 100);
    const wanted = events.flatMap((event, i) =>
      isAccess(event) && event.dev === dev && event.region === region && event.offset === offset
        ? [{ event: i, value: event.value, write: event.kind === 'regWrite' }]
        : [],
    );
    expect(told.toReversed()).toMatchObject(wanted);
    expect(told.toReversed().map(({ old }) => old)).toEqual([
      undefined,
      ...wanted.slice(0, -1).map(({ value }) => value),
    ]);
    const folder = new Folder(guest.store);
    for (const { event, line } of told) expect(line).toBe(folder.momentAt(event).line);
    expect(told[0]?.line).toBeGreaterThan(0);
  });

  it('[4.1.4.3] keeps halves and queues apart that one register shows', () => {
    const { offset } = COMMON.device_feature;
    const told = history.accesses(dev, region, offset, events.length, 10).toReversed();
    expect(told.slice(0, 2).map(({ selected }) => selected)).toEqual([0, 1]);
    expect(told[1]?.old).toBeUndefined();
  });

  it('shows nothing that comes later', () => {
    const { offset } = COMMON.device_status;
    const [second, first] = history.accesses(dev, region, offset, events.length, 100).slice(-2);
    expect(history.accesses(dev, region, offset, second?.event as number, 9)).toMatchObject([
      { event: first?.event },
    ]);
    expect(history.count(dev, region, offset, first?.event as number)).toBe(0);
  });

  it('finds configuration space behind ports, as the fold does', () => {
    const moment = new Folder(guest.store).momentAt(events.length);
    const config = REGION_INDEX['pci-config'];
    for (const device of moment.devices.values()) {
      const seen = [...device.registers.values()].filter((one) => one.region === config);
      for (const { offset, event, value } of seen)
        expect(history.accesses(device.dev, config, offset, events.length, 1)).toMatchObject([
          { event, value },
        ]);
    }
  });

  it('knows how a device changed', () => {
    const changed = events.flatMap((event, i) => (event.kind === 'status' ? [i] : []));
    const [virtio] = events.flatMap((event) => (event.kind === 'status' ? [event.dev] : []));
    expect(history.marks(virtio as number, 'status', events.length, 100).toReversed()).toEqual(
      changed,
    );
  });

  it('comes to the same by steps', () => {
    const slowly = new RegisterHistory(guest.store);
    let steps = 0;
    while (!slowly.update(7)) steps++;
    expect(steps).toBeGreaterThan(10);
    expect(slowly.registersOf(dev, events.length)).toEqual(history.registersOf(dev, events.length));
  });

  it('forgets what the store forgets, as soon as that does, and begins anew when that does', () => {
    const store = new EventStore();
    const record = new Uint32Array(RECORD_WORDS);
    record[0] = EVENTS.status.code;
    store.append(record, 0);
    record[0] = EVENTS.regRead.code | (4 << 12);
    for (let i = 1; i < 2 * CHUNK_EVENTS; i++) store.append(record, 0);
    const known = new RegisterHistory(store);
    known.update();
    expect(known.count(0, 0, 0, store.length)).toBe(2 * CHUNK_EVENTS - 1);
    expect(known.marks(0, 'status', store.length, 9)).toEqual([0]);
    store.trim(CHUNK_EVENTS);
    expect(known.count(0, 0, 0, store.length)).toBe(CHUNK_EVENTS);
    expect(known.marks(0, 'status', store.length, 9)).toEqual([]);
    const { length } = store;
    store.clear();
    expect(known.registersOf(0, length)).toEqual([]);
    expect(known.accesses(0, 0, 0, length, 9)).toEqual([]);
    store.append(record, 0);
    known.update();
    expect(known.count(0, 0, 0, 1)).toBe(1);
  });
});

describe('EventList', () => {
  it('holds what was pushed and not forgotten', () => {
    const list = new EventList();
    for (let i = 0; i < 100; i++) list.push(3 * i);
    list.forgetBefore(100);
    for (let i = 100; i < 200; i++) list.push(3 * i);
    expect(list.length).toBe(166);
    expect(list.at(0)).toBe(102);
    expect(list.at(165)).toBe(597);
    expect(list.at(166)).toBeUndefined();
    expect(list.countBefore(106)).toBe(2);
  });
});
