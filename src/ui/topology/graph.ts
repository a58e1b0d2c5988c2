import { virtioSlot } from '../../protocol/before-virtio-bus.ts';
import type { BackendNode, BusNode, DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { type Box, type Layout, layOut } from './layout.ts';

/** What a node of the picture stands for. */
export type MachineNode =
  | { readonly kind: 'guest' }
  | { readonly kind: 'ram'; readonly bytes: number }
  | { readonly kind: 'bus'; readonly bus: BusNode }
  | { readonly kind: 'device'; readonly device: DeviceNode }
  | { readonly kind: 'backend'; readonly backend: BackendNode; readonly owner: DeviceNode }
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
  /** By node id: a QOM path, `GUEST`, `RAM`, or a path with a suffix after `#`. */
  readonly nodes: ReadonlyMap<string, MachineNode>;
  readonly parents: ReadonlyMap<string, string>;
  /** The node that shows a device: itself, or the one that stands for several. By QOM path. */
  readonly shownAs: ReadonlyMap<string, string>;
  readonly layout: Layout;
}

/** Node id of a back end of a device. */
export function backendId(owner: DeviceNode, backend: BackendNode): string {
  return `${owner.path}#${backend.property}`;
}

/** Room for the longest word for a device's status, and for the four marks before it. */
const LONGEST_STATE = '****** DEVICE_NEEDS_RESET';

function longestState(device: DeviceNode): string {
  return isUnprocessed(device) ? `${LONGEST_STATE} · ${UNPROCESSED}` : LONGEST_STATE;
}

/** Draws up a machine. `expanded` holds the paths of buses whose platform devices stand one by one. */
export function graphOf(topology: MachineTopology, expanded: ReadonlySet<string>): MachineGraph {
  const nodes = new Map<string, MachineNode>();
  const parents = new Map<string, string>();
  const shownAs = new Map<string, string>();

  const add = (id: string, node: MachineNode, parent: string | undefined): string => {
    nodes.set(id, node);
    if (parent !== undefined) parents.set(id, parent);
    return id;
  };

  function deviceBox(device: DeviceNode, parent: string): Box {
    const id = add(device.path, { kind: 'device', device }, parent);
    shownAs.set(device.path, id);
    const backends = device.backends.map((backend): Box => {
      const leaf = add(backendId(device, backend), { kind: 'backend', backend, owner: device }, id);
      return { id: leaf, role: 'leaf', ...sizeOf(backendLines(backend)), children: [] };
    });
    return {
      id,
      role: 'device',
      ...sizeOf(device.virtio ? [device.type, longestState(device)] : deviceLines(device)),
      children: [...device.buses.map((bus) => busBox(bus, id)), ...backends],
    };
  }

  function busBox(bus: BusNode, parent: string): Box {
    const id = add(bus.path, { kind: 'bus', bus }, parent);
    const quiet = bus.children.filter((device) => isPlatform(device) || isEmptySlot(device));
    const fold = quiet.length > 1;
    const open = expanded.has(bus.path);
    const children = bus.children
      .filter((device) => !fold || open || !quiet.includes(device))
      .map((device) => deviceBox(device, id));
    if (fold) {
      const group = add(
        `${bus.path}#platform`,
        { kind: 'platform', bus, devices: quiet, expanded: open },
        id,
      );
      children.push({ id: group, role: 'leaf', width: 172, height: 44, children: [] });
      if (!open) for (const device of quiet) standIn(device, group);
    }
    return { id, role: 'bus', width: textWidth(busLabel(bus), 6.5) + 26, height: 20, children };
  }

  function standIn(device: DeviceNode, group: string): void {
    shownAs.set(device.path, group);
    for (const bus of device.buses) for (const child of bus.children) standIn(child, group);
  }

  add(GUEST, { kind: 'guest' }, undefined);
  add(RAM, { kind: 'ram', bytes: topology.ramBytes }, GUEST);
  const root = busBox(topology.root, GUEST);
  const layout = layOut({
    guest: { id: GUEST, role: 'leaf', width: 158, height: 46, children: [] },
    ram: { id: RAM, role: 'leaf', width: 158, height: 46, children: [] },
    root,
  });
  return { topology, nodes, parents, shownAs, layout };
}

/** Whether a device is a transport of the board's that nothing was plugged into. */
export function isEmptySlot(device: DeviceNode): boolean {
  return device.id === '' && virtioSlot(device)?.bus.children.length === 0;
}

/** Whether a device and all below it are declared as data only. */
export function isPlatform(device: DeviceNode): boolean {
  return device.platform && device.buses.every((bus) => bus.children.every(isPlatform));
}

/** `pci.0 · PCI` */
export function busLabel(bus: BusNode): string {
  return bus.name === bus.type ? bus.name : `${bus.name} · ${bus.type}`;
}

/** Title and second line of a device's card; the second one's state is the moment's. */
export function deviceLines(device: DeviceNode): readonly [title: string, detail: string] {
  const title = device.id ? `${device.type} ${device.id}` : device.type;
  return [title, isUnprocessed(device) ? `FEATURES_OK · ${UNPROCESSED}` : placeOf(device)];
}

/** What the card of a device says whose requests are not processed yet. */
export const UNPROCESSED = 'unprocessed';

/** Whether notifications of a virtio device have no effect yet but to be recorded. */
export function isUnprocessed({ virtio }: DeviceNode): boolean {
  return virtio?.queues.some(({ unprocessed }) => unprocessed) ?? false;
}

/** Where a device sits and who made it, as `info qtree` tells: `02.0 · 1af4:1001`. */
export function placeOf(device: DeviceNode): string {
  const pciId = device.facts.map((fact) => /pci id ([0-9a-f:]+)/.exec(fact)?.[1]).find(Boolean);
  return [device.address, pciId].filter(Boolean).join(' · ');
}

/** Title and second line of a back end's card. */
export function backendLines(backend: BackendNode): readonly [title: string, detail: string] {
  return [backend.id || backend.property, backend.summary || backend.type];
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

/** Room for two lines of text: 13 px bold above 11 px monospaced. Estimated, so that layout is pure. */
function sizeOf([title, detail]: readonly [string, string]): { width: number; height: number } {
  const width = Math.max(textWidth(title, 7.3), textWidth(detail, 6.7), 124) + 26;
  return { width: Math.min(width, 290), height: 46 };
}

function textWidth(text: string, perCharacter: number): number {
  return Math.ceil(text.length * perCharacter);
}
