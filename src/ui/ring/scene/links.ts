import type { PackedView } from '../../../journal/fold/packed-view.ts';
import type { RingView } from '../../../journal/fold/ring-view.ts';
import { type Layout, MARK } from './layout.ts';
import type { GapKind, NearScene } from './near.ts';
import type { Pen } from './pen.ts';
import type { Token } from './protocol.ts';

/** Something between two columns, by rows: a slot's number, a mark, or a line from row to row. */
export type Link =
  | { readonly kind: 'slot'; readonly x: number; readonly row: number; readonly text: string }
  | { readonly kind: 'flag'; x: number; row: number; tone: Token; turn: 1 | -1 }
  | {
      readonly kind: 'line';
      x: number;
      to: number;
      row: number;
      toRow: number;
      tone: Token;
      dashed: boolean;
    }
  | { readonly kind: 'arc'; x: number; room: number; row: number; toRow: number; tone: Token };

/** Most lines of a kind that are drawn: more could not be told apart. */
const MOST_LINES = 64;

/** What lies in a gap while rows `from` to before `to` are in sight. */
export function linksOf(scene: NearScene, gap: GapKind, from: number, to: number): Link[] {
  const { view, layout } = scene;
  const { avail, desc, used } = layout.columns;
  const indices: number[] = [];
  for (let r = from; r < to; r++) {
    const row = layout.at(r);
    if (row && row.entry === undefined) indices.push(row.index);
  }
  const slots = (x: number): Link[] =>
    indices.map((i) => ({ kind: 'slot', x, row: layout.rowOf(i), text: String(i) }));
  if (view.packed) return packedLinks(scene, view, gap, indices, slots);
  switch (gap) {
    case 'before':
      return avail ? [...slots(avail.x - 8), ...availableFlags(view, layout)] : [];
    case 'between':
      return [...slots(desc.x - 8), ...offers(view, layout, indices)];
    case 'after':
      return used
        ? [
            ...slots(used.x - 8),
            ...chainArcs(scene, indices),
            ...returns(view, layout, indices),
            flag(
              layout,
              view.slotOf(view.usedIdx),
              used.x - layout.columns.numbers - MARK,
              'device',
            ),
          ]
        : [];
    default:
      return [];
  }
}

function flag(layout: Layout, slot: number, x: number, tone: Token, turn: 1 | -1 = 1): Link {
  return { kind: 'flag', x, row: layout.rowOf(slot), tone, turn };
}

function availableFlags(view: RingView, layout: Layout): Link[] {
  const x = (layout.columns.avail?.x ?? 0) - layout.columns.numbers - MARK;
  return [
    flag(layout, view.slotOf(view.availIdx), x, 'driver'),
    flag(layout, view.slotOf(view.queue.lastAvailIdx), x - MARK + 2, 'device'),
  ];
}

/** Slots whose chains the device has taken and not returned: of several that name a head, the newest. */
function takenSlots(view: RingView): ReadonlySet<number> {
  const heads = new Set(view.deviceHeads.slice(0, view.deviceHeads.length - view.pending));
  const slots = new Set<number>();
  for (let back = 1; back <= view.size && heads.size > 0; back++) {
    const slot = view.slotOf(view.queue.lastAvailIdx + 0x1_0000 - back);
    if (heads.delete(view.headAt(slot))) slots.add(slot);
  }
  return slots;
}

/** Lines from offered heads to their chains. */
function offers(view: RingView, layout: Layout, indices: readonly number[]): Link[] {
  const { avail, desc, numbers } = layout.columns;
  if (!avail) return [];
  const taken = takenSlots(view);
  const links: Link[] = [];
  for (const i of indices) {
    if (links.length >= MOST_LINES) break;
    const slot = view.available(i);
    if (!slot || slot.head >= view.size) continue;
    const held = slot.state === 'seen' && taken.has(i);
    if (!held && slot.state !== 'pending' && slot.state !== 'staged') continue;
    links.push({
      kind: 'line',
      x: avail.x + avail.width + 4,
      to: desc.x - numbers - 3,
      row: layout.rowOf(i),
      toRow: layout.rowOf(slot.head),
      tone: held ? 'device' : 'driver',
      dashed: slot.state === 'staged',
    });
  }
  return links;
}

/** Lines from chains to the used entries that return them: the newest, while nothing else is going on. */
function returns(view: RingView, layout: Layout, indices: readonly number[]): Link[] {
  const { desc, used, arcs, numbers } = layout.columns;
  if (!used) return [];
  const idle = view.queue.filling.size === 0 && view.deviceHeads.length === 0;
  const newest = view.slotOf(view.usedIdx - 1);
  const links: Link[] = [];
  for (const i of indices) {
    const slot = view.used(i);
    if (!slot || slot.id >= view.size) continue;
    const staged = slot.state === 'staged';
    if (!staged && !(idle && slot.state === 'published' && i === newest)) continue;
    links.push({
      kind: 'line',
      x: desc.x + desc.width + (staged ? arcs * 0.6 : 4),
      to: used.x - numbers - MARK - 3,
      row: layout.rowOf(slot.id),
      toRow: layout.rowOf(i),
      tone: 'device',
      dashed: staged,
    });
  }
  return links.slice(0, MOST_LINES);
}

/** From each descriptor to the next one of its chain. */
function chainArcs({ view, layout }: NearScene, indices: readonly number[]): Link[] {
  const { desc, arcs } = layout.columns;
  const links: Link[] = [];
  for (const i of indices) {
    const d = view.descriptor(i);
    if (!d || d.owner === 'free' || !d.hasNext || d.next >= view.size) continue;
    links.push({
      kind: 'arc',
      x: desc.x + desc.width + 3,
      room: arcs - 6,
      row: layout.rowOf(i),
      toRow: layout.rowOf(d.next),
      tone: d.owner,
    });
  }
  return links;
}

function packedLinks(
  scene: NearScene,
  view: PackedView,
  gap: GapKind,
  indices: readonly number[],
  slots: (x: number) => Link[],
): Link[] {
  const { layout } = scene;
  const { desc, arcs, numbers, narrow } = layout.columns;
  const x = desc.x - numbers - MARK;
  if (gap === 'before')
    return [
      ...slots(desc.x - 8),
      flag(layout, view.nextAvailable.slot, x, 'driver'),
      flag(layout, view.nextTaken.slot, x - MARK + 2, 'device'),
    ];
  const right = desc.x + desc.width + arcs + (narrow ? 12 : 16);
  return [...chainArcs(scene, indices), flag(layout, view.nextUsed.slot, right, 'device', -1)];
}

/** Pixels out of sight from which on a line is only begun. */
const OUT = 40;

/** Draws what lies in a gap. */
export function drawLinks(pen: Pen, links: readonly Link[], layout: Layout, scroll: number): void {
  const y = (row: number): number => layout.centre(row) - scroll;
  for (const link of links) {
    if (link.kind === 'slot')
      pen.text(link.text, link.x, y(link.row), { colour: 'dim', size: 11, align: 'right' });
    else if (link.kind === 'flag') pen.flag(link.x, y(link.row), link.tone, link.turn);
    else if (link.kind === 'arc') arc(pen, link, layout, y);
    else {
      const [a, b] = [y(link.row), y(link.toRow)];
      if (b < -OUT || b > layout.place.height + OUT) {
        pen.stub(link.x, a, b < a ? -1 : 1, link.tone, link.dashed);
        continue;
      }
      if (a < -OUT || a > layout.place.height + OUT) continue;
      const bend = (link.x + link.to) / 2;
      pen.arrow([link.x, a, bend, a, bend, b, link.to, b], link.tone, link.dashed);
    }
  }
}

function arc(
  pen: Pen,
  link: Extract<Link, { kind: 'arc' }>,
  layout: Layout,
  y: (row: number) => number,
): void {
  if (Math.abs(y(link.toRow) - y(link.row)) > layout.place.height) {
    pen.stub(link.x, y(link.row), link.toRow < link.row ? -1 : 1, link.tone);
    return;
  }
  const a = y(link.row) + 4;
  const b = y(link.toRow) - 4;
  const far = link.x + Math.min(link.room, 15 + Math.abs(link.toRow - link.row) * 4);
  pen.arrow([link.x, a, far, a, far, b, link.x + 1, b], link.tone);
}
