/** Where the cells of the ring picture stand, in pixels. Pure: from the panel's width alone. */

/** Height of an entry: at least, and at most where there is room. */
const ROW = { least: 23, most: 30 } as const;

/** Height of an entry, so that a small queue fills `height` pixels and a large one scrolls. */
export function rowHeight(size: number, height: number): number {
  return Math.min(ROW.most, Math.max(ROW.least, Math.floor(height / Math.max(1, size))));
}

/** Columns of the picture, from left to right. */
export interface Columns {
  readonly width: number;
  /** Height of an entry. */
  readonly row: number;
  /** Left edge and width of the available ring's cells; slot numbers stand left of them. */
  readonly avail: Column;
  readonly desc: Column;
  readonly used: Column;
  /** Room for the arcs of chains, right of the descriptor table. */
  readonly arcs: number;
}

export interface Column {
  readonly x: number;
  readonly width: number;
}

/** Room for slot numbers and marks left of a column. */
const MARGIN = 46;
const RIGHT = 12;

/** Columns for a panel of `width` pixels, with entries `row` pixels high. The descriptor table takes what the others leave. */
export function columns(width: number, row: number): Columns {
  const total = Math.max(width, 500);
  const ends = total < 690 ? 66 : 84;
  const used = total < 690 ? 84 : 104;
  const arcs = total < 690 ? 34 : 48;
  const availX = MARGIN;
  const descX = availX + ends + MARGIN + 18;
  const usedX = total - RIGHT - used;
  return {
    width: total,
    row,
    avail: { x: availX, width: ends },
    desc: { x: descX, width: usedX - MARGIN - arcs - descX },
    used: { x: usedX, width: used },
    arcs,
  };
}

/** Columns of the picture of a packed queue: one ring. */
export type PackedColumns = Pick<Columns, 'width' | 'row' | 'desc' | 'arcs'>;

/** Columns of a packed queue's picture for a panel of `width` pixels. */
export function packedColumns(width: number, row: number): PackedColumns {
  const total = Math.max(width, 500);
  const arcs = 30;
  const x = MARGIN + 12;
  return { width: total, row, desc: { x, width: total - x - arcs - MARGIN }, arcs };
}

/** Vertical centre of entry `index`. */
export const centreOf = (index: number, row: number): number => (index + 0.5) * row;

/** Entries to draw so that `height` pixels from `scrollTop` are covered, with some to spare. */
export function windowOf(
  scrollTop: number,
  height: number,
  size: number,
  row: number,
): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.floor(scrollTop / row) - 4);
  return { from, to: Math.min(size, Math.ceil((scrollTop + height) / row) + 4) };
}

/** An arc right of the table from one descriptor to the next of its chain; longer ones reach further out. */
export function arcPath(from: number, to: number, at: PackedColumns): string {
  const right = at.desc.x + at.desc.width;
  const a = centreOf(from, at.row) + 4;
  const b = centreOf(to, at.row) - 4;
  const far = Math.min(at.arcs - 6, 16 + Math.abs(to - from) * 4);
  return `M${right} ${a}C${right + far} ${a} ${right + far} ${b} ${right + 3} ${b}`;
}

/** A line from an available entry to its chain's head, or from a used one back. */
export function linkPath(x0: number, slot: number, x1: number, head: number, row: number): string {
  const a = centreOf(slot, row);
  const b = centreOf(head, row);
  const bend = (x0 + x1) / 2;
  return a === b ? `M${x0} ${a}L${x1} ${b}` : `M${x0} ${a}C${bend} ${a} ${bend} ${b} ${x1} ${b}`;
}
