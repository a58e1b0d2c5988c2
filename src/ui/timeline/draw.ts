import { ACTIVITIES } from '../../journal/spans/guest-lane.ts';
import { backendFacts, type RequestFacts, rowOf } from '../../journal/spans/request-facts.ts';
import type { Spans } from '../../journal/spans/spans.ts';
import { heightOf, type Lane, type Tracks } from './lanes.ts';
import { paintGaps } from './paint-gaps.ts';
import {
  inner,
  type Place,
  paintBackend,
  paintDevice,
  paintGuest,
  paintInterrupts,
  paintQueue,
  paintViolations,
} from './paint-lanes.ts';
import { niceAbove, PLOT_FACTS, paintPlot } from './paint-plots.ts';
import { fitted, type Palette, type Pen, penFor } from './pen.ts';
import { LABEL_WIDTH, type Range, wholeRun } from './range.ts';

/** Heights of the ruler above the lanes and of the map of the whole run below them, in pixels. */
export const RULER = 15;
export const MAP = 20;
/** Height of the shade behind which lanes go on. */
const SHADE = 8;

/** All that one picture of the strip depends on. Numbers are event numbers, and pixels before `scale`. */
export interface Scene {
  readonly spans: Spans;
  readonly lanes: readonly Lane[];
  /** Pixels by which the lanes are scrolled up. */
  readonly scroll: number;
  readonly range: Range;
  readonly cursor: number;
  readonly first: number;
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** Device pixels of one. */
  readonly scale: number;
  readonly palette: Palette;
  readonly chosen: RequestFacts | undefined;
  /** Lines below a plot's name, by plot. */
  readonly notes: ReadonlyMap<string, readonly string[]>;
  /** What stands where nothing has happened yet. */
  readonly empty: string;
}

/** Where the lanes are: below the ruler and above the map. */
export function laneArea(height: number): Place {
  return { y: RULER, height: Math.max(0, height - RULER - MAP) };
}

/** Draws the strip. Work is bounded by the pixels, not by the length of the run. */
export function drawStrip(c: CanvasRenderingContext2D, scene: Scene): void {
  const { spans, width, height, scale, palette, range } = scene;
  const { origin } = spans;
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, height);
  c.textBaseline = 'middle';
  c.textAlign = 'left';
  const local = { from: range.from - origin, to: range.to - origin };
  const pen = penFor(c, palette, { width, height }, local, scene.length - origin, scale);
  ruler(pen, scene);
  const area = laneArea(height);
  c.save();
  c.beginPath();
  c.rect(0, area.y, width, area.height);
  c.clip();
  for (const lane of scene.lanes) {
    const place = { y: area.y + lane.y - scene.scroll, height: lane.height };
    if (place.y + place.height < area.y || place.y > area.y + area.height) continue;
    name(pen, lane, place, scene);
    c.save();
    c.beginPath();
    c.rect(pen.left - 3, place.y, pen.right - pen.left + 6, place.height);
    c.clip();
    c.font = `11px ${pen.sans}`;
    paintLane(pen, scene, lane, place);
    c.restore();
  }
  c.save();
  c.beginPath();
  c.rect(pen.left - 7, area.y, pen.right - pen.left + 14, area.height);
  c.clip();
  paintViolations(pen, spans.violations, area.y, area.height);
  losses(pen, spans, area);
  paintGaps(pen, spans, area.y, area.height);
  c.restore();
  later(pen, scene, area);
  c.restore();
  if (scene.lanes.some(({ kind }) => kind === 'nothing') && !hasActed(spans))
    empty(pen, scene, area);
  scrollBar(pen, scene, area);
}

/** Whether the guest has done anything yet. */
function hasActed({ guest }: Spans): boolean {
  return ACTIVITIES.some((name) => guest.stretches[name].length > 0);
}

function paintLane(pen: Pen, scene: Scene, lane: Lane, place: Place): void {
  const { spans, chosen } = scene;
  const { c } = pen;
  if (lane.kind === 'group') return;
  if (lane.kind !== 'plot' && !(lane.kind === 'queue' && isDeep(lane.tracks))) {
    c.fillStyle = pen.colour('line');
    c.fillRect(pen.left, Math.round(place.y + place.height / 2), pen.right - pen.left, 1);
  }
  if (lane.kind === 'guest') paintGuest(pen, spans.guest, place);
  else if (lane.kind === 'queue') {
    const { queue, tracks } = lane;
    const here = chosen?.dev === queue.dev && chosen.queue === queue.queue;
    const row = here ? rowOf(spans, queue, chosen) : undefined;
    paintQueue(pen, spans, queue, tracks, place, row);
  } else if (lane.kind === 'plot') paintPlot(pen, lane.plot, lane.queue, place);
  else if (lane.kind !== 'nothing') {
    const queues = spans.queues.filter(({ dev }) => dev === lane.device.dev);
    if (lane.kind === 'device') paintDevice(pen, lane.device, queues, place);
    else if (lane.kind === 'backend')
      paintBackend(pen, lane.device, place, (event) => {
        const { op, length } = backendFacts(spans, event + spans.origin);
        return `${op ?? ''} ${length.toLocaleString('en')} B`;
      });
    else paintInterrupts(pen, lane.device, queues, place);
  }
}

const isDeep = ({ single, band }: Tracks): boolean => single > 1 || band;

function name(pen: Pen, lane: Lane, place: Place, scene: Scene): void {
  const { c } = pen;
  const middle =
    place.y +
    (lane.kind === 'queue' || lane.kind === 'plot'
      ? Math.min(11, place.height / 2)
      : place.height / 2);
  const room = pen.left - 16;
  if (lane.kind === 'group') {
    c.fillStyle = pen.colour('background');
    c.fillRect(0, place.y + 1, pen.width, place.height - 2);
    c.font = `600 11px ${pen.sans}`;
    c.fillStyle = pen.colour('ink');
    c.fillText(`${lane.folded ? '▸' : '▾'} ${lane.name}`, 8, middle);
    return;
  }
  if (lane.kind === 'plot') {
    c.fillStyle = pen.colour('line');
    c.fillRect(0, Math.round(place.y), pen.width, 1);
    c.font = `600 11px ${pen.sans}`;
    c.fillStyle = pen.colour('ink');
    c.fillText(fitted(c, PLOT_FACTS[lane.plot].title, room), 10, middle);
    c.font = `10px ${pen.sans}`;
    c.fillStyle = pen.colour('dim');
    for (const [i, line] of (scene.notes.get(lane.plot) ?? []).entries())
      c.fillText(fitted(c, line, room), 10, middle + 13 * (i + 1));
    return;
  }
  c.font = `11px ${pen.sans}`;
  c.fillStyle = pen.colour('dim');
  c.fillText(fitted(c, lane.name, room), 10, middle);
}

/** Event numbers above the lanes. */
function ruler(pen: Pen, { spans, first }: Scene): void {
  const { c } = pen;
  c.font = `10px ${pen.sans}`;
  c.fillStyle = pen.colour('dim');
  c.fillText('event', 10, RULER / 2);
  const step = niceAbove(Math.max(1, Math.ceil(pen.perPixel * 90)));
  const start = Math.max(first, Math.ceil((pen.range.from + spans.origin) / step) * step);
  for (let event = start; event <= pen.range.to + spans.origin; event += step) {
    const x = pen.x(event - spans.origin);
    const text = event.toLocaleString('en');
    if (x + 4 + c.measureText(text).width > pen.right + 10) break;
    c.fillStyle = pen.colour('line-strong');
    c.fillRect(Math.round(x), RULER - 5, 1, 5);
    c.fillStyle = pen.colour('dim');
    c.fillText(text, x + 4, RULER / 2);
  }
}

/** Where events were lost: the picture has a hole there. */
function losses(pen: Pen, { losses: list }: Spans, area: Place): void {
  const { c } = pen;
  const end = list.indexOf(pen.range.to);
  c.strokeStyle = pen.colour('violation');
  c.setLineDash([2, 3]);
  c.lineWidth = 1.5;
  for (let i = list.indexOf(pen.range.from); i < end; i++) {
    const x = pen.x(list.events.at(i) + 0.5);
    c.beginPath();
    c.moveTo(x, area.y);
    c.lineTo(x, area.y + area.height);
    c.stroke();
  }
  c.setLineDash([]);
}

/** What the cursor has passed is the past that the page shows; the rest is there, but later. */
function later(pen: Pen, { spans, cursor, length }: Scene, area: Place): void {
  const { c } = pen;
  const at = cursor - spans.origin;
  const x = Math.max(pen.left, pen.x(at));
  if (cursor < length && x < pen.right) {
    c.globalAlpha = 0.5;
    c.fillStyle = pen.colour('panel');
    c.fillRect(x, area.y, pen.right + 8 - x, area.height);
    c.globalAlpha = 1;
  }
  const last = pen.x(at - 1);
  if (cursor === 0 || pen.x(at) < pen.left || last > pen.right) return;
  c.globalAlpha = 0.35;
  c.fillStyle = pen.colour('current-edge');
  c.fillRect(Math.max(pen.left, last), area.y, Math.max(2, pen.x(at) - last), area.height);
  c.globalAlpha = 1;
}

function empty(pen: Pen, scene: Scene, area: Place): void {
  const { c } = pen;
  c.font = `12px ${pen.sans}`;
  c.fillStyle = pen.colour('dim');
  c.textAlign = 'center';
  c.fillText(scene.empty, (pen.left + pen.right) / 2, area.y + area.height / 2);
  c.textAlign = 'left';
}

/** Where lanes are out of sight, a bar that says where one is, and a shade at the edge behind which they go on. */
function scrollBar(pen: Pen, { lanes, scroll }: Scene, area: Place): void {
  const { c } = pen;
  const total = heightOf(lanes);
  if (total <= area.height) return;
  const shade = (from: number, to: number): void => {
    const fade = c.createLinearGradient(0, from, 0, to);
    fade.addColorStop(0, pen.colour('line-strong'));
    fade.addColorStop(1, 'transparent');
    c.fillStyle = fade;
    c.globalAlpha = 0.55;
    c.fillRect(0, Math.min(from, to), pen.width, Math.abs(to - from));
    c.globalAlpha = 1;
  };
  const bottom = area.y + area.height;
  if (scroll > 0) shade(area.y, area.y + SHADE);
  if (scroll < total - area.height) shade(bottom, bottom - SHADE);
  const size = Math.max(16, (area.height * area.height) / total);
  const y = area.y + (scroll / (total - area.height)) * (area.height - size);
  c.fillStyle = pen.colour('dim');
  c.beginPath();
  c.roundRect(pen.width - 7, y, 5, size, 2.5);
  c.fill();
}

/** Draws the map of everything that is held into `c`, which is as wide as the strip and `MAP` high. */
export function drawMap(c: CanvasRenderingContext2D, scene: Scene): void {
  const { spans, palette, width, scale, first, length } = scene;
  const { origin } = spans;
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, width, MAP);
  const all = wholeRun(first, length);
  const whole = { from: all.from - origin, to: all.to - origin };
  const pen = penFor(c, palette, { width, height: MAP }, whole, length - origin, scale);
  const { y, height } = inner({ y: 0, height: MAP });
  c.fillStyle = pen.colour('background');
  c.fillRect(pen.left, y, pen.right - pen.left, height);
  const step = 2;
  for (let x = pen.left; x < pen.right; x += step) {
    const from = Math.max(0, pen.eventAt(x));
    if (from >= pen.length) break;
    const to = Math.max(from + 1, pen.eventAt(x + step));
    let busy = 0;
    for (const name of ACTIVITIES)
      if (name !== 'halted') busy += spans.guest.stretches[name].covered(from, to);
    let work = 0;
    for (const { work: turns } of spans.devices) work += turns.covered(from, to);
    const share = (n: number): number => Math.min(1, n / (to - from)) * (height / 2 - 1);
    c.fillStyle = pen.colour('driver');
    c.fillRect(x, y + height / 2 - share(busy), step + 1, share(busy));
    c.fillStyle = pen.colour('device');
    c.fillRect(x, y + height / 2, step + 1, share(work));
  }
  paintViolationTicks(pen, spans, y, height);
}

function paintViolationTicks(pen: Pen, { violations }: Spans, y: number, height: number): void {
  pen.c.fillStyle = pen.colour('violation');
  let last = Number.NEGATIVE_INFINITY;
  for (let i = violations.first; i < violations.length; ) {
    const event = violations.events.at(i);
    const x = pen.x(event + 0.5);
    if (x > last + 1) pen.c.fillRect(x - 1, y, 2, height);
    last = x;
    i = Math.max(i + 1, violations.indexOf(Math.ceil(event + pen.perPixel)));
  }
}

/** Draws the map, and on it the part of the run that is in sight, and the cursor. */
export function placeMap(c: CanvasRenderingContext2D, map: HTMLCanvasElement, scene: Scene): void {
  const { width, height, scale, palette, first, length, range, cursor } = scene;
  const top = height - MAP;
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.drawImage(map, 0, Math.round(top * scale));
  c.setTransform(scale, 0, 0, scale, 0, 0);
  const whole = wholeRun(first, length);
  const pen = penFor(c, palette, { width, height: MAP }, whole, length, scale);
  const { y, height: size } = inner({ y: top, height: MAP });
  const [left, right] = [pen.x(range.from), Math.min(pen.right, pen.x(range.to))];
  c.fillStyle = pen.colour('panel');
  c.globalAlpha = 0.65;
  c.fillRect(pen.left, y, left - pen.left, size);
  c.fillRect(right, y, pen.right - right, size);
  c.globalAlpha = 1;
  c.strokeStyle = pen.colour('line-strong');
  c.lineWidth = 1.5;
  c.strokeRect(left, y, Math.max(3, right - left), size);
  c.fillStyle = pen.colour('ink');
  c.fillRect(Math.max(pen.left, pen.x(cursor)) - 0.75, y - 2, 1.5, size + 4);
  c.font = `10px ${pen.sans}`;
  c.fillStyle = pen.colour('dim');
  c.fillText('whole run', 10, top + MAP / 2);
  c.fillStyle = pen.colour('line');
  c.fillRect(LABEL_WIDTH - 4, 0, 1, height);
}
