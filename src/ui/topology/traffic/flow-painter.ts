import type { Tone } from '../../state/tone.ts';
import type { Point } from '../layout.ts';
import { FLOW_KINDS, type FlowKindInfo, LANES } from './flow-kinds.ts';
import { beside, type FlowNet } from './flow-net.ts';

/** What the painter has to know of the view. */
export interface FlowView {
  /** As React Flow has it: x and y in pixels, and the zoom. */
  readonly transform: readonly [x: number, y: number, zoom: number];
  readonly width: number;
  readonly height: number;
  /** Lines for a projector. */
  readonly presentation: boolean;
  /** Figures are a second's; else those of a stretch, which is drawn paler and does not move. */
  readonly live: boolean;
  /** Milliseconds since the frame before; 0 where nothing is to move. */
  readonly elapsed: number;
}

/** Lines with dashes cost; where there are more, the weakest are drawn plain. */
const MOST_DASHED = 160;
const WHOLE: number[] = [];
/** Pixels between two lanes of a wire at zoom 1. */
const LANE_GAP = 1.5;
/** A wire of less than so many pixels at zoom 1 has one line of each hue, solid, with a wider gap. */
const SHORT = 40;
const SHORT_GAP = 2.5;
const SHORT_DASHES = [4, 3];
/** Farther out than this, one line a wire is all that can be told apart. */
const PLAIN = 0.2;

/** One line of a wire. `lane` is the busiest of those that it stands for. */
interface Strand {
  lane: number;
  readonly info: FlowKindInfo;
  events: number;
  presence: number;
}

/** How a lane looks: as the first kind that runs in it. */
const LOOKS: readonly (FlowKindInfo | undefined)[] = Array.from({ length: LANES }, (_, lane) =>
  FLOW_KINDS.find((info) => info.lane === lane),
);

/** How thick a line is, in pixels at zoom 1: a step of the same width for each power of ten. */
export function thickness(events: number): number {
  return Math.min(7, 2 + 0.9 * Math.log10(1 + events));
}

/** Pixels a second at which dashes move, at zoom 1. */
function pace(events: number): number {
  return 22 + 20 * Math.log10(1 + events);
}

/** Lengths of dashes and gaps of a line `wide` pixels thick: the form that tells what travels, as in the legend. */
export function dashesOf({ kind, carrier }: FlowKindInfo, wide: number): number[] {
  if (kind === 'doorbell') return [0.01, wide * 2 + 5];
  if (kind === 'message') return [7, 4, 2.5, 4];
  if (kind === 'line') return [16, 3];
  if (carrier === 'memory') return [wide, wide * 0.8 + 2];
  if (carrier === 'backend') return [13, 6];
  return [10, 7];
}

/** Draws flows along the wires. Keeps what depends on the machine alone. */
export class FlowPainter {
  readonly #net: FlowNet;
  readonly #paths = new Map<string, Path2D>();
  readonly #phases: number[] = [];

  constructor(net: FlowNet) {
    this.#net = net;
  }

  /** Draws what the net was loaded with. Returns how many lines it drew. */
  paint(
    context: CanvasRenderingContext2D,
    view: FlowView,
    colours: Readonly<Record<Tone, string>>,
  ): number {
    const [x, y, zoom] = view.transform;
    const scale = view.presentation ? 1.7 : 1;
    const byEdge = this.#visible(view);
    let drawn = 0;
    const ratio = DPR();
    context.setTransform(zoom * ratio, 0, 0, zoom * ratio, x * ratio, y * ratio);
    context.lineJoin = 'round';
    const order = [...byEdge].sort(
      ([a, one], [b, other]) => strongest(other, this.#net) - strongest(one, this.#net) || a - b,
    );
    for (const [edge, lanes] of order) {
      const wire = this.#net.edges[edge];
      if (!wire) continue;
      const short = wire.length < SHORT * scale;
      const strands = this.#strands(zoom < PLAIN ? [loudest(lanes, this.#net)] : lanes, short);
      const widths = strands.map(({ events }) => thickness(events) * scale);
      const gap = short ? SHORT_GAP : LANE_GAP;
      const total = widths.reduce((sum, width) => sum + width + gap, -gap);
      let at = -total / 2;
      for (const [i, { lane, info, events, presence }] of strands.entries()) {
        const wide = widths[i] ?? 1;
        const off = at + wide / 2;
        at += wide + gap;
        context.strokeStyle = colours[info.tone];
        const alpha = presence * (view.live ? 1 : 0.62);
        const path = this.#path(edge, lane, Math.round(off * 2) / 2);
        const round = info.kind === 'doorbell' && !short;
        context.lineCap = round ? 'round' : 'butt';
        // On a short wire dashes have no room to tell anything; there they only show that it moves.
        const dashed = drawn < MOST_DASHED && zoom >= PLAIN && (view.live || !short);
        // Thickness is told by the whole line, and the form by what moves on it.
        context.globalAlpha = alpha * (dashed ? 0.32 : short ? 1 : 0.8);
        context.lineWidth = wide;
        context.setLineDash(WHOLE);
        context.stroke(path);
        if (dashed) {
          const dashes = short ? SHORT_DASHES : dashesOf(info, wide);
          const length = dashes.reduce((sum, part) => sum + part, 0);
          const phase = ((this.#phases[lane] ?? 0) + (pace(events) * view.elapsed) / 1000) % length;
          if (view.live) this.#phases[lane] = phase;
          context.globalAlpha = alpha;
          context.lineWidth = round ? wide + 1.5 : wide;
          context.setLineDash(dashes);
          // A moment always looks the same, whatever was seen before.
          context.lineDashOffset = view.live ? -phase : 0;
          context.stroke(path);
        }
        drawn++;
      }
    }
    context.setLineDash(WHOLE);
    context.globalAlpha = 1;
    return drawn;
  }

  /** What is drawn side by side on a wire: its lanes or, on a short one, one line of each hue. */
  #strands(lanes: readonly number[], short: boolean): Strand[] {
    const net = this.#net;
    const strands: Strand[] = [];
    for (const lane of lanes) {
      const info = LOOKS[lane % LANES];
      if (!info) continue;
      const [events, presence] = [net.events(lane), net.presence(lane)];
      const beside = short && strands.find((one) => one.info.tone === info.tone);
      if (!beside) {
        strands.push({ lane, info, events, presence });
        continue;
      }
      if (events > net.events(beside.lane)) beside.lane = lane;
      beside.events += events;
      beside.presence = Math.max(beside.presence, presence);
    }
    return strands;
  }

  /** Lanes of the wires in sight, by wire, in their order. */
  #visible({ transform, width, height }: FlowView): Map<number, number[]> {
    const [x, y, zoom] = transform;
    const [left, top] = [-x / zoom, -y / zoom];
    const [right, bottom] = [left + width / zoom, top + height / zoom];
    const out = new Map<number, number[]>();
    for (const lane of this.#net.lanes) {
      const id = Math.floor(lane / LANES);
      const edge = this.#net.edges[id];
      if (!edge || edge.left > right || edge.right < left || edge.top > bottom || edge.bottom < top)
        continue;
      const known = out.get(id);
      if (known) known.push(lane);
      else out.set(id, [lane]);
    }
    for (const lanes of out.values()) lanes.sort((a, b) => a - b);
    return out;
  }

  #path(edge: number, lane: number, off: number): Path2D {
    const forward = this.#net.isForward(lane);
    const key = `${edge} ${forward} ${off}`;
    const known = this.#paths.get(key);
    if (known) return known;
    if (this.#paths.size > 4000) this.#paths.clear();
    const points = this.#net.edges[edge]?.points ?? [];
    const line = beside(points, off);
    const path = new Path2D();
    trace(path, forward ? line : line.toReversed());
    this.#paths.set(key, path);
    return path;
  }
}

const strongest = (lanes: readonly number[], net: FlowNet): number =>
  net.events(loudest(lanes, net));

function loudest(lanes: readonly number[], net: FlowNet): number {
  let most = lanes[0] ?? 0;
  for (const lane of lanes) if (net.events(lane) > net.events(most)) most = lane;
  return most;
}

function trace(path: Path2D, points: readonly Point[]): void {
  points.forEach(({ x, y }, i) => {
    if (i === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  });
}

/** Pixels of the canvas for one of the page. */
export const DPR = (): number => Math.min(2, window.devicePixelRatio || 1);
