import { distance16, wrap16 } from '../../base/bits.ts';
import {
  PACKED,
  SPLIT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import type { PackedDescriptor, QueueMoment } from '../fold/moment.ts';
import type { RingNumbers } from '../fold/ring-numbers.ts';
import type { ChainPiece } from '../fold/ring-view.ts';

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

/** Most returned chains that are followed, the newest. */
const MOST_RETURNED = 64;
/** Most entries of a table that are followed. */
const MOST_ENTRIES = 1024;
const STATES: readonly ChainState[] = ['taken', 'waiting', 'in the making', 'returned'];

/**
 * The chains of a queue: those that the device owns, those in the making, and of a split queue those that
 * came back lately and whose descriptors nobody has used again. The guest may have written anything: what
 * loops, leaves the table or runs into another chain is cut there. A chain is put together when it is asked for:
 * a queue may have thousands.
 */
export interface Chains {
  /** Whether a descriptor is part of a chain that the device owns. */
  owns(slot: number): boolean;
  /** Chains that name memory among the `length` bytes from `addr`, those that the device owns first. */
  over(addr: number, length: number): readonly Chain[];
  /** At most `most` chains; those that came back only where there are no others. */
  some(most: number): readonly Chain[];
}

/** Finds the chains of a queue. */
export function chainsOf(queue: QueueMoment, numbers: RingNumbers): Chains {
  return queue.packed ? new PackedChains(queue, numbers) : new SplitChains(queue, numbers);
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

/** Chains of a split queue: for each descriptor, how far its chain is, and that chain's first one. */
class SplitChains implements Chains {
  readonly #queue: QueueMoment;
  readonly #numbers: RingNumbers;
  /** 1 + index into `STATES`; 0 for a descriptor of no chain. */
  readonly #state: Uint8Array;
  readonly #head: Uint16Array;
  /** First descriptors, in the order of `STATES`. */
  readonly #heads: number[] = [];
  /** What indirect tables name, by the descriptor that points to them. */
  readonly #named = new Map<number, readonly ChainPiece[]>();

  constructor(queue: QueueMoment, numbers: RingNumbers) {
    this.#queue = queue;
    this.#numbers = numbers;
    const { size, filling, device } = queue;
    this.#state = new Uint8Array(size);
    this.#head = new Uint16Array(size);
    for (const head of takenHeads(queue, numbers)) this.#claim(head, 1);
    for (const head of waitingHeads(queue, numbers)) this.#claim(head, 2);
    const ledTo = new Set<number>();
    for (const index of filling) {
      const { flags, last } = this.#read(index);
      if (flags & VIRTQ_DESC_F_NEXT) ledTo.add(last);
    }
    // First those that nothing leads to, then what is left of loops.
    for (const head of filling) if (!ledTo.has(head)) this.#claim(head, 3, filling);
    for (const head of filling) this.#claim(head, 3, filling);
    const usedIdx = numbers.u16(device + SPLIT.usedIdx);
    for (let back = 1; back <= Math.min(size, MOST_RETURNED, queue.pushed); back++) {
      const slot = wrap16(usedIdx - back) % size;
      this.#claim(numbers.u32(device + SPLIT.usedEntry(slot)), 4);
    }
  }

  owns(slot: number): boolean {
    const state = this.#state[slot];
    return state === 1 || state === 2;
  }

  over(addr: number, length: number): readonly Chain[] {
    const heads = new Set<number>();
    const end = addr + length;
    for (let index = 0; index < this.#queue.size; index++) {
      if (this.#state[index] === 0) continue;
      const at = this.#queue.desc + SPLIT.descSize * index;
      const start = this.#numbers.u64(at + VIRTQ_DESC.addr);
      const indirect = (this.#numbers.u16(at + VIRTQ_DESC.flags) & VIRTQ_DESC_F_INDIRECT) !== 0;
      const touches = start < end && start + this.#numbers.u32(at + VIRTQ_DESC.len) > addr;
      if (touches || (indirect && this.#tableNames(index, addr, end)))
        heads.add(this.#head[index] as number);
    }
    return [...heads]
      .sort((a, b) => (this.#state[a] as number) - (this.#state[b] as number))
      .map((head) => this.#chain(head));
  }

  some(most: number): readonly Chain[] {
    const others = this.#heads.filter((head) => this.#state[head] !== 4);
    return (others.length > 0 ? others : this.#heads)
      .slice(0, most)
      .map((head) => this.#chain(head));
  }

  #claim(head: number, state: number, among?: ReadonlySet<number>): void {
    const may = (index: number) =>
      index < this.#queue.size && this.#state[index] === 0 && (!among || among.has(index));
    if (may(head)) this.#heads.push(head);
    for (let index = head; may(index); ) {
      this.#state[index] = state;
      this.#head[index] = head;
      const at = this.#queue.desc + SPLIT.descSize * index;
      if (!(this.#numbers.u16(at + VIRTQ_DESC.flags) & VIRTQ_DESC_F_NEXT)) return;
      index = this.#numbers.u16(at + VIRTQ_DESC.next);
    }
  }

  #chain(head: number): Chain {
    const descriptors: Descriptor[] = [];
    const seen = new Set<number>();
    for (let index = head; this.#head[index] === head && !seen.has(index); ) {
      if (this.#state[index] === 0) break;
      seen.add(index);
      const descriptor = this.#read(index);
      descriptors.push(descriptor);
      if (!(descriptor.flags & VIRTQ_DESC_F_NEXT)) break;
      index = descriptor.last;
    }
    const state = STATES[(this.#state[head] as number) - 1] ?? 'returned';
    return chainOf(head, state, descriptors, this.#numbers, false);
  }

  #tableNames(index: number, addr: number, end: number): boolean {
    let pieces = this.#named.get(index);
    if (!pieces) {
      pieces = chainOf(index, 'taken', [this.#read(index)], this.#numbers, false).pieces;
      this.#named.set(index, pieces);
    }
    return pieces.some((piece) => piece.addr < end && piece.addr + piece.len > addr);
  }

  #read(index: number): Descriptor {
    const at = this.#queue.desc + SPLIT.descSize * index;
    return descriptorAt(this.#numbers, at, index, false);
  }
}

/** Chains of a packed queue: those that the device owns are as they were when they became available. */
class PackedChains implements Chains {
  readonly #numbers: RingNumbers;
  readonly #found: readonly FoundChain[];
  readonly #owned = new Set<number>();
  readonly #chains = new Map<FoundChain, Chain>();

  constructor(queue: QueueMoment, numbers: RingNumbers) {
    this.#numbers = numbers;
    const found: FoundChain[] = [];
    const taken = new Map<number, number>();
    for (const id of queue.inFlight) taken.set(id, (taken.get(id) ?? 0) + 1);
    for (const { id, descriptors } of queue.ring?.chains ?? []) {
      const left = taken.get(id) ?? 0;
      taken.set(id, left - 1);
      found.push({ id, state: left > 0 ? 'taken' : 'waiting', descriptors });
      for (const { slot } of descriptors) if (!queue.filling.has(slot)) this.#owned.add(slot);
    }
    found.push(...inTheMaking(queue, numbers));
    this.#found = found;
  }

  owns(slot: number): boolean {
    return this.#owned.has(slot);
  }

  over(addr: number, length: number): readonly Chain[] {
    const end = addr + length;
    const chains: Chain[] = [];
    for (const found of this.#found)
      if (found.descriptors.some((one) => this.#touches(found, one, addr, end)))
        chains.push(this.#chain(found));
    return chains;
  }

  some(most: number): readonly Chain[] {
    return this.#found.slice(0, most).map((found) => this.#chain(found));
  }

  #touches(found: FoundChain, one: PackedDescriptor, addr: number, end: number): boolean {
    if (one.addr < end && one.addr + one.len > addr) return true;
    if (!(one.flags & VIRTQ_DESC_F_INDIRECT)) return false;
    return this.#chain(found).pieces.some(
      (piece) => piece.addr < end && piece.addr + piece.len > addr,
    );
  }

  #chain(found: FoundChain): Chain {
    let chain = this.#chains.get(found);
    if (!chain) {
      const { id, state, descriptors } = found;
      const read = descriptors.map(({ slot, ...rest }) => ({ index: slot, last: id, ...rest }));
      chain = chainOf(id, state, read, this.#numbers, true);
      this.#chains.set(found, chain);
    }
    return chain;
  }
}

/** A chain of a packed queue before its tables are read. */
interface FoundChain {
  readonly id: number;
  readonly state: ChainState;
  readonly descriptors: readonly PackedDescriptor[];
}

/** Descriptors that are written and not available yet follow one another, and a chain ends at one without NEXT. */
function inTheMaking({ filling, size, desc }: QueueMoment, numbers: RingNumbers): FoundChain[] {
  const chains: FoundChain[] = [];
  let run: PackedDescriptor[] = [];
  let id = 0;
  const end = () => {
    if (run.length > 0) chains.push({ id, state: 'in the making', descriptors: run });
    run = [];
  };
  for (const slot of [...filling].sort((a, b) => a - b)) {
    if (run.length > 0 && run.at(-1)?.slot !== slot - 1) end();
    const { addr, len, flags, last } = descriptorAt(
      numbers,
      desc + PACKED.descSize * slot,
      slot,
      true,
    );
    run.push({ slot, addr, len, flags });
    id = last;
    if (!(flags & VIRTQ_DESC_F_NEXT) || slot === size - 1) end();
  }
  end();
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
