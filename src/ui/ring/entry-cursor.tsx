import { useMemo } from 'react';
import type { PackedView } from '../../journal/fold/packed-view.ts';
import type { RingStructure } from '../../journal/fold/ring-areas.ts';
import type { RingView } from '../../journal/fold/ring-view.ts';
import { entryWords } from './entry-words.ts';
import { faultSentence, rolesOf } from './roles.ts';
import type { Layout, Spot } from './scene/layout.ts';
import type { RingNow } from './source.ts';

/** Entries by which Page Up and Page Down move. */
const PAGE = 16;

/** The entry that the keyboard is at, as a button over its place in the picture; and a frame around the one pointed at. */
export function EntryCursor(props: {
  view: RingView | PackedView;
  layout: Layout;
  spot: Spot;
  hover: Spot | undefined;
  now: RingNow;
  virtioId: number | undefined;
  move(to: Spot): void;
  /** Enter: opens an indirect table, or what else there is to open. */
  act(at: Spot): void;
  pin(at: Spot | undefined): void;
  zoom(into: boolean): void;
  setFocused(focused: boolean): void;
}) {
  const { view, layout, hover, now, virtioId, move, act, pin, zoom, setFocused } = props;
  const spot = inside(props.spot, view, layout);
  const box = layout.boxOf(spot);
  const role = useMemo(
    () =>
      spot.structure === 'desc'
        ? rolesOf(view, virtioId, now, [spot.index]).get(spot.index)
        : undefined,
    [view, virtioId, now, spot.structure, spot.index],
  );
  const fault = faultSentence(view, now.violations, spot, virtioId);
  const words = `${entryWords(view, spot, role)}${fault ? `. ${fault}` : ''}`;
  const over = hover && layout.boxOf(hover);
  const indirect =
    spot.structure === 'desc' && spot.entry === undefined && view.descriptor(spot.index)?.indirect;
  const open = layout.place.opened.some(({ index }) => index === spot.index);
  return (
    <>
      {over && <div className="ring-over" style={frame(over)} />}
      {box && (
        <button
          type="button"
          className="ring-cursor"
          style={frame(box)}
          aria-label={words}
          aria-expanded={indirect ? open : undefined}
          onFocus={() => setFocused(true)}
          onBlur={() => setFocused(false)}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            const to = moved(event.key, spot, layout, view.size);
            if (to) move(to);
            else if (event.key === 'Enter') act(spot);
            else if (event.key === ' ') pin(spot);
            else if (event.key === 'Escape') pin(undefined);
            else if (event.key === '+' || event.key === '=') zoom(true);
            else if (event.key === '-') zoom(false);
            else return;
            event.preventDefault();
          }}
        />
      )}
      {/* What the event changes in the entry, and where an arrow leads, is read out. */}
      <span className="visually-hidden" aria-live="polite">
        {words}
      </span>
    </>
  );
}

function frame({ x, y, width, height }: { x: number; y: number; width: number; height: number }) {
  return { left: x, top: y, width, height };
}

/** The spot where it still is: queues shrink, and tables are folded up. */
function inside(spot: Spot, view: RingView | PackedView, layout: Layout): Spot {
  const index = Math.min(spot.index, Math.max(0, view.size - 1));
  const structure = view.packed ? 'desc' : spot.structure;
  const opened = layout.place.opened.find((table) => table.index === index);
  const { entry } = spot;
  const there = entry !== undefined && opened && entry < opened.count;
  return { structure, index, entry: there ? entry : undefined };
}

const ORDER: readonly RingStructure[] = ['avail', 'desc', 'used'];

/** Where a key leads from a spot; undefined for all other keys. */
function moved(key: string, spot: Spot, layout: Layout, size: number): Spot | undefined {
  const { structure } = spot;
  const grid = layout.map.get(structure);
  if (key === 'Home') return { structure, index: 0, entry: undefined };
  if (key === 'End') return { structure, index: size - 1, entry: undefined };
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: grid ? -grid.columns * grid.per : -1,
    ArrowDown: grid ? grid.columns * grid.per : 1,
    PageUp: grid ? -PAGE * grid.columns : -PAGE,
    PageDown: grid ? PAGE * grid.columns : PAGE,
    ...(grid && { ArrowLeft: -grid.per, ArrowRight: grid.per }),
  };
  const step = steps[key];
  if (step !== undefined) {
    if (grid || structure !== 'desc') {
      const index = Math.min(size - 1, Math.max(0, spot.index + step));
      return { structure, index, entry: undefined };
    }
    const row = layout.rowOf(spot.index, spot.entry) + step;
    const at = layout.at(Math.min(layout.rows - 1, Math.max(0, row)));
    return at && { structure, ...at };
  }
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const at = ORDER.indexOf(structure) + (key === 'ArrowLeft' ? -1 : 1);
  const to = ORDER[at];
  if (!to || !layout.columns[to]) return spot;
  return { structure: to, index: spot.index, entry: undefined };
}
