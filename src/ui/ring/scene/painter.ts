import { FlatMemory } from '../../../journal/fold/flat-memory.ts';
import { type PackedView, viewOf } from '../../../journal/fold/packed-view.ts';
import { type RingStructure, ringAreas } from '../../../journal/fold/ring-areas.ts';
import type { RingView } from '../../../journal/fold/ring-view.ts';
import { drawDots } from './dot-picture.ts';
import { Dots } from './dots.ts';
import { type Box, Layout } from './layout.ts';
import { Near, type NearScene } from './near.ts';
import { Overview } from './overview.ts';
import { decodePatch, type Lit, type Patch } from './patch.ts';
import { type Context, Pen } from './pen.ts';
import type { FromPainter, Look, Sight, ToPainter, Words } from './protocol.ts';
import { CELL, cellStates } from './states.ts';
import { waysOf } from './ways.ts';

/** What the painter needs of the thread it runs in. */
export interface Studio {
  /** A canvas that nobody sees, to draw the picture without its dots. */
  canvas(
    width: number,
    height: number,
  ): { width: number; height: number; getContext(kind: '2d'): unknown };
  /** Calls back at the next frame, with the time in ms. */
  frame(callback: (now: number) => void): void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  tell(news: FromPainter): void;
}

/** How often the painter tells what it drew while it is at work, in ms. */
const TELL_MS = 500;

/**
 * Draws one queue on a canvas, wherever it runs: keeps a copy of the queue's structures, brings it up to date
 * with each patch, and draws what that changed, and the dots that move over it. Sleeps while nothing changes.
 */
export class Painter {
  readonly #studio: Studio;
  readonly #memory = new FlatMemory();
  readonly #near = new Near();
  readonly #map = new Overview();
  readonly #strip = new Overview();
  readonly #dots = new Dots();
  #canvas: { width: number; height: number } | undefined;
  #out: Context | undefined;
  /** The picture without its dots. */
  #base: Context | undefined;
  #pen: Pen | undefined;
  #look: Look | undefined;
  #sight: Sight | undefined;
  #layout: Layout | undefined;
  #words: Words = { roles: [], faults: [] };
  #roles: ReadonlyMap<number, string> = new Map();
  #patch: Patch | undefined;
  #view: RingView | PackedView | undefined;
  #lit: readonly Lit[] = [];
  #states = new Map<RingStructure, Uint8Array>();
  /** All must be drawn again. */
  #stale = true;
  #changed = false;
  #asked = false;
  #hadDots = false;
  #frames = 0;
  #spent = 0;
  #told = 0;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** Takes in a message of the page. */
  hear(message: ToPainter): void {
    switch (message.kind) {
      case 'canvas':
        this.#canvas = message.canvas;
        this.#out = message.canvas.getContext('2d', { alpha: false }) ?? undefined;
        this.#stale = true;
        break;
      case 'look':
        this.#look = message.look;
        this.#stale = true;
        if (message.look.still) this.#dots.clear();
        break;
      case 'sight':
        this.#see(message.sight);
        break;
      case 'words':
        this.#words = message.words;
        this.#roles = new Map(message.words.roles);
        this.#states.clear();
        break;
      case 'patch':
        this.#take(decodePatch(message.patch));
        break;
    }
    this.#changed = true;
    this.#wake();
  }

  #see(sight: Sight): void {
    const before = this.#sight;
    this.#sight = sight;
    const same =
      before &&
      before.width === sight.width &&
      before.height === sight.height &&
      before.mode === sight.mode &&
      before.zoom === sight.zoom &&
      JSON.stringify(before.opened) === JSON.stringify(sight.opened);
    if (!same) this.#layout = undefined;
    if (!same || before.scroll !== sight.scroll) this.#stale = true;
  }

  #take(patch: Patch): void {
    const before = this.#patch;
    const { queue } = patch;
    this.#patch = patch;
    const areas = ringAreas(queue).map(({ start, end }) => ({ addr: start, length: end - start }));
    const tables = patch.bytes.filter(
      ({ addr, bytes }) =>
        !areas.some((area) => addr < area.addr + area.length && addr + bytes.length > area.addr),
    );
    const kept = patch.fresh
      ? []
      : this.#tables.filter((t) => !tables.some((n) => n.addr === t.addr));
    this.#tables = [...kept, ...tables.map(({ addr, bytes }) => ({ addr, length: bytes.length }))];
    this.#memory.keep([...areas, ...this.#tables]);
    for (const { addr, bytes } of patch.bytes) this.#memory.write(addr, bytes);
    this.#view = viewOf(queue, this.#memory);
    this.#states.clear();
    this.#lit = patch.lit;
    const other = before?.queue.size !== queue.size || before.queue.packed !== queue.packed;
    if (other) {
      this.#layout = undefined;
      this.#stale = true;
      this.#dots.clear();
    } else if (this.#look?.still === false) {
      const now = this.#studio.now();
      for (const travel of patch.travels)
        this.#dots.start(travel.kind, travel.count, now, waysOf(this.#view, travel));
    }
  }

  /** Indirect tables that are kept beside the structures. */
  #tables: readonly { readonly addr: number; readonly length: number }[] = [];

  #wake(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#studio.frame((now) => this.#frame(now));
  }

  #frame(now: number): void {
    this.#asked = false;
    const begin = this.#studio.now();
    const dots = this.#dots;
    dots.settle(begin);
    this.#draw(begin);
    this.#changed = false;
    this.#frames++;
    const end = this.#studio.now();
    this.#spent += end - begin;
    const moves = dots.moving.length > 0;
    if (!moves || now - this.#told > TELL_MS) {
      this.#told = now;
      this.#tell();
    }
    if (moves || this.#hadDots) this.#wake();
  }

  #tell(): void {
    this.#studio.tell({
      at: this.#patch?.at ?? 0,
      frames: this.#frames,
      dots: this.#dots.started,
      moving: this.#dots.moving.length,
      spent: this.#spent,
    });
  }

  #draw(now: number): void {
    const look = this.#look;
    const sight = this.#sight;
    const view = this.#view;
    const out = this.#out;
    const pen = look && sight && this.#prepare(look, sight);
    if (!look || !sight || !view || !out || !pen || view.size === 0) return;
    this.#layout ??= new Layout({ ...sight, size: view.size, packed: view.packed });
    const layout = this.#layout;
    const whole = { x: 0, y: 0, width: sight.width, height: sight.height };
    let dirty: Box[] = [];
    if (this.#stale) {
      pen.clear(whole);
      this.#near.forget();
      this.#map.forget();
      this.#strip.forget();
    }
    if (this.#changed || this.#stale) {
      dirty = [...this.#drawOverview(pen, layout, view, sight)];
      if (sight.mode === 'near') dirty.push(...this.#near.draw(pen, this.#scene(layout, view)));
    }
    const dots = this.#dots.moving;
    if (this.#stale || dots.length > 0 || this.#hadDots) dirty = [whole];
    this.#stale = false;
    const { canvas } = pen.c;
    for (const { x, y, width, height } of dirty) {
      const left = Math.max(0, Math.floor(x * look.ratio) - 1);
      const top = Math.max(0, Math.floor(y * look.ratio) - 1);
      const w = Math.min(canvas.width - left, Math.ceil(width * look.ratio) + 3);
      const h = Math.min(canvas.height - top, Math.ceil(height * look.ratio) + 3);
      if (w > 0 && h > 0) out.drawImage(canvas, left, top, w, h, left, top, w, h);
    }
    if (dots.length > 0) drawDots(out, look, layout, sight, dots, now);
    this.#hadDots = dots.length > 0;
  }

  /** The pen of the picture below the dots, for a canvas of the right size. */
  #prepare(look: Look, sight: Sight): Pen | undefined {
    const canvas = this.#canvas;
    if (!canvas) return undefined;
    const width = Math.max(1, Math.round(sight.width * look.ratio));
    const height = Math.max(1, Math.round(sight.height * look.ratio));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      this.#stale = true;
    }
    if (!this.#base || this.#base.canvas.width !== width || this.#base.canvas.height !== height) {
      this.#base = this.#studio.canvas(width, height).getContext('2d') as Context;
      this.#pen = undefined;
      this.#stale = true;
    }
    if (this.#pen?.look !== look) {
      this.#base.setTransform(look.ratio, 0, 0, look.ratio, 0, 0);
      this.#pen = new Pen(this.#base, look);
    }
    return this.#pen;
  }

  #drawOverview(pen: Pen, layout: Layout, view: RingView | PackedView, sight: Sight): Box[] {
    const dirty: Box[] = [];
    const frame = { x: 0, y: 0, width: sight.width, height: sight.height };
    if (this.#stale && sight.mode === 'map') Overview.heads(pen, layout, sight.scroll);
    for (const [structure, grid] of layout.map)
      dirty.push(
        ...this.#map.draw(
          pen,
          structure,
          grid,
          this.#statesOf(structure, view),
          sight.scroll,
          frame,
        ),
      );
    const strip = { ...frame, width: layout.stripWidth };
    for (const [structure, grid] of layout.strip)
      dirty.push(
        ...this.#strip.draw(pen, structure, grid, this.#statesOf(structure, view), 0, strip),
      );
    const rows = layout.inSight(sight.scroll, 0);
    const first = layout.at(rows.from)?.index ?? 0;
    const last = layout.at(rows.to - 1)?.index ?? first;
    for (const grid of layout.strip.values()) Overview.frame(pen, grid, first, last);
    return dirty;
  }

  #statesOf(structure: RingStructure, view: RingView | PackedView): Uint8Array {
    const known = this.#states.get(structure);
    if (known) return known;
    const states = cellStates(view, structure);
    for (const lit of this.#lit)
      if (lit.structure === structure) states.fill(CELL.lit, lit.first, lit.last + 1);
    for (const fault of this.#words.faults)
      if (fault.structure === structure && fault.index < states.length)
        states[fault.index] = CELL.fault;
    this.#states.set(structure, states);
    return states;
  }

  #scene(layout: Layout, view: RingView | PackedView): NearScene {
    const lit = this.#lit;
    return {
      view,
      layout,
      scroll: this.#sight?.scroll ?? 0,
      eventIdx: this.#patch?.eventIdx ?? false,
      lit: (structure, index) =>
        lit.some((l) => l.structure === structure && index >= l.first && index <= l.last),
      chain: new Set(this.#sight?.chain),
      fault: (structure, index) =>
        this.#words.faults.find((f) => f.structure === structure && f.index === index),
      role: (index) => this.#roles.get(index),
    };
  }
}
