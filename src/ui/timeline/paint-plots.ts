import type { Column } from '../../journal/spans/column.ts';
import type { QueueSpans } from '../../journal/spans/queue-spans.ts';
import type { EventList, Series } from '../../journal/spans/series.ts';
import type { Plot } from './lanes.ts';
import { bins, countsOf, type Place } from './paint-lanes.ts';
import { BIN, type Pen } from './pen.ts';

/** What a plot is called, what its values are, and in what they are counted. */
export const PLOT_FACTS: Readonly<
  Record<Plot, { readonly title: string; readonly about: string; readonly unit: string }>
> = {
  latency: { title: 'latency', about: 'events from available to used', unit: 'events' },
  depth: { title: 'queue depth', about: 'requests under way as one begins', unit: 'requests' },
  batch: { title: 'batch size', about: 'requests a notification', unit: 'requests' },
  notifications: { title: 'notifications', about: 'sent solid, left out pale', unit: '' },
  interrupts: { title: 'interrupts', about: 'sent solid, suppressed pale', unit: '' },
};

/** Smallest, middle and largest value of a part. */
export interface Summary {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Events and values of a plot that has values. */
interface Points {
  readonly events: Column;
  readonly first: number;
  indexOf(event: number): number;
  at(index: number): number;
  extent(from: number, to: number): { readonly min: number; readonly max: number } | undefined;
}

function pointsOf(plot: Plot, queue: QueueSpans): Points | undefined {
  if (plot === 'latency') return series(queue.latencies);
  if (plot === 'batch') return series(queue.notifications);
  if (plot !== 'depth') return undefined;
  const { requests } = queue;
  return {
    events: requests.beginnings,
    first: requests.first,
    indexOf: (event) => requests.rowAt(event),
    at: (row) => requests.depth(row),
    extent: (from, to) => {
      const max = requests.deepest(from, to);
      return from < to ? { min: requests.shallowest(from, to), max } : undefined;
    },
  };
}

function series(of: Series): Points {
  return {
    events: of.events,
    first: of.first,
    indexOf: (event) => of.indexOf(event),
    at: (index) => of.values.at(index),
    extent: (from, to) => of.extent(from, to),
  };
}

/** Values in sight from which on they are too many for the exact median at each frame. */
export const MEDIAN_AT_ONCE = 20_000;

/** Smallest, middle and largest of the values from event `from` to before `to`; undefined where there are none. */
export function summaryOf(
  plot: Plot,
  queue: QueueSpans,
  from: number,
  to: number,
): Summary | undefined {
  const points = pointsOf(plot, queue);
  if (!points) return undefined;
  const [first, last] = [points.indexOf(from), points.indexOf(to)];
  const extent = points.extent(first, last);
  if (!extent) return undefined;
  const values = new Float64Array(last - first);
  for (let i = first; i < last; i++) values[i - first] = points.at(i);
  values.sort();
  return { ...extent, median: values[(values.length - 1) >> 1] ?? 0 };
}

/** Count of the values of a plot from event `from` to before `to`. */
export function countOf(plot: Plot, queue: QueueSpans, from: number, to: number): number {
  const points = pointsOf(plot, queue);
  return points ? points.indexOf(to) - points.indexOf(from) : 0;
}

/** How many were sent and how many were left out, from event `from` to before `to`. */
export function sentAndQuiet(
  plot: 'notifications' | 'interrupts',
  queue: QueueSpans,
  from: number,
  to: number,
): readonly [sent: number, quiet: number] {
  const [all, quiet] = listsOf(plot, queue);
  const left = quiet.indexOf(to) - quiet.indexOf(from);
  return [all.indexOf(to) - all.indexOf(from) - left, left];
}

function listsOf(plot: Plot, queue: QueueSpans): readonly [Series, EventList] {
  return plot === 'notifications'
    ? [queue.notifications, queue.quietNotifications]
    : [queue.interrupts, queue.quietInterrupts];
}

/** Draws one plot: an axis, and its values as dots or, from afar, from the smallest to the largest of each bit. */
export function paintPlot(pen: Pen, plot: Plot, queue: QueueSpans, place: Place): void {
  const top = place.y + 8;
  const bottom = place.y + place.height - 4;
  const peak =
    plot === 'notifications' || plot === 'interrupts'
      ? paintCounts(pen, plot, queue, top, bottom)
      : paintValues(pen, plot, queue, top, bottom);
  lettering(pen, peak, PLOT_FACTS[plot].about, top, bottom);
}

function paintValues(pen: Pen, plot: Plot, queue: QueueSpans, top: number, bottom: number): number {
  const { c } = pen;
  const points = pointsOf(plot, queue);
  if (!points) return 1;
  const [first, last] = [points.indexOf(pen.range.from), points.indexOf(pen.range.to)];
  const peak = niceAbove(points.extent(first, last)?.max ?? 1);
  axis(pen, top, bottom);
  const y = (value: number): number => bottom - (Math.min(value, peak) / peak) * (bottom - top);
  c.fillStyle = pen.colour(plot === 'batch' ? 'notify' : 'device');
  if (last - first <= (pen.right - pen.left) * 0.5) {
    for (let i = first; i < last; i++) {
      c.beginPath();
      c.arc(pen.x(points.events.at(i) + 0.5), y(points.at(i)), 2.25, 0, Math.PI * 2);
      c.fill();
    }
    return peak;
  }
  const indices = pen.edges.map((event) => points.indexOf(event));
  bins(pen, (x, i) => {
    const part = points.extent(indices[i] ?? 0, indices[i + 1] ?? 0);
    if (!part) return;
    c.globalAlpha = 0.4;
    c.fillRect(x, y(part.max), BIN, y(part.min) - y(part.max));
    c.globalAlpha = 1;
    c.fillRect(x, y(part.max) - 1, BIN, 2);
  });
  return peak;
}

function paintCounts(
  pen: Pen,
  plot: 'notifications' | 'interrupts',
  queue: QueueSpans,
  top: number,
  bottom: number,
): number {
  const { c } = pen;
  const [all, quiet] = listsOf(plot, queue);
  const [counts, quiets] = [countsOf(pen, all), countsOf(pen, quiet)];
  const peak = niceAbove(Math.max(1, ...counts));
  axis(pen, top, bottom);
  const size = (count: number): number => (count / peak) * (bottom - top);
  const tone = pen.colour(plot === 'notifications' ? 'notify' : 'interrupt');
  c.fillStyle = c.strokeStyle = tone;
  c.lineWidth = 1;
  bins(pen, (x, i) => {
    const left = quiets[i] ?? 0;
    const sent = (counts[i] ?? 0) - left;
    if (sent > 0) c.fillRect(x, bottom - size(sent), BIN, size(sent));
    if (left === 0) return;
    c.globalAlpha = 0.4;
    c.fillRect(x, bottom - size(sent) - size(left), BIN, size(left));
    c.globalAlpha = 1;
    c.fillRect(x, bottom - size(sent) - size(left), BIN, 1);
  });
  return peak;
}

function axis({ c, left, right, colour }: Pen, top: number, bottom: number): void {
  c.fillStyle = colour('line');
  for (const y of [top, (top + bottom) / 2, bottom])
    c.fillRect(left, Math.round(y), right - left, 1);
}

/** What the axis counts, in front of the values. */
function lettering(pen: Pen, peak: number, about: string, top: number, bottom: number): void {
  const { c } = pen;
  c.font = `10px ${pen.sans}`;
  const write = (text: string, x: number, y: number): void => {
    c.globalAlpha = 0.75;
    c.fillStyle = pen.colour('panel');
    c.fillRect(x - 2, y - 6, c.measureText(text).width + 4, 12);
    c.globalAlpha = 1;
    c.fillStyle = pen.colour('dim');
    c.fillText(text, x, y);
  };
  write(`${short(peak)}  ${about}`, pen.left + 4, top);
  write('0', pen.left + 4, bottom - 4);
}

/** The next number at or above `value` that begins with 1, 2 or 5; an axis ends there. */
export function niceAbove(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  for (const step of [1, 2, 5, 10]) if (step * unit >= value) return step * unit;
  return value;
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e4 ? `${value / 1e3}k` : String(value);
}
