import { useMemo } from 'react';
import { hex } from '../../base/bits.ts';
import { decodeRequest, fieldsIn } from '../../journal/decode-request.ts';
import type { GuestImage } from '../../journal/fold/guest-image.ts';
import type { QueueView } from '../../journal/fold/ring-view.ts';
import { hexDump } from '../kit/hex-dump.ts';
import { CloseIcon } from '../kit/icons.tsx';
import { flagWords } from './cells.tsx';

/** Most bytes that the card shows. */
const SHOWN = 512;

/** The bytes that a descriptor points to, as they are at the cursor: decoded, and as a dump. */
export function BytesCard(props: {
  view: QueueView;
  memory: GuestImage;
  virtioId: number | undefined;
  index: number;
  /** On which side of the rings the card leaves the entry in sight. */
  place: 'above' | 'below';
  /** Stays until it is closed. */
  pinned: boolean;
  close(): void;
}) {
  const { view, memory, virtioId, index, place, pinned, close } = props;
  const descriptor = view.descriptor(index);
  const request = useMemo(() => {
    const head = descriptor?.head;
    return head === undefined ? undefined : decodeRequest(virtioId, view.pieces(head), memory);
  }, [descriptor?.head, view, memory, virtioId]);
  if (!descriptor) return null;
  const { addr, len } = descriptor;
  const fields = request ? fieldsIn(request, index) : [];
  const dump = hexDump(memory.bytes(addr, Math.min(len, SHOWN)), addr);
  const rest = len - SHOWN;
  return (
    <div className="ring-bytes" data-place={place} data-pinned={pinned || undefined} role="status">
      <h3>
        Descriptor {index}
        <span className="mono">
          {hex(addr, 8)} · {len} bytes {flagWords(descriptor) && `· ${flagWords(descriptor)}`}
        </span>
        {pinned && (
          <button type="button" className="button button-bare" aria-label="Close" onClick={close}>
            <CloseIcon />
          </button>
        )}
      </h3>
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
      <section tabIndex={pinned ? 0 : -1} aria-label={`Bytes of descriptor ${index}`}>
        <pre>
          {dump}
          {rest > 0 && `\n… ${rest} bytes more`}
        </pre>
      </section>
    </div>
  );
}
