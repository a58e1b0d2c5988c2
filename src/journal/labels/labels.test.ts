import { describe, expect, it } from 'vitest';
import { MACHINES } from '../../lessons/machines.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { Folder } from '../fold/folder.ts';
import type { Moment, QueueMoment } from '../fold/moment.ts';
import type { JournalEvent } from '../schema.ts';
import { indicatorsToldBy } from './indicators.ts';
import type { Label } from './label.ts';
import { Labels, labelsOfBytes } from './labels.ts';
import { lastWrite } from './last-write.ts';

const DISK = '-drive if=none,id=d0,file=hello.img,format=raw';
const PC = (offers = '') => `-M pc -m 64 ${DISK} -device virtio-blk-pci,id=disk0,drive=d0${offers}`;

interface Run {
  readonly guest: DirectGuest;
  readonly events: readonly JournalEvent[];
  readonly folder: Folder;
  /** Labels after the event that `test` is the first to hold for, counted from the end of the run where negative. */
  at(test: (event: JournalEvent) => boolean): { readonly moment: Moment; readonly labels: Labels };
}

/** One sector is read on a real machine. */
function run(line: string, options: object = {}): Run {
  const guest = new DirectGuest(line);
  const script = `
import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk, 0, ${JSON.stringify(options)});
disk.read(3);`;
  expect(guest.run(script)).toEqual({ kind: 'ended' });
  const events = guest.events();
  const folder = new Folder(guest.store);
  const topology = guest.machine.topology();
  const { platform } = guest.machine;
  return {
    ...{ guest, events, folder },
    at(test) {
      const index = events.findIndex(test);
      expect(index).toBeGreaterThanOrEqual(0);
      const moment = folder.momentAt(index + 1);
      const told = events
        .slice(0, index + 1)
        .flatMap((_, i) => indicatorsToldBy(guest.store, i, (at) => folder.momentAt(at)));
      return { moment, labels: new Labels({ moment, topology, platform, indicators: told }) };
    },
  };
}

const popped = (event: JournalEvent) => event.kind === 'chainPopped';
const pushed = (event: JournalEvent) => event.kind === 'chainPushed';

/** The queue that requests go through. */
function usedQueue(moment: Moment): QueueMoment {
  const queue = [...moment.queues.values()].find(({ popped }) => popped > 0);
  if (!queue) throw new Error('no chain was taken from any queue');
  return queue;
}

/** The label of one field of a structure. */
function field(labels: readonly Label[], name: string): Label {
  const found = labels.find((label) => label.field === name);
  if (!found)
    throw new Error(`${name} is not among ${labels.map((label) => label.field).join(' ')}`);
  return found;
}

describe('labels of a split virtqueue', () => {
  const read = run(PC());

  it('[2.7.5] [2.7.6] [2.7.8] name every byte of the three structures', () => {
    const { moment, labels } = read.at(popped);
    const { size, desc, driver, device } = usedQueue(moment);
    for (const [addr, length, structure] of [
      [desc, 16 * size, 'descriptor table'],
      [driver, 6 + 2 * size, 'available ring'],
      [device, 6 + 8 * size, 'used ring'],
    ] as const) {
      const bytes = labelsOfBytes(labels.over(addr, length), addr, length);
      expect(bytes.filter((label) => label?.structure !== structure)).toEqual([]);
    }
  });

  it('[2.7.13] the device owns the descriptors and buffers of a chain that it took', () => {
    const { moment, labels } = read.at(popped);
    const { desc, driver } = usedQueue(moment);
    const head = labels.at(desc);
    expect(head).toMatchObject({ field: 'desc[0].addr', owner: 'device', section: '2.7.5' });
    expect(labels.at(desc + 16 * 8)).toMatchObject({ owner: 'driver' });
    expect(labels.at(driver + 2)).toMatchObject({ field: 'idx', value: '1, entry 1' });
    const header = labels.over(head?.target as number, 16);
    expect(field(header, 'sector')).toMatchObject({
      value: '3',
      owner: 'device',
      section: '5.2.6',
    });
    expect(field(header, 'type').value).toMatch(/^IN /);
  });

  it('[2.7.14] and the driver, once they came back', () => {
    const { moment, labels } = read.at(pushed);
    const { desc, device } = usedQueue(moment);
    const head = labels.at(desc);
    expect(head?.owner).toBe('driver');
    expect(labels.at(head?.target as number)).toMatchObject({ kind: 'buffer', owner: 'driver' });
    const used = labels.over(device, 20);
    expect(field(used, 'ring[0].len').value).toBe('513');
    expect(field(used, 'ring[0].id').start).toBe(device + 4);
  });

  it('say what guest RAM holds', () => {
    const { moment, labels } = read.at((event) => event.kind === 'script' && event.step === 1);
    const { desc } = usedQueue(moment);
    const { ram } = read.guest.machine;
    const number = (offset: number, size: number) =>
      ram.readAt(ram.offsetOf(desc + offset, size), size);
    expect(labels.at(desc)?.target).toBe(number(0, 4));
    expect(field(labels.over(desc, 16), 'desc[0].next').value).toContain(String(number(14, 2)));
  });

  it('name places to go to', () => {
    const { moment, labels } = read.at(popped);
    const { desc, device } = usedQueue(moment);
    const symbols = labels.symbols();
    expect(symbols.find(({ kind }) => kind === 'descriptors')).toMatchObject({ addr: desc });
    expect(symbols.find(({ kind }) => kind === 'used')).toMatchObject({ addr: device });
    expect(symbols.filter(({ kind }) => kind === 'buffer').map(({ length }) => length)).toEqual([
      16, 512, 1,
    ]);
  });

  it('know nothing where the journal tells nothing', () => {
    const { labels } = read.at((event) => event.kind === 'scriptLine');
    expect(labels.over(0, 0x10_0000)).toEqual([]);
    expect(labels.symbols()).toEqual([]);
  });

  it('find the event that wrote a byte last, and who', () => {
    const { moment } = read.at(pushed);
    const { driver, device } = usedQueue(moment);
    const { store } = read.guest;
    for (const [addr, by] of [
      [driver + 2, 'driver'],
      [device + 2, 'device'],
    ] as const) {
      const found = lastWrite(store, moment.at, addr, 2);
      expect(found?.by).toBe(by);
      const before = read.folder.momentAt(found?.event as number).memory;
      expect(before.u16(addr)).not.toBe(moment.memory.u16(addr));
    }
    expect(lastWrite(store, moment.at, driver + 2, 2, 1)).toBeUndefined();
  });
});

describe('labels of other rings', () => {
  it('[2.8.13] [2.8.14] of a packed virtqueue', () => {
    const { moment, labels } = run(PC(',packed=on'), { packed: true }).at(popped);
    const { desc, driver, device, packed } = usedQueue(moment);
    expect(packed).toBe(true);
    const ring = labels.over(desc, 48);
    expect(field(ring, 'desc[0].addr')).toMatchObject({ owner: 'device', section: '2.8.13' });
    expect(field(ring, 'desc[0].flags').value).toMatch(/NEXT.*AVAIL$/);
    expect(field(ring, 'desc[2].id').start).toBe(desc + 32 + 12);
    expect(labels.at(driver + 2)).toMatchObject({ field: 'flags', owner: 'driver' });
    expect(labels.at(device)).toMatchObject({
      field: 'desc',
      structure: 'device event suppression',
    });
    expect(field(labels.over(labels.at(desc)?.target as number, 16), 'sector').value).toBe('3');
  });

  it.each([false, true])('[2.7.5.3] [2.8.7] of indirect tables: packed %s', (packed) => {
    const { moment, labels } = run(PC(',packed=on'), { packed, indirect: true }).at(popped);
    const { desc } = usedQueue(moment);
    const table = labels.at(desc)?.target as number;
    expect(labels.at(table)).toMatchObject({
      kind: 'table',
      field: 'table[0].addr',
      owner: 'device',
    });
    const bytes = labelsOfBytes(labels.over(table, 48), table, 48);
    expect(bytes.every((label) => label?.kind === 'table')).toBe(true);
    expect(field(labels.over(labels.at(table)?.target as number, 16), 'sector').value).toBe('3');
  });

  it('[2.7.3] of a legacy device of a big-endian guest', () => {
    const line = MACHINES.find(({ id }) => id === 's390-virtio')?.commandLine as string;
    const { moment, labels } = run(line).at(popped);
    const { desc, driver } = usedQueue(moment);
    expect(labels.at(driver + 2)).toMatchObject({ field: 'idx', value: '1, entry 1' });
    const head = labels.at(desc);
    expect(field(labels.over(desc, 16), 'desc[0].len').value).toBe('16 bytes');
    expect(labels.at(head?.target as number)).toMatchObject({ kind: 'buffer', owner: 'device' });
  });
});

describe('labels of what mainframes keep in memory', () => {
  it('name the fields of a device descriptor of s390-virtio', () => {
    const line = MACHINES.find(({ id }) => id === 's390-virtio')?.commandLine as string;
    const { guest, at } = run(line);
    const { moment, labels } = at(popped);
    const page = guest.machine.platform.devicePage as number;
    const { dev, desc } = usedQueue(moment);
    const found = labels.over(page, 4096).filter((label) => label.dev === dev);
    expect(field(found, 'type')).toMatchObject({ value: '2, block', owner: 'device', dev });
    expect(field(found, 'status')).toMatchObject({ owner: 'driver' });
    expect(field(found, 'vqconfig[0].address').target).toBe(desc);
    expect(field(found, 'status').value).toContain('DRIVER_OK');
    expect(labels.descriptorOf(dev)).toEqual(found.filter(({ kind }) => kind === 'devicePage'));
  });

  it('[4.3.2.6] name the indicators that a channel device was given', () => {
    const line = MACHINES.find(({ id }) => id === 's390-ccw')?.commandLine as string;
    const { labels } = run(line).at((event) => event.kind === 'script' && event.step === 1);
    const indicators = labels.symbols().filter(({ kind }) => kind === 'indicators');
    expect(indicators.length).toBeGreaterThan(0);
    for (const { addr } of indicators)
      expect(labels.at(addr)).toMatchObject({ kind: 'indicators', owner: 'device' });
  });
});
