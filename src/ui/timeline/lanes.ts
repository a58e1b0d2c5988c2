import type { DeviceSpans } from '../../journal/spans/device-spans.ts';
import type { QueueSpans } from '../../journal/spans/queue-spans.ts';
import type { Spans } from '../../journal/spans/spans.ts';

/** Heights in pixels. */
const ROW = 22;
const LOWEST_ROW = 14;
/** A track of requests; of more than have room at the lowest, the last ones share a band. */
const TRACK = 10;
const LOWEST_TRACK = 6;
/** Pixels free above and below the tracks together. */
export const TRACKS_EDGE = 6;
/** Tracks that a lane may grow to by itself. */
const MOST_TRACKS = 16;
/** A queue's lane with two tracks and a band. */
const LOWEST = 3 * LOWEST_TRACK + TRACKS_EDGE;
const GROUP = 20;
const PLOT = 62;
const TALLEST_PLOT = 120;

/** Plots that can stand below the lanes. */
export const PLOTS = ['latency', 'depth', 'batch', 'notifications', 'interrupts'] as const;
export type Plot = (typeof PLOTS)[number];

/** How a queue's requests are spread over the height of its lane. */
export interface Tracks {
  /** Tracks of one request at a time. */
  readonly single: number;
  /** Whether there is a band below them for all requests that found no such track. */
  readonly band: boolean;
}

/** What a lane shows. */
export type LaneContent =
  | { readonly kind: 'guest' }
  | { readonly kind: 'group'; readonly dev: number; readonly folded: boolean }
  | { readonly kind: 'queue'; readonly queue: QueueSpans; readonly tracks: Tracks }
  | { readonly kind: 'device' | 'backend' | 'interrupts'; readonly device: DeviceSpans }
  | { readonly kind: 'plot'; readonly plot: Plot; readonly queue: QueueSpans }
  | { readonly kind: 'nothing' };

/** A lane and its place, in pixels from the top of all lanes. */
export type Lane = LaneContent & {
  readonly name: string;
  readonly y: number;
  readonly height: number;
};

/** How the person wants the lanes. */
export interface LaneWishes {
  /** Pixels that there are for them: queues take what is left. */
  readonly room: number;
  /** Devices whose lanes are folded away. */
  readonly folded: ReadonlySet<number>;
  /** Whether the plots are shown, and of which queue. */
  readonly plots: boolean;
  readonly shown: { readonly dev: number; readonly queue: number } | undefined;
  deviceName(dev: number): string;
}

/** All lanes from top to bottom: the guest, each device that has done something with its queues, and the plots. */
export function lanesOf(spans: Spans, wishes: LaneWishes): Lane[] {
  const lanes: Lane[] = [];
  let y = 0;
  const add = (name: string, height: number, content: LaneContent): void => {
    lanes.push({ ...content, name, y, height });
    y += height;
  };
  const queues = spans.queues.filter(isUsed);
  const devices = spans.devices.filter(
    ({ dev, configInterrupts }) =>
      queues.some((queue) => queue.dev === dev) || configInterrupts.length > configInterrupts.first,
  );
  const many = devices.length > 1;
  const isFolded = (dev: number): boolean => many && wishes.folded.has(dev);
  const open = devices.filter(({ dev }) => !isFolded(dev));
  const deep = new Map<QueueSpans, number>();
  let rows = devices.length === 0 ? 4 : 1;
  for (const device of open) {
    rows += hasBackend(device) ? 3 : 2;
    for (const queue of queues) {
      if (queue.dev !== device.dev) continue;
      const { requests } = queue;
      const deepest = requests.deepest(requests.first, requests.length);
      if (deepest > 1) deep.set(queue, deepest);
      else rows++;
    }
  }
  const groups = many ? devices.length * GROUP : 0;
  // Rows shrink before queues do, and neither so far that it could not be read.
  const forRows = Math.floor((wishes.room - groups - deep.size * LOWEST) / rows);
  const row = Math.max(LOWEST_ROW, Math.min(ROW, forRows));
  const heights = heightsOf(deep, wishes, wishes.room - groups - row * rows);
  add('guest', row, { kind: 'guest' });
  for (const device of devices) {
    const { dev } = device;
    const folded = isFolded(dev);
    if (many) add(wishes.deviceName(dev), GROUP, { kind: 'group', dev, folded });
    if (folded) continue;
    for (const queue of queues) {
      if (queue.dev !== dev) continue;
      const height = heights.get(queue) ?? row;
      const tracks = tracksOf(height, deep.get(queue) ?? 1);
      add(`queue ${queue.queue}`, height, { kind: 'queue', queue, tracks });
    }
    add(many ? 'device' : wishes.deviceName(dev), row, { kind: 'device', device });
    if (hasBackend(device)) add('back end', row, { kind: 'backend', device });
    add('interrupts', row, { kind: 'interrupts', device });
  }
  if (devices.length === 0)
    for (const name of ['queues', 'device', 'interrupts']) add(name, row, { kind: 'nothing' });
  const queue = plotted(queues, wishes.shown);
  if (!wishes.plots || !queue) return lanes;
  const each = Math.floor((wishes.room - y) / PLOTS.length);
  const tall = Math.max(PLOT, Math.min(TALLEST_PLOT, each));
  for (const plot of PLOTS) add(plot, tall, { kind: 'plot', plot, queue });
  return lanes;
}

const hasBackend = ({ backend }: DeviceSpans): boolean => backend.length > backend.first;

/**
 * Heights of the lanes of queues with several requests at a time, for `left` pixels: the one that is shown
 * elsewhere takes what it needs first, the others share the rest.
 */
function heightsOf(
  deep: ReadonlyMap<QueueSpans, number>,
  { plots, shown }: LaneWishes,
  left: number,
): Map<QueueSpans, number> {
  const most = plots ? 4 : MOST_TRACKS;
  const wanted = (depth: number): number => Math.min(depth, most) * TRACK + TRACKS_EDGE;
  const isShown = ({ dev, queue }: QueueSpans): boolean =>
    dev === shown?.dev && queue === shown.queue;
  const order = [...deep].sort(([a], [b]) => Number(isShown(b)) - Number(isShown(a)));
  const heights = new Map<QueueSpans, number>();
  let free = left - order.length * LOWEST;
  for (const [i, [queue, depth]] of order.entries()) {
    const share = isShown(queue) ? free : Math.floor(free / (order.length - i));
    const more = Math.max(0, Math.min(wanted(depth) - LOWEST, share));
    heights.set(queue, LOWEST + more);
    free -= more;
  }
  return heights;
}

/** As many tracks as can be read; where that is fewer than requests at a time, the place of the last is a band. */
function tracksOf(height: number, depth: number): Tracks {
  if (depth === 1) return { single: 1, band: false };
  const fit = Math.max(2, Math.floor((height - TRACKS_EDGE) / LOWEST_TRACK));
  return depth <= fit ? { single: depth, band: false } : { single: fit - 2, band: true };
}

/** The queue that the plots are of: the one that is shown elsewhere, or the first that has had requests. */
function plotted(
  queues: readonly QueueSpans[],
  shown: LaneWishes['shown'],
): QueueSpans | undefined {
  const busy = ({ requests }: QueueSpans) => requests.length > 0;
  return (
    queues.find(
      (queue) => queue.dev === shown?.dev && queue.queue === shown.queue && busy(queue),
    ) ??
    queues.find(busy) ??
    queues[0]
  );
}

function isUsed({ setup, requests, notifications }: QueueSpans): boolean {
  return setup !== undefined || requests.length > 0 || notifications.length > 0;
}

/** Height of all lanes together. */
export function heightOf(lanes: readonly Lane[]): number {
  const last = lanes.at(-1);
  return last ? last.y + last.height : 0;
}
