import { useMemo } from 'react';
import type { RingView } from '../../journal/fold/ring-view.ts';
import { AvailCell, DescriptorRow, UsedCell } from './cells.tsx';
import { arcPath, type Columns, centreOf, columns, linkPath } from './geometry.ts';
import { firstHit, type Hits, isHit, isIndexHit } from './hits.ts';
import { useSight } from './sight.ts';

/** What a picture of a queue is given. */
export interface PictureProps<View> {
  readonly view: View;
  readonly hits: Hits;
  /** Whether used_event and avail_event were negotiated. */
  readonly eventIdx: boolean;
  /** What a descriptor's buffer is in the request, by index. */
  readonly roles: ReadonlyMap<number, string>;
  /** Descriptor whose bytes are shown, or undefined. */
  readonly chosen: number | undefined;
  choose(index: number | undefined, pinned: boolean, place: 'above' | 'below'): void;
}

/** The three structures of a split virtqueue, side by side; only entries in sight are drawn. */
export function RingPicture({
  view,
  hits,
  roles,
  eventIdx,
  chosen,
  choose,
}: PictureProps<RingView>) {
  const sight = useSight(view.size, firstHit(hits), choose);
  const { box, row, from, to, chooseHere } = sight;
  const at = useMemo(() => columns(sight.width, row), [sight.width, row]);
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return (
    <div className="ring-picture">
      <Heads at={at} />
      <div ref={box} className="ring-scroll">
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
        <svg
          className="ring-svg mono"
          width={at.width}
          height={view.size * row + 2}
          role="group"
          aria-label={`Entries ${from} to ${to - 1} of ${view.size}. The table says the same in words.`}
        >
          <Arrows />
          <Links view={view} at={at} rows={rows} />
          {rows.map((i) => (
            <AvailCell key={i} {...view.available(i)} at={at} hit={isHit(hits, 'avail', i)} />
          ))}
          {rows.map((i) => (
            <DescriptorRow
              key={i}
              {...view.descriptor(i)}
              label={roles.get(i)}
              at={at}
              hit={isHit(hits, 'desc', i)}
              chosen={chosen === i}
              choose={chooseHere}
            />
          ))}
          {rows.map((i) => (
            <UsedCell key={i} {...view.used(i)} at={at} hit={isHit(hits, 'used', i)} />
          ))}
          <Marks view={view} at={at} />
        </svg>
      </div>
      <Feet view={view} at={at} hits={hits} eventIdx={eventIdx} />
    </div>
  );
}

const HUES = ['driver', 'device'] as const;

/** Heads of the lines between entries. */
export function Arrows() {
  return (
    <defs>
      {HUES.map((hue) => (
        <marker
          key={hue}
          id={`ring-arrow-${hue}`}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 .5 8 4 0 7.5z" fill={`var(--${hue})`} />
        </marker>
      ))}
    </defs>
  );
}

function Heads({ at }: { at: Columns }) {
  return (
    <div className="ring-heads" style={{ width: at.width }}>
      <ColumnHead column={at.avail} title="available ring" who="driver" />
      <ColumnHead column={at.desc} title="descriptor table" who="driver" />
      <ColumnHead column={at.used} title="used ring" who="device" />
    </div>
  );
}

function ColumnHead(props: {
  column: { x: number; width: number };
  title: string;
  who: 'driver' | 'device';
}) {
  const { column, title, who } = props;
  const width = Math.max(column.width, 108);
  return (
    <div style={{ left: column.x + column.width / 2 - width / 2, width }}>
      <strong>{title}</strong>
      <span data-tone={who}>{who} writes</span>
    </div>
  );
}

/** Lines between the structures: from offered heads to their chains, along the chains, and back. */
function Links({ view, at, rows }: { view: RingView; at: Columns; rows: readonly number[] }) {
  const right = at.desc.x + at.desc.width;
  const taken = new Set(view.deviceHeads);
  const idle = taken.size === 0 && view.queue.filling.size === 0;
  const newest = view.slotOf(view.usedIdx - 1);
  return (
    <g>
      {rows.map((i) => {
        const slot = view.available(i);
        if (!slot || slot.head >= view.size) return null;
        const held = slot.state === 'seen' && taken.has(slot.head);
        if (!held && slot.state !== 'pending' && slot.state !== 'staged') return null;
        const hue = held ? 'device' : 'driver';
        return (
          <path
            key={i}
            className="ring-link"
            data-tone={hue}
            data-staged={slot.state === 'staged' || undefined}
            d={linkPath(at.avail.x + at.avail.width + 3, i, at.desc.x - 30, slot.head, at.row)}
            markerEnd={`url(#ring-arrow-${hue})`}
          />
        );
      })}
      {rows.map((i) => {
        const d = view.descriptor(i);
        if (!d || d.owner === 'free' || !d.hasNext || d.next >= view.size) return null;
        return (
          <path
            key={i}
            className="ring-link"
            data-tone={d.owner}
            d={arcPath(i, d.next, at)}
            markerEnd={`url(#ring-arrow-${d.owner})`}
          />
        );
      })}
      {rows.map((i) => {
        const slot = view.used(i);
        if (!slot || slot.id >= view.size) return null;
        const shown =
          slot.state === 'staged' || (idle && slot.state === 'published' && i === newest);
        if (!shown) return null;
        return (
          <path
            key={i}
            className="ring-link"
            data-tone="device"
            data-staged={slot.state === 'staged' || undefined}
            d={linkPath(right + 3, slot.id, at.used.x - 30, i, at.row)}
            markerEnd="url(#ring-arrow-device)"
          />
        );
      })}
    </g>
  );
}

/** Where each side's free-running index points: a small flag beside the slot's number. */
function Marks({ view, at }: { view: RingView; at: Columns }) {
  const marks = [
    { name: 'idx', x: at.avail.x - 32, index: view.availIdx, who: 'driver' },
    { name: 'next', x: at.avail.x - 42, index: view.queue.lastAvailIdx, who: 'device' },
    { name: 'used', x: at.used.x - 32, index: view.usedIdx, who: 'device' },
  ] as const;
  return marks.map(({ name, x, index, who }) => {
    const y = centreOf(view.slotOf(index), at.row);
    return (
      <path key={name} className="ring-mark" data-tone={who} d={`M${x} ${y - 5}l7.5 5-7.5 5z`} />
    );
  });
}

/** The free-running indices in numbers, with the entry that they mean. */
function Feet(props: { view: RingView; at: Columns; hits: Hits; eventIdx: boolean }) {
  const { view, at, hits, eventIdx } = props;
  const { pending } = view;
  const taken = view.deviceHeads.length - pending;
  return (
    <div className="ring-feet mono" style={{ width: at.width }}>
      <div>
        <Index who="driver" value={view.availIdx} view={view} hits={hits} structure="avail" />
        <span data-tone="device">▸ device next {view.queue.lastAvailIdx}</span>
        {view.noInterrupt && <span>NO_INTERRUPT</span>}
        {eventIdx && <span>used_event {view.usedEvent}</span>}
      </div>
      <div>
        <span>
          {pending} waiting · {taken} in flight
        </span>
      </div>
      <div>
        {eventIdx && <span>avail_event {view.availEvent}</span>}
        {view.noNotify && <span>NO_NOTIFY</span>}
        <Index who="device" value={view.usedIdx} view={view} hits={hits} structure="used" />
      </div>
    </div>
  );
}

function Index(props: {
  who: 'driver' | 'device';
  value: number;
  view: RingView;
  hits: Hits;
  structure: 'avail' | 'used';
}) {
  const { who, value, view, hits, structure } = props;
  const hit = isIndexHit(hits, structure);
  return (
    <span className="ring-index" data-tone={who} data-hit={hit || undefined}>
      ▸ idx {hit && hits.change ? `${hits.change[0]} → ${hits.change[1]}` : value}
      <span className="ring-dim"> entry {view.slotOf(value)}</span>
    </span>
  );
}
