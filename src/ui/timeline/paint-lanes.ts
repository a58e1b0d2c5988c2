import type { DeviceSpans } from '../../journal/spans/device-spans.ts';
import { ACTIVITIES, type Activity, type GuestLane } from '../../journal/spans/guest-lane.ts';
import type { Intervals } from '../../journal/spans/intervals.ts';
import type { QueueSpans } from '../../journal/spans/queue-spans.ts';
import { requestFacts } from '../../journal/spans/request-facts.ts';
import { NEVER } from '../../journal/spans/request-table.ts';
import type { EventList } from '../../journal/spans/series.ts';
import type { Spans } from '../../journal/spans/spans.ts';
import { TRACKS_EDGE, type Tracks } from './lanes.ts';
import { BIN, fitted, type Pen } from './pen.ts';
import { requestWords } from './request-words.ts';

/** A lane's place on the canvas. */
export interface Place {
  readonly y: number;
  readonly height: number;
}

/** Things of one pixel from which on they are. */
const CROWD = 0.4;
/** The same for marks, which are wider. */
const MARK_CROWD = 0.12;

const ACTIVITY_WORDS: Readonly<Record<Activity, string>> = {
  enumerate: 'PCI configuration',
  registers: 'registers',
  memory: 'memory',
  halted: 'halted',
};

/** What the guest does: stretches with names or, from afar, how much of each. */
export function paintGuest(pen: Pen, guest: GuestLane, place: Place): void {
  const { c } = pen;
  const looks: Readonly<Record<Activity, readonly [fill: string, ink: string]>> = {
    enumerate: [pen.colour('line'), pen.colour('ink')],
    registers: [pen.colour('exit'), pen.colour('panel')],
    memory: [pen.colour('driver'), pen.colour('panel')],
    halted: ['', pen.colour('dim')],
  };
  const count = ACTIVITIES.reduce((sum, name) => sum + inSight(pen, guest.stretches[name]), 0);
  const { y, height } = inner(place);
  if (count <= (pen.right - pen.left) * CROWD) {
    for (const name of ACTIVITIES)
      each(pen, guest.stretches[name], (from, to) => {
        const [fill, ink] = looks[name];
        box(pen, from, to + 1, y, height, fill, fill ? '' : pen.colour('line-strong'));
        label(pen, ACTIVITY_WORDS[name], from, to + 1, y + height / 2, ink);
      });
    return;
  }
  const shares = ACTIVITIES.map(
    (name) => [shareOf(pen, guest.stretches[name]), looks[name][0]] as const,
  );
  bins(pen, (x, i) => {
    let top = y + height;
    for (const [share, fill] of shares) {
      const part = share(i);
      if (part === 0 || !fill) continue;
      const size = Math.max(0.5, part * height);
      c.fillStyle = fill;
      c.fillRect(x, top - size, BIN, size);
      top -= size;
    }
  });
}

/**
 * The requests of a queue: each with its phases, and a band that counts those for which there is no track; from
 * afar, how many were under way.
 */
export function paintQueue(
  pen: Pen,
  spans: Spans,
  queue: QueueSpans,
  tracks: Tracks,
  place: Place,
  chosen: number | undefined,
): void {
  const { requests } = queue;
  const rows = requests.rowAt(pen.range.to) - requests.rowAt(pen.range.from);
  if (rows > (pen.right - pen.left) * CROWD) {
    paintDepth(pen, queue, place);
    return;
  }
  const more: number[] = [];
  requests.overlapping(pen.range.from, pen.range.to, (row) => {
    const track = trackPlace(place, tracks, requests.track(row));
    if (track) paintRequest(pen, spans, queue, row, track, row === chosen);
    else more.push(row);
  });
  if (more.length === 0) return;
  const band = bandPlace(place, tracks);
  paintMore(pen, queue, more, band);
  if (chosen !== undefined && more.includes(chosen))
    paintRequest(pen, spans, queue, chosen, band, true);
}

/** Where a track of a queue's lane is; undefined where it shares the band. */
export function trackPlace(place: Place, tracks: Tracks, track: number): Place | undefined {
  const { single, band } = tracks;
  if (track >= single) return undefined;
  if (single === 1 && !band) return inner(place);
  const size = trackSize(place, tracks);
  return { y: place.y + TRACKS_EDGE / 2 + track * size, height: size - 1.5 };
}

/** The band is as high as two tracks, so that a figure can stand in it. */
function bandPlace(place: Place, tracks: Tracks): Place {
  const size = trackSize(place, tracks);
  return { y: place.y + TRACKS_EDGE / 2 + tracks.single * size, height: 2 * size };
}

function trackSize({ height }: Place, { single, band }: Tracks): number {
  return (height - TRACKS_EDGE) / (single + (band ? 2 : 0));
}

/** How many requests there were beyond those that have tracks: an area, and the most of each time in figures. */
function paintMore(pen: Pen, { requests }: QueueSpans, rows: readonly number[], band: Place): void {
  const { c } = pen;
  const begun = rows.map((row) => requests.begun(row));
  const ended = rows
    .map((row) => (requests.ended(row) === NEVER ? pen.length : requests.ended(row) + 1))
    .sort((a, b) => a - b);
  const steps: { event: number; count: number }[] = [];
  for (let i = 0, k = 0; k < ended.length; ) {
    const start = begun[i];
    const end = ended[k] ?? 0;
    if (start !== undefined && start < end) i++;
    else k++;
    steps.push({ event: start !== undefined && start < end ? start : end, count: i - k });
  }
  const most = Math.max(...steps.map(({ count }) => count));
  const bottom = band.y + band.height;
  const top = (count: number): number => bottom - (band.height * count) / most;
  const clamped = (event: number): number =>
    Math.max(pen.left - 4, Math.min(pen.right + 4, pen.x(event)));
  c.font = `600 10px ${pen.sans}`;
  let first = 0;
  for (const [i, { count }] of steps.entries()) {
    if (count > 0) continue;
    const time = steps.slice(first, i + 1);
    first = i + 1;
    const [from, to] = [clamped(time[0]?.event ?? 0), clamped(time.at(-1)?.event ?? 0)];
    c.beginPath();
    c.moveTo(from, bottom);
    let height = bottom;
    for (const step of time) {
      const x = clamped(step.event);
      c.lineTo(x, height);
      height = top(step.count);
      c.lineTo(x, height);
    }
    c.closePath();
    c.fillStyle = pen.colour('device-fill');
    c.fill();
    c.strokeStyle = pen.colour('device');
    c.lineWidth = 1;
    c.stroke();
    const text = `+${Math.max(...time.map((step) => step.count))}`;
    if (c.measureText(text).width > to - from - 8) continue;
    c.fillStyle = pen.colour('ink');
    c.textAlign = 'center';
    c.fillText(text, (Math.max(pen.left, from) + Math.min(pen.right, to)) / 2, bottom - 6);
    c.textAlign = 'left';
  }
}

function paintRequest(
  pen: Pen,
  spans: Spans,
  queue: QueueSpans,
  row: number,
  { y, height }: Place,
  chosen: boolean,
): void {
  const { c } = pen;
  const { requests } = queue;
  const begun = requests.begun(row);
  const popped = requests.popped(row);
  const end = requests.ended(row) === NEVER ? pen.length : requests.ended(row) + 1;
  const taken = popped === NEVER ? end : popped;
  const back = requests.takenBack(row);
  if (taken > begun) {
    box(pen, begun, taken, y, height, pen.hatch('driver'), pen.colour('driver'));
  }
  if (popped !== NEVER) {
    const [fill, edge] = [pen.colour('device-fill'), pen.colour('device')];
    box(pen, popped, end, y, height, fill, edge);
  }
  const facts =
    pen.x(end) - pen.x(begun) > 18 || chosen ? requestFacts(spans, queue, row) : undefined;
  if (facts?.used !== undefined && facts.seen !== undefined)
    paintTail(pen, end, facts.seen - spans.origin, y, height);
  if (back) paintCross(pen, end, y, height);
  if (facts && height >= 8) {
    c.font = `${Math.min(11, height)}px ${pen.sans}`;
    label(
      pen,
      requestWords(facts),
      popped === NEVER ? begun : popped,
      end,
      y + height / 2,
      pen.colour('ink'),
    );
  }
  if (!chosen) return;
  c.strokeStyle = pen.colour('ink');
  c.lineWidth = 2;
  const x = Math.max(pen.left - 3, pen.x(begun) - 1.5);
  c.strokeRect(x, y - 1.5, Math.min(pen.right + 3, pen.x(end) + 1.5) - x, height + 3);
}

/** From used until the guest saw it: a line with a dot at its end. */
function paintTail(pen: Pen, from: number, seen: number, y: number, height: number): void {
  const { c } = pen;
  const x = pen.x(seen + 0.5);
  const middle = y + height / 2;
  c.fillStyle = pen.colour('interrupt');
  c.fillRect(pen.x(from), middle - 0.75, Math.max(0, x - pen.x(from)), 1.5);
  c.beginPath();
  c.arc(x, middle, Math.min(3, height / 3), 0, Math.PI * 2);
  c.fill();
}

function paintCross(pen: Pen, at: number, y: number, height: number): void {
  const { c } = pen;
  const size = Math.min(4, height / 2.5);
  const [x, middle] = [pen.x(at) - size, y + height / 2];
  c.strokeStyle = pen.colour('ink');
  c.lineWidth = 1.5;
  c.beginPath();
  c.moveTo(x - size, middle - size);
  c.lineTo(x + size, middle + size);
  c.moveTo(x + size, middle - size);
  c.lineTo(x - size, middle + size);
  c.stroke();
}

/** How many requests were under way, at the most, in each bit of the run. */
function paintDepth(pen: Pen, { requests, latencies }: QueueSpans, place: Place): void {
  const { c } = pen;
  const { y, height } = inner(place);
  const most = Math.max(
    1,
    requests.deepest(requests.rowAt(pen.range.from), requests.rowAt(pen.range.to)),
  );
  c.beginPath();
  c.moveTo(pen.left, y + height);
  const tops: (readonly [number, number])[] = [];
  const rows = pen.edges.map((event) => requests.rowAt(event));
  const ends = pen.edges.map((event) => latencies.indexOf(event) - latencies.first);
  bins(pen, (x, i) => {
    const [first = 0, last = 0] = [rows[i], rows[i + 1]];
    const before = first - requests.first - (ends[i] ?? 0);
    const depth = Math.max(requests.deepest(first, last), Math.min(most, Math.max(0, before)));
    tops.push([x, y + height - (height * depth) / most]);
  });
  for (const [x, top] of tops) {
    c.lineTo(x, top);
    c.lineTo(x + BIN, top);
  }
  c.lineTo((tops.at(-1)?.[0] ?? pen.left) + BIN, y + height);
  c.fillStyle = pen.colour('device-fill');
  c.fill();
  c.strokeStyle = pen.colour('device');
  c.lineWidth = 1;
  c.stroke();
  const text = most === 1 ? 'one at a time' : `up to ${most} under way`;
  c.font = `11px ${pen.sans}`;
  const room = c.measureText(text).width;
  c.fillStyle = pen.colour('panel');
  c.globalAlpha = 0.8;
  c.fillRect(pen.left + 4, y + 1, room + 8, 14);
  c.globalAlpha = 1;
  c.fillStyle = pen.colour('ink');
  c.fillText(text, pen.left + 8, y + 8.5);
}

/** What a device did, and the notifications that reached it or were left out. */
export function paintDevice(
  pen: Pen,
  device: DeviceSpans,
  queues: readonly QueueSpans[],
  place: Place,
): void {
  const { y, height } = inner(place);
  stretches(pen, device.work, y + height / 2 - 3, 6, 'device-fill', 'device');
  for (const queue of queues)
    marks(pen, queue.notifications, queue.quietNotifications, place, 'notify', 'down');
}

/** What a back end was busy with. */
export function paintBackend(
  pen: Pen,
  device: DeviceSpans,
  place: Place,
  words: (event: number) => string,
): void {
  const { y, height } = inner(place);
  const few = inSight(pen, device.backend) <= (pen.right - pen.left) * CROWD;
  stretches(pen, device.backend, y + 1, height - 2, 'background', 'dim', device.asked);
  if (few)
    each(pen, device.backend, (from, to) => {
      if (pen.x(to + 1) - pen.x(from) > 24)
        label(pen, words(from), from, to + 1, y + height / 2, pen.colour('ink'));
    });
}

/** A device's interrupts: when its line was up, and what was sent, suppressed or masked. */
export function paintInterrupts(
  pen: Pen,
  device: DeviceSpans,
  queues: readonly QueueSpans[],
  place: Place,
): void {
  const { y, height } = inner(place);
  stretches(pen, device.line, y + 2, height - 4, 'interrupt-fill', 'interrupt', device.lineUp);
  for (const queue of queues)
    marks(pen, queue.interrupts, queue.quietInterrupts, place, 'interrupt', 'up');
  for (const event of eventsInSight(pen, device.configInterrupts)) {
    pen.c.strokeStyle = pen.colour('interrupt');
    pen.c.lineWidth = 1.5;
    pen.c.strokeRect(pen.x(event + 0.5) - 3, y + height / 2 - 3, 6, 6);
  }
}

/** Triangles, filled where something was sent and hollow where it was left out; from afar, bars of how many. */
function marks(
  pen: Pen,
  all: EventList | QueueSpans['notifications'],
  quiet: EventList,
  place: Place,
  tone: string,
  way: 'up' | 'down',
): void {
  const { c } = pen;
  const middle = place.y + place.height / 2;
  const count = all.indexOf(pen.range.to) - all.indexOf(pen.range.from);
  c.fillStyle = c.strokeStyle = pen.colour(tone);
  c.lineWidth = 1.25;
  if (count <= (pen.right - pen.left) * MARK_CROWD) {
    const end = all.indexOf(pen.range.to);
    for (let i = all.indexOf(pen.range.from); i < end; i++) {
      const event = all.events.at(i);
      const x = pen.x(event + 0.5);
      const tip = way === 'down' ? 4.5 : -4.5;
      c.beginPath();
      c.moveTo(x - 4, middle - tip);
      c.lineTo(x + 4, middle - tip);
      c.lineTo(x, middle + tip);
      c.closePath();
      if (quiet.has(event)) {
        c.fillStyle = pen.colour('panel');
        c.fill();
        c.fillStyle = pen.colour(tone);
        c.stroke();
      } else c.fill();
    }
    return;
  }
  const [counts, left] = [countsOf(pen, all), countsOf(pen, quiet)];
  const most = Math.max(1, ...counts);
  const room = place.height - 8;
  const size = (n: number) => (n === 0 ? 0 : Math.max(1, (n / most) * room));
  const bottom = place.y + place.height - 4;
  bins(pen, (x, i) => {
    const out = left[i] ?? 0;
    const sent = (counts[i] ?? 0) - out;
    c.fillRect(x, bottom - size(sent), BIN, size(sent));
    if (out === 0) return;
    c.globalAlpha = 0.35;
    c.fillRect(x, bottom - size(sent) - size(out), BIN, size(out));
    c.globalAlpha = 1;
  });
}

/** Rules that were broken, over all lanes. */
export function paintViolations(
  pen: Pen,
  violations: EventList,
  top: number,
  height: number,
): void {
  const { c } = pen;
  for (const event of eventsInSight(pen, violations)) {
    const x = pen.x(event + 0.5);
    c.fillStyle = pen.colour('violation');
    c.globalAlpha = 0.5;
    c.fillRect(x - 0.5, top, 1, height);
    c.globalAlpha = 1;
    c.beginPath();
    c.moveTo(x, top);
    c.lineTo(x + 6.5, top + 11);
    c.lineTo(x - 6.5, top + 11);
    c.closePath();
    c.fill();
    c.fillStyle = pen.colour('panel');
    c.fillRect(x - 0.75, top + 4, 1.5, 3.5);
    c.fillRect(x - 0.75, top + 8.5, 1.5, 1.5);
  }
}

/** Events of a list that are in sight, at most one a pixel. */
function* eventsInSight(pen: Pen, list: EventList): Generator<number> {
  const end = list.indexOf(pen.range.to);
  for (let i = list.indexOf(pen.range.from); i < end; ) {
    const event = list.events.at(i);
    yield event;
    i = Math.max(i + 1, pen.perPixel < 1 ? 0 : list.indexOf(Math.ceil(event + pen.perPixel)));
  }
}

/** Stretches as boxes or, from afar, as bars of how much of each bit they cover. */
function stretches(
  pen: Pen,
  list: Intervals,
  y: number,
  height: number,
  fill: string,
  edge: string,
  open = false,
): void {
  const { c } = pen;
  if (inSight(pen, list) <= (pen.right - pen.left) * CROWD) {
    const last = list.from.at(list.length - 1);
    each(pen, list, (from, to) => {
      const end = open && from === last ? pen.length : to + 1;
      box(pen, from, end, y, height, pen.colour(fill), pen.colour(edge));
    });
    return;
  }
  c.fillStyle = pen.colour(edge);
  const share = shareOf(pen, list);
  bins(pen, (x, i) => {
    const part = share(i);
    if (part > 0) c.fillRect(x, y + height * (1 - part), BIN, Math.max(0.75, height * part));
  });
}

function inSight(pen: Pen, list: Intervals): number {
  return list.indexOf(pen.range.to) - list.indexOf(pen.range.from);
}

/** Visits the stretches that are in sight. */
function each(pen: Pen, list: Intervals, visit: (from: number, to: number) => void): void {
  for (let i = list.indexOf(pen.range.from); i < list.length; i++) {
    const from = list.from.at(i);
    if (from >= pen.range.to) return;
    visit(from, list.to.at(i));
  }
}

/** Visits bars of `BIN` pixels: bar `i` is of the events from `pen.edges[i]` to before the next edge. */
export function bins(pen: Pen, visit: (x: number, i: number) => void): void {
  for (let i = 0; i + 1 < pen.edges.length; i++) visit(pen.left + i * BIN, i);
}

/** How many things of a list each bar has. */
export function countsOf(pen: Pen, list: { indexOf(event: number): number }): number[] {
  const indices = pen.edges.map((event) => list.indexOf(event));
  return indices.slice(1).map((index, i) => index - (indices[i] ?? index));
}

/** What part of each bar's events lies in stretches, 0 to 1. */
function shareOf(pen: Pen, list: Intervals): (i: number) => number {
  const sums = pen.edges.map((event) => list.before(event));
  return (i) => {
    const events = Math.max(1, (pen.edges[i + 1] ?? 0) - (pen.edges[i] ?? 0));
    return (((sums[i + 1] ?? 0) - (sums[i] ?? 0)) >>> 0) / events;
  };
}

/** Where the content of a lane is. */
export function inner({ y, height }: Place): Place {
  const edge = height < 20 ? 2 : 3;
  return { y: y + edge, height: height - 2 * edge };
}

function box(
  pen: Pen,
  from: number,
  to: number,
  y: number,
  height: number,
  fill: string | CanvasPattern,
  edge: string,
): void {
  const { c } = pen;
  const left = Math.max(pen.left - 4, pen.x(from));
  const right = Math.min(pen.right + 4, pen.x(to) - 0.5);
  const width = Math.max(1.5, right - left);
  if (width < 4) {
    c.fillStyle = edge || fill;
    c.fillRect(left, y, width, height);
    return;
  }
  c.beginPath();
  c.roundRect(left, y, width, height, Math.min(3, height / 3));
  if (fill) {
    c.fillStyle = fill;
    c.fill();
  }
  if (!edge) return;
  c.strokeStyle = edge;
  c.lineWidth = 1;
  c.stroke();
}

function label(pen: Pen, text: string, from: number, to: number, y: number, ink: string): void {
  const { c } = pen;
  const left = Math.max(pen.x(from), pen.left) + 5;
  const words = fitted(c, text, Math.min(pen.x(to), pen.right) - left - 4);
  if (!words) return;
  c.fillStyle = ink;
  c.fillText(words, left, y + 0.5);
}
