import { distance16, wrap16 } from '../../base/bits.ts';
import {
  PACKED,
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import type { QueueMoment } from '../fold/moment.ts';
import type { ChainPiece } from '../fold/ring-view.ts';
import type { RingNumbers } from './byte-order.ts';

/** How far a chain is on its way. */
export type ChainState =
  /** The driver writes its descriptors. */
  | 'in the making'
  /** Available, and not taken by the device. */
  | 'waiting'
  | 'taken'
  /** Back with the driver; its descriptors are as they were. */
  | 'returned';

/** A descriptor, in a table or in a ring. */
export interface Descriptor {
  /** Its number in its table. */
  readonly index: number;
  readonly addr: number;
  readonly len: number;
  readonly flags: number;
  /** Of a split queue, the descriptor that NEXT leads to; of a packed one, the buffer ID. */
  readonly last: number;
}

/** An indirect table that a chain points to. */
export interface IndirectTable {
  /** Descriptor of the queue that points to it. */
  readonly from: number;
  readonly addr: number;
  /** Entries. */
  readonly size: number;
}

/** A chain of one queue as it lies in memory. */
export interface Chain {
  /** Its first descriptor; of a packed queue, its buffer ID. */
  readonly head: number;
  readonly state: ChainState;
  /** Descriptors of the queue that it consists of. */
  readonly slots: readonly number[];
  readonly tables: readonly IndirectTable[];
  /** The memory that it names, what is in tables included. */
  readonly pieces: readonly ChainPiece[];
}

/** Most chains of a queue that are followed, the newest available ones; nobody looks at more buffers at once. */
export const MOST_CHAINS = 4096;
/** Most returned chains that are followed, the newest. */
const MOST_RETURNED = 64;
/** Most entries of a table that are followed. */
const MOST_ENTRIES = 1024;

/**
 * The chains of a queue: those that the device owns, those in the making, and of a split queue those that
 * came back lately and whose descriptors nobody has used again. The guest may have written anything: what
 * loops, leaves the table or runs into another chain is cut there.
 */
export function chainsOf(queue: QueueMoment, numbers: RingNumbers): readonly Chain[] {
  return queue.packed ? packedChains(queue, numbers) : splitChains(queue, numbers);
}

/** Reads the descriptor at `addr`. */
export function descriptorAt(
  numbers: RingNumbers,
  addr: number,
  index: number,
  packed: boolean,
): Descriptor {
  return {
    index,
    addr: numbers.u64(addr + VIRTQ_DESC.addr),
    len: numbers.u32(addr + VIRTQ_DESC.len),
    flags: numbers.u16(addr + (packed ? PACKED.descFlags : VIRTQ_DESC.flags)),
    last: numbers.u16(addr + (packed ? PACKED.descId : VIRTQ_DESC.next)),
  };
}

function splitChains(queue: QueueMoment, numbers: RingNumbers): Chain[] {
  const { size, desc, device } = queue;
  const chains: Chain[] = [];
  const claimed = new Set<number>();
  const walk = (head: number, state: ChainState, may: (index: number) => boolean) => {
    const descriptors: Descriptor[] = [];
    for (let index = head; index < size && !claimed.has(index) && may(index); ) {
      claimed.add(index);
      const descriptor = descriptorAt(numbers, desc + SPLIT.descSize * index, index, false);
      descriptors.push(descriptor);
      if (!(descriptor.flags & VIRTQ_DESC_F_NEXT)) break;
      index = descriptor.last;
    }
    if (descriptors.length > 0) chains.push(chainOf(head, state, descriptors, numbers, false));
  };
  const any = () => true;
  for (const head of takenHeads(queue, numbers).slice(-MOST_CHAINS)) walk(head, 'taken', any);
  for (const head of waitingHeads(queue, numbers).slice(-MOST_CHAINS)) walk(head, 'waiting', any);
  const { filling } = queue;
  const ledTo = new Set<number>();
  for (const index of filling) {
    const at = desc + SPLIT.descSize * index;
    if (numbers.u16(at + VIRTQ_DESC.flags) & VIRTQ_DESC_F_NEXT)
      ledTo.add(numbers.u16(at + VIRTQ_DESC.next));
  }
  const isFilled = (index: number) => filling.has(index);
  for (const head of filling) if (!ledTo.has(head)) walk(head, 'in the making', isFilled);
  for (const head of filling) walk(head, 'in the making', isFilled);
  const usedIdx = numbers.u16(device + SPLIT.usedIdx);
  for (let back = 1; back <= Math.min(size, MOST_RETURNED, queue.pushed); back++) {
    const slot = wrap16(usedIdx - back) % size;
    walk(numbers.u32(device + SPLIT.usedEntry(slot)), 'returned', any);
  }
  return chains;
}

/** Heads that the device has taken, without those whose return it has published. */
function takenHeads(queue: QueueMoment, numbers: RingNumbers): readonly number[] {
  const { inFlight, usedIdx, device, size, inOrder } = queue;
  const count = Math.min(distance16(usedIdx, numbers.u16(device + SPLIT.usedIdx)), size);
  if (count === 0 || inFlight.length === 0) return inFlight;
  if (inOrder) return inFlight.slice(count);
  const returned = new Set<number>();
  for (let i = 0; i < count; i++)
    returned.add(numbers.u32(device + SPLIT.usedEntry(wrap16(usedIdx + i) % size)));
  return inFlight.filter((head) => !returned.has(head));
}

/** Heads that are available and not taken; none where the index is further ahead than a queue can be. */
function waitingHeads(queue: QueueMoment, numbers: RingNumbers): number[] {
  const { driver, lastAvailIdx, size } = queue;
  const count = distance16(lastAvailIdx, numbers.u16(driver + SPLIT.availIdx));
  if (count > size) return [];
  return Array.from({ length: count }, (_, i) =>
    numbers.u16(driver + SPLIT.availEntry(wrap16(lastAvailIdx + i) % size)),
  );
}

function packedChains(queue: QueueMoment, numbers: RingNumbers): Chain[] {
  const chains: Chain[] = [];
  const { ring, size, desc, filling } = queue;
  const taken = new Map<number, number>();
  for (const id of queue.inFlight) taken.set(id, (taken.get(id) ?? 0) + 1);
  for (const { id, descriptors } of (ring?.chains ?? []).slice(-MOST_CHAINS)) {
    const left = taken.get(id) ?? 0;
    taken.set(id, left - 1);
    const read = descriptors.map(({ slot, ...rest }) => ({ index: slot, last: id, ...rest }));
    chains.push(chainOf(id, left > 0 ? 'taken' : 'waiting', read, numbers, true));
  }
  let run: Descriptor[] = [];
  const end = () => {
    const tail = run.at(-1);
    if (tail) chains.push(chainOf(tail.last, 'in the making', run, numbers, true));
    run = [];
  };
  for (const index of [...filling].sort((a, b) => a - b)) {
    if (run.length > 0 && run.at(-1)?.index !== index - 1) end();
    const descriptor = descriptorAt(numbers, desc + PACKED.descSize * index, index, true);
    run.push(descriptor);
    if (!(descriptor.flags & VIRTQ_DESC_F_NEXT) || index === size - 1) end();
  }
  end();
  return chains;
}

function chainOf(
  head: number,
  state: ChainState,
  descriptors: readonly Descriptor[],
  numbers: RingNumbers,
  packed: boolean,
): Chain {
  const tables: IndirectTable[] = [];
  const pieces: ChainPiece[] = [];
  for (const descriptor of descriptors) {
    const { index, addr, len, flags } = descriptor;
    if (!(flags & VIRTQ_DESC_F_INDIRECT)) {
      pieces.push(pieceOf(descriptor, index));
      continue;
    }
    const table = {
      from: index,
      addr,
      size: Math.min(Math.floor(len / SPLIT.descSize), MOST_ENTRIES),
    };
    tables.push(table);
    for (const entry of entriesOf(table, numbers, packed)) pieces.push(pieceOf(entry, index));
  }
  return { head, state, slots: descriptors.map(({ index }) => index), tables, pieces };
}

/** Entries of a table in the order of the chain: a packed queue's follow one another (VIRTIO 1.4 §2.8.7). */
function entriesOf(table: IndirectTable, numbers: RingNumbers, packed: boolean): Descriptor[] {
  const entries: Descriptor[] = [];
  for (let i = 0; i < table.size && entries.length < table.size; ) {
    const entry = descriptorAt(numbers, table.addr + SPLIT.descSize * i, i, packed);
    entries.push(entry);
    if (packed) i++;
    else if (entry.flags & VIRTQ_DESC_F_NEXT) i = entry.last;
    else break;
  }
  return entries;
}

function pieceOf({ addr, len, flags }: Descriptor, index: number): ChainPiece {
  return { index, addr, len, writable: (flags & VIRTQ_DESC_F_WRITE) !== 0 };
}
