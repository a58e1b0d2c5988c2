import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { hex } from '../../base/bits.ts';
import type { AvailSlot, DescriptorView, RingView, UsedSlot } from './ring-model.ts';
import type { Tone } from '../state/tone.ts';
import { arcPath, CELL, type Columns, centreOf, columns, linkPath, ROW, windowOf } from './geometry.ts';
import type { Touched } from './touched.ts';

interface PictureProps {
  readonly view: RingView;
  readonly touched: Touched | undefined;
  readonly tone: Tone;
  /** What a descriptor's buffer is in the request, by index. */
  readonly roles: ReadonlyMap<number, string>;
  /** Descriptor whose bytes are shown, or undefined. */
  readonly chosen: number | undefined;
  choose(index: number | undefined, pinned: boolean): void;
}

/** The three structures of a split virtqueue, side by side; only entries in sight are drawn. */
export function RingPicture({ view, touched, tone, roles, chosen, choose }: PictureProps) {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ width: 640, height: 240, top: 0 });

  useLayoutEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const look = () =>
      setSight({ width: host.clientWidth, height: host.clientHeight, top: host.scrollTop });
    look();
    const watch = new ResizeObserver(look);
    watch.observe(host);
    host.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      host.removeEventListener('scroll', look);
    };
  }, []);

  const target = touched?.index;
  useEffect(() => {
    const host = box.current;
    if (!host || target === undefined) return;
    const y = centreOf(target);
    if (y - ROW < host.scrollTop || y + ROW > host.scrollTop + host.clientHeight)
      host.scrollTop = y - host.clientHeight / 2;
  }, [target]);

  const at = columns(sight.width);
  const { from, to } = windowOf(sight.top, sight.height, view.size);
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  const hit = (structure: Touched['structure'], i: number): boolean =>
    touched?.structure === structure && touched.index === i;
  return (
    <div className="ring-picture" data-tone={tone}>
      <Heads at={at} />
      <div ref={box} className="ring-scroll">
        <svg
          className="ring-svg mono"
          width={at.width}
          height={view.size * ROW + 2}
          role="group"
          aria-label={`Entries ${from} to ${to - 1} of ${view.size}. The table says the same in words.`}
        >
          <Arrows />
          <Links view={view} at={at} from={from} to={to} />
          {rows.map((i) => {
            const slot = view.avail.slots[i];
            return slot && <AvailCell key={i} slot={slot} at={at} hit={hit('avail', i)} />;
          })}
          {rows.map((i) => {
            const descriptor = view.descriptors[i];
            return (
              descriptor && (
                <DescriptorRow
                  key={i}
                  descriptor={descriptor}
                  role={roles.get(i)}
                  at={at}
                  hit={hit('desc', i) || hit('buffer', i)}
                  chosen={chosen === i}
                  choose={choose}
                />
              )
            );
          })}
          {rows.map((i) => {
            const slot = view.used.slots[i];
            return slot && <UsedCell key={i} slot={slot} at={at} hit={hit('used', i)} />;
          })}
          <Marks view={view} at={at} />
        </svg>
      </div>
      <Feet view={view} at={at} touched={touched} />
    </div>
  );
}

const HUES = ['driver', 'device'] as const;

function Arrows() {
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

/** What an owner is called, for hues and for words. */
const STATE_WORDS = {
  free: 'free',
  filling: 'being filled by the driver',
  driver: 'offered to the device',
  device: 'taken by the device',
  returned: 'returned to the driver',
} as const;

const AvailCell = memo(function AvailCell(props: { slot: AvailSlot; at: Columns; hit: boolean }) {
  const { slot, at, hit } = props;
  const { x, width } = at.avail;
  const y = centreOf(slot.slot);
  const empty = slot.state === 'free';
  return (
    <g className="ring-cell" data-state={slot.state} data-hit={hit || undefined}>
      <text className="ring-slot" x={x - 8} y={y} textAnchor="end">
        {slot.slot}
      </text>
      <rect x={x} y={y - CELL / 2} width={width} height={CELL} rx="4" />
      <text x={x + width / 2} y={y} textAnchor="middle">
        {empty ? '–' : slot.head}
      </text>
    </g>
  );
});

const UsedCell = memo(function UsedCell(props: { slot: UsedSlot; at: Columns; hit: boolean }) {
  const { slot, at, hit } = props;
  const { x, width } = at.used;
  const y = centreOf(slot.slot);
  return (
    <g className="ring-cell ring-used" data-state={slot.state} data-hit={hit || undefined}>
      <text className="ring-slot" x={x - 8} y={y} textAnchor="end">
        {slot.slot}
      </text>
      <rect x={x} y={y - CELL / 2} width={width} height={CELL} rx="4" />
      {slot.state === 'free' ? (
        <text x={x + width / 2} y={y} textAnchor="middle">
          –
        </text>
      ) : (
        <>
          <text x={x + 9} y={y}>
            {slot.head}
          </text>
          <text className="ring-dim" x={x + width - 9} y={y} textAnchor="end">
            {slot.length} B
          </text>
        </>
      )}
    </g>
  );
});

/** A descriptor as it lies in memory: address, length, flags. */
const DescriptorRow = memo(function DescriptorRow(props: {
  descriptor: DescriptorView;
  role: string | undefined;
  at: Columns;
  hit: boolean;
  chosen: boolean;
  choose(index: number | undefined, pinned: boolean): void;
}) {
  const { descriptor: d, role, at, hit, chosen, choose } = props;
  const { x, width } = at.desc;
  const y = centreOf(d.index);
  const blank = d.owner === 'free' && d.addr === 0 && d.length === 0;
  const flags = flagWords(d);
  const wide = width > 300;
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      className="ring-cell ring-desc"
      data-owner={d.owner}
      data-hit={hit || undefined}
      data-chosen={chosen || undefined}
      role="button"
      tabIndex={blank ? -1 : 0}
      aria-label={`Descriptor ${d.index}: ${blank ? 'empty' : `${hex(d.addr)}, ${d.length} bytes, ${flags || 'no flags'}, ${STATE_WORDS[d.owner]}`}`}
      onPointerEnter={() => !blank && choose(d.index, false)}
      onPointerLeave={() => choose(undefined, false)}
      onFocus={() => choose(d.index, false)}
      onBlur={() => choose(undefined, false)}
      onClick={() => !blank && choose(d.index, true)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          choose(d.index, true);
        } else if (event.key === 'Escape') choose(undefined, true);
      }}
    >
      <text className="ring-slot" x={x - 8} y={y} textAnchor="end">
        {d.index}
      </text>
      <rect x={x} y={y - CELL / 2} width={width} height={CELL} rx="4" />
      {blank ? (
        <text x={x + width / 2} y={y} textAnchor="middle" className="ring-dim">
          free
        </text>
      ) : (
        <>
          <text x={x + 9} y={y}>
            {hex(d.addr, 8)}
          </text>
          <text x={x + 122} y={y} textAnchor="end">
            {d.length}
          </text>
          <text className="ring-flags" x={x + 132} y={y}>
            {flags}
          </text>
          {wide && (
            <text className="ring-role" x={x + width - 9} y={y} textAnchor="end">
              {role ?? (d.owner === 'free' ? 'free' : '')}
            </text>
          )}
        </>
      )}
    </g>
  );
});

/** Flags by the specification's names, without their prefix. */
export function flagWords(d: DescriptorView): string {
  return [d.write && 'WRITE', d.indirect && 'INDIRECT', d.next !== undefined && 'NEXT']
    .filter(Boolean)
    .join(' ');
}

/** Lines between the structures: from offered heads to their chains, and along the chains. */
function Links(props: { view: RingView; at: Columns; from: number; to: number }) {
  const { view, at, from, to } = props;
  const near = (a: number, b: number) => Math.min(a, b) < to && Math.max(a, b) >= from;
  const right = at.desc.x + at.desc.width;
  return (
    <g>
      {view.avail.slots.map((slot) => {
        const open = slot.state === 'published' || slot.state === 'taken' || slot.state === 'staged';
        if (!open || slot.head >= view.size || !near(slot.slot, slot.head)) return null;
        const hue = slot.state === 'taken' ? 'device' : 'driver';
        return (
          <path
            key={slot.slot}
            className="ring-link"
            data-tone={hue}
            data-staged={slot.state === 'staged' || undefined}
            d={linkPath(at.avail.x + at.avail.width + 3, slot.slot, at.desc.x - 30, slot.head)}
            markerEnd={`url(#ring-arrow-${hue})`}
          />
        );
      })}
      {view.descriptors.map((d) => {
        if (d.owner === 'free' || d.next === undefined) return null;
        if (d.next >= view.size || !near(d.index, d.next)) return null;
        const hue = d.owner === 'device' || d.owner === 'returned' ? 'device' : 'driver';
        return (
          <path
            key={d.index}
            className="ring-link"
            data-tone={hue}
            data-faint={d.owner === 'returned' || undefined}
            d={arcPath(d.index, d.next, right, at.arcs)}
            markerEnd={`url(#ring-arrow-${hue})`}
          />
        );
      })}
    </g>
  );
}

/** Where each side's free-running index points: a small flag beside the slot's number. */
function Marks({ view, at }: { view: RingView; at: Columns }) {
  const marks = [
    { x: at.avail.x, index: view.avail.idx, who: 'driver' },
    { x: at.avail.x - 8, index: view.avail.next, who: 'device' },
    { x: at.used.x, index: view.used.idx, who: 'device' },
  ] as const;
  return marks.map(({ x, index, who }, i) => {
    const y = centreOf(index % view.size);
    const left = x - 34;
    return (
      <path
        key={`${who} ${i === 0 ? 'idx' : i === 1 ? 'next' : 'used'}`}
        className="ring-mark"
        data-tone={who}
        d={`M${left} ${y - 5}l7 5-7 5z`}
      />
    );
  });
}

/** The free-running indices in numbers, with the entry that they mean. */
function Feet(props: { view: RingView; at: Columns; touched: Touched | undefined }) {
  const { view, at, touched } = props;
  const free = view.descriptors.filter((d) => d.owner === 'free' || d.owner === 'returned').length;
  return (
    <div className="ring-feet mono" style={{ width: at.width }}>
      <div style={{ left: 8 }}>
        <Index name="idx" who="driver" value={view.avail.idx} size={view.size} touched={touched} structure="avail" />
        <span data-tone="device">▸ device at {view.avail.next}</span>
        {(view.avail.flags & 1) !== 0 && <span>NO_INTERRUPT</span>}
      </div>
      <div style={{ left: at.desc.x, width: at.desc.width, justifyContent: 'center' }}>
        <span>
          {free} of {view.size} free
        </span>
      </div>
      <div style={{ right: 12 }}>
        {(view.used.flags & 1) !== 0 && <span>NO_NOTIFY</span>}
        <Index name="idx" who="device" value={view.used.idx} size={view.size} touched={touched} structure="used" />
      </div>
    </div>
  );
}

function Index(props: {
  name: string;
  who: 'driver' | 'device';
  value: number;
  size: number;
  touched: Touched | undefined;
  structure: 'avail' | 'used';
}) {
  const { name, who, value, size, touched, structure } = props;
  const change =
    touched?.structure === structure && touched.part === 'idx' ? touched.change : undefined;
  return (
    <span className="ring-index" data-tone={who} data-hit={change !== undefined || undefined}>
      ▸ {name} {change ? `${change[0]} → ${change[1]}` : value}
      <span className="ring-dim"> entry {value % size}</span>
    </span>
  );
}
