import { describe, expect, it } from 'vitest';
import { Folder } from '../../../journal/fold/folder.ts';
import { ownerOf } from '../../../journal/narration/interrupts.ts';
import type { EventKind, JournalEvent } from '../../../journal/schema.ts';
import { RANDOM_BYTES } from '../../../lessons/random-bytes.ts';
import { DirectGuest } from '../../../testing/direct-guest.ts';
import { GUEST, graphOf, type MachineGraph, RAM } from '../graph.ts';
import { deviceBehind } from './behind.ts';
import { cornersOf } from './corners.ts';
import { type Route, routeOf } from './route.ts';

interface Case {
  readonly name: string;
  readonly line: string;
  /** Types that the doorbell passes, from the guest to the device. */
  readonly way: readonly (string | RegExp)[];
  /** What the guest's instruction is where it is not a register access. */
  readonly exit: EventKind;
  readonly signal: 'line' | 'message';
}

const RNG = '-object rng-builtin,id=r';
const CASES: readonly Case[] = [
  {
    name: 'pc',
    line: `-M pc -m 64 ${RNG} -device virtio-rng-pci,rng=r,id=rng0`,
    way: [
      'System',
      'i440FX-pcihost',
      'PCI',
      'virtio-rng-pci',
      'virtio-pci-bus',
      'virtio-rng-device',
    ],
    exit: 'regWrite',
    signal: 'line',
  },
  {
    name: 'q35 behind a root port and a bridge',
    line: `-M q35 -m 64 ${RNG} -device pcie-root-port,id=port,chassis=1 -device pcie-pci-bridge,id=bridge,bus=port -device virtio-rng-pci,rng=r,id=rng0,bus=bridge`,
    way: [
      ...['System', 'q35-pcihost', 'PCIE', 'pcie-root-port', 'PCIE', 'pcie-pci-bridge', 'PCI'],
      ...['virtio-rng-pci', 'virtio-pci-bus', 'virtio-rng-device'],
    ],
    exit: 'regWrite',
    signal: 'line',
  },
  {
    name: 'microvm',
    line: `-M microvm -m 64 ${RNG} -device virtio-rng-device,rng=r,id=rng0`,
    way: ['System', 'virtio-mmio', 'virtio-mmio-bus', 'virtio-rng-device'],
    exit: 'regWrite',
    signal: 'line',
  },
  {
    name: 'virt',
    line: `qemu-system-aarch64 -M virt -m 64 ${RNG} -device virtio-rng-device,rng=r,id=rng0`,
    way: ['System', 'virtio-mmio', 'virtio-mmio-bus', 'virtio-rng-device'],
    exit: 'regWrite',
    signal: 'line',
  },
  {
    name: 's390-ccw-virtio',
    line: `qemu-system-s390x -M s390-ccw-virtio -m 64 ${RNG} -device virtio-rng-ccw,rng=r,id=rng0`,
    way: ['System', /./, /./, 'virtio-rng-ccw', 'virtio-ccw-bus', 'virtio-rng-device'],
    exit: 'channel',
    signal: 'message',
  },
  {
    name: 's390-virtio',
    line: `qemu-system-s390x -M s390-virtio -m 64 ${RNG} -device virtio-rng-s390,rng=r,id=rng0`,
    way: ['System', /./, /./, 'virtio-rng-s390', /virtio/, 'virtio-rng-device'],
    exit: 'hypercall',
    signal: 'message',
  },
];

function typesOf(graph: MachineGraph, stops: readonly string[]): string[] {
  return stops.map((id) => {
    const node = graph.nodes.get(id);
    if (node?.kind === 'device') return node.device.type;
    return node?.kind === 'bus' ? node.bus.type : id;
  });
}

describe.each(CASES)('on $name', ({ line, way, exit, signal }) => {
  const guest = new DirectGuest(line);
  guest.run(RANDOM_BYTES.source);
  const events = guest.events();
  const graph = graphOf(guest.machine.topology(), new Set());
  const folder = new Folder(guest.store);
  const routes = events.map((event, i): [JournalEvent, Route | undefined] => {
    const device = 'dev' in event ? undefined : deviceBehind(guest.store, i);
    return [event, routeOf(event, graph, { device })];
  });
  const of = (holds: (event: JournalEvent) => boolean) => {
    const found = routes.filter(([event]) => holds(event)).map(([, route]) => route);
    expect(found.length).toBeGreaterThan(0);
    return found as Route[];
  };
  const [doorbell] = of((e) => e.kind === 'notification' && e.sent === 1);
  const down = doorbell?.stops ?? [];

  it('a doorbell goes down every bus to the device', () => {
    const types = typesOf(graph, down);
    expect(types[0]).toBe(GUEST);
    expect(types.length, types.join(' ')).toBe(way.length + 1);
    way.forEach((type, i) => {
      if (typeof type === 'string') expect(types[i + 1]).toBe(type);
      else expect(types[i + 1]).toMatch(type);
    });
    expect(doorbell).toMatchObject({ carrier: 'exit', form: 'doorbell' });
  });

  it('what carries it is told by the instruction that it is', () => {
    for (const route of of((e) => e.kind === exit && 'dev' in e && e.dev !== 0xffff)) {
      expect(route.carrier).toBe('exit');
      expect(route.stops[0]).toBe(GUEST);
    }
  });

  it('an interrupt comes up the same way, as a line or as a message', () => {
    for (const route of of((e) => e.kind === 'interrupt' && (e.step === 0 || e.step === 4))) {
      expect(route.carrier).toBe('signal');
      expect(route.stops.at(-1)).toBe(GUEST);
    }
    const own = of((e) => e.kind === 'interrupt' && (e.step === 0 || e.step === 4)).filter(
      ({ stops }) => stops[0] === down.at(-1),
    );
    expect(own[0]?.stops).toEqual(down.toReversed());
    expect(own.map(({ form }) => form)).toContain(signal);
  });

  it('what the device reads and writes passes the buses to memory', () => {
    const into = [...down.slice(1).toReversed(), RAM];
    const [popped] = of((e) => e.kind === 'chainPopped');
    expect(popped).toMatchObject({ carrier: 'memory', stops: into.toReversed() });
    const last = routes.findLast(([e]) => e.kind === 'memWrite' && e.actor === 'device')?.[1];
    expect(last).toMatchObject({ carrier: 'memory', form: 'dma', stops: into });
    const [store] = of((e) => e.kind === 'memWrite' && e.actor === 'driver');
    expect(store).toMatchObject({ carrier: 'memory', form: 'store', stops: [GUEST, RAM] });
  });

  it('data goes to the back end and comes back', () => {
    const [request] = of((e) => e.kind === 'backendRequest');
    const [answer] = of((e) => e.kind === 'backendCompletion');
    expect(request).toMatchObject({ carrier: 'backend', form: 'data' });
    expect(request?.stops).toEqual([down.at(-1), 'backend:object:r']);
    expect(answer?.stops).toEqual(request?.stops.toReversed());
  });

  it('every event that travels has a line without gaps, every other stays at a node that is drawn', () => {
    for (const [event, route] of routes) {
      if (!route) continue;
      for (const id of [...route.stops, ...route.beyond])
        expect(graph.nodes.has(id), `${event.kind}: ${id}`).toBe(true);
      if (route.stops.length < 2) continue;
      const corners = cornersOf(route.stops, graph);
      expect(corners.length, event.kind).toBeGreaterThan(1);
    }
  });

  it('[2.7.10] a notification that the driver leaves out is stopped at the guest, before the device that it was for', () => {
    const moment = folder.momentAt(events.length);
    const rung = events.find((e) => e.kind === 'notification' && e.sent === 1);
    const queue = [...moment.queues.values()].find(
      ({ enabled, dev }) => enabled && rung?.kind === 'notification' && dev === rung.dev,
    );
    expect(queue).toBeDefined();
    expect(ownerOf(moment, queue?.desc ?? 0)).toBe(queue?.dev);
    const event: JournalEvent = {
      ...{ kind: 'notification', actor: 'driver', clock: 0, size: 0, dev: 0xffff, queue: 0 },
      ...{ sent: 0, rule: 3, desc: queue?.desc ?? 0 },
    };
    expect(routeOf(event, graph, { moment })).toMatchObject({ stops: [GUEST], beyond: down });
  });
});
