import type { QueueMoment } from '../../journal/fold/moment.ts';
import type { JournalEvent } from '../../journal/schema.ts';
import { SPLIT } from '../../spec/virtio.ts';

/** The part of a split virtqueue that an event is about. */
export interface Touched {
  /** `buffer`: the bytes that a descriptor points to. */
  readonly structure: 'desc' | 'avail' | 'used' | 'buffer';
  readonly part: 'entry' | 'idx' | 'flags' | 'event';
  /** Entry of the structure; of the descriptor table for `buffer`. Undefined for a field of the head. */
  readonly index: number | undefined;
  /** Value of the field before and after, where the event changed a field of the head. */
  readonly change: readonly [old: number, now: number] | undefined;
}

/** What a descriptor of the queue says, for finding the one whose buffer an event wrote to. */
interface Buffer {
  readonly addr: number;
  readonly length: number;
}

/** What `event` did to queue `q`, or undefined where it is about something else. */
export function touchedBy(
  event: JournalEvent | undefined,
  q: QueueMoment,
  buffers: readonly Buffer[],
): Touched | undefined {
  if (!event || !q.enabled || q.packed || q.size === 0) return undefined;
  switch (event.kind) {
    case 'chainPopped':
      if (event.dev !== q.dev || event.queue !== q.queue) return undefined;
      return entry('avail', (event.availIdx - 1) & 0xffff, q.size);
    case 'chainPushed':
      if (event.dev !== q.dev || event.queue !== q.queue) return undefined;
      return entry('used', (event.usedIdx - 1) & 0xffff, q.size);
    case 'memWrite': {
      const found = inStructures(event.addr, event.size, q);
      if (found)
        return found.part === 'entry'
          ? found
          : { ...found, change: [littleEndian(event.old), littleEndian(event.new)] };
      return inBuffers(event.addr, event.size, buffers);
    }
    case 'dataWrite':
      return inStructures(event.addr, event.length, q) ?? inBuffers(event.addr, event.length, buffers);
    default:
      return undefined;
  }
}

function entry(structure: 'desc' | 'avail' | 'used', index: number, size: number): Touched {
  return { structure, part: 'entry', index: index % size, change: undefined };
}

function inStructures(addr: number, length: number, q: QueueMoment): Touched | undefined {
  const within = (start: number, bytes: number): boolean =>
    addr < start + bytes && addr + length > start;
  if (within(q.desc, SPLIT.descTable(q.size)))
    return entry('desc', Math.max(0, Math.floor((addr - q.desc) / SPLIT.descSize)), q.size);
  for (const [structure, start, entryBytes] of [
    ['avail', q.driver, 2],
    ['used', q.device, 8],
  ] as const) {
    const entries = entryBytes * q.size;
    if (!within(start, 6 + entries)) continue;
    const at = addr - start;
    if (at >= 4 && at < 4 + entries) return entry(structure, Math.floor((at - 4) / entryBytes), q.size);
    const part = at >= 4 ? 'event' : at >= 2 ? 'idx' : 'flags';
    return { structure, part, index: undefined, change: undefined };
  }
  return undefined;
}

function inBuffers(addr: number, length: number, buffers: readonly Buffer[]): Touched | undefined {
  const index = buffers.findIndex((b) => addr < b.addr + b.length && addr + length > b.addr);
  return index < 0 ? undefined : { structure: 'buffer', part: 'entry', index, change: undefined };
}

function littleEndian(bytes: readonly number[]): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
