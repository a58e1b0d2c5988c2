import { useMemo, useState } from 'react';
import { viewOf } from '../../journal/fold/packed-view.ts';
import { firstHit, hitsOf } from './hits.ts';
import { PackedTables } from './packed-tables.tsx';
import { rolesOf } from './roles.ts';
import type { RingNow } from './source.ts';
import { SplitTables } from './split-tables.tsx';

/** Entries of one page of the tables. */
const PAGE = 256;

/** The picture in words: the same queue as tables, a page of entries at a time. */
export function RingTables({ now, virtioId }: { now: RingNow; virtioId: number | undefined }) {
  const view = useMemo(() => viewOf(now.queue, now.memory), [now.queue, now.memory]);
  const hits = useMemo(() => hitsOf(now.last, view, now.queues), [now.last, view, now.queues]);
  const [chosen, setChosen] = useState(0);
  const [seen, setSeen] = useState<number>();
  const pages = Math.ceil(view.size / PAGE);
  const target = firstHit(hits, view.size);
  // The event at the cursor turns the page, and the person may turn it away again.
  if (target !== seen) {
    setSeen(target);
    if (target !== undefined) setChosen(Math.floor(target / PAGE));
  }
  const page = Math.min(chosen, pages - 1);
  const rows = useMemo(
    () =>
      Array.from({ length: Math.min(PAGE, view.size - page * PAGE) }, (_, i) => page * PAGE + i),
    [page, view.size],
  );
  const roles = useMemo(() => rolesOf(view, virtioId, now, rows), [view, virtioId, now, rows]);
  const props = { hits, rows, roles, now, virtioId };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable
    <section className="ring-table" aria-label="Queue as tables" tabIndex={0}>
      {pages > 1 && <Pages {...{ page, pages, size: view.size, rows, turn: setChosen }} />}
      {view.packed ? (
        <PackedTables view={view} {...props} />
      ) : (
        <SplitTables view={view} {...props} />
      )}
    </section>
  );
}

function Pages(props: {
  page: number;
  pages: number;
  size: number;
  rows: readonly number[];
  turn(page: number): void;
}) {
  const { page, pages, size, rows, turn } = props;
  const to = (at: number) => turn(Math.min(pages - 1, Math.max(0, at)));
  return (
    <nav className="ring-pages" aria-label="Entries">
      <span aria-live="polite">
        Entries {rows[0]} to {rows.at(-1)} of {size}
      </span>
      <button type="button" className="button button-small" onClick={() => to(page - 1)}>
        Previous
      </button>
      <button type="button" className="button button-small" onClick={() => to(page + 1)}>
        Next
      </button>
      <label>
        Entry{' '}
        <input
          type="number"
          className="select"
          min={0}
          max={size - 1}
          onChange={(event) => to(Math.floor(Number(event.target.value) / PAGE))}
        />
      </label>
    </nav>
  );
}
