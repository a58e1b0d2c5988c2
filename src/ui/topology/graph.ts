import { virtioSlot } from '../../protocol/before-virtio-bus.ts';
import type {
  BackEndFacts,
  BusNode,
  DeviceNode,
  MachineTopology,
} from '../../protocol/topology.ts';
import { type BackEndUser, backEndNodeId, backEndsOf, type UsedBackEnd } from './back-ends.ts';
import {
  AT_DESK,
  backEndLines,
  busSize,
  cardSize,
  deviceSize,
  type Lettering,
} from './card-text.ts';
import { type Box, type Layout, layOut } from './layout.ts';
import { type Link, linksOf, type Use } from './links.ts';

/** What a node of the picture stands for. */
export type MachineNode =
  | { readonly kind: 'guest' }
  | { readonly kind: 'ram'; readonly bytes: number }
  | { readonly kind: 'bus'; readonly bus: BusNode }
  | { readonly kind: 'device'; readonly device: DeviceNode }
  /** Drawn once, below the first of its users that is drawn; without users it stands with the others that have none. */
  | {
      readonly kind: 'backend';
      readonly facts: BackEndFacts;
      readonly users: readonly BackEndUser[];
    }
  /** Devices of a bus that are declared as data only, as one node. */
  | {
      readonly kind: 'platform';
      readonly bus: BusNode;
      readonly devices: readonly DeviceNode[];
      readonly expanded: boolean;
    };

/** Nodes that are not in the tree of devices and buses. */
export const GUEST = 'guest';
export const RAM = 'ram';

/** A machine as it is drawn: what each node is, where it stands, what it hangs on. */
export interface MachineGraph {
  readonly topology: MachineTopology;
  /** By node id: a QOM path, `GUEST`, `RAM`, `backend:KIND:ID`, or a bus's path with `#platform` behind it. */
  readonly nodes: ReadonlyMap<string, MachineNode>;
  readonly parents: ReadonlyMap<string, string>;
  /** In the order in which they are read. Back ends without a user hang on nothing and follow `RAM`. */
  readonly children: ReadonlyMap<string, readonly string[]>;
  /**
   * The node that shows a device or bus: itself, or the one that stands for several. By QOM path; a back end
   * that is folded with its users is here by its node's id.
   */
  readonly shownAs: ReadonlyMap<string, string>;
  /** Every use of a back end. */
  readonly links: readonly Link[];
  readonly layout: Layout;
}

/** Room below a card for the names of back ends that stand elsewhere. */
const FOOT = 13;
/** The longest texts of the cards that are not devices. */
const GUEST_TEXT = ['Guest memory', 'vCPU 0 · line 12345'] as const;
const GROUP_TEXT = ['+ 99 platform devices', ''] as const;

/** Draws up a machine. `expanded` holds the paths of buses whose platform devices stand one by one. */
export function graphOf(
  topology: MachineTopology,
  expanded: ReadonlySet<string>,
  type: Lettering = AT_DESK,
): MachineGraph {
  const nodes = new Map<string, MachineNode>();
  const parents = new Map<string, string>();
  const shownAs = new Map<string, string>();
  const uses: Use[] = [];
  const backEnds = backEndsOf(topology, devicesOf(topology));
  const drawn = new Set(drawnDevices(topology.root, expanded));
  /** Where a back end stands: below the first of its users that is drawn. */
  const homeOf = ({ users }: UsedBackEnd): BackEndUser | undefined =>
    users.find(({ device }) => drawn.has(device));

  const add = (id: string, node: MachineNode, parent: string | undefined): string => {
    nodes.set(id, node);
    if (parent !== undefined) parents.set(id, parent);
    return id;
  };

  function deviceBox(device: DeviceNode, parent: string): Box {
    const id = add(device.path, { kind: 'device', device }, parent);
    shownAs.set(device.path, id);
    const owned = device.backends.flatMap(({ kind, id: name, property }): Box[] => {
      const backEnd = backEnds.get(backEndNodeId(kind, name));
      const home = backEnd && homeOf(backEnd);
      if (!home) return [];
      const own = home.device === device && home.property === property;
      uses.push({ from: id, to: backEnd.id, property, own });
      if (!own) return [];
      add(backEnd.id, { kind: 'backend', facts: backEnd.facts, users: backEnd.users }, id);
      return [leaf(backEnd.id, cardSize(backEndLines(backEnd.facts, true), type))];
    });
    return {
      id,
      role: 'device',
      ...deviceSize(device, type),
      foot: owned.length < device.backends.length ? FOOT : 0,
      children: [...device.buses.map((bus) => busBox(bus, id)), ...owned],
    };
  }

  function busBox(bus: BusNode, parent: string): Box {
    const id = add(bus.path, { kind: 'bus', bus }, parent);
    shownAs.set(bus.path, id);
    const quiet = quietOn(bus);
    const open = expanded.has(bus.path);
    const children = inOrder(bus.children)
      .filter((device) => open || !quiet.has(device))
      .map((device) => deviceBox(device, id));
    if (quiet.size > 0) {
      const group = add(
        `${bus.path}#platform`,
        { kind: 'platform', bus, devices: [...quiet], expanded: open },
        id,
      );
      children.push(leaf(group, cardSize(GROUP_TEXT, type)));
      if (!open) for (const device of quiet) standIn(device, group);
    }
    return { id, role: 'bus', ...busSize(bus, type), children };
  }

  function standIn(device: DeviceNode, group: string): void {
    shownAs.set(device.path, group);
    for (const { kind, id } of device.backends) {
      const backEnd = backEnds.get(backEndNodeId(kind, id));
      if (backEnd && !homeOf(backEnd) && !shownAs.has(backEnd.id)) shownAs.set(backEnd.id, group);
    }
    for (const bus of device.buses) {
      shownAs.set(bus.path, group);
      for (const child of bus.children) standIn(child, group);
    }
  }

  add(GUEST, { kind: 'guest' }, undefined);
  add(RAM, { kind: 'ram', bytes: topology.ramBytes }, GUEST);
  const root = busBox(topology.root, GUEST);
  const loose = [...backEnds.values()]
    // What only folded devices use is folded with them.
    .filter(({ users }) => users.length === 0)
    .map(({ id, facts, users }): Box => {
      add(id, { kind: 'backend', facts, users }, undefined);
      return leaf(id, cardSize(backEndLines(facts, false), type));
    });
  const layout = layOut({
    guest: leaf(GUEST, cardSize(GUEST_TEXT, type)),
    ram: leaf(RAM, cardSize(GUEST_TEXT, type)),
    root,
    loose,
    scale: type.title / AT_DESK.title,
  });
  return {
    topology,
    nodes,
    parents,
    children: childrenOf(layout, parents, loose),
    shownAs,
    links: linksOf(uses, layout),
    layout,
  };
}

function leaf(id: string, size: { width: number; height: number }): Box {
  return { id, role: 'leaf', ...size, children: [] };
}

function childrenOf(
  layout: Layout,
  parents: ReadonlyMap<string, string>,
  loose: readonly Box[],
): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  const add = (parent: string, id: string): void => {
    const known = children.get(parent);
    if (known) known.push(id);
    else children.set(parent, [id]);
  };
  for (const { from, to } of layout.wires) if (parents.get(to) === from) add(from, to);
  for (const { id } of loose) add(GUEST, id);
  return children;
}

/**
 * The order in which a bus's devices stand: what somebody asked for, the oldest first, so that a new one
 * comes last; then what the board brought along, as `info qtree` lists it.
 */
function inOrder(devices: readonly DeviceNode[]): DeviceNode[] {
  const asked = devices.filter((device) => isAsked(device));
  const age = new Map(asked.map((device) => [device, askedBelow(device)?.dev ?? device.dev]));
  asked.sort((a, b) => (age.get(a) ?? 0) - (age.get(b) ?? 0));
  return [...asked, ...devices.filter((device) => !age.has(device))];
}

/** Whether somebody asked for a device, on the line or at the monitor, or for the virtio device in it. */
export function isAsked(device: DeviceNode): boolean {
  return askedBelow(device) !== undefined;
}

function askedBelow(device: DeviceNode): DeviceNode | undefined {
  if (device.option !== undefined || device.added !== undefined) return device;
  const inside = virtioSlot(device)?.device;
  return inside && askedBelow(inside);
}

/** Whether a device is a transport of the board's that nothing was plugged into. */
export function isEmptySlot(device: DeviceNode): boolean {
  return device.id === '' && virtioSlot(device)?.bus.children.length === 0;
}

/** The devices of a bus that nobody asked for and that do nothing, where there are several: they are folded. */
function quietOn(bus: BusNode): ReadonlySet<DeviceNode> {
  const quiet = bus.children.filter(
    (device) => !isAsked(device) && (isPlatform(device) || isEmptySlot(device)),
  );
  return new Set(quiet.length > 1 ? quiet : []);
}

/** Devices that stand in the picture themselves, parents first. */
function drawnDevices(bus: BusNode, expanded: ReadonlySet<string>): DeviceNode[] {
  const quiet = expanded.has(bus.path) ? undefined : quietOn(bus);
  return bus.children
    .filter((device) => !quiet?.has(device))
    .flatMap((device) => [
      device,
      ...device.buses.flatMap((below) => drawnDevices(below, expanded)),
    ]);
}

/** Whether a device and all below it are declared as data only, and nobody asked for any of them. */
function isPlatform(device: DeviceNode): boolean {
  return (
    device.platform &&
    !isAsked(device) &&
    device.buses.every((bus) => bus.children.every(isPlatform))
  );
}

/** The virtio device that a device is to a driver: itself, or the one on the virtio bus that it carries. */
export function virtioBelow(device: DeviceNode): DeviceNode | undefined {
  if (device.virtio) return device;
  return device.buses.flatMap((bus) => bus.children).find((child) => child.virtio);
}

/** All devices of a machine, parents first, as `info qtree` lists them. */
export function devicesOf(topology: MachineTopology): DeviceNode[] {
  const walk = (bus: BusNode): DeviceNode[] =>
    bus.children.flatMap((device) => [device, ...device.buses.flatMap(walk)]);
  return walk(topology.root);
}
