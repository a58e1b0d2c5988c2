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
import { FIRST_PLACE, isAvailable, placeAfter, slotOfPlace } from '../fold/packed-state.ts';
import type { RingNumbers } from '../fold/ring-numbers.ts';

/** Flags of a descriptor that mean the same in both formats. */
export const KEPT = VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_INDIRECT;

/** A descriptor of a chain, without what its format makes of it. */
export interface Buffer {
  readonly addr: number;
  readonly len: number;
  /** `VIRTQ_DESC_F_WRITE` and `VIRTQ_DESC_F_INDIRECT`. */
  readonly flags: number;
}

/** A chain that the driver made available. */
export interface WorkChain {
  /** What driver and device call it: its head, or its buffer ID. */
  readonly name: number;
  readonly buffers: readonly Buffer[];
}

type Place = Pick<QueueMoment, 'size' | 'desc' | 'driver' | 'packed'>;

/** Sees which chains a driver makes available in a ring of either format, as the ring is written. */
export class Publications {
  readonly #place: Place;
  readonly #memory: RingNumbers;
  /** Free-running index, or place, up to which chains were seen. */
  #next: number;

  /** `next`: the available index, or of a packed ring the place, up to which chains are known already. */
  constructor(place: Place, memory: RingNumbers, next = place.packed ? FIRST_PLACE : 0) {
    this.#place = place;
    this.#memory = memory;
    this.#next = next;
  }

  /** The chains that have become available since it was asked last, in order. */
  take(): WorkChain[] {
    return this.#place.packed ? this.#takePacked() : this.#takeSplit();
  }

  #takeSplit(): WorkChain[] {
    const { size, driver } = this.#place;
    const idx = this.#memory.u16(driver + SPLIT.availIdx);
    const count = distance16(this.#next, idx);
    const chains: WorkChain[] = [];
    // Further ahead than a queue can be is a broken driver's.
    if (count <= size)
      for (let i = 0; i < count; i++) {
        const slot = wrap16(this.#next + i) % size;
        const head = this.#memory.u16(driver + SPLIT.availEntry(slot));
        chains.push({ name: head, buffers: this.#chainAt(head) });
      }
    this.#next = idx;
    return chains;
  }

  /** The chain at `head`, cut where it loops or leads out of the table. */
  #chainAt(head: number): Buffer[] {
    const buffers: Buffer[] = [];
    for (let index = head; index < this.#place.size && buffers.length < this.#place.size; ) {
      const at = this.#place.desc + SPLIT.descSize * index;
      const flags = this.#memory.u16(at + VIRTQ_DESC.flags);
      buffers.push(this.#buffer(at, flags));
      if (!(flags & VIRTQ_DESC_F_NEXT)) break;
      index = this.#memory.u16(at + VIRTQ_DESC.next);
    }
    return buffers;
  }

  #takePacked(): WorkChain[] {
    const { size, desc } = this.#place;
    const chains: WorkChain[] = [];
    for (let seen = 0; seen < size; ) {
      const first = slotOfPlace(this.#next);
      if (!isAvailable(this.#memory.u16(desc + 16 * first + PACKED.descFlags), this.#next)) break;
      const buffers: Buffer[] = [];
      let name = 0;
      for (let flags = VIRTQ_DESC_F_NEXT; flags & VIRTQ_DESC_F_NEXT && buffers.length < size; ) {
        const at = desc + PACKED.descSize * ((first + buffers.length) % size);
        flags = this.#memory.u16(at + PACKED.descFlags);
        name = this.#memory.u16(at + PACKED.descId);
        buffers.push(this.#buffer(at, flags));
      }
      this.#next = placeAfter(this.#next, buffers.length, size);
      seen += buffers.length;
      chains.push({ name, buffers });
    }
    return chains;
  }

  /** Address and length are in the same places of either format's descriptor. */
  #buffer(at: number, flags: number): Buffer {
    return {
      addr: this.#memory.u64(at),
      len: this.#memory.u32(at + VIRTQ_DESC.len),
      flags: flags & KEPT,
    };
  }
}
