import { useMemo } from 'react';
import { hex } from '../../base/bits.ts';
import { decodeRequest, fieldsIn } from '../../journal/decode-request.ts';
import type { PackedView } from '../../journal/fold/packed-view.ts';
import type { RingView } from '../../journal/fold/ring-view.ts';
import { hexDump } from '../kit/hex-dump.ts';
import { CloseIcon } from '../kit/icons.tsx';
import { entryWords, flagWords, indexWords, markWords, stateWords } from './entry-words.ts';
import { faultSentence } from './roles.ts';
import type { Spot } from './scene/layout.ts';
import type { RingNow } from './source.ts';

/** Most bytes that the card shows. */
const SHOWN = 512;

/** Where a card stands: above or below its entry, and how high it may be, in pixels. */
export interface CardPlace {
  readonly side: 'above' | 'below';
  readonly room: number;
}

/** All about one entry: a descriptor's bytes as they are at the cursor, decoded, or what a ring's entry means. */
export function EntryCard(props: {
  now: RingNow;
  view: RingView | PackedView;
  virtioId: number | undefined;
  spot: Spot;
  /** Where it leaves the entry in sight. */
  place: CardPlace;
  /** Stays until it is closed. */
  pinned: boolean;
  close(): void;
}) {
  const { now, view, virtioId, spot, place, pinned, close } = props;
  const fault = faultSentence(view, now.violations, spot, virtioId);
  return (
    <div
      className="ring-bytes"
      data-place={place.side}
      data-pinned={pinned || undefined}
      style={{ maxHeight: place.room }}
    >
      {pinned && (
        <button
          type="button"
          className="button button-bare ring-close"
          aria-label="Close"
          onClick={close}
        >
          <CloseIcon />
        </button>
      )}
      {spot.structure === 'desc' ? (
        <Descriptor {...{ now, view, virtioId, spot, pinned }} />
      ) : (
        <RingEntry view={view} spot={spot} />
      )}
      {fault && <p className="ring-fault">⚠ {fault}</p>}
    </div>
  );
}

/** An entry of the available or the used ring: its index, its slot, and what it names. */
function RingEntry({ view, spot }: { view: RingView | PackedView; spot: Spot }) {
  if (view.packed) return null;
  const it = spot.structure === 'avail' ? view.available(spot.index) : view.used(spot.index);
  const name = spot.structure === 'avail' ? 'Available ring' : 'Used ring';
  return (
    <>
      <h3>
        {name}, entry {spot.index}
      </h3>
      <p>{entryWords(view, spot, undefined).replace(/^[^:]*: /, '')}</p>
      {it?.index !== undefined && (
        <p className="ring-note">
          Free-running index {it.index} is {indexWords(it.index, view.size)}: {it.index} mod{' '}
          {view.size} = {it.index % view.size}.
        </p>
      )}
    </>
  );
}

function Descriptor(props: {
  now: RingNow;
  view: RingView | PackedView;
  virtioId: number | undefined;
  spot: Spot;
  pinned: boolean;
}) {
  const { now, view, virtioId, spot, pinned } = props;
  const { index, entry } = spot;
  const descriptor = view.descriptor(index);
  const request = useMemo(() => {
    const head = descriptor?.head;
    return head === undefined
      ? undefined
      : decodeRequest(virtioId, view.pieces(head), now.buffers, now.requests);
  }, [descriptor?.head, view, now.buffers, now.requests, virtioId]);
  if (!descriptor) return null;
  const inTable = entry === undefined ? undefined : view.table(index, entry + 1)[entry];
  const { addr, len } = inTable ?? descriptor;
  const flags = flagWords(inTable ? { ...inTable, indirect: false } : descriptor);
  const fields = request
    ? fieldsIn(request, index).filter(
        ({ parts }) =>
          !inTable || parts.some((part) => part.addr >= addr && part.addr < addr + len),
      )
    : [];
  const dump = hexDump(now.buffers.bytes(addr, Math.min(len, SHOWN)), addr);
  const rest = len - SHOWN;
  const packed = view.packed && !inTable ? view.descriptor(index) : undefined;
  return (
    <>
      <h3>
        Descriptor {index}
        {inTable && `, table entry ${entry}`}
        <span className="mono">
          {hex(addr, 8)} · {len} bytes {flags && `· ${flags}`}
        </span>
      </h3>
      {packed && (
        <p className="ring-note">
          <span className="mono">{markWords(packed)}</span>, buffer ID {packed.id}:{' '}
          {stateWords(packed)}
        </p>
      )}
      {request && (
        <p className="ring-request">
          {request.title} <span>VIRTIO 1.4 §{request.section}</span>
        </p>
      )}
      {fields.length > 0 && (
        <dl>
          {fields.map((field) => (
            <div key={`${field.name} ${field.by}`} style={{ display: 'contents' }}>
              <dt title={field.doc}>{field.name}</dt>
              <dd data-tone={field.by}>
                <span className="mono">{field.value}</span> {field.doc}, by the {field.by}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {descriptor.indirect && !inTable && (
        <p className="ring-note">
          An indirect table of {Math.floor(len / 16)} descriptors: Enter opens it in place.
        </p>
      )}
      <section tabIndex={pinned ? 0 : -1} aria-label={`Bytes of descriptor ${index}`}>
        <pre>
          {dump}
          {rest > 0 && `\n… ${rest} bytes more`}
        </pre>
      </section>
    </>
  );
}
