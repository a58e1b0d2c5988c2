import type { EventView, PackedView } from '../../journal/fold/packed-view.ts';
import type { RingView } from '../../journal/fold/ring-view.ts';
import { eventWords, indexWords, placeWords } from './entry-words.ts';
import { type Hits, isFieldHit, isIndexHit } from './hits.ts';
import type { Column, Layout, Mode } from './scene/layout.ts';

/** Names of the structures, above them, with who writes each. */
export function Heads(props: {
  view: RingView | PackedView;
  layout: Layout;
  hits: Hits;
  mode: Mode;
  derived: boolean;
}) {
  const { view, layout, hits, mode, derived } = props;
  if (mode === 'map') return <Legend packed={view.packed} />;
  const { avail, desc, used, narrow } = layout.columns;
  if (view.packed) return <PackedHeads view={view} layout={layout} hits={hits} derived={derived} />;
  return (
    <div className="ring-heads">
      {avail && (
        <ColumnHead column={avail} title={narrow ? 'avail' : 'available ring'} who="driver" />
      )}
      <ColumnHead column={desc} title="descriptor table" who="driver" />
      {used && <ColumnHead column={used} title={narrow ? 'used' : 'used ring'} who="device" />}
    </div>
  );
}

function ColumnHead(props: { column: Column; title: string; who: 'driver' | 'device' }) {
  const { column, title, who } = props;
  const width = Math.max(column.width, 84);
  return (
    <div style={{ left: column.x + column.width / 2 - width / 2, width }}>
      <strong>{title}</strong>
      <span data-tone={who}>{who} writes</span>
    </div>
  );
}

/** What each side wants to hear of stands left and right of the ring's name. */
function PackedHeads(props: { view: PackedView; layout: Layout; hits: Hits; derived: boolean }) {
  const { view, layout, hits, derived } = props;
  const { x, width } = layout.columns.desc;
  const side = Math.min(160, width / 3);
  return (
    <div className="ring-heads">
      {!derived && (
        <div style={{ left: x, width: side }}>
          <strong>driver event</strong>
          <Event who="driver" event={view.driverEvent} hit={isFieldHit(hits, 'avail')} />
        </div>
      )}
      <div style={{ left: x + side, width: width - 2 * side }}>
        <strong>descriptor ring</strong>
        <span>
          <span data-tone="driver">driver</span> and <span data-tone="device">device</span> write
        </span>
      </div>
      {!derived && (
        <div style={{ left: x + width - side, width: side }}>
          <strong>device event</strong>
          <Event who="device" event={view.deviceEvent} hit={isFieldHit(hits, 'used')} />
        </div>
      )}
    </div>
  );
}

function Event(props: { who: 'driver' | 'device'; event: EventView; hit: boolean }) {
  const { who, event, hit } = props;
  return (
    <span className="ring-event mono" data-tone={who} data-hit={hit || undefined}>
      {eventWords(event)}
    </span>
  );
}

/** What the colours of the map mean. */
function Legend({ packed }: { packed: boolean }) {
  const items = [
    ['free', 'free'],
    ['filling', 'driver fills'],
    ...(packed ? [] : [['waiting', 'published']]),
    ['device', 'with the device'],
    ['used', 'came back'],
    ['lit', 'this event'],
  ] as const;
  return (
    <ul className="ring-legend" aria-label="Colours of the overview">
      {items.map(([state, words]) => (
        <li key={state} data-state={state}>
          {words}
        </li>
      ))}
    </ul>
  );
}

/** The free-running indices, or places and wrap counters, in numbers. */
export function Feet(props: {
  view: RingView | PackedView;
  layout: Layout;
  hits: Hits;
  eventIdx: boolean;
}) {
  const { view, layout, hits, eventIdx } = props;
  const { narrow } = layout.columns;
  // Where there is less room, they stand in the ring itself.
  const events = eventIdx && layout.place.width >= 860;
  if (view.packed) return <PackedFeet view={view} narrow={narrow} />;
  const { pending, size } = view;
  const taken = view.deviceHeads.length - pending;
  const next = view.queue.lastAvailIdx;
  return (
    <div className="ring-feet mono">
      <div>
        <Index who="driver" value={view.availIdx} size={size} hits={hits} structure="avail" />
        <span data-tone="device">
          ▸ {narrow ? 'next' : 'device next'} {next}
        </span>
        {view.noInterrupt && !narrow && <span>NO_INTERRUPT</span>}
        {events && <span data-tone="interrupt">used_event {view.usedEvent}</span>}
      </div>
      {!narrow && (
        <div>
          <span>
            {pending} waiting · {taken} in flight
          </span>
        </div>
      )}
      <div>
        {events && <span data-tone="notify">avail_event {view.availEvent}</span>}
        {view.noNotify && !narrow && <span>NO_NOTIFY</span>}
        <Index who="device" value={view.usedIdx} size={size} hits={hits} structure="used" />
      </div>
    </div>
  );
}

function Index(props: {
  who: 'driver' | 'device';
  value: number;
  size: number;
  hits: Hits;
  structure: 'avail' | 'used';
}) {
  const { who, value, size, hits, structure } = props;
  const hit = isIndexHit(hits, structure);
  return (
    <span className="ring-index" data-tone={who} data-hit={hit || undefined}>
      ▸ idx {hit && hits.change ? `${hits.change[0]} → ${hits.change[1]}` : value}
      {/* In the first lap of a long ring the index is the entry, and says so itself. */}
      {(value >= size || size < 1000) && (
        <span className="ring-dim"> {indexWords(value, size)}</span>
      )}
    </span>
  );
}

function PackedFeet({ view, narrow }: { view: PackedView; narrow: boolean }) {
  const { chains, nextAvailable, nextTaken, nextUsed } = view;
  const waiting = chains.filter(({ taken }) => !taken).length;
  const place = ({ slot, wrap }: { slot: number; wrap: number }): string =>
    narrow ? `${slot} w${wrap}` : placeWords({ slot, wrap });
  return (
    <div className="ring-feet mono">
      <div>
        <span data-tone="driver">▸ next {place(nextAvailable)}</span>
        <span data-tone="device">
          ▸ {narrow ? 'next' : 'device next'} {place(nextTaken)}
        </span>
      </div>
      {!narrow && (
        <div>
          <span>
            {waiting} waiting · {chains.length - waiting} in flight
          </span>
        </div>
      )}
      <div>
        <span data-tone="device">uses {place(nextUsed)} ◂</span>
      </div>
    </div>
  );
}
