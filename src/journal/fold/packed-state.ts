import { join64 } from '../../base/bits.ts';
import {
  PACKED,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
} from '../../spec/virtio.ts';
import { Arrivals, type ArrivalsBuilder } from './arrivals.ts';
import type { ImageBuilder } from './guest-image.ts';
import type { IndexSetBuilder } from './index-set.ts';
import type { PackedChain, PackedDescriptor, PackedRing, QueueMoment } from './moment.ts';
import { NODE_COST, NODE_ELEMENTS } from './sparse-array.ts';

/** Bit of a place that holds the wrap counter. */
const WRAP = 0x8000;
/** Where a packed ring begins: descriptor 0, wrap counter 1 (VIRTIO 1.4 §2.8.1). */
export const FIRST_PLACE = WRAP;

/** The descriptor at a place. */
export function slotOfPlace(place: number): number {
  return place % WRAP;
}

/** The wrap counter at a place, 0 or 1. */
export function wrapOfPlace(place: number): 0 | 1 {
  return place & WRAP ? 1 : 0;
}

/** The place `count` descriptors after another one in a ring of `size`, at most one lap further. */
export function placeAfter(place: number, count: number, size: number): number {
  const slot = slotOfPlace(place) + count;
  return slot < size ? (place & WRAP) | slot : ((place & WRAP) ^ WRAP) | (slot - size);
}

/** Whether flags say that the driver has made the descriptor at `place` available (VIRTIO 1.4 §2.8.1). */
export function isAvailable(flags: number, place: number): boolean {
  const wrap = (place & WRAP) !== 0;
  return (
    ((flags & VIRTQ_DESC_F_AVAIL) !== 0) === wrap && ((flags & VIRTQ_DESC_F_USED) !== 0) !== wrap
  );
}

/** Whether flags say that the device has used the descriptor at `place` (VIRTIO 1.4 §2.8.1). */
export function isUsed(flags: number, place: number): boolean {
  const wrap = (place & WRAP) !== 0;
  return (
    ((flags & VIRTQ_DESC_F_AVAIL) !== 0) === wrap && ((flags & VIRTQ_DESC_F_USED) !== 0) === wrap
  );
}

/** Rough cost of a chain in memory, in bytes. */
const CHAIN_COST = 150;

/** A property of its own, so that a copy of the fields has it. */
const CHAINS: PropertyDescriptor & ThisType<FoldedRing> = {
  enumerable: true,
  get() {
    return FoldedRing.list(this);
  },
};

/** A packed ring at a moment, whose chains can be changed without a copy of them all. */
export class FoldedRing implements PackedRing {
  /** A ring that was just set up. */
  static readonly first = new FoldedRing(FIRST_PLACE, FIRST_PLACE, Arrivals.empty());
  readonly avail: number;
  readonly used: number;
  declare readonly chains: readonly PackedChain[];
  readonly #known: Arrivals<PackedChain>;
  #list: readonly PackedChain[] | undefined;

  constructor(avail: number, used: number, known: Arrivals<PackedChain>) {
    this.avail = avail;
    this.used = used;
    this.#known = known;
    Object.defineProperty(this, 'chains', CHAINS);
  }

  /** `chains`, as they are kept. */
  get known(): Arrivals<PackedChain> {
    return this.#known;
  }

  /** Estimate of the memory that this needs although another moment's ring is there, in bytes. */
  costBeside(other: FoldedRing | undefined): number {
    const known = other?.known ?? Arrivals.empty<PackedChain>();
    return (
      NODE_COST * this.#known.nodesNotIn(known) +
      CHAIN_COST * NODE_ELEMENTS * this.#known.elementNodesNotIn(known)
    );
  }

  /** `chains`, made when they are first asked for. */
  static list(ring: FoldedRing): readonly PackedChain[] {
    ring.#list ??= ring.#known.toArray();
    return ring.#list;
  }
}

/** What tells where a packed ring lies and how it is used. */
type Place = Pick<QueueMoment, 'size' | 'desc' | 'inOrder'>;

/**
 * A packed ring while events are folded into it: follows the flags of the descriptors as driver and
 * device do.
 */
export class PackedState {
  #avail: number;
  #used: number;
  readonly #from: Arrivals<PackedChain>;
  /** The chains, once they were changed. */
  #own: ArrivalsBuilder<PackedChain> | undefined;

  constructor({ avail, used, known }: FoldedRing) {
    this.#avail = avail;
    this.#used = used;
    this.#from = known;
  }

  /**
   * A ring at the end of a gap: `heads` are in flight, those in `places` since then, where the device took
   * them. Which descriptors others have, `before` tells.
   */
  static resumed(
    before: FoldedRing,
    queue: Pick<QueueMoment, 'size' | 'desc' | 'lastAvailIdx' | 'usedIdx'>,
    heads: readonly number[],
    places: ReadonlyMap<number, number>,
    memory: ImageBuilder,
  ): PackedState {
    const chains = Arrivals.empty<PackedChain>().builder(({ id }) => id);
    const others = new Map(before.chains.map((chain) => [chain.id, chain]));
    for (const id of heads) {
      const place = places.get(id);
      const known = others.get(id);
      if (place !== undefined) chains.add({ ...chainAt(queue, place, memory), id });
      else if (known) chains.add(known);
    }
    return new PackedState(new FoldedRing(queue.lastAvailIdx, queue.usedIdx, chains.seal()));
  }

  /** The ring as it is now. The state must not be used afterwards. */
  seal(): FoldedRing {
    return new FoldedRing(this.#avail, this.#used, this.#own?.seal() ?? this.#from);
  }

  /**
   * The ring was written to: goes on over what was used, then over what became available; takes
   * those descriptors out of `filling`.
   */
  observe(queue: Place, filling: IndexSetBuilder, memory: ImageBuilder): void {
    while (this.#seeUsed(queue, filling, memory));
    while (this.#seeAvailable(queue, filling, memory));
  }

  #seeUsed(
    { size, desc, inOrder }: Place,
    filling: IndexSetBuilder,
    memory: ImageBuilder,
  ): boolean {
    const slot = slotOfPlace(this.#used);
    const at = desc + PACKED.descSize * slot;
    if (
      (this.#own ?? this.#from).size === 0 ||
      !isUsed(memory.u16(at + PACKED.descFlags), this.#used)
    )
      return false;
    filling.delete(slot);
    const id = memory.u16(at + PACKED.descId);
    const chains = this.#mine();
    // An ID that the driver never gave: nobody can tell how many descriptors were meant.
    if (!chains.has(id)) this.#used = placeAfter(this.#used, 1, size);
    else
      for (let key = inOrder ? chains.first?.id : id; key !== undefined; ) {
        const chain = chains.take(key);
        this.#used = placeAfter(this.#used, chain?.descriptors.length ?? 0, size);
        key = key === id ? undefined : chains.first?.id;
      }
    return true;
  }

  #seeAvailable(queue: Place, filling: IndexSetBuilder, memory: ImageBuilder): boolean {
    const { size, desc } = queue;
    const flagsAt = desc + PACKED.descSize * slotOfPlace(this.#avail) + PACKED.descFlags;
    if (!isAvailable(memory.u16(flagsAt), this.#avail)) return false;
    const chain = chainAt(queue, this.#avail, memory);
    for (const { slot } of chain.descriptors) filling.delete(slot);
    this.#avail = placeAfter(this.#avail, chain.descriptors.length, size);
    const chains = this.#mine();
    chains.add(chain);
    // More than the ring holds: only a broken driver gets there, and the oldest ones are lost.
    if (chains.size > size && chains.first) chains.take(chains.first.id);
    return true;
  }

  #mine(): ArrivalsBuilder<PackedChain> {
    this.#own ??= this.#from.builder(({ id }) => id);
    return this.#own;
  }
}

/** The chain whose first descriptor is at a place, as memory has it. */
function chainAt(
  { size, desc }: Pick<QueueMoment, 'size' | 'desc'>,
  place: number,
  memory: ImageBuilder,
): PackedChain {
  const first = slotOfPlace(place);
  const descriptors: PackedDescriptor[] = [];
  let id = 0;
  for (let i = 0; i < size; i++) {
    const slot = (first + i) % size;
    const at = desc + PACKED.descSize * slot;
    const flags = memory.u16(at + PACKED.descFlags);
    id = memory.u16(at + PACKED.descId);
    descriptors.push({
      slot,
      addr: join64(memory.u32(at), memory.u32(at + 4)),
      len: memory.u32(at + PACKED.descLen),
      flags,
    });
    if (!(flags & VIRTQ_DESC_F_NEXT)) break;
  }
  // A copy has no room to spare, which an array that grew has.
  return { id, descriptors: descriptors.slice() };
}
