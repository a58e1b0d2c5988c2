import type { QueueSpans } from '../../journal/spans/queue-spans.ts';
import type { RequestFacts } from '../../journal/spans/request-facts.ts';
import { Spans } from '../../journal/spans/spans.ts';
import type { Session } from '../session/session.ts';
import { drawMap, drawStrip, laneArea, MAP, placeMap, type Scene } from './draw.ts';
import { type Hit, hitAt } from './hit.ts';
import { heightOf, type Lane, type LaneWishes, lanesOf, type Plot } from './lanes.ts';
import { countOf, MEDIAN_AT_ONCE, PLOT_FACTS, sentAndQuiet, summaryOf } from './paint-plots.ts';
import { Palette } from './pen.ts';
import {
  eventAtX,
  follow,
  panned,
  type Range,
  scaled,
  wholeRun,
  xOfEvent,
  zoomed,
} from './range.ts';

/** Milliseconds of a frame for reading what is new in the journal. */
const READ_MS = 4;
/** Milliseconds between two maps of the whole run while it grows. */
const MAP_EVERY = 250;
/** Milliseconds between two exact medians of much. */
const SUMMARY_EVERY = 400;
/** While it follows a run, the picture rests this many times as long as it took: the rest of the page has work, too. */
const RESTS = 8;
/** Milliseconds without a movement after which exact medians of much are worked out. */
const REST = 140;

/** What the strip's owner decides. */
export interface StripWishes extends Omit<LaneWishes, 'room'> {
  readonly dark: boolean;
  /** How many times as large as usual everything is. */
  readonly room: number;
  readonly chosen: RequestFacts | undefined;
}

/** Whom the strip tells. */
export interface StripListener {
  /** Where the cursor's handle is now, in pixels; undefined where it is out of sight. */
  placed(x: number | undefined): void;
  /** Whether the whole run is in sight. */
  ranged(whole: boolean): void;
  /** More of the journal has been read, or another one: what there is now. */
  read(spans: Spans): void;
}

/** The picture of the run on a canvas: drawn at most once a frame, and only after something changed. */
export class StripView {
  #spans: Spans;
  readonly #session: Session;
  readonly #canvas: HTMLCanvasElement;
  readonly #map = document.createElement('canvas');
  readonly #listener: StripListener;
  readonly #unsubscribe: () => void;
  #wishes: StripWishes;
  #palette: Palette;
  #size = { width: 0, height: 0 };
  /** The chosen part of the run; undefined for all of it. */
  #chosen: Range | undefined;
  #scroll = 0;
  #frame = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Somebody waits for a picture. */
  #wanted = true;
  /** Else there is none before then, in ms of the clock. */
  #next = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  /** What the map was drawn of, and when. */
  #mapOf = '';
  #mapAt = 0;
  #cursor = -1;
  #scene: Scene | undefined;
  readonly #summaries = new Map<Plot, { of: string; at: number; lines: readonly string[] }>();
  #moved = 0;
  #whole = true;

  constructor(
    canvas: HTMLCanvasElement,
    session: Session,
    wishes: StripWishes,
    listener: StripListener,
  ) {
    this.#canvas = canvas;
    this.#session = session;
    this.#wishes = wishes;
    this.#listener = listener;
    this.#palette = new Palette(canvas);
    this.#spans = this.#spansOfShown();
    this.#unsubscribe = session.subscribe(this.#follow);
    this.dirty();
  }

  dispose(): void {
    this.#unsubscribe();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    clearTimeout(this.#later);
  }

  /** The run that is shown, as spans. */
  get spans(): Spans {
    return this.#spans;
  }

  /** What was drawn last; undefined before the first picture. */
  get scene(): Scene | undefined {
    return this.#scene;
  }

  wish(wishes: StripWishes): void {
    if (wishes.dark !== this.#wishes.dark || wishes.room !== this.#wishes.room) {
      this.#palette = new Palette(this.#canvas);
      this.#mapOf = '';
    }
    this.#wishes = wishes;
    this.dirty();
  }

  resize(width: number, height: number): void {
    this.#size = { width, height };
    this.dirty();
  }

  /** Something changed: there will be a new picture with the next frame. */
  dirty(): void {
    this.#wanted = true;
    this.#request();
  }

  #request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#step);
  }

  /** The session changed: there will be a new picture soon. */
  readonly #follow = (): void => {
    const wait = this.#next - performance.now();
    if (wait <= 0) this.dirty();
    else this.#later ??= setTimeout(() => this.dirty(), wait);
  };

  /** Turns the wheel at a pixel. */
  wheel(deltaX: number, deltaY: number, x: number): void {
    const { first, length } = this.#session.getState();
    const range = this.range;
    this.#choose(zoomed(range, { deltaX, deltaY }, this.eventAt(x), first, length));
  }

  /** Makes what is in sight `factor` times as long about an event. */
  scale(factor: number, at: number): void {
    const { first, length } = this.#session.getState();
    this.#choose(scaled(this.range, factor, at, first, length));
  }

  /** Moves what is in sight by some pixels. */
  pan(pixels: number): void {
    const { first, length } = this.#session.getState();
    const range = this.range;
    const events = (pixels / Math.max(1, this.#width - 118)) * (range.to - range.from);
    this.#choose(panned(range, events, first, length));
  }

  /** Brings events into sight, with as much of the run around them. */
  show(from: number, to: number): void {
    const { first, length } = this.#session.getState();
    const { range } = this;
    const size = range.to - range.from;
    if (from >= range.from && to <= range.to) return;
    const next = Math.max(size, (to - from) * 1.2);
    this.#choose(panned({ from: 0, to: next }, (from + to - next) / 2, first, length));
  }

  /** Shows the middle of the map's pixel. */
  mapTo(x: number): void {
    const { first, length } = this.#session.getState();
    const { range } = this;
    const at = eventAtX(x, wholeRun(first, length), this.#width);
    this.#choose(panned(range, at - (range.from + range.to) / 2, first, length));
  }

  showAll(): void {
    this.#choose(undefined);
  }

  /** Scrolls the lanes. */
  scrollBy(pixels: number): void {
    this.#scroll += pixels;
    this.dirty();
  }

  /** The part of the run that is in sight. */
  get range(): Range {
    const { first, length } = this.#session.getState();
    return this.#chosen ?? wholeRun(first, length);
  }

  /** The event at a pixel of the strip, as the pointer reports it; a fraction. */
  eventAt(x: number): number {
    return eventAtX(x / this.#wishes.room, this.range, this.#width);
  }

  /** What is at a point, as the pointer reports it. */
  hit(x: number, y: number): Hit | undefined {
    const { room } = this.#wishes;
    return this.#scene && hitAt(this.#scene, x / room, y / room);
  }

  /** Whether a point is on the map of the whole run. */
  isMap(y: number): boolean {
    return y / this.#wishes.room >= this.#height - MAP;
  }

  /** Where an event is, in pixels as the pointer reports them. */
  xOf(event: number): number {
    return xOfEvent(event, this.range, this.#width) * this.#wishes.room;
  }

  get #width(): number {
    return this.#size.width / this.#wishes.room;
  }
  get #height(): number {
    return this.#size.height / this.#wishes.room;
  }

  #choose(range: Range | undefined): void {
    const { first, length } = this.#session.getState();
    const whole = !range || (range.from <= first && range.to >= length);
    this.#chosen = whole ? undefined : range;
    this.#moved = performance.now();
    if (whole !== this.#whole) {
      this.#whole = whole;
      this.#listener.ranged(whole);
    }
    this.dirty();
  }

  readonly #step = (): void => {
    const start = performance.now();
    this.#frame = 0;
    this.#read();
    const { complete } = this.#spans;
    // A long run arrives in parts, one a frame.
    if (!complete) this.#request();
    if (!this.#wanted && !complete && start < this.#next) return;
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#wanted = false;
    this.#picture();
    const end = performance.now();
    this.#next = end + (end - start) * RESTS;
  };

  #read(): void {
    if (this.#session.store !== this.#spans.store) this.#spans = this.#spansOfShown();
    const { spans } = this;
    if (spans.update(() => performance.now(), READ_MS)) this.#listener.read(spans);
  }

  #picture(): void {
    const c = this.#canvas.getContext('2d');
    if (!c || this.#size.width === 0) return;
    const scene = this.#nextScene();
    this.#scene = scene;
    this.#fit(this.#canvas, this.#size.width, this.#size.height);
    drawStrip(c, scene);
    this.#drawMap(scene);
    placeMap(c, this.#map, scene);
    const x = xOfEvent(scene.cursor, scene.range, scene.width);
    const inSight =
      x >= xOfEvent(scene.range.from, scene.range, scene.width) - 1 && x <= scene.width;
    this.#listener.placed(inSight ? x * this.#wishes.room : undefined);
  }

  #spansOfShown(): Spans {
    const session = this.#session;
    return new Spans(session.store, { momentAt: (at) => session.momentAt(at) });
  }

  #nextScene(): Scene {
    const { cursor, length, first, topology } = this.#session.getState();
    if (this.#chosen && cursor !== this.#cursor)
      this.#chosen = follow(this.#chosen, cursor, first, length);
    this.#cursor = cursor;
    const [width, height] = [this.#width, this.#height];
    const room = laneArea(height).height;
    const lanes = lanesOf(this.spans, { ...this.#wishes, room });
    const most = Math.max(0, heightOf(lanes) - room);
    this.#scroll = Math.max(0, Math.min(most, this.#scroll));
    const range = this.range;
    return {
      ...{
        spans: this.spans,
        lanes,
        scroll: this.#scroll,
        range,
        cursor,
        first,
        length,
        width,
        height,
      },
      scale: (window.devicePixelRatio || 1) * this.#wishes.room,
      palette: this.#palette,
      chosen: this.#wishes.chosen,
      notes: this.#notes(lanes, range),
      empty: topology ? 'Press Run: each request will be a bar here, from available to used.' : '',
    };
  }

  /** What stands below the names of the plots. */
  #notes(lanes: readonly Lane[], range: Range): ReadonlyMap<string, readonly string[]> {
    const notes = new Map<string, readonly string[]>();
    const { origin } = this.spans;
    const [from, to] = [Math.max(0, range.from - origin), Math.max(0, range.to - origin)];
    const resting = performance.now() - this.#moved > REST;
    for (const lane of lanes) {
      if (lane.kind !== 'plot') continue;
      const { plot, queue } = lane;
      const { unit } = PLOT_FACTS[plot];
      if (plot === 'notifications' || plot === 'interrupts') {
        const [sent, quiet] = sentAndQuiet(plot, queue, from, to);
        notes.set(plot, [
          `${format(sent)} sent`,
          `${format(quiet)} ${plot === 'interrupts' ? 'suppressed' : 'left out'}`,
        ]);
        continue;
      }
      notes.set(plot, this.#summary(plot, queue, from, to, resting, unit));
    }
    return notes;
  }

  /** Smallest, middle and largest value in sight; of many, not at each frame. */
  #summary(
    plot: Plot,
    queue: QueueSpans,
    from: number,
    to: number,
    resting: boolean,
    unit: string,
  ): readonly string[] {
    const of = `${queue.dev} ${queue.queue} ${from} ${to} ${this.spans.scanned}`;
    const known = this.#summaries.get(plot);
    if (known?.of === of) return known.lines;
    const now = performance.now();
    const many = countOf(plot, queue, from, to) > MEDIAN_AT_ONCE;
    if (many && (!resting || now - (known?.at ?? 0) < SUMMARY_EVERY)) {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(() => this.dirty(), SUMMARY_EVERY);
      return resting ? (known?.lines ?? ['…']) : ['…'];
    }
    const summary = summaryOf(plot, queue, from, to);
    const lines = summary
      ? [
          `median ${format(summary.median)}`,
          `${format(summary.min)} to ${format(summary.max)}`,
          unit,
        ]
      : ['none here'];
    this.#summaries.set(plot, { of, at: now, lines });
    return lines;
  }

  #drawMap(scene: Scene): void {
    const { width, scale, first, length } = scene;
    const now = performance.now();
    const shape = `${this.#wishes.dark} ${width} ${scale}`;
    const of = `${shape} ${first} ${length} ${this.spans.scanned}`;
    if (of === this.#mapOf) return;
    if (this.#mapOf.startsWith(shape) && now - this.#mapAt < MAP_EVERY) {
      clearTimeout(this.#rest);
      this.#rest = setTimeout(() => this.dirty(), MAP_EVERY);
      return;
    }
    this.#mapOf = of;
    this.#mapAt = now;
    this.#fit(this.#map, this.#size.width, MAP * this.#wishes.room);
    const c = this.#map.getContext('2d');
    if (c) drawMap(c, scene);
  }

  #fit(canvas: HTMLCanvasElement, width: number, height: number): void {
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width === w && canvas.height === h) return;
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
}

const format = (value: number): string => value.toLocaleString('en');
