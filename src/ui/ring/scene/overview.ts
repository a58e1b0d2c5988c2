import type { RingStructure } from '../../../journal/fold/ring-areas.ts';
import { type Grid, gapOf } from './grid.ts';
import type { Box, Layout } from './layout.ts';
import type { Pen } from './pen.ts';
import type { Token } from './protocol.ts';
import { CELL } from './states.ts';

/** What a cell of each state is filled with, and how strongly, by state. */
const FILLS: Readonly<Record<number, readonly [token: Token, alpha: number]>> = {
  [CELL.free]: ['line', 0.75],
  [CELL.seen]: ['line-strong', 0.7],
  [CELL.used]: ['device', 0.32],
  [CELL.filling]: ['driver', 0.45],
  [CELL.waiting]: ['driver', 1],
  [CELL.device]: ['device', 1],
  [CELL.lit]: ['current-edge', 1],
  [CELL.fault]: ['violation', 1],
};

/** Names of the structures above their maps. */
const NAMES: Readonly<Record<RingStructure, string>> = {
  avail: 'available ring',
  desc: 'descriptors',
  used: 'used ring',
};

/** Edge from which on a cell of the map holds its number. */
const NUMBERED = 22;
/** From this many changed cells on, the grid is drawn as one image. */
const MANY = 400;

/** Draws all entries as cells; only those that are not as they were drawn last. */
export class Overview {
  readonly #drawn = new Map<RingStructure, { readonly grid: Grid; readonly cells: Uint8Array }>();
  #colours: { readonly pen: Pen; readonly list: readonly Rgb[] } | undefined;

  /** Nothing that was drawn counts any more. */
  forget(): void {
    this.#drawn.clear();
  }

  /** Draws the cells of one structure by `states`, moved up by `scroll`, within `frame`; returns where it drew. */
  draw(
    pen: Pen,
    structure: RingStructure,
    grid: Grid,
    states: Uint8Array,
    scroll: number,
    frame: Box,
  ): Box[] {
    const cells = cellsOf(grid, states);
    const before = this.#drawn.get(structure);
    const known = before?.grid === grid ? before.cells : undefined;
    this.#drawn.set(structure, { grid, cells });
    const top = Math.max(0, Math.floor((scroll - grid.y) / grid.cell));
    const rows = Math.ceil(frame.height / grid.cell) + 1;
    const last = Math.min(grid.count, (top + rows) * grid.columns);
    const changed: number[] = [];
    for (let i = top * grid.columns; i < last; i++) if (known?.[i] !== cells[i]) changed.push(i);
    if (changed.length === 0) return [];
    const colours = this.#coloursOf(pen);
    if (changed.length >= MANY && grid.cell < NUMBERED)
      return [imageOf(pen, grid, cells, colours, top, last, scroll)];
    const edge = grid.cell - gapOf(grid.cell);
    return changed.map((i) => {
      const state = cells[i] as number;
      const x = grid.x + (i % grid.columns) * grid.cell;
      const y = grid.y + Math.floor(i / grid.columns) * grid.cell - scroll;
      pen.c.fillStyle = cssOf(colours[state] ?? [0, 0, 0]);
      pen.c.fillRect(x, y, edge, edge);
      if (grid.cell >= NUMBERED) {
        const colour = state === CELL.waiting || state === CELL.device ? 'panel' : 'ink';
        pen.text(String(i), x + edge / 2, y + edge / 2, { colour, size: 9.5, align: 'center' });
      }
      return { x, y, width: edge, height: edge };
    });
  }

  #coloursOf(pen: Pen): readonly Rgb[] {
    if (this.#colours?.pen === pen) return this.#colours.list;
    const panel = rgbOf(pen, 'panel');
    const list = Object.values(CELL).map((state) => {
      const [token, alpha] = FILLS[state] ?? ['line', 1];
      const colour = rgbOf(pen, token);
      return colour.map((part, i) => Math.round(part * alpha + (panel[i] ?? 0) * (1 - alpha)));
    });
    this.#colours = { pen, list };
    return list;
  }

  /** A frame around the rows of a strip that hold the entries in sight. */
  static frame(pen: Pen, grid: Grid, first: number, last: number): void {
    const { c } = pen;
    const top = Math.round(grid.boxOf(first).y) - 2.5;
    const bottom = Math.round(grid.boxOf(last).y + grid.cell) + 2.5;
    c.strokeStyle = pen.colour('ink');
    c.lineWidth = 1;
    c.strokeRect(grid.x - 2.5, top, grid.columns * grid.cell + 4, bottom - top);
  }

  /** Names above the maps. */
  static heads(pen: Pen, layout: Layout, scroll: number): void {
    for (const [structure, grid] of layout.map)
      pen.text(NAMES[structure], grid.x, grid.y - 11 - scroll, {
        ...{ colour: 'ink', face: 'sans', size: 12, weight: 650 },
      });
  }
}

/** The strongest state of the entries of each cell. */
function cellsOf(grid: Grid, states: Uint8Array): Uint8Array {
  if (grid.per === 1) return states;
  const cells = new Uint8Array(grid.count);
  for (let i = 0; i < states.length; i++) {
    const cell = Math.floor(i / grid.per);
    if ((states[i] as number) > (cells[cell] as number)) cells[cell] = states[i] as number;
  }
  return cells;
}

type Rgb = readonly number[];

function rgbOf(pen: Pen, token: Token): Rgb {
  // A context answers every colour as `#rrggbb`.
  pen.c.fillStyle = pen.colour(token);
  const text = String(pen.c.fillStyle);
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16) || 0);
}

const cssOf = ([r = 0, g = 0, b = 0]: Rgb): string => `rgb(${r} ${g} ${b})`;

/** Draws the cells from row `top` to before cell `last` pixel by pixel; returns where that is. */
function imageOf(
  pen: Pen,
  grid: Grid,
  cells: Uint8Array,
  colours: readonly Rgb[],
  top: number,
  last: number,
  scroll: number,
): Box {
  const { ratio } = pen.look;
  const first = top * grid.columns;
  const rows = Math.ceil((last - first) / grid.columns);
  const at = (cell: number): number => Math.round(cell * grid.cell * ratio);
  const gap = Math.round(gapOf(grid.cell) * ratio);
  const width = Math.max(1, at(grid.columns));
  const height = Math.max(1, at(rows));
  const image = pen.c.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const pixelOf = ([r = 0, g = 0, b = 0]: Rgb): number =>
    ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  pixels.fill(pixelOf(rgbOf(pen, 'panel')));
  const fill = colours.map(pixelOf);
  for (let i = first; i < last; i++) {
    const column = i % grid.columns;
    const row = Math.floor(i / grid.columns) - top;
    const colour = fill[cells[i] as number] ?? 0;
    const right = Math.max(at(column) + 1, at(column + 1) - gap);
    const bottom = Math.max(at(row) + 1, at(row + 1) - gap);
    for (let y = at(row); y < bottom; y++)
      pixels.fill(colour, y * width + at(column), y * width + right);
  }
  const y = grid.y + top * grid.cell - scroll;
  pen.c.putImageData(image, Math.round(grid.x * ratio), Math.round(y * ratio));
  return { x: grid.x, y, width: width / ratio, height: height / ratio };
}
