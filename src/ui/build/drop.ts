import type { DeviceType } from '../../protocol/messages.ts';
import type {
  BackEndFacts,
  BusNode,
  DeviceNode,
  MachineTopology,
} from '../../protocol/topology.ts';
import { devicesOf, type MachineGraph, type MachineNode } from '../topology/graph.ts';
import type { Item, Spot } from './build-store.ts';
import {
  busesBelow,
  busesOf,
  takes,
  transportFor,
  typesByName,
  type Verdict,
  verdictOn,
  verdictOnMove,
} from './fits.ts';

/** What a drag would do where it is dropped. */
export type Landing =
  | { readonly kind: 'bus'; readonly bus: BusNode; readonly verdict: Verdict }
  /** `as`: type of the new transport. */
  | { readonly kind: 'transport'; readonly bus: BusNode; readonly as: string }
  /** A back end on a device. `properties`: those that take it; none where there is no such. */
  | {
      readonly kind: 'link';
      readonly device: DeviceNode;
      readonly properties: readonly string[];
    }
  /** Between the nodes: the person is asked where. */
  | { readonly kind: 'ask' };

/** What a back end is to links: made already, or about to be made. */
export type BackEndLook = Pick<BackEndFacts, 'kind' | 'type'>;

/** What a drag lands on; undefined where nothing can come of it. */
export function landing(
  item: Item,
  spot: Spot,
  topology: MachineTopology,
  graph: ReadonlyMap<string, MachineNode>,
  types: readonly DeviceType[],
  backEnd: (item: Item) => BackEndLook | undefined,
): Landing | undefined {
  if (spot.kind === 'canvas') return { kind: 'ask' };
  const plugged = pluggedType(item, topology, types);
  if (spot.kind === 'transport') {
    const bus = busesOf(topology).find((one) => one.bus.path === spot.bus)?.bus;
    const as = bus && plugged && transportFor(plugged, bus, types);
    return as ? { kind: 'transport', bus, as: as.name } : undefined;
  }
  const node = graph.get(spot.id);
  if (!node) return undefined;
  if (plugged) {
    const verdict = verdicts(item, plugged, types);
    const buses = busesAt(node);
    const bus =
      buses.find((one) => verdict(one) === 'fits') ??
      buses.find((one) => verdict(one) === 'full') ??
      buses[0];
    return bus && { kind: 'bus', bus, verdict: verdict(bus) };
  }
  const look = backEnd(item);
  if (!look || node.kind !== 'device') return undefined;
  const device = withOption(node.device, topology);
  const links = typesByName(types).get(device.type)?.links ?? [];
  return {
    kind: 'link',
    device,
    properties: links.filter((link) => takes(link, look)).map(({ property }) => property),
  };
}

/** Nodes that a drag may well land on, with the words to mark them by. */
export interface Mark {
  /** Node of the graph. */
  readonly id: string;
  readonly label: string;
  readonly drop: 'node' | 'transport';
  /** Path of the bus, for a new transport. */
  readonly bus?: string;
}

/** Where a drag fits: the rest of the machine is drawn back. */
export function marksFor(
  item: Item,
  graph: MachineGraph,
  types: readonly DeviceType[],
  backEnd: (item: Item) => BackEndLook | undefined,
): Mark[] {
  const { topology } = graph;
  const plugged = pluggedType(item, topology, types);
  const marks: Mark[] = [];
  if (plugged) {
    const verdict = verdicts(item, plugged, types);
    for (const { bus } of busesOf(topology)) {
      const shown = graph.shownAs.get(bus.path);
      if (shown === undefined) continue;
      if (verdict(bus) === 'fits') {
        const known = marks.some(({ id }) => id === shown);
        if (!known) marks.push({ id: shown, label: bus.name, drop: 'node' });
      }
      const as = item.kind === 'type' ? transportFor(plugged, bus, types) : undefined;
      if (as && !bus.full && shown === bus.path)
        marks.push({ id: bus.path, label: as.name, drop: 'transport', bus: bus.path });
    }
    return marks;
  }
  const look = backEnd(item);
  if (!look) return marks;
  const known = typesByName(types);
  for (const device of devicesOf(topology)) {
    if (device.option === undefined && device.added === undefined) continue;
    const fitting = known.get(device.type)?.links.filter((link) => takes(link, look)) ?? [];
    if (fitting.length === 0 || !graph.nodes.has(device.path)) continue;
    const property = fitting.length === 1 ? (fitting[0]?.property ?? '') : 'connect…';
    marks.push({
      id: device.path,
      label: `${device.id || device.type}: ${property}`,
      drop: 'node',
    });
  }
  return marks;
}

/** The type that an item plugs somewhere. */
function pluggedType(
  item: Item,
  topology: MachineTopology,
  types: readonly DeviceType[],
): DeviceType | undefined {
  const known = typesByName(types);
  if (item.kind === 'type') return known.get(item.name);
  if (item.kind !== 'device') return undefined;
  const device = devicesOf(topology).find(({ path }) => path === item.path);
  return device && known.get(device.type);
}

function verdicts(
  item: Item,
  type: DeviceType,
  types: readonly DeviceType[],
): (bus: BusNode) => Verdict {
  return item.kind === 'device'
    ? (bus) => verdictOnMove(bus, type, types)
    : (bus) => verdictOn(bus, type);
}

function busesAt(node: MachineNode): readonly BusNode[] {
  switch (node.kind) {
    case 'bus':
      return [node.bus];
    case 'device':
      return busesBelow(node.device);
    case 'platform':
      return [...node.devices.flatMap(busesBelow), node.bus];
    case 'guest':
    case 'ram':
    case 'backend':
      return [];
  }
}

/** The device itself where an option made it, else the one above it that an option made. */
export function withOption(device: DeviceNode, topology: MachineTopology): DeviceNode {
  const made = (one: DeviceNode): boolean => one.option !== undefined || one.added !== undefined;
  if (made(device)) return device;
  const above = devicesOf(topology).filter(
    (one) => made(one) && busesBelow(one).some(({ children }) => children.includes(device)),
  );
  return above.at(-1) ?? device;
}
