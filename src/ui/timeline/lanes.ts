import type { DeviceSpans } from '../../journal/spans/device-spans.ts';
import type { QueueSpans } from '../../journal/spans/queue-spans.ts';
import type { Spans } from '../../journal/spans/spans.ts';

/** Heights in pixels. */
const ROW = 22;
const LOWEST_ROW = 16;
const TRACK = 10;
/** Tracks of requests that a lane has room for; more are drawn closer. */
const MOST_TRACKS = 16;
const TALLEST = 8 * TRACK + 8;
const LOWEST = 26;
const GROUP = 20;
const PLOT = 62;
const TALLEST_PLOT = 120;

/** Plots that can stand below the lanes. */
export const PLOTS = ['latency', 'depth', 'batch', 'notifications', 'interrupts'] as const;
export type Plot = (typeof PLOTS)[number];

/** What a lane shows. */
export type LaneContent =
  | { readonly kind: 'guest' }
  | { readonly kind: 'group'; readonly dev: number; readonly folded: boolean }
  | { readonly kind: 'queue'; readonly queue: QueueSpans; readonly tracks: number }
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
  const rows = 1 + devices.length * 3 + queues.length;
  const groups = devices.length > 1 ? devices.length * GROUP : 0;
  const row = Math.max(LOWEST_ROW, Math.min(ROW, Math.floor((wishes.room - groups) / rows)));
  const left = (wishes.room - groups - row * (rows - queues.length)) / Math.max(1, queues.length);
  const tallest = Math.max(LOWEST, Math.min(TALLEST, wishes.plots ? LOWEST + TRACK : left));
  add('guest', row, { kind: 'guest' });
  for (const device of devices) {
    const { dev } = device;
    const folded = devices.length > 1 && wishes.folded.has(dev);
    if (devices.length > 1) add(wishes.deviceName(dev), GROUP, { kind: 'group', dev, folded });
    if (folded) continue;
    for (const queue of queues) {
      if (queue.dev !== dev) continue;
      const { requests } = queue;
      const tracks = Math.min(
        MOST_TRACKS,
        Math.max(1, requests.deepest(requests.first, requests.length)),
      );
      const height = tracks === 1 ? row : Math.min(tallest, tracks * TRACK + 8);
      add(`queue ${queue.queue}`, height, { kind: 'queue', queue, tracks });
    }
    add(devices.length > 1 ? 'device' : wishes.deviceName(dev), row, { kind: 'device', device });
    if (device.backend.length > device.backend.first)
      add('back end', row, { kind: 'backend', device });
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
