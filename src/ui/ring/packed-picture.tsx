import { memo, useMemo } from 'react';
import { hex } from '../../base/bits.ts';
import type {
  EventView,
  PackedDescriptorView,
  PackedView,
} from '../../journal/fold/packed-view.ts';
import { CHARACTER, DescriptorButton, flagWords, GAP, type RowProps } from './cells.tsx';
import { arcPath, centreOf, type PackedColumns, packedColumns } from './geometry.ts';
import { firstHit, type Hits, isFieldHit, isHit } from './hits.ts';
import { Arrows, type PictureProps } from './ring-picture.tsx';
import { useSight } from './sight.ts';

/** A packed virtqueue: one ring that both sides write; only entries in sight are drawn. */
export function PackedPicture({ view, hits, roles, chosen, choose }: PictureProps<PackedView>) {
  const sight = useSight(view.size, firstHit(hits), choose);
  const { box, row, from, to, chooseHere } = sight;
  const at = useMemo(() => packedColumns(sight.width, row), [sight.width, row]);
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return (
    <div className="ring-picture">
      <Heads view={view} at={at} hits={hits} />
      <div ref={box} className="ring-scroll">
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
        <svg
          className="ring-svg mono"
          width={at.width}
          height={view.size * row + 2}
          role="group"
          aria-label={`Descriptors ${from} to ${to - 1} of ${view.size}. The table says the same in words.`}
        >
          <Arrows />
          {rows.map((i) => (
            <Arc key={i} descriptor={view.descriptor(i)} at={at} />
          ))}
          {rows.map((i) => (
            <PackedRow
              key={i}
              {...view.descriptor(i)}
              label={roles.get(i)}
              at={at}
              hit={isHit(hits, 'desc', i)}
              chosen={chosen === i}
              choose={chooseHere}
            />
          ))}
          <Marks view={view} at={at} />
        </svg>
      </div>
      <Feet view={view} at={at} />
    </div>
  );
}

/** From a descriptor to the next one of its chain. */
function Arc(props: { descriptor: PackedDescriptorView | undefined; at: PackedColumns }) {
  const { descriptor: d, at } = props;
  if (!d || d.owner === 'free' || !d.hasNext) return null;
  return (
    <path
      className="ring-link"
      data-tone={d.owner}
      d={arcPath(d.index, d.next, at)}
      markerEnd={`url(#ring-arrow-${d.owner})`}
    />
  );
}

/** What a descriptor is to driver and device. */
export function stateWords(d: Pick<PackedDescriptorView, 'state' | 'id' | 'len'>): string {
  return {
    free: 'free, what it holds is stale',
    filling: 'being filled by the driver',
    available: 'with the device',
    used: `used: buffer ${d.id} came back with ${d.len} bytes written`,
  }[d.state];
}

/** The two marks as they are in memory: `A1 U0`. */
export function markWords({ avail, used }: { avail: boolean; used: boolean }): string {
  return `A${avail ? 1 : 0} U${used ? 1 : 0}`;
}

const PackedRow = memo(function PackedRow(
  props: Partial<PackedDescriptorView> & RowProps<PackedColumns>,
) {
  const { index = 0, addr = 0, len = 0, id = 0, owner = 'free', state = 'free' } = props;
  const { writable = false, indirect = false, hasNext = false, flags: bits = 0 } = props;
  const { avail = false, used = false, label, at, hit, chosen, choose } = props;
  const { x, width } = at.desc;
  const y = centreOf(index, at.row);
  const blank = state === 'free' && addr === 0 && len === 0 && bits === 0;
  const flags = flagWords({ writable, indirect, hasNext });
  const where = hex(addr, 8);
  const lenEnd = x + 9 + where.length * CHARACTER + Math.max(4, String(len).length + 1) * CHARACTER;
  const marks = markWords({ avail, used });
  const words = `${where}, ${len} bytes, ${flags || 'no flags'}, buffer ${id}, ${marks}, ${stateWords({ state, id, len })}`;
  const note = { free: 'stale', filling: label, available: label, used: 'used' }[state];
  return (
    <DescriptorButton {...{ index, owner, state, blank, words, hit, chosen, choose }}>
      <text className="ring-slot" x={x - 8} y={y} textAnchor="end">
        {index}
      </text>
      <rect x={x} y={y - (at.row - GAP) / 2} width={width} height={at.row - GAP} rx="4" />
      {blank ? (
        <text x={x + width / 2} y={y} textAnchor="middle" className="ring-dim">
          free
        </text>
      ) : (
        <>
          <text className={state === 'used' ? 'ring-dim' : undefined} x={x + 9} y={y}>
            {where}
          </text>
          <text x={lenEnd} y={y} textAnchor="end">
            {len}
          </text>
          <text className="ring-flags" x={lenEnd + 10} y={y}>
            {marks}
          </text>
          <text x={lenEnd + 10 + 7 * CHARACTER} y={y}>
            id {id}
          </text>
          <text className="ring-flags" x={lenEnd + 10 + 17 * CHARACTER} y={y}>
            {flags}
          </text>
          {x + width - lenEnd > 300 && (
            <text className="ring-role" x={x + width - 9} y={y} textAnchor="end">
              {note}
            </text>
          )}
        </>
      )}
    </DescriptorButton>
  );
});

/** Where each side is in the ring: a small flag beside the descriptor. */
function Marks({ view, at }: { view: PackedView; at: PackedColumns }) {
  const right = at.desc.x + at.desc.width + at.arcs;
  const marks = [
    { name: 'avail', x: at.desc.x - 38, slot: view.nextAvailable.slot, who: 'driver', turn: 1 },
    { name: 'taken', x: at.desc.x - 48, slot: view.nextTaken.slot, who: 'device', turn: 1 },
    { name: 'used', x: right + 10, slot: view.nextUsed.slot, who: 'device', turn: -1 },
  ] as const;
  return marks.map(({ name, x, slot, who, turn }) => {
    const y = centreOf(slot, at.row);
    const d = `M${x} ${y - 5}l${7.5 * turn} 5 ${-7.5 * turn} 5z`;
    return <path key={name} className="ring-mark" data-tone={who} d={d} />;
  });
}

/** What each side wants to hear of stands left and right of the ring's name. */
function Heads({ view, at, hits }: { view: PackedView; at: PackedColumns; hits: Hits }) {
  const { x, width } = at.desc;
  const side = 160;
  return (
    <div className="ring-heads" style={{ width: at.width }}>
      <div style={{ left: x, width: side }}>
        <strong>driver event</strong>
        <Event who="driver" event={view.driverEvent} hit={isFieldHit(hits, 'avail')} />
      </div>
      <div style={{ left: x + side, width: width - 2 * side }}>
        <strong>descriptor ring</strong>
        <span>
          <span data-tone="driver">driver</span> and <span data-tone="device">device</span> write
        </span>
      </div>
      <div style={{ left: x + width - side, width: side }}>
        <strong>device event</strong>
        <Event who="device" event={view.deviceEvent} hit={isFieldHit(hits, 'used')} />
      </div>
    </div>
  );
}

/** Places and wrap counters in numbers. */
function Feet({ view, at }: { view: PackedView; at: PackedColumns }) {
  const { chains, nextAvailable, nextTaken, nextUsed } = view;
  const waiting = chains.filter(({ taken }) => !taken).length;
  return (
    <div className="ring-feet mono" style={{ width: at.width }}>
      <div>
        <span data-tone="driver">▸ next {placeWords(nextAvailable)}</span>
        <span data-tone="device">▸ device next {placeWords(nextTaken)}</span>
      </div>
      <div>
        <span>
          {waiting} waiting · {chains.length - waiting} in flight
        </span>
      </div>
      <div>
        <span data-tone="device">uses {placeWords(nextUsed)} ◂</span>
      </div>
    </div>
  );
}

/** A descriptor and the wrap counter with which its turn comes. */
export function placeWords({ slot, wrap }: { slot: number; wrap: number }): string {
  return `${slot} wrap ${wrap}`;
}

/** An event suppression structure in a few words. */
export function eventWords({ mode, off, wrap }: EventView): string {
  return mode === 'DESC' ? `DESC ${off} wrap ${wrap}` : mode;
}

function Event(props: { who: 'driver' | 'device'; event: EventView; hit: boolean }) {
  const { who, event, hit } = props;
  return (
    <span className="ring-event mono" data-tone={who} data-hit={hit || undefined}>
      {eventWords(event)}
    </span>
  );
}
