import { wrap16 } from '../../base/bits.ts';
import type { QueueMoment } from '../../journal/fold/moment.ts';
import type { RingStructure } from '../../journal/fold/ring-areas.ts';
import type { ChainPiece, QueueView } from '../../journal/fold/ring-view.ts';
import { type Touch, touchedBy } from '../../journal/fold/touched.ts';
import type { JournalEvent } from '../../journal/schema.ts';

/** What the event at the cursor did to the queue that is shown. */
export interface Hits {
  readonly touches: readonly Touch[];
  /** Descriptor whose buffer the event wrote to. */
  readonly buffer: number | undefined;
  /** The event, for the old and new value of an index that it wrote. */
  readonly change: readonly [old: number, now: number] | undefined;
}

const NO_HITS: Hits = { touches: [], buffer: undefined, change: undefined };

/** The cells of one queue that `event` touched, and the buffer, unless `buffers` is false. */
export function hitsOf(
  event: JournalEvent | undefined,
  view: QueueView,
  queues: ReadonlyMap<number, QueueMoment>,
  buffers = true,
): Hits {
  if (!event || view.size === 0) return NO_HITS;
  const { dev, queue } = view.queue;
  const touches = touchedBy(event, queues).filter((t) => t.dev === dev && t.queue === queue);
  if (event.kind !== 'memWrite' && event.kind !== 'dataWrite')
    return touches.length > 0 ? { ...NO_HITS, touches } : NO_HITS;
  if (touches.length > 0) {
    const change: Hits['change'] =
      event.kind === 'memWrite' && event.size === 2
        ? [numberOf(event.old, view), numberOf(event.new, view)]
        : undefined;
    return { touches, buffer: undefined, change };
  }
  if (!buffers) return NO_HITS;
  const length = event.kind === 'memWrite' ? event.size : event.length;
  return { ...NO_HITS, buffer: bufferAt(view, event.addr, length) };
}

/** Whether entry `index` of a structure was touched. */
export function isHit(hits: Hits, structure: RingStructure, index: number): boolean {
  if (structure === 'desc' && hits.buffer === index) return true;
  return hits.touches.some(
    (t) => t.structure === structure && t.part === 'entries' && index >= t.first && index <= t.last,
  );
}

/** Whether the published index of a ring was touched. */
export function isIndexHit(hits: Hits, structure: 'avail' | 'used'): boolean {
  return hits.touches.some((t) => t.structure === structure && t.part === 'idx');
}

/** Whether a field of a structure other than its entries was touched. */
export function isFieldHit(hits: Hits, structure: 'avail' | 'used'): boolean {
  return hits.touches.some((t) => t.structure === structure && t.part !== 'entries');
}

/** The first entry that an event touched, to bring it into sight: of an index, the newest that it publishes. */
export function firstHit(hits: Hits, size: number): number | undefined {
  const entry = hits.buffer ?? hits.touches.find((t) => t.part === 'entries')?.first;
  if (entry !== undefined || !hits.change || size === 0) return entry;
  const published = hits.touches.some(({ part }) => part === 'idx');
  return published ? wrap16(hits.change[1] - 1) % size : undefined;
}

/** The descriptor of a chain that somebody owns, whose buffer the bytes lie in. */
function bufferAt(view: QueueView, addr: number, length: number): number | undefined {
  const covers = (d: ChainPiece | undefined): boolean =>
    d !== undefined && addr < d.addr + d.len && addr + length > d.addr;
  for (const head of view.deviceHeads)
    for (const piece of view.pieces(head)) if (covers(piece)) return piece.index;
  for (const index of view.queue.filling) if (covers(view.descriptor(index))) return index;
  return undefined;
}

/** The number that was written, in the ring's byte order. */
function numberOf(bytes: readonly number[], { queue }: QueueView): number {
  const first = queue.bigEndian ? bytes : bytes.toReversed();
  return first.reduce((value, byte) => value * 256 + byte, 0);
}
