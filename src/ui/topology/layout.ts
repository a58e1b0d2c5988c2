/**
 * A tidy tree for a machine: the guest and its root bus stand in the first row, the devices of the
 * root bus beside them, and everything else hangs below its parent. A pure function of the boxes'
 * sizes, so that the same machine always looks the same. All lengths in pixels at zoom 1.
 */

/** Something to place. `bus` boxes grow into bars that span their devices. */
export interface Box {
  readonly id: string;
  readonly role: 'bus' | 'device' | 'leaf';
  readonly width: number;
  readonly height: number;
  readonly children: readonly Box[];
}

/** A machine to place: guest, its memory below it, and the tree that hangs on its root bus. */
export interface LayoutInput {
  readonly guest: Box;
  readonly ram: Box;
  readonly root: Box;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line between two placed boxes: corners from parent to child. */
export interface Wire {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly rects: ReadonlyMap<string, Rect>;
  readonly wires: readonly Wire[];
}

/** Between neighbours in a row, and between a parent and what hangs below it. */
const GAP_X = 22;
const GAP_Y = 15;
/** Between the guest's column and the tree: the way from the root bus to memory runs through it. */
const CHANNEL = 34;
/** More childless boxes than this on one bus stand on shelves, with a rail that their wires share. */
const MOST_IN_ROW = 2;
const SHELVES = 4;
const SHELF_GAP = 8;
const RAIL = 14;

/** A rectangle, and for a box on a shelf the x of the rail that its wire comes along. */
interface Place extends Rect {
  readonly rail?: number;
}

interface Block {
  readonly width: number;
  /** Centre of the block's top box, from the block's left edge. */
  readonly anchor: number;
  readonly rects: readonly (readonly [id: string, place: Place])[];
}

/** Places a machine. */
export function layOut(input: LayoutInput): Layout {
  const { guest, ram, root } = input;
  const rects = new Map<string, Place>();
  const column = Math.max(guest.width, ram.width);
  const rootX = column + CHANNEL;
  const rowHeight = Math.max(...[guest, root, ...root.children].map((box) => box.height));
  rects.set(guest.id, at(guest, (column - guest.width) / 2, (rowHeight - guest.height) / 2));
  rects.set(ram.id, at(ram, (column - ram.width) / 2, (rowHeight + guest.height) / 2 + GAP_Y));
  rects.set(root.id, at(root, rootX, (rowHeight - root.height) / 2));

  // Below the root bus there is room: only the device itself has to stand right of it.
  let left = rootX;
  let cardLeft = rootX + root.width + GAP_X;
  const { inRow, shelved } = parted(root.children);
  for (const child of inRow) {
    const below = row(blocks(child.children));
    const wanted = left + below.width / 2 - child.width / 2;
    const x = child.children.length === 0 ? cardLeft : Math.max(cardLeft, wanted);
    const y = (rowHeight - child.height) / 2;
    rects.set(child.id, at(child, x, y));
    for (const [id, rect] of below.rects) rects.set(id, moved(rect, left, rowHeight + GAP_Y));
    cardLeft = x + child.width + GAP_X;
    if (child.children.length > 0) left = Math.max(left + below.width + GAP_X, cardLeft);
  }
  const shelfLeft = Math.max(left, cardLeft);
  for (const [id, rect] of shelf(shelved).rects) rects.set(id, moved(rect, shelfLeft, 0));
  return { rects, wires: wires(input, rects) };
}

function at(box: Box, x: number, y: number): Rect {
  return { x, y, width: box.width, height: box.height };
}

function moved(place: Place, dx: number, dy: number): Place {
  const rest = { ...place, x: place.x + dx, y: place.y + dy };
  return place.rail === undefined ? rest : { ...rest, rail: place.rail + dx };
}

/** Children that stand side by side, and those that go onto shelves because there are many. */
function parted(children: readonly Box[]): { inRow: readonly Box[]; shelved: readonly Box[] } {
  const plain = children.filter((child) => child.children.length === 0);
  if (plain.length <= MOST_IN_ROW) return { inRow: children, shelved: [] };
  return { inRow: children.filter((child) => child.children.length > 0), shelved: plain };
}

/** Blocks of children, in the order in which they stand. */
function blocks(children: readonly Box[]): Block[] {
  const { inRow, shelved } = parted(children);
  return [...inRow.map(block), ...(shelved.length > 0 ? [shelf(shelved)] : [])];
}

/** Boxes one below the other, a few to a column, each column with its rail on the left. */
function shelf(boxes: readonly Box[]): Block {
  const rects: [string, Place][] = [];
  const perColumn = Math.min(SHELVES, Math.ceil(boxes.length / 2));
  let x = 0;
  for (let first = 0; first < boxes.length; first += perColumn) {
    const column = boxes.slice(first, first + perColumn);
    let y = 0;
    for (const box of column) {
      rects.push([box.id, { ...at(box, x + RAIL, y), rail: x }]);
      y += box.height + SHELF_GAP;
    }
    x += RAIL + Math.max(...column.map((box) => box.width)) + GAP_X;
  }
  const width = Math.max(0, x - GAP_X);
  return { width, anchor: width / 2, rects };
}

/** A box with everything that hangs on it. */
function block(box: Box): Block {
  const below = row(blocks(box.children));
  // A bus with several devices is a bar as wide as they are; with one it stays a pill above it.
  const bar = box.role === 'bus' && box.children.length > 1;
  const width = bar ? Math.max(box.width, below.width) : box.width;
  const total = Math.max(width, below.width);
  const centre = bar || below.rects.length === 0 ? total / 2 : clampAnchor(below, width, total);
  const shift = (total - below.width) / 2;
  return {
    width: total,
    anchor: centre,
    rects: [
      [box.id, { x: centre - width / 2, y: 0, width, height: box.height }],
      ...below.rects.map(([id, place]) => [id, moved(place, shift, box.height + GAP_Y)] as const),
    ],
  };
}

/** The parent stands over its children's middle, as far as it fits into the block. */
function clampAnchor(below: Block, width: number, total: number): number {
  const wanted = (total - below.width) / 2 + below.anchor;
  return Math.min(Math.max(wanted, width / 2), total - width / 2);
}

/** Blocks side by side, tops aligned. */
function row(parts: readonly Block[]): Block {
  const rects: [string, Place][] = [];
  let x = 0;
  for (const part of parts) {
    for (const [id, place] of part.rects) rects.push([id, moved(place, x, 0)]);
    x += part.width + GAP_X;
  }
  const width = Math.max(0, x - GAP_X);
  const first = parts[0];
  const last = parts.at(-1);
  const anchor = first && last ? (first.anchor + width - last.width + last.anchor) / 2 : 0;
  return { width, anchor, rects };
}

function wires({ guest, ram, root }: LayoutInput, rects: ReadonlyMap<string, Place>): Wire[] {
  const out: Wire[] = [];
  const g = rects.get(guest.id);
  const m = rects.get(ram.id);
  const r = rects.get(root.id);
  if (!g || !m || !r) return out;
  const middle = g.x + g.width / 2;
  out.push({
    from: guest.id,
    to: ram.id,
    points: [
      { x: middle, y: g.y + g.height },
      { x: middle, y: m.y },
    ],
  });
  out.push({ from: guest.id, to: root.id, points: across(g, r) });
  out.push({ from: root.id, to: ram.id, points: aside(r, m, g.y + g.height) });
  let before = r;
  for (const child of root.children) {
    const rect = rects.get(child.id);
    if (!rect) continue;
    // Devices of the root bus stand in one row: the bus passes over those before.
    out.push({
      from: root.id,
      to: child.id,
      points: before === r && rect.rail === undefined ? across(r, rect) : over(r, rect),
    });
    before = rect;
    hang(child, rects, out);
  }
  return out;
}

function hang(parent: Box, rects: ReadonlyMap<string, Place>, out: Wire[]): void {
  const from = rects.get(parent.id);
  if (!from) return;
  for (const child of parent.children) {
    const to = rects.get(child.id);
    if (to) out.push({ from: parent.id, to: child.id, points: down(from, to) });
    hang(child, rects, out);
  }
}

/** From the right edge to the left edge. */
function across(from: Rect, to: Rect): Point[] {
  const y = from.y + from.height / 2;
  return [
    { x: from.x + from.width, y },
    { x: to.x, y },
  ];
}

/** From below the root bus through the channel into the side of memory. */
function aside(root: Rect, ram: Rect, below: number): Point[] {
  const start = root.x + 14;
  const channel = root.x - CHANNEL / 2;
  const turn = Math.max(root.y + root.height, below) + 5;
  const y = ram.y + ram.height / 2;
  return [
    { x: start, y: root.y + root.height },
    { x: start, y: turn },
    { x: channel, y: turn },
    { x: channel, y },
    { x: ram.x + ram.width, y },
  ];
}

/** Round the top of the boxes between. */
function over(from: Rect, to: Place): Point[] {
  const start = from.x + from.width - 12;
  if (to.rail !== undefined)
    return [
      { x: start, y: from.y },
      { x: start, y: -10 },
      { x: to.rail, y: -10 },
      { x: to.rail, y: to.y + to.height / 2 },
      { x: to.x, y: to.y + to.height / 2 },
    ];
  const top = Math.min(from.y, to.y) - 10;
  const end = to.x + to.width / 2;
  return [
    { x: start, y: from.y },
    { x: start, y: top },
    { x: end, y: top },
    { x: end, y: to.y },
  ];
}

/** Straight down where the boxes overlap, else with one bend half-way. */
function down(from: Rect, to: Place): Point[] {
  const top = from.y + from.height;
  if (to.rail !== undefined) {
    const y = to.y + to.height / 2;
    const x = Math.min(Math.max(to.rail, from.x + 8), from.x + from.width - 8);
    const half = top + GAP_Y / 2;
    const along =
      x === to.rail
        ? []
        : [
            { x, y: half },
            { x: to.rail, y: half },
          ];
    return [{ x, y: top }, ...along, { x: to.rail, y }, { x: to.x, y }];
  }
  const end = to.x + to.width / 2;
  const reaches = end >= from.x + 6 && end <= from.x + from.width - 6;
  const start = reaches ? end : from.x + from.width / 2;
  if (reaches)
    return [
      { x: start, y: top },
      { x: end, y: to.y },
    ];
  const half = (top + to.y) / 2;
  return [
    { x: start, y: top },
    { x: start, y: half },
    { x: end, y: half },
    { x: end, y: to.y },
  ];
}
