/**
 * Where everything in the ring picture stands, in pixels of the style sheet. Pure, and shared: the painter draws by it,
 * the page finds by it what is under the pointer.
 */

import type { RingStructure } from '../../../journal/fold/ring-areas.ts';
import { fitGrid, type Grid } from './grid.ts';

/** The rows of a ring, with indirect tables unfolded between them. */
export type Opened = readonly { readonly index: number; readonly count: number }[];

/** How one looks at a ring: entries that can be read, or all of them as cells. */
export type Mode = 'near' | 'map';

/** What decides where things stand. */
export interface Place {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly packed: boolean;
  readonly mode: Mode;
  /** How many times as large as needed the map's cells are; 1 shows all of them. */
  readonly zoom: number;
  readonly opened: Opened;
}

export interface Column {
  readonly x: number;
  readonly width: number;
}

/** Columns of readable entries, from left to right; a packed queue has `desc` only. */
export interface Columns {
  readonly avail: Column | undefined;
  readonly desc: Column;
  readonly used: Column | undefined;
  /** Room for the arcs of chains, right of the descriptors. */
  readonly arcs: number;
  /** Room for the slot numbers left of a column. */
  readonly numbers: number;
  /** Too narrow for words: addresses without leading zeros, flags as letters. */
  readonly narrow: boolean;
}

/** A row of the picture: a descriptor with the entries beside it, or an entry of its indirect table. */
export interface Row {
  readonly index: number;
  readonly entry: number | undefined;
}

/** What a point of the picture is. */
export interface Spot extends Row {
  readonly structure: RingStructure;
}

/** A rectangle. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels between two cells. */
export const GAP = 4;
/** Height of an entry: at least, and at most where there is room. */
const ROW = { least: 23, most: 30 } as const;
/** From this size on, all entries are shown as a strip beside those that can be read. */
const STRIP_FROM = 48;
/** Pixels below which the readable entries need the strip's room. */
const STRIP_WIDTH = 440;
/** Pixels above and below the rows. */
export const EDGE = 2;
/** Room above each grid of the map for its name. */
const MAP_HEAD = 22;
const MAP_MARGIN = 14;

/** Height of an entry, so that a small queue fills `height` pixels and a large one scrolls. */
export function rowHeight(rows: number, height: number): number {
  return Math.min(ROW.most, Math.max(ROW.least, Math.floor(height / Math.max(1, rows))));
}

/** Everything's place for one `Place`. */
export class Layout {
  readonly place: Place;
  readonly row: number;
  readonly rows: number;
  readonly columns: Columns;
  /** All entries in small, left of the readable ones; by structure. */
  readonly strip: ReadonlyMap<RingStructure, Grid>;
  readonly stripWidth: number;
  /** All entries as the picture itself. */
  readonly map: ReadonlyMap<RingStructure, Grid>;
  /** Pixels that the picture is high, to scroll through. */
  readonly contentHeight: number;
  readonly #opened: Opened;

  constructor(place: Place) {
    const { width, height, size, packed, mode } = place;
    this.place = place;
    this.#opened = place.opened.toSorted((a, b) => a.index - b.index);
    this.rows = size + this.#opened.reduce((sum, { count }) => sum + count, 0);
    this.row = rowHeight(this.rows, height - 2 * EDGE);
    const structures: readonly RingStructure[] = packed ? ['desc'] : ['avail', 'desc', 'used'];
    const small = mode === 'near' && size >= STRIP_FROM && width >= STRIP_WIDTH;
    const lanes = width < 560 ? (['desc'] as const) : structures;
    this.stripWidth = small ? 10 + lanes.length * 30 : 0;
    this.columns = columnsOf(this.stripWidth, width, size, packed);
    this.strip = new Map(
      small
        ? lanes.map((structure, i) => [
            structure,
            fitGrid({ x: 8 + i * 30, y: 4, width: 26, height: height - 8 }, size, 1),
          ])
        : [],
    );
    const each = (width - MAP_MARGIN) / structures.length;
    this.map = new Map(
      mode === 'map'
        ? structures.map((structure, i) => [
            structure,
            fitGrid(
              {
                x: Math.round(MAP_MARGIN + i * each),
                y: MAP_HEAD,
                width: each - MAP_MARGIN,
                height: height - MAP_HEAD - 6,
              },
              size,
              place.zoom,
            ),
          ])
        : [],
    );
    const grid = this.map.get('desc');
    this.contentHeight = grid
      ? grid.y + grid.height + 6
      : this.#wholeRows(this.rows * this.row + 2 * EDGE);
  }

  /** Height of the content where `height` is needed: scrolled to its end, too, a whole row is at the top. */
  #wholeRows(height: number): number {
    const beyond = height - this.place.height;
    if (beyond <= 0) return height;
    return this.place.height + EDGE + Math.max(0, Math.ceil((beyond - EDGE) / this.row)) * this.row;
  }

  /** The place nearest to `scroll` where no row is cut at the top, and nothing of one above is seen. */
  scrollTo(scroll: number): number {
    if (this.place.mode === 'map') return scroll;
    const above = Math.round((scroll - EDGE) / this.row);
    return above <= 0 ? 0 : above * this.row + EDGE;
  }

  /** Row of descriptor `index`, or of an entry of its table. */
  rowOf(index: number, entry?: number): number {
    let row = index + (entry === undefined ? 0 : entry + 1);
    for (const opened of this.#opened) if (opened.index < index) row += opened.count;
    return row;
  }

  /** What stands in row `row`. */
  at(row: number): Row | undefined {
    if (row < 0 || row >= this.rows) return undefined;
    let before = 0;
    for (const { index, count } of this.#opened) {
      const own = index + before;
      if (row <= own) break;
      if (row <= own + count) return { index, entry: row - own - 1 };
      before += count;
    }
    return { index: row - before, entry: undefined };
  }

  /** Middle of a row, from the top of the content. */
  centre(row: number): number {
    return EDGE + (row + 0.5) * this.row;
  }

  /** Rows in sight from `scroll` on, first and behind the last, with some to spare. */
  inSight(scroll: number, spare = 1): { readonly from: number; readonly to: number } {
    return {
      from: Math.max(0, Math.floor((scroll - EDGE) / this.row) - spare),
      to: Math.min(this.rows, Math.ceil((scroll + this.place.height - EDGE) / this.row) + spare),
    };
  }

  /** Where a spot is drawn, from the top of the content. */
  boxOf({ structure, index, entry }: Spot): Box | undefined {
    const grid = this.map.get(structure);
    if (grid) return grid.boxOf(index);
    const column = this.columns[structure];
    if (!column) return undefined;
    const y = this.centre(this.rowOf(index, entry)) - (this.row - GAP) / 2;
    const shift = entry === undefined ? 0 : INDENT;
    return { x: column.x + shift, y, width: column.width - shift, height: this.row - GAP };
  }

  /** What is at a point of the content; `scroll` tells where the strip, which does not scroll, is. */
  spotAt(x: number, y: number, scroll: number): Spot | undefined {
    for (const [structure, grid] of this.map) {
      const index = grid.at(x, y);
      if (index !== undefined) return { structure, index, entry: undefined };
    }
    if (this.place.mode === 'map') return undefined;
    if (x < this.stripWidth) return this.#inStrip(x, y - scroll);
    const row = this.at(Math.floor((y - EDGE) / this.row));
    if (!row) return undefined;
    for (const structure of ['avail', 'desc', 'used'] as const) {
      const column = this.columns[structure];
      if (!column || x < column.x || x >= column.x + column.width) continue;
      if (row.entry !== undefined && structure !== 'desc') return undefined;
      return { structure, ...row };
    }
    return undefined;
  }

  /** The entry at a point of the strip, whichever lane it is in. */
  #inStrip(x: number, y: number): Spot | undefined {
    for (const [structure, grid] of this.strip) {
      const index = grid.at(x, y);
      if (index !== undefined) return { structure, index, entry: undefined };
    }
    return undefined;
  }
}

/** How far the entries of an indirect table stand in. */
export const INDENT = 22;

/** Width of a figure of the slot numbers, in pixels. */
const FIGURE = 6.7;
/** Room for a mark beside a slot number. */
export const MARK = 11;

function columnsOf(x0: number, width: number, size: number, packed: boolean): Columns {
  const total = Math.max(width - x0, packed ? 270 : 330);
  const narrow = total < 560;
  const numbers = Math.ceil(Math.max(1, String(size - 1).length) * FIGURE) + 8;
  const left = x0 + numbers + 2 * MARK + (narrow ? 0 : 6);
  if (packed) {
    const arcs = narrow ? 18 : 30;
    const end = narrow ? 18 : 34;
    const desc = { x: left, width: x0 + total - left - arcs - end };
    return { avail: undefined, desc, used: undefined, arcs, numbers, narrow };
  }
  const wide = total >= 860;
  const [ends, used, links, arcs] = narrow
    ? [40, 62, 22, 20]
    : total < 690
      ? [66, 84, 38, 30]
      : [wide ? 104 : 84, wide ? 136 : 104, 48, 44];
  const usedX = x0 + total - 12 - used;
  const descX = left + ends + links + numbers;
  const descEnd = usedX - numbers - MARK - (narrow ? 4 : 14) - arcs;
  return {
    avail: { x: left, width: ends },
    desc: { x: descX, width: descEnd - descX },
    used: { x: usedX, width: used },
    arcs,
    numbers,
    narrow,
  };
}
