import { NONE } from '../../../journal/schema.ts';
import { REGION_INDEX } from '../../../spec/regions.ts';
import { GUEST, type MachineGraph, RAM } from '../graph.ts';
import type { Point } from '../layout.ts';
import { devOf, kindOf } from './flow-counts.ts';
import { FLOW_KINDS, type FlowKind, LANES } from './flow-kinds.ts';
import type { FlowRate } from './flow-rates.ts';
import {
  exitTarget,
  fromGuest,
  nodeOf,
  nodeOfVirtio,
  toBackEnd,
  toMemory,
  transportOf,
} from './ways.ts';

/** The nodes that a kind of traffic of a device passes, in the direction of travel; one where it goes nowhere. */
export function flowStops(graph: MachineGraph, kind: FlowKind, dev: number): readonly string[] {
  const device = dev === NONE ? undefined : nodeOfVirtio(graph, dev);
  switch (kind) {
    case 'doorbell':
    case 'register':
    case 'instruction':
      return fromGuest(graph, device);
    case 'config':
      return fromGuest(
        graph,
        dev === NONE
          ? exitTarget(graph, NONE, REGION_INDEX['pci-config-ports'])
          : nodeOf(graph, dev),
      );
    case 'unanswered':
      return fromGuest(graph, undefined);
    case 'store':
      return [GUEST, RAM];
    case 'command':
    case 'dmaRead':
      return toMemory(graph, device).toReversed();
    case 'dmaWrite':
      return toMemory(graph, device);
    case 'line':
    case 'message':
      return fromGuest(graph, device).toReversed();
    case 'request':
      return toBackEnd(graph, dev);
    case 'completion':
      return toBackEnd(graph, dev).toReversed();
    case 'unsent':
      return [GUEST];
    case 'withheld':
    case 'violation':
      return [device ?? GUEST];
    case 'masked':
      return [device === undefined ? GUEST : transportOf(graph, device)];
  }
}

/** A wire of the picture that traffic may pass. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** From `from` to `to`, as the machine has them, whatever flows. */
  readonly points: readonly Point[];
  readonly length: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where the flows of a machine run: its wires, and for each flow those that it passes. */
export class FlowNet {
  readonly graph: MachineGraph;
  readonly edges: Edge[] = [];
  readonly #ids = new Map<string, number>();
  readonly #ways = new Map<number, { stops: readonly string[]; lanes: readonly number[] }>();
  /** Sums by lane of a wire, `edge * LANES + lane`. */
  #events: number[] = [];
  #presence: number[] = [];
  readonly #forward: boolean[] = [];
  readonly #touched: number[] = [];

  constructor(graph: MachineGraph) {
    this.graph = graph;
    for (const { from, to, points } of [...graph.links, ...graph.layout.wires]) {
      if (points.length < 2) continue;
      const xs = points.map(({ x }) => x);
      const ys = points.map(({ y }) => y);
      this.#ids.set(`${from} ${to}`, this.edges.length);
      this.edges.push({
        ...{ from, to, points, length: lengthOf(points) },
        ...{ left: Math.min(...xs), right: Math.max(...xs) },
        ...{ top: Math.min(...ys), bottom: Math.max(...ys) },
      });
    }
  }

  /** The nodes that a flow passes. */
  stopsOf(flow: number): readonly string[] {
    return this.#way(flow).stops;
  }

  /** Lanes with traffic after `load`: number of the wire times `LANES`, plus that of the lane. */
  get lanes(): readonly number[] {
    return this.#touched;
  }

  events(lane: number): number {
    return this.#events[lane] ?? 0;
  }

  presence(lane: number): number {
    return this.#presence[lane] ?? 0;
  }

  /** Whether a lane's traffic runs from its wire's `from` to its `to`. */
  isForward(lane: number): boolean {
    return this.#forward[lane] ?? true;
  }

  /** Adds the flows up, wire by wire. */
  load(rates: ReadonlyMap<number, FlowRate>): void {
    for (const lane of this.#touched) {
      this.#events[lane] = 0;
      this.#presence[lane] = 0;
    }
    this.#touched.length = 0;
    for (const [flow, { events, presence }] of rates)
      for (const lane of this.#way(flow).lanes) {
        if (!this.#presence[lane]) this.#touched.push(lane);
        this.#events[lane] = (this.#events[lane] ?? 0) + events;
        this.#presence[lane] = Math.max(this.#presence[lane] ?? 0, presence);
      }
  }

  #way(flow: number): { stops: readonly string[]; lanes: readonly number[] } {
    let way = this.#ways.get(flow);
    if (!way) {
      const kind = kindOf(flow);
      const stops = flowStops(this.graph, FLOW_KINDS[kind]?.kind ?? 'unanswered', devOf(flow));
      const lanes: number[] = [];
      for (let i = 1; i < stops.length; i++) {
        const edge = this.#edge(stops[i - 1] as string, stops[i] as string);
        if (edge === undefined) continue;
        const lane = edge * LANES + (FLOW_KINDS[kind]?.lane ?? 0);
        lanes.push(lane);
        this.#forward[lane] = this.edges[edge]?.from === stops[i - 1];
      }
      way = { stops, lanes };
      this.#ways.set(flow, way);
    }
    return way;
  }

  /** Number of the wire between two nodes. */
  #edge(a: string, b: string): number | undefined {
    return this.#ids.get(`${a} ${b}`) ?? this.#ids.get(`${b} ${a}`);
  }
}

function lengthOf(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, { x, y }, i) => {
    const from = points[i] ?? { x, y };
    return sum + Math.hypot(x - from.x, y - from.y);
  }, 0);
}

/** A line beside another one, `by` to the left of its direction. */
export function beside(points: readonly Point[], by: number): Point[] {
  if (by === 0) return [...points];
  return points.map((point, i) => {
    const a = normal(points[i - 1], point) ?? normal(point, points[i + 1]);
    const b = normal(point, points[i + 1]) ?? a;
    if (!a || !b) return point;
    const scale = by / Math.max(0.3, 1 + a.x * b.x + a.y * b.y);
    return { x: point.x + (a.x + b.x) * scale, y: point.y + (a.y + b.y) * scale };
  });
}

function normal(from: Point | undefined, to: Point | undefined): Point | undefined {
  if (!from || !to) return undefined;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return length === 0 ? undefined : { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
}
