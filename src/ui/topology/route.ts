import { INTERRUPT, type JournalEvent, NONE, RULES } from '../../journal/schema.ts';
import type { BusNode, DeviceNode } from '../../protocol/topology.ts';
import { REGION_NAMES } from '../../spec/region-names.ts';
import { type Tone, toneOf } from '../state/tone.ts';
import { backEndNodeId } from './back-ends.ts';
import { GUEST, type MachineGraph, RAM, virtioBelow } from './graph.ts';
import type { Point, Rect } from './layout.ts';

/**
 * How something travels: `exit` leaves the guest through the mailbox and is served by the machine,
 * `memory` is a plain access to shared memory, `signal` is an interrupt, `backend` goes to a back end.
 */
export type Carrier = 'exit' | 'memory' | 'signal' | 'backend';

/** Where an event happened in the picture: one node, or the way along which it travelled. */
export interface Route {
  /** Node ids, in the direction of travel; at least one. */
  readonly stops: readonly string[];
  readonly tone: Tone;
  /** Undefined where nothing travelled. */
  readonly carrier: Carrier | undefined;
  /** What travels, in one or two words. */
  readonly label: string;
}

/**
 * The route of an event. `dmaDevice` is the number of the device behind an access to memory that
 * names none, where it is known.
 */
export function routeOf(
  event: JournalEvent | undefined,
  graph: MachineGraph,
  dmaDevice?: number,
): Route | undefined {
  if (!event) return undefined;
  const tone = toneOf(event);
  const way = (stops: readonly string[], carrier: Carrier, label: string): Route => ({
    stops,
    tone,
    carrier: stops.length > 1 ? carrier : undefined,
    label,
  });
  const still = (stop: string | undefined, label = ''): Route | undefined =>
    stop === undefined ? undefined : { stops: [stop], tone, carrier: undefined, label };

  switch (event.kind) {
    case 'regRead':
    case 'regWrite': {
      const target = exitTarget(graph, event.dev, event.region);
      const verb = event.kind === 'regRead' ? 'read' : 'write';
      return way(fromGuest(graph, target), 'exit', tone === 'notify' ? 'doorbell' : verb);
    }
    case 'channel':
    case 'hypercall': {
      const target = nodeOfVirtio(graph, event.dev);
      return way(fromGuest(graph, target), 'exit', tone === 'notify' ? 'doorbell' : 'instruction');
    }
    case 'ccw':
      return way(toMemory(graph, nodeOfVirtio(graph, event.dev)).toReversed(), 'memory', 'command');
    case 'notification': {
      const target = nodeOfVirtio(graph, event.dev);
      if (event.sent) return way(fromGuest(graph, target), 'exit', 'doorbell');
      return still(event.actor === 'driver' ? GUEST : target, `no doorbell: ${RULES[event.rule]}`);
    }
    case 'interrupt': {
      const from = nodeOfVirtio(graph, event.dev);
      const { raised, message, taken, lowered } = INTERRUPT;
      if (event.step === taken) return still(GUEST, 'interrupt taken');
      if (event.step === raised || event.step === message) {
        const label = event.step === raised ? 'interrupt' : 'message';
        return way(fromGuest(graph, from).toReversed(), 'signal', label);
      }
      return still(from, event.step === lowered ? 'line lowered' : 'no interrupt');
    }
    case 'memWrite':
    case 'dataWrite':
      if (event.actor === 'driver') return way([GUEST, RAM], 'memory', 'store');
      return way(toMemory(graph, nodeOf(graph, dmaDevice)), 'memory', 'DMA');
    case 'chainPopped':
      return way(toMemory(graph, nodeOfVirtio(graph, event.dev)).toReversed(), 'memory', 'DMA');
    case 'chainPushed':
      return still(nodeOfVirtio(graph, event.dev), 'returned');
    case 'backendRequest':
      return way(toBackend(graph, event.dev), 'backend', 'request');
    case 'backendCompletion':
      return way(toBackend(graph, event.dev).toReversed(), 'backend', 'completion');
    case 'status':
    case 'features':
    case 'queueConfig':
    case 'configChange':
    case 'reset':
    case 'violation':
    case 'channelStatus':
      return still(nodeOfVirtio(graph, event.dev));
    case 'plug':
      return still(nodeOf(graph, event.dev));
    case 'scriptLine':
    case 'script':
    case 'vcpuWait':
      return still(GUEST);
    case 'log':
      return still(event.actor === 'driver' ? GUEST : undefined);
    case 'dropped':
      return undefined;
  }
}

/** The node that shows device number `dev`. */
function nodeOf(graph: MachineGraph, dev: number | undefined): string | undefined {
  const path = dev === undefined || dev === NONE ? undefined : graph.topology.devices[dev];
  return path === undefined ? undefined : graph.shownAs.get(path);
}

function deviceOf(graph: MachineGraph, dev: number): DeviceNode | undefined {
  const id = nodeOf(graph, dev);
  const node = id === undefined ? undefined : graph.nodes.get(id);
  return node?.kind === 'device' ? node.device : undefined;
}

/** The node of the virtio device that `dev` is or carries. */
function nodeOfVirtio(graph: MachineGraph, dev: number): string | undefined {
  const device = deviceOf(graph, dev);
  const virtio = device && virtioBelow(device);
  return virtio ? graph.shownAs.get(virtio.path) : nodeOf(graph, dev);
}

/** Where a bus access ends: at the transport's device for its registers, at the bridge for its ports. */
function exitTarget(graph: MachineGraph, dev: number, region: number): string | undefined {
  const name = REGION_NAMES[region];
  if (dev === NONE) {
    if (name !== 'pci-config-ports' && name !== 'pci-config') return undefined;
    const bridge = graph.topology.root.children.find((device) => device.buses.some(isPci));
    return bridge && graph.shownAs.get(bridge.path);
  }
  return name?.startsWith('virtio-') ? nodeOfVirtio(graph, dev) : nodeOf(graph, dev);
}

const isPci = (bus: BusNode): boolean => bus.type === 'PCI' || bus.type === 'PCIE';

/** From the guest along the buses to a node; to the root bus where nothing there answers. */
function fromGuest(graph: MachineGraph, node: string | undefined): string[] {
  const stops: string[] = [];
  for (let id: string | undefined = node; id !== undefined; id = graph.parents.get(id))
    stops.push(id);
  return stops.length > 0 ? stops.reverse() : [GUEST, graph.topology.root.path];
}

/** From a device up the buses and into memory. */
function toMemory(graph: MachineGraph, node: string | undefined): string[] {
  if (node === undefined) return [RAM];
  return [...fromGuest(graph, node).slice(1).reverse(), RAM];
}

function toBackend(graph: MachineGraph, dev: number): string[] {
  const start = nodeOfVirtio(graph, dev);
  const node = start === undefined ? undefined : graph.nodes.get(start);
  if (start === undefined || node?.kind !== 'device')
    return start === undefined ? [GUEST] : [start];
  const [backEnd] = node.device.backends;
  return backEnd ? [start, backEndNodeId(backEnd.kind, backEnd.id)] : [start];
}

/** Corners of the line along which a route runs. Empty where nothing travels. */
export function cornersOf(route: Route, graph: MachineGraph): Point[] {
  const out: Point[] = [];
  for (let i = 1; i < route.stops.length; i++) {
    const from = route.stops[i - 1];
    const to = route.stops[i];
    if (from === undefined || to === undefined) continue;
    const points = lineBetween(graph, from, to) ?? lineBetween(graph, to, from)?.toReversed();
    if (!points) continue;
    const rect = graph.layout.rects.get(from);
    const last = out.at(-1);
    const next = points[0];
    // Inside a box the way runs along its middle: a bus is a bar, and its devices hang anywhere on it.
    if (last && next && rect && !onLine(last, next)) {
      const y = middle(rect);
      out.push({ x: last.x, y }, { x: next.x, y });
    }
    out.push(...points);
  }
  return out;
}

const lines = new WeakMap<MachineGraph, ReadonlyMap<string, readonly Point[]>>();

/** Corners of the wire or link from one node to another. */
function lineBetween(graph: MachineGraph, from: string, to: string): readonly Point[] | undefined {
  let known = lines.get(graph);
  if (!known) {
    const all = [...graph.links, ...graph.layout.wires];
    known = new Map(all.map((line) => [`${line.from} ${line.to}`, line.points]));
    lines.set(graph, known);
  }
  return known.get(`${from} ${to}`);
}

const middle = (rect: Rect): number => rect.y + rect.height / 2;
const onLine = (a: Point, b: Point): boolean => a.x === b.x || a.y === b.y;

/** Number of the device whose event is nearest before event `index`, within `reach` events. */
export function deviceBehind(
  eventAt: (index: number) => JournalEvent,
  index: number,
  first: number,
  reach = 64,
): number | undefined {
  for (let i = index; i >= Math.max(first, index - reach); i--) {
    const event = eventAt(i);
    if ('dev' in event && event.dev !== NONE) return event.dev;
  }
  return undefined;
}
