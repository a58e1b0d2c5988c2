/** Where the cells of the ring picture stand, in pixels. Pure: from the panel's width alone. */

/** Height of an entry, and of its cell. */
export const ROW = 23;
export const CELL = 19;

/** Columns of the picture, from left to right. */
export interface Columns {
  readonly width: number;
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

/** Columns for a panel of `width` pixels. The descriptor table takes what the others leave. */
export function columns(width: number): Columns {
  const total = Math.max(width, 500);
  const ends = total < 620 ? 66 : 84;
  const used = total < 620 ? 84 : 104;
  const arcs = total < 620 ? 34 : 48;
  const availX = MARGIN;
  const descX = availX + ends + MARGIN + 18;
  const usedX = total - RIGHT - used;
  return {
    width: total,
    avail: { x: availX, width: ends },
    desc: { x: descX, width: usedX - MARGIN - arcs - descX },
    used: { x: usedX, width: used },
    arcs,
  };
}

/** Vertical centre of entry `index`. */
export const centreOf = (index: number): number => index * ROW + ROW / 2;

/** Entries to draw so that `height` pixels from `scrollTop` are covered, with some to spare. */
export function windowOf(
  scrollTop: number,
  height: number,
  size: number,
): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.floor(scrollTop / ROW) - 4);
  return { from, to: Math.min(size, Math.ceil((scrollTop + height) / ROW) + 4) };
}

/** An arc right of the table from one descriptor to the next of its chain; longer ones reach further out. */
export function arcPath(from: number, to: number, right: number, room: number): string {
  const a = centreOf(from) + 4;
  const b = centreOf(to) - 4;
  const far = Math.min(room - 6, 16 + Math.abs(to - from) * 4);
  return `M${right} ${a}C${right + far} ${a} ${right + far} ${b} ${right + 3} ${b}`;
}

/** A line from an available entry to its chain's head, or from a used one back. */
export function linkPath(x0: number, slot: number, x1: number, head: number): string {
  const a = centreOf(slot);
  const b = centreOf(head);
  const bend = (x0 + x1) / 2;
  return a === b ? `M${x0} ${a}L${x1} ${b}` : `M${x0} ${a}C${bend} ${a} ${bend} ${b} ${x1} ${b}`;
}
