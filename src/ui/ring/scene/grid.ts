import type { Box } from './layout.ts';

/** Entries as a grid of cells, row by row; several share a cell where there are more of them than pixels. */
export class Grid {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly columns: number;
  /** Edge of a cell in pixels. */
  readonly cell: number;
  /** Entries of a cell. */
  readonly per: number;

  constructor(at: Pick<Grid, 'x' | 'y' | 'size' | 'columns' | 'cell' | 'per'>) {
    this.x = at.x;
    this.y = at.y;
    this.size = at.size;
    this.columns = at.columns;
    this.cell = at.cell;
    this.per = at.per;
  }

  /** Cells in all. */
  get count(): number {
    return Math.ceil(this.size / this.per);
  }

  get height(): number {
    return Math.ceil(this.count / this.columns) * this.cell;
  }

  /** The cell that entry `index` is part of, as a rectangle without the gap to its neighbours. */
  boxOf(index: number): Box {
    const cell = Math.floor(index / this.per);
    return {
      x: this.x + (cell % this.columns) * this.cell,
      y: this.y + Math.floor(cell / this.columns) * this.cell,
      width: this.cell - gapOf(this.cell),
      height: this.cell - gapOf(this.cell),
    };
  }

  /** The first entry of the cell at a point; undefined outside. */
  at(x: number, y: number): number | undefined {
    const column = Math.floor((x - this.x) / this.cell);
    const row = Math.floor((y - this.y) / this.cell);
    if (column < 0 || column >= this.columns || row < 0) return undefined;
    const index = (row * this.columns + column) * this.per;
    return index < this.size ? index : undefined;
  }
}

/** Pixels between two cells of a grid. */
export function gapOf(cell: number): number {
  return cell >= 12 ? 2 : cell >= 4 ? 1 : 0;
}

/** The grid of `size` entries whose cells are as large as fit into `box`, times `zoom`. */
export function fitGrid(box: Box, size: number, zoom: number): Grid {
  const { x, y } = box;
  const width = Math.max(1, Math.floor(box.width));
  const height = Math.max(1, Math.floor(box.height));
  const most = Math.min(MOST_CELL, width);
  let cell = Math.min(most, Math.floor(Math.sqrt((width * height) / size)) + 1);
  while (cell > 1 && Math.floor(width / cell) * Math.floor(height / cell) < size) cell--;
  cell = Math.min(most, Math.max(cell, Math.round(cell * zoom)));
  const per = cell > 1 ? 1 : Math.ceil(size / (width * height));
  return new Grid({ x, y, size, cell, per, columns: Math.floor(width / cell) });
}

/** Edge of the largest cells, in pixels. */
export const MOST_CELL = 34;
