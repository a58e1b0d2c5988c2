import type { IoHandler } from './io-handler.ts';
import { type MemoryRegion, type RegionWatcher, WHOLE } from './memory-region.ts';

/** Addresses `[start, end)` and the one region that decodes them. */
export interface FlatRange {
  readonly start: number;
  readonly end: number;
  readonly region: MemoryRegion;
  /** Address at which the region's offset 0 lies; may be negative, where only its rest shows. */
  readonly base: number;
  /** Registers of the region, if it has any. */
  readonly handler: IoHandler | undefined;
  /** Writes are lost. */
  readonly readonly: boolean;
}

/** More changed pieces than this are taken as one. */
const MAX_PIECES = 8;

/**
 * Which region decodes each address of a tree, overlaps and windows resolved. Works out anew only
 * what changed since it was asked last.
 */
export class FlatView implements RegionWatcher {
  readonly root: MemoryRegion;
  /** Called right after every change that moves, shows or hides RAM, once the ranges were asked for. */
  onRamMoved: (() => void) | undefined;
  /** Ascending, apart from each other. */
  #ranges: FlatRange[] = [];
  #dirty: { start: number; end: number }[] = [{ start: 0, end: WHOLE }];
  #last: FlatRange | undefined;

  constructor(root: MemoryRegion) {
    this.root = root;
    root.watch(this);
  }

  /** Ends its interest in the tree. */
  close(): void {
    this.root.unwatch(this);
  }

  get ranges(): readonly FlatRange[] {
    if (this.#dirty.length > 0) this.#refresh();
    return this.#ranges;
  }

  touched(start: number, end: number): void {
    this.#last = undefined;
    const apart = this.#dirty.filter((piece) => piece.end < start || piece.start > end);
    const met = this.#dirty.filter((piece) => !apart.includes(piece));
    const pieces = [...apart, hull([...met, { start, end }])];
    this.#dirty = pieces.length <= MAX_PIECES ? pieces : [hull(pieces)];
    if (this.onRamMoved) this.#refresh();
  }

  /** The range that `addr` lies in, or undefined. */
  find(addr: number): FlatRange | undefined {
    const last = this.#last;
    if (last && addr >= last.start && addr < last.end) return last;
    const { ranges } = this;
    const range = ranges[firstEndingAfter(ranges, addr)];
    if (!range || range.start > addr) return undefined;
    this.#last = range;
    return range;
  }

  #refresh(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    let ram = false;
    for (const { start, end } of dirty) ram = this.#redraw(start, end) || ram;
    if (ram) this.onRamMoved?.();
  }

  /** Returns whether there was or is RAM. */
  #redraw(start: number, end: number): boolean {
    const ranges = this.#ranges;
    const from = firstEndingAfter(ranges, start);
    let to = from;
    while (to < ranges.length && (ranges[to] as FlatRange).start < end) to++;
    const first = ranges[from];
    const last = ranges[to - 1];
    const drawn: FlatRange[] = [];
    render(drawn, this.root, -this.root.address, start, end, false);
    const pieces = [ranges[from - 1]];
    if (first && from < to && first.start < start) pieces.push({ ...first, end: start });
    pieces.push(...drawn);
    if (last && from < to && last.end > end) pieces.push({ ...last, start: end });
    pieces.push(ranges[to]);
    const joined = join(pieces.filter((piece) => piece !== undefined));
    const before = from > 0 ? from - 1 : 0;
    const ram = drawn.some(isRam) || ranges.slice(from, to).some(isRam);
    ranges.splice(before, Math.min(to + 1, ranges.length) - before, ...joined);
    return ram;
  }
}

/** What every address of a tree decodes to, worked out from scratch. */
export function flatten(root: MemoryRegion): FlatRange[] {
  const ranges: FlatRange[] = [];
  render(ranges, root, -root.address, 0, WHOLE, false);
  return join(ranges);
}

/**
 * The region that decides alone what `root` shows, or undefined where nothing does: address spaces
 * with the same one show the same. Looks through whole windows and through containers of one.
 */
export function flatRoot(root: MemoryRegion): MemoryRegion | undefined {
  let region: MemoryRegion = root;
  while (region.enabled) {
    let next: MemoryRegion | undefined;
    if (region.target) {
      if (region.targetOffset === 0 && region.size >= region.target.size) next = region.target;
    } else if (!region.terminates) {
      const enabled = region.subregions.filter((child) => child.enabled);
      const [only] = enabled;
      if (!only) return undefined;
      if (enabled.length === 1 && only.address === 0 && region.size >= only.size) next = only;
    }
    if (!next) return region;
    region = next;
  }
  return undefined;
}

/** Adds what `region` shows of `[from, to)` where `out` has nothing yet; its container begins at `base`. */
function render(
  out: FlatRange[],
  region: MemoryRegion,
  base: number,
  from: number,
  to: number,
  readonly: boolean,
): void {
  if (!region.enabled) return;
  const origin = base + region.address;
  const start = Math.max(from, origin);
  const end = Math.min(to, origin + region.size);
  if (start >= end) return;
  const lost = readonly || region.readonly;
  const { target } = region;
  if (target) {
    render(out, target, origin - target.address - region.targetOffset, start, end, lost);
    return;
  }
  for (const child of region.subregions) render(out, child, origin, start, end, lost);
  if (region.terminates) fill(out, region, origin, start, end, lost);
}

function fill(
  out: FlatRange[],
  region: MemoryRegion,
  base: number,
  start: number,
  end: number,
  readonly: boolean,
): void {
  let at = start;
  for (let i = firstEndingAfter(out, start); at < end; i++) {
    const next = out[i];
    const stop = Math.min(end, next?.start ?? end);
    if (at < stop) {
      out.splice(i, 0, { start: at, end: stop, region, base, handler: region.handler, readonly });
      i++;
    }
    at = next ? next.end : end;
  }
}

/** Index of the first range that does not end at or before `addr`. */
function firstEndingAfter(ranges: readonly FlatRange[], addr: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as FlatRange).end <= addr) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Joins neighbours that are one piece of a region. */
function join(ranges: readonly FlatRange[]): FlatRange[] {
  const joined: FlatRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (
      last?.end === range.start &&
      last.region === range.region &&
      last.base === range.base &&
      last.readonly === range.readonly
    )
      joined[joined.length - 1] = { ...last, end: range.end };
    else joined.push(range);
  }
  return joined;
}

function isRam({ region }: FlatRange): boolean {
  return region.ramOffset !== undefined;
}

function hull(pieces: readonly { start: number; end: number }[]): { start: number; end: number } {
  return {
    start: Math.min(...pieces.map(({ start }) => start)),
    end: Math.max(...pieces.map(({ end }) => end)),
  };
}
