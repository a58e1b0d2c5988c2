import { distance16, wrap16 } from '../../base/bits.ts';
import {
  PACKED,
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_MAX_SIZE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../spec/virtio.ts';
import type { RingMemory } from './flat-memory.ts';
import type { QueueMoment } from './moment.ts';
import { type RingNumbers, ringNumbers } from './ring-numbers.ts';

/**
 * Who may touch a descriptor and its buffer. `device`: from the publication of the available index
 * that covers its chain until that of the used index that returns it (VIRTIO 1.4 §2.7.13, VIRTIO 1.4
 * §2.7.14). `driver`: filled since, and not available yet. `free`: neither; what it holds is stale.
 */
export type RingOwner = 'driver' | 'device' | 'free';

/** Place of a descriptor in its chain. */
export type ChainRole = 'only' | 'head' | 'middle' | 'tail';

/** One entry of the descriptor table (VIRTIO 1.4 §2.7.5). */
export interface DescriptorView {
  readonly index: number;
  /** Guest-physical; saturates at 2^53-1. */
  readonly addr: number;
  readonly len: number;
  readonly flags: number;
  readonly next: number;
  readonly hasNext: boolean;
  /** For the device to write, rather than to read. */
  readonly writable: boolean;
  readonly indirect: boolean;
  readonly owner: RingOwner;
  /**
   * First descriptor of the chain that it is part of, and its place there; undefined for a free
   * one.
   */
  readonly head: number | undefined;
  readonly position: number | undefined;
  readonly role: ChainRole | undefined;
}

/** A piece of memory that a chain names, with the descriptor of the queue through which it does. */
export interface ChainPiece {
  readonly index: number;
  /** Entry of that descriptor's indirect table; undefined where the descriptor names the memory itself. */
  readonly entry?: number;
  readonly addr: number;
  readonly len: number;
  readonly writable: boolean;
}

/** One entry of an indirect table (VIRTIO 1.4 §2.7.5.3). */
export interface TableEntry extends ChainPiece {
  readonly flags: number;
  readonly next: number;
  readonly hasNext: boolean;
}

/** What a queue of either format shows of its descriptors and chains. */
export interface QueueView {
  readonly queue: QueueMoment;
  /** Descriptors; 0 where the queue is not set up, or of no possible size. */
  readonly size: number;
  /** Descriptor `index`, or undefined where there is none. */
  descriptor(index: number): DescriptorView | undefined;
  /** Who may touch descriptor `index`, without reading the rest of it. */
  ownerAt(index: number): RingOwner;
  /** The chain that begins at descriptor `head`. */
  chain(head: number): readonly DescriptorView[];
  /** Entries of the indirect table that descriptor `index` points to, in the order of memory, at most `most`. */
  table(index: number, most?: number): readonly TableEntry[];
  /**
   * The memory that the chain at descriptor `head` names, what is in an indirect table included; at
   * most about `most` pieces.
   */
  pieces(head: number, most?: number): readonly ChainPiece[];
  /** First descriptors of the chains that the device owns: those that it has taken, then those that wait. */
  readonly deviceHeads: readonly number[];
}

/** One entry of the available ring (VIRTIO 1.4 §2.7.6). */
export interface AvailableView {
  readonly slot: number;
  /** Free-running index under which it was, or will be, published; undefined for an empty one. */
  readonly index: number | undefined;
  readonly head: number;
  /**
   * `staged`: written, and beyond the published index; `pending`: published, and not taken; `seen`:
   * taken.
   */
  readonly state: 'empty' | 'staged' | 'pending' | 'seen';
}

/** One entry of the used ring (VIRTIO 1.4 §2.7.8). */
export interface UsedView {
  readonly slot: number;
  /** Free-running index under which it was, or will be, published; undefined for an empty one. */
  readonly index: number | undefined;
  /** Head of the chain that the device returned. */
  readonly id: number;
  /** Bytes that the device wrote. */
  readonly len: number;
  /** `staged`: written, and beyond the published index. */
  readonly state: 'empty' | 'staged' | 'published';
}

/** Most pieces of a chain that are looked at. */
export const MOST_PIECES = 1024;

/** Which chain each descriptor is part of. */
interface Claims {
  /** Head of the chain by descriptor, -1 for none. */
  readonly head: Int32Array;
  readonly position: Int32Array;
  /** Descriptors of the chain, by its head. */
  readonly length: Map<number, number>;
  /** Heads of chains that the device owns. */
  readonly device: ReadonlySet<number>;
}

/**
 * A split virtqueue as it lies in guest memory at one moment. Every part is read when it is asked
 * for. The guest may have written anything: chains that loop, lead out of the table or run into
 * one another are cut where they do, so that the work is bounded by the queue's size.
 */
export class RingView implements QueueView {
  readonly packed = false;
  readonly queue: QueueMoment;
  /**
   * Entries of each of the three parts; 0 where the queue is not set up, packed, or of no possible
   * size.
   */
  readonly size: number;
  readonly #memory: RingNumbers;
  #claims: Claims | undefined;

  constructor(queue: QueueMoment, memory: RingMemory) {
    this.queue = queue;
    this.#memory = ringNumbers(memory, queue.bigEndian);
    const usable = queue.enabled && !queue.packed && queue.size <= VIRTQ_MAX_SIZE;
    this.size = usable ? queue.size : 0;
  }

  /** Flags of the available ring. */
  get availFlags(): number {
    return this.#memory.u16(this.queue.driver + SPLIT.availFlags);
  }

  /** Whether the driver asks for no interrupts (VIRTIO 1.4 §2.7.7). */
  get noInterrupt(): boolean {
    return (this.availFlags & VIRTQ_AVAIL_F_NO_INTERRUPT) !== 0;
  }

  /** The driver's published index, free-running. */
  get availIdx(): number {
    return this.#memory.u16(this.queue.driver + SPLIT.availIdx);
  }

  /** With VIRTIO_F_EVENT_IDX: the used index at which the driver wants an interrupt. */
  get usedEvent(): number {
    return this.#memory.u16(this.queue.driver + SPLIT.usedEvent(this.size));
  }

  /** Flags of the used ring. */
  get usedFlags(): number {
    return this.#memory.u16(this.queue.device + SPLIT.usedFlags);
  }

  /** Whether the device asks for no notifications (VIRTIO 1.4 §2.7.10). */
  get noNotify(): boolean {
    return (this.usedFlags & VIRTQ_USED_F_NO_NOTIFY) !== 0;
  }

  /** The device's published index, free-running. */
  get usedIdx(): number {
    return this.#memory.u16(this.queue.device + SPLIT.usedIdx);
  }

  /** With VIRTIO_F_EVENT_IDX: the available index at which the device wants a notification. */
  get availEvent(): number {
    return this.#memory.u16(this.queue.device + SPLIT.availEvent(this.size));
  }

  /**
   * Available entries that are published and not taken; none where the index is further ahead than
   * a queue can be.
   */
  get pending(): number {
    const count = distance16(this.queue.lastAvailIdx, this.availIdx);
    return count <= this.size ? count : 0;
  }

  /** Slot of a free-running index. */
  slotOf(index: number): number {
    return this.size === 0 ? 0 : wrap16(index) % this.size;
  }

  /** Descriptor `index`, or undefined where the table has none. */
  descriptor(index: number): DescriptorView | undefined {
    if (!this.#has(index)) return undefined;
    const { addr, len, flags, next } = this.#read(index);
    const owned = this.ownerAt(index);
    this.#claims ??= this.#claim();
    const claims = this.#claims;
    const head = claims.head[index] ?? -1;
    const position = claims.position[index] ?? 0;
    return {
      index,
      addr,
      len,
      flags,
      next,
      hasNext: (flags & VIRTQ_DESC_F_NEXT) !== 0,
      writable: (flags & VIRTQ_DESC_F_WRITE) !== 0,
      indirect: (flags & VIRTQ_DESC_F_INDIRECT) !== 0,
      owner: owned,
      head: head < 0 ? undefined : head,
      position: head < 0 ? undefined : position,
      role: head < 0 ? undefined : roleOf(position, claims.length.get(head) ?? 1),
    };
  }

  ownerAt(index: number): RingOwner {
    this.#claims ??= this.#claim();
    const head = this.#claims.head[index] ?? -1;
    return head < 0 ? 'free' : this.#claims.device.has(head) ? 'device' : 'driver';
  }

  table(index: number, most = MOST_PIECES): readonly TableEntry[] {
    if (!this.#has(index)) return [];
    const { addr, len } = this.#read(index);
    return tableEntries(this.#memory, index, addr, len, most);
  }

  /** What the available entry at `slot` says, whatever it means. */
  headAt(slot: number): number {
    return this.#memory.u16(this.queue.driver + SPLIT.availEntry(slot));
  }

  /** Available entry at `slot`, or undefined where the ring has none. */
  available(slot: number): AvailableView | undefined {
    if (!this.#has(slot)) return undefined;
    const head = this.headAt(slot);
    const { availIdx } = this;
    const { availStaged, popped, lastAvailIdx } = this.queue;
    const ahead = this.#ahead(slot, availIdx);
    if (ahead < availStaged)
      return { slot, index: wrap16(availIdx + ahead), head, state: 'staged' };
    // How many entries before the published index this one is: 1 is the newest.
    const behind = this.size - ahead;
    const index = wrap16(availIdx - behind);
    if (distance16(lastAvailIdx, index) < this.pending)
      return { slot, index, head, state: 'pending' };
    if (behind > availIdx && popped < behind)
      return { slot, index: undefined, head, state: 'empty' };
    return { slot, index, head, state: 'seen' };
  }

  /** Used entry at `slot`, or undefined where the ring has none. */
  used(slot: number): UsedView | undefined {
    if (!this.#has(slot)) return undefined;
    const at = this.queue.device + SPLIT.usedEntry(slot);
    const entry = { slot, id: this.#memory.u32(at), len: this.#memory.u32(at + 4) };
    const { usedIdx } = this;
    const ahead = this.#ahead(slot, usedIdx);
    if (ahead < this.queue.usedStaged)
      return { ...entry, index: wrap16(usedIdx + ahead), state: 'staged' };
    const behind = this.size - ahead;
    if (behind > usedIdx && this.queue.pushed < behind)
      return { ...entry, index: undefined, state: 'empty' };
    return { ...entry, index: wrap16(usedIdx - behind), state: 'published' };
  }

  /**
   * The chain that begins at `head`, as the descriptors say, cut where it loops or leaves the table,
   * or after `most` of them.
   */
  chain(head: number, most = this.size): readonly DescriptorView[] {
    const found: DescriptorView[] = [];
    const seen = new Set<number>();
    let index = head;
    while (found.length < most && !seen.has(index)) {
      const descriptor = this.descriptor(index);
      if (!descriptor) break;
      seen.add(index);
      found.push(descriptor);
      if (!descriptor.hasNext) break;
      index = descriptor.next;
    }
    return found;
  }

  pieces(head: number, most = MOST_PIECES): readonly ChainPiece[] {
    return this.chain(head, Math.min(most, this.size)).flatMap((descriptor) =>
      descriptor.indirect ? this.#table(descriptor, most) : [descriptor],
    );
  }

  /**
   * Heads of the chains that the device owns: those that it has taken, then those that wait, in
   * order.
   */
  get deviceHeads(): readonly number[] {
    const heads = this.#inFlight();
    for (let i = 0; i < this.pending; i++) {
      const slot = this.slotOf(this.queue.lastAvailIdx + i);
      heads.push(this.headAt(slot));
    }
    return heads;
  }

  #has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.size;
  }

  /**
   * Heads that the device has taken, without those whose return is published but not told by the
   * journal yet.
   */
  #inFlight(): number[] {
    const { inFlight, usedIdx, device } = this.queue;
    const count = Math.min(distance16(usedIdx, this.usedIdx), this.size);
    // One entry may stand for several chains, but those before it are always meant.
    if (this.queue.inOrder) return inFlight.slice(count);
    if (count === 0 || inFlight.length === 0) return [...inFlight];
    const returned = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const id = this.#memory.u32(device + SPLIT.usedEntry(this.slotOf(usedIdx + i)));
      returned.set(id, (returned.get(id) ?? 0) + 1);
    }
    return inFlight.filter((head) => {
      const times = returned.get(head) ?? 0;
      returned.set(head, times - 1);
      return times <= 0;
    });
  }

  #claim(): Claims {
    const head = new Int32Array(this.size).fill(-1);
    const position = new Int32Array(this.size);
    const length = new Map<number, number>();
    const claims: Claims = { head, position, length, device: new Set(this.deviceHeads) };
    for (const first of claims.device) this.#claimChain(claims, first);
    const { filling } = this.queue;
    if (filling.size === 0) return claims;
    const ledTo = new Set<number>();
    for (const index of filling) {
      const { flags, next } = this.#read(index);
      if (flags & VIRTQ_DESC_F_NEXT) ledTo.add(next);
    }
    // First those that nothing leads to, then what is left of loops.
    for (const first of filling) if (!ledTo.has(first)) this.#claimChain(claims, first, filling);
    for (const first of filling) this.#claimChain(claims, first, filling);
    return claims;
  }

  /**
   * Gives the chain's descriptors to `first`, up to one that is taken already or is not `among`.
   */
  #claimChain(claims: Claims, first: number, among?: ReadonlySet<number>): void {
    let index = first;
    let count = 0;
    while (claims.head[index] === -1 && (!among || among.has(index))) {
      claims.head[index] = first;
      claims.position[index] = count++;
      const { flags, next } = this.#read(index);
      if (!(flags & VIRTQ_DESC_F_NEXT)) break;
      index = next;
    }
    if (count > 0) claims.length.set(first, count);
  }

  #read(index: number): { addr: number; len: number; flags: number; next: number } {
    return this.#readAt(this.queue.desc + SPLIT.descSize * index);
  }

  /** The chain in an indirect table, which begins at its first entry (VIRTIO 1.4 §2.7.5.3). */
  #table({ index, addr, len }: DescriptorView, most: number): ChainPiece[] {
    const pieces: ChainPiece[] = [];
    const size = Math.min(Math.floor(len / SPLIT.descSize), most);
    for (let entry = 0; pieces.length < size && entry < size; ) {
      const { flags, next, ...piece } = this.#readAt(addr + SPLIT.descSize * entry);
      pieces.push({ index, entry, ...piece, writable: (flags & VIRTQ_DESC_F_WRITE) !== 0 });
      if (!(flags & VIRTQ_DESC_F_NEXT)) break;
      entry = next;
    }
    return pieces;
  }

  #readAt(at: number): { addr: number; len: number; flags: number; next: number } {
    return {
      addr: this.#memory.u64(at + VIRTQ_DESC.addr),
      len: this.#memory.u32(at + VIRTQ_DESC.len),
      flags: this.#memory.u16(at + VIRTQ_DESC.flags),
      next: this.#memory.u16(at + VIRTQ_DESC.next),
    };
  }

  /** How many entries after the one at free-running `index` slot `slot` comes, going round. */
  #ahead(slot: number, index: number): number {
    return (slot - this.slotOf(index) + this.size) % this.size;
  }
}

/**
 * The entries of an indirect table, as they lie in memory. Both formats have 16 bytes an entry, with address and
 * length in the same places; of a packed one, `next` is the buffer ID.
 */
export function tableEntries(
  memory: RingNumbers,
  index: number,
  addr: number,
  len: number,
  most: number,
  packed = false,
): readonly TableEntry[] {
  return Array.from({ length: Math.min(Math.floor(len / SPLIT.descSize), most) }, (_, i) => {
    const at = addr + SPLIT.descSize * i;
    const flags = memory.u16(at + (packed ? PACKED.descFlags : VIRTQ_DESC.flags));
    return {
      index,
      addr: memory.u64(at + VIRTQ_DESC.addr),
      len: memory.u32(at + VIRTQ_DESC.len),
      flags,
      next: memory.u16(at + (packed ? PACKED.descId : VIRTQ_DESC.next)),
      hasNext: !packed && (flags & VIRTQ_DESC_F_NEXT) !== 0,
      writable: (flags & VIRTQ_DESC_F_WRITE) !== 0,
    };
  });
}

/** Place of a descriptor in a chain of `length`. */
export function roleOf(position: number, length: number): ChainRole {
  if (length === 1) return 'only';
  if (position === 0) return 'head';
  return position === length - 1 ? 'tail' : 'middle';
}
