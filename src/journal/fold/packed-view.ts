import {
  PACKED,
  RING_EVENT_FLAGS_DESC,
  RING_EVENT_FLAGS_DISABLE,
  RING_EVENT_FLAGS_ENABLE,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_MAX_SIZE,
} from '../../spec/virtio.ts';
import type { RingMemory } from './flat-memory.ts';
import type { PackedChain, PackedRing, QueueMoment } from './moment.ts';
import { FIRST_PLACE, slotOfPlace, wrapOfPlace } from './packed-state.ts';
import { type RingNumbers, ringNumbers } from './ring-numbers.ts';
import {
  type ChainPiece,
  type DescriptorView,
  MOST_PIECES,
  type QueueView,
  type RingOwner,
  RingView,
  roleOf,
  type TableEntry,
  tableEntries,
} from './ring-view.ts';

/**
 * What a descriptor of a packed ring is now. `filling`: written by the driver, and not available
 * yet; `available`: of a chain that the device owns; `used`: written by the device when it returned
 * a chain; `free`: anything else, what it holds is stale.
 */
export type PackedState = 'free' | 'filling' | 'available' | 'used';

/** One descriptor of a packed ring (VIRTIO 1.4 §2.8.13). */
export interface PackedDescriptorView extends DescriptorView {
  /** Buffer ID. */
  readonly id: number;
  /** The two marks: different in an available descriptor, equal in a used one (VIRTIO 1.4 §2.8.1). */
  readonly avail: boolean;
  readonly used: boolean;
  readonly state: PackedState;
}

/** An event suppression structure (VIRTIO 1.4 §2.8.14). */
export interface EventView {
  readonly mode: 'ENABLE' | 'DISABLE' | 'DESC' | 'reserved';
  /** The descriptor that the mode DESC waits for, and its wrap counter. */
  readonly off: number;
  readonly wrap: 0 | 1;
}

/** A chain that the device owns. */
export interface PackedChainView {
  readonly id: number;
  /** Its first descriptor. */
  readonly slot: number;
  readonly count: number;
  /** The device has taken it. */
  readonly taken: boolean;
  /** Its first descriptor holds something else by now. */
  readonly overwritten: boolean;
}

interface Claim {
  readonly chain: PackedChain;
  readonly position: number;
}

/** A packed virtqueue as it lies in guest memory at one moment. Every part is read when it is asked for. */
export class PackedView implements QueueView {
  readonly packed = true;
  readonly queue: QueueMoment;
  readonly size: number;
  readonly #memory: RingNumbers;
  readonly #ring: PackedRing;
  #claims: Map<number, Claim> | undefined;
  #filling: Map<number, readonly number[]> | undefined;

  constructor(queue: QueueMoment, memory: RingMemory) {
    this.queue = queue;
    this.#memory = ringNumbers(memory, queue.bigEndian);
    this.size = queue.enabled && queue.ring && queue.size <= VIRTQ_MAX_SIZE ? queue.size : 0;
    this.#ring = queue.ring ?? { avail: FIRST_PLACE, used: FIRST_PLACE, chains: [] };
  }

  /** The descriptor that the driver makes available next, and its wrap counter. */
  get nextAvailable(): { readonly slot: number; readonly wrap: 0 | 1 } {
    return placeOf(this.#ring.avail);
  }

  /** The descriptor that the device looks at next. */
  get nextTaken(): { readonly slot: number; readonly wrap: 0 | 1 } {
    return placeOf(this.queue.lastAvailIdx);
  }

  /** The descriptor that the device uses next. */
  get nextUsed(): { readonly slot: number; readonly wrap: 0 | 1 } {
    return placeOf(this.#ring.used);
  }

  /** What the driver wants to be interrupted for. */
  get driverEvent(): EventView {
    return this.#event(this.queue.driver);
  }

  /** What the device wants to be notified of. */
  get deviceEvent(): EventView {
    return this.#event(this.queue.device);
  }

  /** Chains that the device owns, in the order in which they became available. */
  get chains(): readonly PackedChainView[] {
    const taken = counts(this.queue.inFlight);
    return this.#ring.chains.map((chain) => {
      const left = taken.get(chain.id) ?? 0;
      taken.set(chain.id, left - 1);
      const slot = chain.descriptors[0]?.slot ?? 0;
      const overwritten = this.#claimOf(slot)?.chain !== chain;
      const count = chain.descriptors.length;
      return { id: chain.id, slot, count, taken: left > 0, overwritten };
    });
  }

  /** Chains that wait for the device. */
  get pending(): number {
    return this.chains.filter(({ taken }) => !taken).length;
  }

  get deviceHeads(): readonly number[] {
    const found = this.chains.filter(({ overwritten }) => !overwritten);
    return [...found.filter(({ taken }) => taken), ...found.filter(({ taken }) => !taken)].map(
      ({ slot }) => slot,
    );
  }

  descriptor(index: number): PackedDescriptorView | undefined {
    if (!(Number.isInteger(index) && index >= 0 && index < this.size)) return undefined;
    const now = this.#read(this.queue.desc + PACKED.descSize * index);
    const claim = this.#claimOf(index);
    if (claim) return this.#view(index, now, claim.chain, claim.position);
    const run = this.#runs.get(index);
    const used = now.avail === now.used && !run && !blank(now);
    const state = run ? 'filling' : used ? 'used' : 'free';
    const position = run?.indexOf(index);
    return {
      ...this.#plain(index, now, state, run ? 'driver' : 'free'),
      head: run?.[0],
      position,
      role: run && position !== undefined ? roleOf(position, run.length) : undefined,
    };
  }

  ownerAt(index: number): RingOwner {
    if (this.#claimOf(index)) return 'device';
    return this.queue.filling.has(index) ? 'driver' : 'free';
  }

  /** Whether descriptor `index`, which nobody owns, was written by the device when it returned a chain. */
  isUsed(index: number): boolean {
    if (this.ownerAt(index) !== 'free') return false;
    const now = this.#read(this.queue.desc + PACKED.descSize * index);
    return now.avail === now.used && !blank(now);
  }

  table(index: number, most = MOST_PIECES): readonly TableEntry[] {
    if (!(index >= 0 && index < this.size)) return [];
    const { addr, len } = this.#read(this.queue.desc + PACKED.descSize * index);
    return tableEntries(this.#memory, index, addr, len, most, true);
  }

  chain(head: number): readonly PackedDescriptorView[] {
    const claim = this.#claimOf(head);
    if (claim?.position === 0) return this.#recorded(claim.chain);
    const run = this.#runs.get(head);
    return run?.[0] === head ? run.flatMap((index) => this.descriptor(index) ?? []) : [];
  }

  /** A chain that the device owns, by its buffer ID, as it was when it became available. */
  chainOf(id: number): readonly PackedDescriptorView[] {
    const chain = this.#ring.chains.find((known) => known.id === id);
    return chain ? this.#recorded(chain) : [];
  }

  pieces(head: number, most = MOST_PIECES): readonly ChainPiece[] {
    return this.#expand(this.chain(head), most);
  }

  /** The memory that the chain with a buffer ID names. */
  piecesOf(id: number): readonly ChainPiece[] {
    return this.#expand(this.chainOf(id), MOST_PIECES);
  }

  /** What is in a table counts as part of its chain; entries follow one another (VIRTIO 1.4 §2.8.7). */
  #expand(chain: readonly DescriptorView[], most: number): ChainPiece[] {
    const pieces: ChainPiece[] = [];
    for (const descriptor of chain.slice(0, most)) {
      const { index, addr, len, indirect } = descriptor;
      if (!indirect) pieces.push(descriptor);
      else
        for (
          let at = addr;
          at + PACKED.descSize <= addr + len && pieces.length < most;
          at += PACKED.descSize
        ) {
          const entry = this.#read(at);
          const writable = (entry.flags & VIRTQ_DESC_F_WRITE) !== 0;
          const number = (at - addr) / PACKED.descSize;
          pieces.push({ index, entry: number, addr: entry.addr, len: entry.len, writable });
        }
    }
    return pieces;
  }

  #recorded(chain: PackedChain): PackedDescriptorView[] {
    return chain.descriptors.map(({ slot, ...descriptor }, position) =>
      this.#view(
        slot,
        { ...marksOf(descriptor.flags), ...descriptor, id: chain.id },
        chain,
        position,
      ),
    );
  }

  /** A descriptor of a chain that the device owns; without a head where that holds something else by now. */
  #view(index: number, raw: Raw, chain: PackedChain, position: number): PackedDescriptorView {
    const first = chain.descriptors[0]?.slot ?? index;
    return {
      ...this.#plain(index, raw, 'available', 'device'),
      head: this.#claimOf(first)?.chain === chain ? first : undefined,
      position,
      role: roleOf(position, chain.descriptors.length),
    };
  }

  #plain(index: number, raw: Raw, state: PackedState, owner: RingOwner) {
    const { flags } = raw;
    return {
      ...raw,
      index,
      next: (index + 1) % this.size,
      hasNext: (flags & VIRTQ_DESC_F_NEXT) !== 0,
      writable: (flags & VIRTQ_DESC_F_WRITE) !== 0,
      indirect: (flags & VIRTQ_DESC_F_INDIRECT) !== 0,
      owner,
      state,
    };
  }

  /**
   * The chain that the descriptor at `slot` is part of: the newest that was placed there, unless the
   * driver has begun another one, or the device has used it.
   */
  #claimOf(slot: number): Claim | undefined {
    if (!this.#claims) {
      this.#claims = new Map();
      for (const chain of this.#ring.chains)
        for (const [position, descriptor] of chain.descriptors.entries())
          this.#claims.set(descriptor.slot, { chain, position });
    }
    const claim = this.#claims.get(slot);
    if (!claim || this.queue.filling.has(slot)) return undefined;
    const { avail, used } = this.#read(this.queue.desc + PACKED.descSize * slot);
    return avail === used ? undefined : claim;
  }

  /**
   * By descriptor in the making: those of its chain, which follow one another in the ring. A chain
   * ends at one without NEXT, and in front of the one that is to become available next.
   */
  get #runs(): ReadonlyMap<number, readonly number[]> {
    if (this.#filling) return this.#filling;
    this.#filling = new Map();
    const first = slotOfPlace(this.#ring.avail);
    const order = (slot: number) => (slot - first + this.size) % this.size;
    const slots = [...this.queue.filling].sort((a, b) => order(a) - order(b));
    let run: number[] = [];
    let expected = -1;
    for (const slot of slots) {
      if (slot !== expected) run = [];
      run.push(slot);
      this.#filling.set(slot, run);
      const { flags } = this.#read(this.queue.desc + PACKED.descSize * slot);
      expected = flags & VIRTQ_DESC_F_NEXT ? (slot + 1) % this.size : -1;
    }
    return this.#filling;
  }

  #event(at: number): EventView {
    const place = this.#memory.u16(at + PACKED.eventDesc);
    const mode = MODES[this.#memory.u16(at + PACKED.eventFlags)] ?? 'reserved';
    return { mode, off: slotOfPlace(place), wrap: wrapOfPlace(place) };
  }

  #read(at: number): Raw {
    const flags = this.#memory.u16(at + PACKED.descFlags);
    return {
      addr: this.#memory.u64(at),
      len: this.#memory.u32(at + PACKED.descLen),
      id: this.#memory.u16(at + PACKED.descId),
      flags,
      ...marksOf(flags),
    };
  }
}

/** A view of a queue, whichever its format. */
export function viewOf(queue: QueueMoment, memory: RingMemory): RingView | PackedView {
  return queue.packed ? new PackedView(queue, memory) : new RingView(queue, memory);
}

const MODES: Readonly<Record<number, EventView['mode']>> = {
  [RING_EVENT_FLAGS_ENABLE]: 'ENABLE',
  [RING_EVENT_FLAGS_DISABLE]: 'DISABLE',
  [RING_EVENT_FLAGS_DESC]: 'DESC',
};

interface Raw {
  readonly addr: number;
  readonly len: number;
  readonly id: number;
  readonly flags: number;
  readonly avail: boolean;
  readonly used: boolean;
}

function marksOf(flags: number): { avail: boolean; used: boolean } {
  return {
    avail: (flags & VIRTQ_DESC_F_AVAIL) !== 0,
    used: (flags & VIRTQ_DESC_F_USED) !== 0,
  };
}

/** Nobody has written it since the ring was cleared. */
function blank({ addr, len, flags }: Raw): boolean {
  return addr === 0 && len === 0 && flags === 0;
}

function placeOf(place: number): { readonly slot: number; readonly wrap: 0 | 1 } {
  return { slot: slotOfPlace(place), wrap: wrapOfPlace(place) };
}

function counts(ids: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  for (const id of ids) found.set(id, (found.get(id) ?? 0) + 1);
  return found;
}
