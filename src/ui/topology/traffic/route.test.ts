import { describe, expect, it } from 'vitest';
import { INTERRUPT, type JournalEvent, NONE, RULES } from '../../../journal/schema.ts';
import type { BusNode, DeviceNode, MachineTopology } from '../../../protocol/topology.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { GUEST, graphOf, RAM } from '../graph.ts';
import { cornersOf } from './corners.ts';
import { routeOf } from './route.ts';

const device = (dev: number, path: string, more: Partial<DeviceNode> = {}): DeviceNode => ({
  kind: 'device',
  path,
  type: path.slice(1),
  id: '',
  dev,
  address: '',
  facts: [],
  properties: [],
  ancestors: [],
  platform: false,
  backends: [],
  buses: [],
  ...more,
});
const bus = (path: string, type: string, ...children: DeviceNode[]): BusNode => ({
  kind: 'bus',
  path,
  name: path.slice(1),
  type,
  ancestors: type.startsWith('virtio') ? [type, 'virtio-bus', 'bus'] : [type, 'bus', 'object'],
  full: false,
  hotpluggable: false,
  children,
});
const VBLK = device(2, '/vblk', {
  virtio: { deviceId: 2, name: 'virtio-blk', queues: [{ name: 'requestq0', maxSize: 256 }] },
  backends: [{ property: 'drive', kind: 'drive', id: 'd0', type: 'raw', summary: '' }],
});
const quiet = (dev: number, path: string) => device(dev, path, { platform: true });
const TOPOLOGY: MachineTopology = {
  machineType: 'pc',
  ramBytes: 2 ** 20,
  backEnds: [],
  devices: ['/host', '/blk', '/vblk', '/pm', '/ide'],
  root: bus(
    '/sys',
    'System',
    device(0, '/host', {
      buses: [
        bus(
          '/pci.0',
          'PCI',
          device(1, '/blk', { buses: [bus('/vbus', 'virtio-pci-bus', VBLK)] }),
          quiet(3, '/pm'),
          quiet(4, '/ide'),
        ),
      ],
    }),
  ),
};
const GRAPH = graphOf(TOPOLOGY, new Set());
const WAY = [GUEST, '/sys', '/host', '/pci.0', '/blk', '/vbus', '/vblk'];

const common = { clock: 1, size: 0 } as const;
const access = (dev: number, region: number): JournalEvent => ({
  ...common,
  kind: 'regWrite',
  actor: 'driver',
  dev,
  region,
  offset: 0,
  addr: 0,
  value: 0,
  space: 0,
});
const interrupt = (step: number): JournalEvent => ({
  ...common,
  kind: 'interrupt',
  actor: 'device',
  dev: 2,
  queue: 0,
  step,
  line: 10,
  rule: 0,
});
const store = (actor: 'driver' | 'device'): JournalEvent => ({
  ...common,
  kind: 'memWrite',
  actor,
  addr: 0,
  old: [],
  new: [],
});

describe('routeOf', () => {
  it('leads a register access along every bus to the device behind the transport', () => {
    const route = routeOf(access(1, REGION_INDEX['virtio-pci-common']), GRAPH);
    expect(route).toMatchObject({ stops: WAY, carrier: 'exit', tone: 'exit', label: 'write' });
  });

  it('[4.1.4.4] tells a doorbell from another register', () => {
    const route = routeOf(access(1, REGION_INDEX['virtio-pci-notify']), GRAPH);
    expect(route).toMatchObject({ tone: 'notify', label: 'doorbell' });
  });

  it('ends configuration ports at the host bridge, and what nobody answers at the root bus', () => {
    const ports = routeOf(access(NONE, REGION_INDEX['pci-config-ports']), GRAPH);
    expect(ports?.stops).toEqual([GUEST, '/sys', '/host']);
    expect(routeOf(access(NONE, 0xffff), GRAPH)?.stops).toEqual([GUEST, '/sys']);
  });

  it('brings an interrupt from the device to the guest', () => {
    const route = routeOf(interrupt(INTERRUPT.raised), GRAPH);
    expect(route).toMatchObject({ stops: WAY.toReversed(), carrier: 'signal', tone: 'interrupt' });
  });

  it('brings a message the same way, and leaves what the CPU takes with the guest', () => {
    const route = routeOf(interrupt(INTERRUPT.message), GRAPH);
    expect(route).toMatchObject({ stops: WAY.toReversed(), carrier: 'signal', label: 'message' });
    expect(
      routeOf({ ...interrupt(INTERRUPT.taken), dev: NONE } as JournalEvent, GRAPH),
    ).toMatchObject({
      stops: [GUEST],
      tone: 'interrupt',
    });
  });

  it('[2.7.7] stops what the driver suppressed at the device, and a masked one at the transport', () => {
    expect(routeOf(interrupt(INTERRUPT.suppressed), GRAPH)).toMatchObject({
      stops: ['/vblk'],
      beyond: WAY.toReversed(),
      carrier: undefined,
      form: 'stopped',
    });
    expect(routeOf(interrupt(INTERRUPT.masked), GRAPH)).toMatchObject({
      stops: ['/vblk', '/vbus', '/blk'],
      beyond: WAY.slice(0, 5).toReversed(),
      form: 'stopped',
    });
    expect(routeOf(interrupt(INTERRUPT.lowered), GRAPH)).toMatchObject({
      stops: ['/vblk'],
      beyond: [],
      carrier: undefined,
    });
  });

  it('[2.7.10] stops a notification that is left out at the guest, and says by which rule', () => {
    const left = routeOf(
      {
        ...common,
        kind: 'notification',
        actor: 'driver',
        dev: NONE,
        queue: 0,
        sent: 0,
        rule: RULES.indexOf('noNotify'),
        desc: 0x1000,
      },
      GRAPH,
    );
    expect(left).toMatchObject({ stops: [GUEST], carrier: undefined, form: 'stopped' });
    expect(left?.label).toMatch(/^no doorbell: .*NO_NOTIFY.*2\.7\.10\)$/);
  });

  it('draws a plain store apart from an exit, and DMA up the buses into memory', () => {
    expect(routeOf(store('driver'), GRAPH)).toMatchObject({
      stops: [GUEST, RAM],
      carrier: 'memory',
      tone: 'driver',
    });
    expect(routeOf(store('device'), GRAPH, { device: 2 })).toMatchObject({
      stops: [...WAY.slice(1).toReversed(), RAM],
      carrier: 'memory',
      tone: 'device',
    });
    expect(routeOf(store('device'), GRAPH)?.stops).toEqual([RAM]);
  });

  it('goes to the back end and comes back', () => {
    const request = { ...common, dev: 2, queue: 0, op: 0, id: 1, length: 512 };
    const out = routeOf(
      { ...request, kind: 'backendRequest', actor: 'device', position: 0 },
      GRAPH,
    );
    const back = routeOf(
      { ...request, kind: 'backendCompletion', actor: 'backend', status: 0 },
      GRAPH,
    );
    expect(out?.stops).toEqual(['/vblk', 'backend:drive:d0']);
    expect(back?.stops).toEqual(['backend:drive:d0', '/vblk']);
  });

  it('shows a folded device by the node that stands for it', () => {
    const route = routeOf(access(3, REGION_INDEX['pci-config']), GRAPH);
    expect(route?.stops.at(-1)).toBe('/pci.0#platform');
    const open = graphOf(TOPOLOGY, new Set(['/pci.0']));
    expect(routeOf(access(3, REGION_INDEX['pci-config']), open)?.stops.at(-1)).toBe('/pm');
  });
});

describe('cornersOf', () => {
  it('follows the wires without a gap and with right angles only', () => {
    for (const route of [
      routeOf(access(1, REGION_INDEX['virtio-pci-common']), GRAPH),
      routeOf(interrupt(INTERRUPT.raised), GRAPH),
      routeOf(store('device'), GRAPH, { device: 2 }),
    ]) {
      if (!route) throw new Error('no route');
      const corners = cornersOf(route.stops, GRAPH);
      expect(corners.length).toBeGreaterThan(4);
      for (let i = 1; i < corners.length; i++)
        expect(
          corners[i]?.x === corners[i - 1]?.x || corners[i]?.y === corners[i - 1]?.y,
          `${i} of ${JSON.stringify(corners)}`,
        ).toBe(true);
    }
  });
});
