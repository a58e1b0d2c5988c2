import { beforeEach, describe, expect, it } from 'vitest';
import { REGION_INDEX } from '../spec/regions.ts';
import { VIRTIO_PCI_COMMON } from '../spec/virtio-pci.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { BreakpointSearch, type EventBreakpoint } from './breakpoints.ts';
import { Folder } from './fold/folder.ts';
import { queueKey } from './fold/moment.ts';
import type { EventStore } from './store.ts';

const SCRIPT = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk, 0, OPTIONS);
for (let i = 0; i < 3; i++) log('sector', i, disk.read(i)[0]);
for (let i = 0; i < 4; i++) disk.startRead(i);
disk.submit();
for (let i = 0; i < 4; i++) disk.next();
log('end');
`;

let store: EventStore;
let folder: Folder;
let dev: number;
function record(packed: boolean, script = SCRIPT): void {
  const guest = new DirectGuest(
    '-M pc -m 64 -drive if=none,id=d0,file=hello.img,format=raw ' +
      `-device virtio-blk-pci,drive=d0,packed=on`,
  );
  guest.run(script.replace('OPTIONS', JSON.stringify({ packed })));
  guest.events();
  ({ store } = guest);
  folder = new Folder(store);
  dev = folder.momentAt(store.length).queues.values().next().value?.dev ?? -1;
}

/** Numbers of all events that meet a breakpoint. */
function hits(breakpoint: EventBreakpoint): number[] {
  const search = new BreakpointSearch([breakpoint], store, (at) => folder.momentAt(at));
  const found: number[] = [];
  for (let from = 0; ; ) {
    const hit = search.first(from, store.length);
    if (!hit) return found;
    expect(hit.breakpoint).toBe(breakpoint);
    found.push(hit.event);
    from = hit.event + 1;
  }
}
const events = () => Array.from({ length: store.length }, (_, i) => store.get(i));
const where = (test: (event: ReturnType<EventStore['get']>, i: number) => boolean): number[] =>
  events().flatMap((event, i) => (test(event, i) ? [i] : []));

describe.each([false, true])('packed rings %s', (packed) => {
  beforeEach(() => record(packed));

  it.each(['available', 'used'] as const)('[2.7.6] [2.7.8] [2.8] the %s index', (kind) => {
    const value = (at: number) => {
      const queue = folder.momentAt(at).queues.get(queueKey(dev, 0));
      if (!queue?.enabled) return undefined;
      if (queue.packed) return kind === 'used' ? queue.ring?.used : queue.ring?.avail;
      return folder.momentAt(at).memory.u16((kind === 'used' ? queue.device : queue.driver) + 2);
    };
    const wanted = where((event, i) => {
      const before = value(i);
      return event.kind !== 'queueConfig' && before !== undefined && before !== value(i + 1);
    });
    expect(hits({ kind, dev, queue: 0 })).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(3);
    expect(hits({ kind, dev, queue: 1 })).toEqual([]);
  });

  it('notifications: any, sent, left out, of a queue', () => {
    const all = where(({ kind }) => kind === 'notification');
    expect(hits({ kind: 'notification' })).toEqual(all);
    expect(hits({ kind: 'notification', dev, queue: 0 })).toEqual(all);
    expect(hits({ kind: 'notification', dev: dev + 1 })).toEqual([]);
    const sent = where((event) => event.kind === 'notification' && event.sent === 1);
    expect(hits({ kind: 'notification', sent: true })).toEqual(sent);
    expect(sent.length).toBeGreaterThan(3);
  });

  it('interrupts, status changes, lines of output', () => {
    const raised = where(
      (event) => event.kind === 'interrupt' && (event.step === 0 || event.step === 4),
    );
    expect(hits({ kind: 'interrupt', outcome: 'raised' })).toEqual(raised);
    expect(raised.length).toBeGreaterThan(2);
    expect(hits({ kind: 'status', dev })).toEqual(where(({ kind }) => kind === 'status'));
    const logs = where(({ kind }) => kind === 'log');
    expect(hits({ kind: 'console' })).toEqual(logs);
    expect(hits({ kind: 'console', text: 'sector 1' })).toEqual([logs[1]]);
  });

  it('registers and memory', () => {
    const region = REGION_INDEX['virtio-pci-common'];
    const { offset } = VIRTIO_PCI_COMMON.device_status;
    const touches = (kind: string) =>
      where(
        (event) =>
          (event.kind === 'regRead' || event.kind === 'regWrite') &&
          event.kind.startsWith(kind) &&
          event.dev === dev &&
          event.region === region &&
          event.offset === offset,
      );
    const register = { kind: 'register', dev, region, offset } as const;
    expect(hits(register)).toEqual(touches('reg'));
    expect(hits({ ...register, write: true })).toEqual(touches('regWrite'));
    expect(touches('regWrite').length).toBeGreaterThan(2);
    const { desc } = folder.momentAt(store.length).queues.get(queueKey(dev, 0))!;
    const written = where(
      (event) =>
        (event.kind === 'memWrite' || event.kind === 'dataWrite') &&
        event.addr < desc + 4 &&
        event.addr + (event.kind === 'memWrite' ? event.size : event.length) > desc,
    );
    expect(hits({ kind: 'memory', addr: desc, length: 4 })).toEqual(written);
    expect(written.length).toBeGreaterThan(0);
  });
});

it('meets violations, and the first of several breakpoints', () => {
  record(
    false,
    SCRIPT.replace('disk.submit();', 'disk.queue.notify(); disk.submit();').replace(
      "log('end')",
      'disk.queue.add({ readable: [{ addr: 2 ** 40, length: 16 }], writable: [] }); disk.queue.publish(0); disk.queue.notify()',
    ),
  );
  expect(hits({ kind: 'violation' })).toEqual(where(({ kind }) => kind === 'violation'));
  const list: EventBreakpoint[] = [{ kind: 'violation' }, { kind: 'console' }];
  const search = new BreakpointSearch(list, store, (at) => folder.momentAt(at));
  expect(search.first(0, store.length)?.breakpoint).toBe(list[1]);
  expect(new BreakpointSearch([], store, (at) => folder.momentAt(at)).first(0, 9)).toBeUndefined();
});
