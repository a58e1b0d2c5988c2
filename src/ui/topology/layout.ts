/**
 * A tidy tree for a machine: the guest and its root bus stand at the top, and everything else hangs
 * below its parent, in rows as wide as makes the whole fit a screen best. A pure function of the
 * boxes' sizes, so that the same machine always looks the same; one more device at the end of a bus
 * moves none before it, but for the few sizes at which the rows get wider. All lengths in pixels at zoom 1.
 */
import {
  arrange,
  arrangeLoose,
  type Block,
  type Box,
  type Drawing,
  GAP_X,
  GAP_Y,
  hang,
  hangColumn,
  measure,
  type Point,
  placeLoose,
  type Rect,
  ROW_GAP,
  type Wire,
} from './layout-rows.ts';

export type { Box, Point, Rect, Wire };

/** A machine to place: guest, its memory below it, the tree on its root bus, and what hangs on nothing. */
export interface LayoutInput {
  readonly guest: Box;
  readonly ram: Box;
  readonly root: Box;
  readonly loose: readonly Box[];
  /** How much larger than at a desk the boxes' type is; they are arranged all the same. */
  readonly scale?: number;
}

export interface Layout {
  readonly rects: ReadonlyMap<string, Rect>;
  /** Children of a parent follow each other in the order in which they are read. */
  readonly wires: readonly Wire[];
  /** Extent of everything; the left upper corner is at 0, 0. */
  readonly width: number;
  readonly height: number;
}

/** Between the guest's column and the tree: the way from the root bus to memory runs through it. */
const CHANNEL = 34;
/** Room above the first row for the root bus's way over the devices beside it. */
const OVERPASS = 12;
/** The picture is made for a screen of this shape. What fits it at this size is not broken into rows. */
const SCREEN = { width: 1280, height: 600 };
/** Row widths that are tried, in pixels: few and far apart, so that growing rarely rearranges. */
const WRAPS = [
  Number.POSITIVE_INFINITY,
  ...Array.from({ length: 14 }, (_, i) => 420 * 2 ** (i / 2)),
];

/** Places a machine. */
export function layOut(input: LayoutInput): Layout {
  let best: Plan | undefined;
  for (const width of WRAPS) {
    const wrap = width * (input.scale ?? 1);
    for (const plan of [beside(input, wrap), below(input, wrap)])
      if (!best || plan.score < best.score) best = plan;
  }
  return best ? best.draw() : { rects: new Map(), wires: [], width: 0, height: 0 };
}

/** A way to place a machine, measured but not yet placed. The lower the score, the larger it can be shown. */
interface Plan {
  readonly score: number;
  draw(): Layout;
}

function plan(
  input: LayoutInput,
  wrap: number,
  tree: { width: number; height: number },
  drawTree: (out: Drawing, x: number, y: number) => void,
): Plan {
  const { guest, ram } = input;
  const column = Math.max(guest.width, ram.width);
  const rootX = column + CHANNEL;
  const loose = arrangeLoose(input.loose, wrap);
  const looseY = Math.max(OVERPASS + tree.height, firstRow(input) + GAP_Y + ram.height) + ROW_GAP;
  const width = rootX + Math.max(tree.width, loose.width);
  const height = loose.rows.length > 0 ? looseY + loose.height : looseY - ROW_GAP;
  const scale = input.scale ?? 1;
  const share = Math.max(width / SCREEN.width, height / SCREEN.height) / scale;
  return {
    score: Math.max(share, 0.7),
    draw() {
      const out: Drawing = { rects: new Map(), wires: [] };
      const rowHeight = firstRow(input) - OVERPASS;
      const g = at(guest, (column - guest.width) / 2, OVERPASS + (rowHeight - guest.height) / 2);
      const m = at(ram, (column - ram.width) / 2, g.y + g.height + GAP_Y);
      out.rects.set(guest.id, g).set(ram.id, m);
      const middle = g.x + g.width / 2;
      out.wires.push({
        from: guest.id,
        to: ram.id,
        points: [
          { x: middle, y: g.y + g.height },
          { x: middle, y: m.y },
        ],
      });
      drawTree(out, rootX, OVERPASS);
      const r = out.rects.get(input.root.id);
      if (r) {
        out.wires.push({ from: guest.id, to: input.root.id, points: across(g, r) });
        out.wires.push({ from: input.root.id, to: ram.id, points: aside(r, m) });
      }
      placeLoose(loose, rootX, looseY, out.rects);
      return { ...out, width, height };
    },
  };
}

/** Bottom of the row in which guest and root bus stand. */
function firstRow({ guest, root }: LayoutInput): number {
  return OVERPASS + Math.max(...[guest, root, ...root.children].map((box) => box.height));
}

function at(box: Box, x: number, y: number): Rect {
  return { x, y, width: box.width, height: box.height };
}

/** The root bus as a bar, its devices in rows below it. */
function below(input: LayoutInput, wrap: number): Plan {
  const { root } = input;
  const top = firstRow(input) - OVERPASS + GAP_Y;
  const rows = arrange(root.children, wrap);
  const width = Math.max(root.width, rows.width);
  return plan(input, wrap, { width, height: top + rows.height }, (out, x, y) => {
    const bar = { ...at(root, x, y + (top - GAP_Y - root.height) / 2), width };
    out.rects.set(root.id, bar);
    hang(root.id, bar, rows, x, y + top, out);
  });
}

/** The devices of the root bus beside it, and what hangs on them below. */
function beside(input: LayoutInput, wrap: number): Plan {
  const { root } = input;
  const rowHeight = firstRow(input) - OVERPASS;
  const deep = root.children.filter((box) => box.children.length > 0);
  const plain = root.children.filter((box) => box.children.length === 0);
  const blocks: { x: number; block: Block }[] = [];
  // Below the root bus there is room: only the device itself has to stand right of it.
  let left = 0;
  let cardLeft = root.width + GAP_X;
  let bottom = rowHeight;
  for (const box of deep) {
    const block = measure(box, wrap);
    const x = Math.max(left, cardLeft - block.cardX);
    blocks.push({ x, block });
    cardLeft = x + block.cardX + block.cardWidth + GAP_X;
    left = Math.max(x + block.width + GAP_X, cardLeft);
    bottom = Math.max(bottom, rowHeight + block.height - box.height);
  }
  const rest = arrange(plain, Number.POSITIVE_INFINITY);
  // One card fits above what hangs on its neighbour; columns do not.
  const restX = plain.length === 1 ? cardLeft : Math.max(left, cardLeft);
  const right = plain.length > 0 ? restX + rest.width : Math.max(left, cardLeft) - GAP_X;
  const size = {
    width: Math.max(right, left - GAP_X),
    height: Math.max(bottom, rest.height),
  };
  return plan(input, wrap, size, (out, x, y) => {
    const r = at(root, x, y + (rowHeight - root.height) / 2);
    out.rects.set(root.id, r);
    blocks.forEach(({ x: dx, block }, index) => {
      const { box } = block;
      const top = y + (rowHeight - box.height) / 2;
      const card = { x: x + dx + block.cardX, y: top, width: block.cardWidth, height: box.height };
      const middle = card.x + card.width / 2;
      out.rects.set(box.id, card);
      out.wires.push({
        from: root.id,
        to: box.id,
        points: index === 0 ? across(r, card) : [...over(r, middle), { x: middle, y: top }],
      });
      hang(box.id, card, block.below, x + dx + block.belowX, y + rowHeight + GAP_Y, out);
    });
    for (const { x: dx, item } of rest.rows[0]?.items ?? []) {
      if (item.kind !== 'column') continue;
      const top = y + (plain.length === 1 ? (rowHeight - item.height) / 2 : 0);
      const entry = { x: x + restX + dx + item.entry, y: top };
      hangColumn(root.id, item, x + restX + dx, entry, over(r, entry.x), out);
    }
  });
}

/** From the right edge to the left edge. */
function across(from: Rect, to: Rect): Point[] {
  const y = from.y + from.height / 2;
  return [
    { x: from.x + from.width, y },
    { x: to.x, y },
  ];
}

/** From the left edge of the root bus through the channel into the side of memory. */
function aside(root: Rect, ram: Rect): Point[] {
  const channel = root.x - CHANNEL / 2;
  const start = root.y + root.height / 2 + 6;
  const y = ram.y + ram.height / 2;
  return [
    { x: root.x, y: start },
    { x: channel, y: start },
    { x: channel, y },
    { x: ram.x + ram.width, y },
  ];
}

/** Over the tops of the cards between, to above `x`. */
function over(from: Rect, x: number): Point[] {
  const start = from.x + from.width - 12;
  return [
    { x: start, y: from.y },
    { x: start, y: 2 },
    { x, y: 2 },
  ];
}
