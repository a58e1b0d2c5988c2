import type { PackedView } from '../../../journal/fold/packed-view.ts';
import type { RingStructure } from '../../../journal/fold/ring-areas.ts';
import type { RingView, TableEntry } from '../../../journal/fold/ring-view.ts';
import { drawAvailable, drawDescriptor, drawPacked, drawTableEntry, drawUsed } from './cells.ts';
import { type Box, INDENT, type Layout, type Row } from './layout.ts';
import { drawLinks, linksOf } from './links.ts';
import type { Pen } from './pen.ts';
import type { Fault } from './protocol.ts';
import { drawWires, type Wire, wiresOf } from './wires.ts';

/** What the readable part of the picture shows. */
export interface NearScene {
  readonly view: RingView | PackedView;
  readonly layout: Layout;
  readonly scroll: number;
  readonly eventIdx: boolean;
  /** Whether the event at the cursor touched an entry. */
  lit(structure: RingStructure, index: number): boolean;
  /** Descriptors that are lit as one chain. */
  readonly chain: ReadonlySet<number>;
  fault(structure: RingStructure, index: number): Fault | undefined;
  role(index: number): string | undefined;
}

/** Draws entries that can be read, and what joins them; only what is not as it was drawn last. */
export class Near {
  /** What each cell and each gap between columns was drawn as, by place. */
  readonly #drawn = new Map<string, string>();

  /** Nothing that was drawn counts any more. */
  forget(): void {
    this.#drawn.clear();
  }

  /** Draws what has changed, and returns where that is, in pixels of the picture. */
  draw(pen: Pen, scene: NearScene): Box[] {
    const { layout, scroll, view } = scene;
    const dirty: Box[] = [];
    const { from, to } = layout.inSight(scroll);
    const wires = wiresOf(scene);
    const repainted = new Set<Wire>();
    const tables = new Map<number, readonly TableEntry[]>();
    for (let r = from; r < to; r++) {
      const row = layout.at(r);
      if (!row) continue;
      const y = layout.centre(r) - layout.row / 2 - scroll;
      for (const structure of view.packed ? PACKED : SPLIT) {
        const column = layout.columns[structure];
        if (!column) continue;
        const across = wires.filter(
          (wire) => wire.structure === structure && (wire.row === r || wire.row === r - 1),
        );
        const content = cellOf(scene, structure, row, tables);
        const key = `${structure}${r - from}`;
        const signature = `${r}|${content.signature}|${across.map(signatureOf).join()}`;
        if (this.#drawn.get(key) === signature) continue;
        this.#drawn.set(key, signature);
        const area = { x: column.x - 3, y, width: column.width + 6, height: layout.row };
        pen.clear(area);
        content.draw(pen);
        for (const wire of across) repainted.add(wire);
        dirty.push(area);
      }
    }
    for (const gap of gapsOf(layout, layout.place.width)) {
      const links = linksOf(scene, gap.kind, from, to);
      const signature = `${from} ${JSON.stringify(links)}`;
      if (this.#drawn.get(gap.kind) === signature) continue;
      this.#drawn.set(gap.kind, signature);
      const area = { x: gap.x, y: 0, width: gap.width, height: layout.place.height };
      pen.clear(area);
      pen.c.save();
      pen.c.beginPath();
      pen.c.rect(area.x, area.y, area.width, area.height);
      pen.c.clip();
      drawLinks(pen, links, layout, scroll);
      pen.c.restore();
      dirty.push(area);
    }
    dirty.push(...drawWires(pen, [...repainted], layout, scroll));
    return dirty;
  }
}

const SPLIT: readonly RingStructure[] = ['avail', 'desc', 'used'];
const PACKED: readonly RingStructure[] = ['desc'];

const signatureOf = (wire: Wire): string => `${wire.words}${wire.passed}${wire.row}`;

interface Content {
  /** Tells apart everything that would be drawn differently. */
  readonly signature: string;
  draw(pen: Pen): void;
}

const NOTHING: Content = { signature: '', draw: () => {} };

function cellOf(
  scene: NearScene,
  structure: RingStructure,
  { index, entry }: Row,
  tables: Map<number, readonly TableEntry[]>,
): Content {
  const { view, layout, scroll } = scene;
  if (entry !== undefined && structure !== 'desc') return NOTHING;
  const inContent = layout.boxOf({ structure, index, entry });
  if (!inContent) return NOTHING;
  const box = { ...inContent, y: inContent.y - scroll };
  const marks = {
    lit: scene.lit(structure, index) && entry === undefined,
    chain: structure === 'desc' && scene.chain.has(index),
    fault: entry === undefined ? scene.fault(structure, index) : undefined,
    narrow: layout.columns.narrow,
  };
  const more = `${marks.lit} ${marks.chain} ${marks.fault?.section}`;
  if (entry !== undefined) {
    const table = tables.get(index) ?? view.table(index);
    tables.set(index, table);
    const it = table[entry];
    if (!it) return NOTHING;
    const owner = view.ownerAt(index);
    return {
      signature: `${it.addr} ${it.len} ${it.flags} ${it.next} ${owner} ${more}`,
      draw: (pen) => {
        stem(pen, box);
        drawTableEntry(pen, box, it, entry, owner, marks);
      },
    };
  }
  if (structure === 'desc') return descriptorContent(scene, index, box, marks, more);
  if (view.packed) return NOTHING;
  if (structure === 'avail') {
    const it = view.available(index);
    if (!it) return NOTHING;
    return {
      signature: `${it.state} ${it.head} ${it.index} ${more}`,
      draw: (pen) => drawAvailable(pen, box, it, view.size, marks),
    };
  }
  const it = view.used(index);
  if (!it) return NOTHING;
  return {
    signature: `${it.state} ${it.id} ${it.len} ${it.index} ${more}`,
    draw: (pen) => drawUsed(pen, box, it, view.size, marks),
  };
}

function descriptorContent(
  scene: NearScene,
  index: number,
  box: Box,
  marks: Parameters<typeof drawDescriptor>[4],
  more: string,
): Content {
  const { view } = scene;
  const role = scene.role(index);
  if (view.packed) {
    const it = view.descriptor(index);
    if (!it) return NOTHING;
    return {
      signature: `${it.addr} ${it.len} ${it.flags} ${it.id} ${it.state} ${role} ${more}`,
      draw: (pen) => drawPacked(pen, box, it, role, marks),
    };
  }
  const it = view.descriptor(index);
  if (!it) return NOTHING;
  return {
    signature: `${it.addr} ${it.len} ${it.flags} ${it.owner} ${role} ${more}`,
    draw: (pen) => drawDescriptor(pen, box, it, role, marks),
  };
}

/** From a descriptor down to the entries of its table. */
function stem(pen: Pen, box: Box): void {
  const { c } = pen;
  c.strokeStyle = pen.colour('line-strong');
  c.lineWidth = 1;
  c.beginPath();
  const x = box.x - INDENT + 5;
  c.moveTo(x, box.y - 4);
  c.lineTo(x, box.y + box.height / 2);
  c.stroke();
}

/** What lies between the columns: slot numbers, marks, and the lines from entry to entry. */
export type GapKind = 'before' | 'between' | 'after' | 'end';

function gapsOf(layout: Layout, width: number) {
  const { avail, desc, used } = layout.columns;
  const gap = (kind: GapKind, from: number, to: number) => ({
    kind,
    x: from,
    width: Math.max(0, to - from),
  });
  const first = avail ?? desc;
  const last = used ?? desc;
  return [
    gap('before', layout.stripWidth, first.x - 3),
    ...(avail ? [gap('between', avail.x + avail.width + 3, desc.x - 3)] : []),
    ...(used ? [gap('after', desc.x + desc.width + 3, used.x - 3)] : []),
    gap('end', last.x + last.width + 3, width),
  ];
}
