/**
 * How what hangs on one box stands below it: side by side in rows that are no wider than asked,
 * childless boxes one below the other in columns. A column and all rows but the first have a rail, along
 * which their wires come, so that no wire crosses a card. All lengths in pixels at zoom 1.
 */

/** Something to place. `bus` boxes grow into bars that span their devices. */
export interface Box {
  readonly id: string;
  readonly role: 'bus' | 'device' | 'leaf';
  readonly width: number;
  readonly height: number;
  /** Room to leave free below it where nothing hangs on it. */
  readonly foot?: number;
  readonly children: readonly Box[];
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line between two placed boxes: corners from parent to child. */
export interface Wire {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

/** Between neighbours in a row, and between a parent and what hangs below it. */
export const GAP_X = 22;
export const GAP_Y = 15;
/** Between rows: the rail of the lower one runs through the middle. */
export const ROW_GAP = 28;
/** Left of a column, and of rows: the way down to them. */
const RAIL = 14;
const IN_COLUMN = 4;
const COLUMN_GAP = 8;
/** A card above a wide bar stands no farther right than this, so that it stays while the bar grows. */
const FARTHEST_MIDDLE = 270;

/** A box and all that hangs on it, measured. `entry`: where its wire arrives, from its left edge. */
export interface Block {
  readonly kind: 'block';
  readonly box: Box;
  readonly width: number;
  readonly height: number;
  readonly entry: number;
  /** Left edge and width of the box itself, and left edge of what hangs on it, from the block's. */
  readonly cardX: number;
  readonly cardWidth: number;
  readonly belowX: number;
  readonly below: Rows;
}

/** Childless boxes, one below the other; their wires arrive at their left sides. */
interface Column {
  readonly kind: 'column';
  /** The wire arrives above its only box. */
  readonly alone: boolean;
  readonly boxes: readonly Box[];
  readonly width: number;
  readonly height: number;
  readonly entry: number;
}

type Item = Block | Column;

interface Row {
  readonly y: number;
  readonly height: number;
  readonly items: readonly { readonly x: number; readonly item: Item }[];
}

/** What hangs on a box, in rows from the top. With more than one row there is a trunk on the left. */
export interface Rows {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly Row[];
}

/** Where placed boxes and their wires go. */
export interface Drawing {
  readonly rects: Map<string, Rect>;
  readonly wires: Wire[];
}

/** Arranges boxes in rows no wider than `wrap`, where their own widths allow; those with children first. */
export function arrange(boxes: readonly Box[], wrap: number): Rows {
  const deep = boxes.filter((box) => box.children.length > 0);
  const plain = boxes.filter((box) => box.children.length === 0);
  return inRows([...deep.map((box) => measure(box, wrap)), ...columns(plain, IN_COLUMN)], wrap);
}

/** Arranges boxes side by side without wires, in rows no wider than `wrap`. */
export function arrangeLoose(boxes: readonly Box[], wrap: number): Rows {
  return inRows(columns(boxes, 1), wrap);
}

function inRows(items: readonly Item[], wrap: number): Rows {
  const broken: Item[][] = [];
  let right = 0;
  for (const item of items) {
    const row = broken.at(-1);
    if (row && right + GAP_X + item.width <= wrap) {
      row.push(item);
      right += GAP_X + item.width;
    } else {
      broken.push([item]);
      right = item.width;
    }
  }
  const indent = broken.length > 1 ? RAIL : 0;
  const rows: Row[] = [];
  let width = 0;
  let y = 0;
  for (const row of broken) {
    let x = indent;
    const placed = row.map((item) => {
      const at = { x, item };
      x += item.width + GAP_X;
      return at;
    });
    const height = Math.max(...row.map((item) => item.height));
    rows.push({ y, height, items: placed });
    width = Math.max(width, x - GAP_X);
    y += height + ROW_GAP;
  }
  return { width, height: Math.max(0, y - ROW_GAP), rows };
}

function columns(boxes: readonly Box[], most: number): Column[] {
  const out: Column[] = [];
  for (let first = 0; first < boxes.length; first += most) {
    const part = boxes.slice(first, first + most);
    const widest = Math.max(...part.map((box) => box.width));
    // The last of several stands on the rail too, where it stays when the next one comes.
    const alone = boxes.length === 1 || most === 1;
    out.push({
      kind: 'column',
      alone,
      boxes: part,
      width: alone ? widest : RAIL + widest,
      height: part.reduce((sum, box) => sum + standing(box) + COLUMN_GAP, -COLUMN_GAP),
      entry: alone ? widest / 2 : 0,
    });
  }
  return out;
}

const standing = (box: Box): number => box.height + (box.foot ?? 0);

/** Blocks of which no row is broken: most are the same however wide the rows may be. */
const unbroken = new WeakMap<Box, Block>();

/** Measures a box with everything that hangs on it. */
export function measure(box: Box, wrap: number): Block {
  let whole = unbroken.get(box);
  if (!whole) {
    whole = measured(box, Number.POSITIVE_INFINITY);
    unbroken.set(box, whole);
  }
  return whole.width <= wrap ? whole : measured(box, wrap);
}

function measured(box: Box, wrap: number): Block {
  const below = arrange(box.children, wrap);
  const items = below.rows.reduce((sum, { items: { length } }) => sum + length, 0);
  // A bus with several devices is a bar as wide as they are; with one it stays a pill above it.
  const bar = box.role === 'bus' && box.children.length > 1;
  const cardWidth = bar ? Math.max(box.width, below.width) : box.width;
  const width = Math.max(cardWidth, below.width);
  const belowX = items === 1 && !bar ? (width - below.width) / 2 : 0;
  const middle = bar ? width / 2 : belowX + middleOf(below);
  const cardX = Math.min(Math.max(middle - cardWidth / 2, 0), width - cardWidth);
  return {
    kind: 'block',
    box,
    width,
    height: below.rows.length > 0 ? box.height + GAP_Y + below.height : standing(box),
    entry: bar ? Math.min(width / 2, FARTHEST_MIDDLE) : cardX + cardWidth / 2,
    cardX,
    cardWidth,
    belowX,
    below,
  };
}

/** Where a card stands over what hangs on it: over the middle of the first row, unless that is far right. */
function middleOf({ rows }: Rows): number {
  const items = rows[0]?.items ?? [];
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) return 0;
  const middle = (first.x + first.item.entry + last.x + last.item.entry) / 2;
  return Math.max(Math.min(middle, FARTHEST_MIDDLE), first.x + first.item.entry);
}

/** Places a block with its left upper corner at a point; the wire to its own box is its parent's. */
export function place(block: Block, x: number, y: number, out: Drawing): void {
  const rect = { x: x + block.cardX, y, width: block.cardWidth, height: block.box.height };
  out.rects.set(block.box.id, rect);
  hang(block.box.id, rect, block.below, x + block.belowX, y + block.box.height + GAP_Y, out);
}

/** Places what hangs on a placed box, with its wires; `x`, `y`: left upper corner of the rows. */
export function hang(
  parent: string,
  from: Rect,
  { rows }: Rows,
  x: number,
  y: number,
  out: Drawing,
): void {
  rows.forEach((row, index) => {
    const rail = y + row.y - (index === 0 ? GAP_Y / 2 : ROW_GAP / 2);
    const trunk = x + RAIL / 2;
    for (const { x: left, item } of row.items) {
      const entry = { x: x + left + item.entry, y: y + row.y };
      const way =
        index === 0
          ? downTo(from, entry.x, rail)
          : [...downTo(from, trunk, y - GAP_Y / 2), { x: trunk, y: rail }, { x: entry.x, y: rail }];
      if (item.kind === 'block') {
        place(item, x + left, entry.y, out);
        out.wires.push({ from: parent, to: item.box.id, points: straightened([...way, entry]) });
      } else hangColumn(parent, item, x + left, entry, way, out);
    }
  });
}

/** Places a column whose wires come along `way` to above its entry. */
export function hangColumn(
  parent: string,
  column: Column,
  x: number,
  entry: Point,
  way: readonly Point[],
  out: Drawing,
): void {
  const { alone } = column;
  let { y } = entry;
  for (const box of column.boxes) {
    const { width, height } = box;
    const rect = { x: alone ? x : x + RAIL, y, width, height };
    out.rects.set(box.id, rect);
    const middle = y + height / 2;
    const end = alone
      ? [entry]
      : [
          { x: entry.x, y: middle },
          { x: rect.x, y: middle },
        ];
    out.wires.push({ from: parent, to: box.id, points: straightened([...way, ...end]) });
    y += standing(box) + COLUMN_GAP;
  }
}

/** Places loose boxes: no wires. */
export function placeLoose({ rows }: Rows, x: number, y: number, rects: Map<string, Rect>): void {
  for (const row of rows)
    for (const { x: left, item } of row.items)
      if (item.kind === 'column')
        for (const { id, width, height } of item.boxes)
          rects.set(id, { x: x + left, y: y + row.y, width, height });
}

/** From a box down to a height `half`, above the point `x` there: straight where the box reaches over it. */
function downTo(from: Rect, x: number, half: number): Point[] {
  const y = from.y + from.height;
  if (x >= from.x + 6 && x <= from.x + from.width - 6) return [{ x, y }];
  const start = from.x + from.width / 2;
  return [
    { x: start, y },
    { x: start, y: half },
    { x, y: half },
  ];
}

/** Without points that lie on the line between their neighbours. */
function straightened(points: readonly Point[]): Point[] {
  return points.filter((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (!before || !after) return true;
    return !(
      (before.x === point.x && point.x === after.x) ||
      (before.y === point.y && point.y === after.y)
    );
  });
}
