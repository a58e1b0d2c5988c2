import { wrap16 } from '../../base/bits.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';
import { PACKED, SPLIT } from '../../spec/virtio.ts';
import { type JournalEvent, NONE } from '../schema.ts';
import { type QueueMoment, queueKey } from './moment.ts';
import { slotOfPlace } from './packed-state.ts';
import { entries } from './queue-state.ts';
import { type RingArea, type RingStructure, ringAreas } from './ring-areas.ts';

/** Cells of one ring structure that an event touched. */
export interface Touch {
  readonly dev: number;
  readonly queue: number;
  readonly structure: RingStructure;
  /**
   * Entries `first` to `last`, or one of the single fields; `event` is used_event or avail_event, or
   * where the event of a packed queue is wanted.
   */
  readonly part: 'entries' | 'flags' | 'idx' | 'event';
  readonly first: number;
  readonly last: number;
}

/** Single 16-bit fields of the rings, by offset. */
const FIELDS = {
  avail: (size: number) =>
    [
      ['flags', SPLIT.availFlags],
      ['idx', SPLIT.availIdx],
      ['event', SPLIT.usedEvent(size)],
    ] as const,
  used: (size: number) =>
    [
      ['flags', SPLIT.usedFlags],
      ['idx', SPLIT.usedIdx],
      ['event', SPLIT.availEvent(size)],
    ] as const,
};
/** Single 16-bit fields of an event suppression structure. */
const EVENT_FIELDS = [
  ['event', PACKED.eventDesc],
  ['flags', PACKED.eventFlags],
] as const;
const ENTRIES = {
  desc: { start: 0, width: SPLIT.descSize },
  avail: { start: SPLIT.availEntry(0), width: SPLIT.availEntry(1) - SPLIT.availEntry(0) },
  used: { start: SPLIT.usedEntry(0), width: SPLIT.usedEntry(1) - SPLIT.usedEntry(0) },
} as const;

/** The ring cells that an event wrote, took or speaks of, with the queues as they are after it. */
export function touchedBy(
  event: JournalEvent,
  queues: ReadonlyMap<number, QueueMoment>,
): readonly Touch[] {
  switch (event.kind) {
    case 'memWrite':
      return touchedByWrite(event.addr, event.size, queues);
    case 'dataWrite':
      return touchedByWrite(event.addr, event.length, queues);
    case 'chainPopped': {
      const queue = queues.get(queueKey(event.dev, event.queue));
      if (queue?.packed) return chainCells(queue, event.head);
      const slot = slotOf(event.availIdx - 1, queue);
      return [...cell(queue, 'avail', slot), ...cell(queue, 'desc', event.head)];
    }
    case 'chainPushed': {
      const queue = queues.get(queueKey(event.dev, event.queue));
      if (queue?.packed) return cell(queue, 'desc', slotOfPlace(queue.returnedAt));
      const slot = slotOf(event.usedIdx - 1, queue);
      return [...cell(queue, 'used', slot), ...cell(queue, 'desc', event.head)];
    }
    case 'violation': {
      const info: ViolationInfo | undefined = VIOLATIONS[event.code];
      if (!info?.at || event.queue === NONE) return [];
      const queue = queues.get(queueKey(event.dev, event.queue));
      return cell(queue, info.at === 'descriptor' || queue?.packed ? 'desc' : 'avail', event.index);
    }
    default:
      return [];
  }
}

/** The ring cells in the `length` bytes from guest-physical `addr`. */
export function touchedByWrite(
  addr: number,
  length: number,
  queues: ReadonlyMap<number, QueueMoment>,
): readonly Touch[] {
  const touches: Touch[] = [];
  for (const queue of queues.values())
    for (const area of ringAreas(queue))
      if (addr < area.end && addr + length > area.start)
        touches.push(...within(area, addr, length));
  return touches;
}

function within(area: RingArea, addr: number, length: number): Touch[] {
  const { dev, queue, structure, size, packed } = area;
  const touches: Touch[] = [];
  if (packed && structure !== 'desc') {
    for (const [part, offset] of EVENT_FIELDS)
      if (addr < area.start + offset + 2 && addr + length > area.start + offset)
        touches.push({ dev, queue, structure, part, first: 0, last: 0 });
    return touches;
  }
  const { start, width } = ENTRIES[structure];
  const { first, last } = entries(area.start + start, width, size, addr, length);
  if (first <= last) touches.push({ dev, queue, structure, part: 'entries', first, last });
  if (structure === 'desc') return touches;
  for (const [part, offset] of FIELDS[structure](size)) {
    const at = area.start + offset;
    if (addr < at + 2 && addr + length > at)
      touches.push({ dev, queue, structure, part, first: 0, last: 0 });
  }
  return touches;
}

function cell(queue: QueueMoment | undefined, structure: RingStructure, index: number): Touch[] {
  if (!queue || ringAreas(queue).length === 0 || index >= queue.size) return [];
  return [
    {
      dev: queue.dev,
      queue: queue.queue,
      structure,
      part: 'entries',
      first: index,
      last: index,
    },
  ];
}

/** The descriptors of a packed chain: one run, or two where the ring comes round. */
function chainCells(queue: QueueMoment, id: number): Touch[] {
  const chain = queue.ring?.chains.find((known) => known.id === id);
  const touches: Touch[] = [];
  let last: Touch | undefined;
  for (const { slot } of chain?.descriptors ?? []) {
    if (last && last.last + 1 === slot) last = { ...last, last: slot };
    else {
      if (last) touches.push(last);
      last = cell(queue, 'desc', slot)[0];
    }
  }
  return last ? [...touches, last] : touches;
}

function slotOf(index: number, queue: QueueMoment | undefined): number {
  return queue && queue.size > 0 ? wrap16(index) % queue.size : 0;
}
