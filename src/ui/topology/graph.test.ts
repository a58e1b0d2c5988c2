import { describe, expect, it } from 'vitest';
import type { BusNode, DeviceNode } from '../../protocol/topology.ts';
import { machineOf } from '../../testing/built-machine.ts';
import { cardName } from './card-name.ts';
import { pictureOf, placesOf } from './flow.ts';
import { graphOf, type MachineGraph } from './graph.ts';

const topologyOf = (line: string) => machineOf(line).topology();
const folded = (line: string, ...expanded: string[]): MachineGraph =>
  graphOf(topologyOf(line), new Set(expanded));
const backEnds = (graph: MachineGraph): string[] =>
  [...graph.nodes.keys()].filter((id) => id.startsWith('backend:'));
const buses = (bus: BusNode): BusNode[] => [
  bus,
  ...bus.children.flatMap((device: DeviceNode) => device.buses.flatMap(buses)),
];

describe('folding', () => {
  it('hides what only folded devices use, and shows it with them', () => {
    const plain = folded('-M pc -m 64');
    expect(backEnds(plain)).toEqual([]);
    const all = buses(plain.topology.root).map(({ path }) => path);
    const open = folded('-M pc -m 64', ...all);
    expect(backEnds(open)).toEqual(
      expect.arrayContaining(['backend:chardev:serial0', 'backend:drive:ide1-cd0']),
    );
    for (const id of backEnds(open)) {
      const user = open.parents.get(id);
      expect(open.nodes.get(user ?? '')?.kind, id).toBe('device');
      // Whoever looks for it is led to the group in which it is.
      expect(plain.nodes.get(plain.shownAs.get(id) ?? '')?.kind, id).toBe('platform');
    }
  });

  it('leaves what somebody asked for and nobody uses standing by itself', () => {
    const graph = folded('-M pc -m 64 -blockdev driver=null-co,node-name=spare -netdev user,id=n0');
    expect(backEnds(graph)).toEqual(['backend:blockdev:spare', 'backend:netdev:n0']);
    for (const id of backEnds(graph)) {
      expect(graph.parents.has(id)).toBe(false);
      expect(graph.layout.rects.has(id)).toBe(true);
    }
  });

  it('puts a back end that folded and drawn devices use below the first that is drawn', () => {
    const board = topologyOf('-M pc -m 64');
    const users = (graph: MachineGraph) => graph.links.map(({ from, own }) => [from, own]);
    const shared: typeof board = {
      ...board,
      root: withUser(board.root, {
        property: 'chardev',
        kind: 'chardev',
        id: 'serial0',
        type: 'null',
        summary: '',
      }),
    };
    const graph = graphOf(shared, new Set());
    expect(backEnds(graph)).toEqual(['backend:chardev:serial0']);
    expect(users(graph)).toEqual([[graph.parents.get('backend:chardev:serial0'), true]]);
  });

  it('gives every back end of the line a place or a stand-in, in both eras', () => {
    const line =
      '-M q35 -m 64 -drive if=none,id=d0,file=null-co://,format=raw -device virtio-blk-pci,drive=d0 -object rng-builtin,id=r0 -device virtio-rng-pci,rng=r0 -serial null -netdev user,id=n0';
    const topology = topologyOf(line);
    for (const era of ['before', 'since'] as const) {
      const { graph } = pictureOf(topology, new Set(), era);
      for (const { kind, id } of topology.backEnds) {
        const node = `backend:${kind}:${id}`;
        expect(graph.nodes.has(node) || graph.shownAs.has(node), `${era}: ${node}`).toBe(true);
      }
    }
  });
});

/** The tree with one more use of a back end, by the first device that is never folded. */
function withUser(bus: BusNode, use: DeviceNode['backends'][number]): BusNode {
  const first = bus.children.findIndex((device) => device.buses.some(({ type }) => type === 'PCI'));
  return {
    ...bus,
    children: bus.children.map((device, i) =>
      i === first ? { ...device, backends: [...device.backends, use] } : device,
    ),
  };
}

describe('placesOf', () => {
  it('has a place for each node, and unseen ones only where another era has a node', () => {
    const topology = topologyOf('-M pc -m 64 -device virtio-rng-pci,id=r');
    const since = placesOf(pictureOf(topology, new Set(), 'since'));
    const before = placesOf(pictureOf(topology, new Set(), 'before'));
    expect(since.filter(({ ghost }) => ghost)).toEqual([]);
    expect(before.filter(({ ghost }) => ghost)).toHaveLength(2);
    expect(new Set(before.map(({ id }) => id)).size).toBe(before.length);
  });

  it('arranges a machine for a room as at a desk, only larger', () => {
    const topology = topologyOf('-M pc -m 64 -device virtio-rng-pci,id=r');
    const rows = (presentation: boolean) => {
      const { graph } = pictureOf(topology, new Set(), 'since', presentation);
      const tops = [...graph.layout.rects].map(([id, { y }]) => [id, y] as const);
      const heights = [...new Set(tops.map(([, y]) => y))].sort((a, b) => a - b);
      return tops.map(([id, y]) => [id, heights.indexOf(y)]);
    };
    expect(rows(true).map(([id]) => id)).toEqual(rows(false).map(([id]) => id));
    const area = (presentation: boolean) =>
      pictureOf(topology, new Set(), 'since', presentation).graph.layout.width;
    expect(area(true)).toBeGreaterThan(area(false) * 1.2);
  });
});

describe('cardName', () => {
  it('says type, id, address and bus', () => {
    const graph = folded('-M pc -m 64 -netdev user,id=n0 -device virtio-net-pci,id=lan,netdev=n0');
    const name = (id: string, state?: string) => {
      const node = graph.nodes.get(id);
      if (node?.kind !== 'device' && node?.kind !== 'bus' && node?.kind !== 'backend')
        throw new Error(id);
      return cardName(graph, id, node, state);
    };
    expect(name('/machine/peripheral/lan')).toMatch(
      /^virtio-net-pci lan, [0-9a-f]{2}\.0 · 1af4:1000, on pci\.0$/,
    );
    expect(name('/machine/peripheral/lan/virtio-backend', 'DRIVER_OK')).toBe(
      'virtio-net-device, DRIVER_OK, on virtio-bus',
    );
    expect(name('/machine/i440fx/pci.0')).toBe('pci.0 · PCI, bus');
    expect(name('backend:netdev:n0')).toMatch(/^n0, .*, netdev$/);
  });
});
