import { distance16, swapBytes, wrap16 } from '../../base/bits.ts';
import { PACKED, SPLIT, VIRTQ_DESC_F_NEXT } from '../../spec/virtio.ts';
import { FIRST_PLACE, isAvailable, placeAfter, slotOfPlace } from '../fold/packed-state.ts';

/** A write to guest memory, whatever kind of event tells of it. */
export interface MemoryWrite {
  readonly addr: number;
  readonly size: number;
  /** Byte `i` of what was there before, and of what is there now. */
  before(i: number): number;
  after(i: number): number;
}

/** Who hears of chains that become available. */
export interface PublicationListener {
  /**
   * `key`: what the device's next index, or place, will be once it has popped the chain. `earlier`: it was
   * there before this event, and nobody saw it.
   */
  available(key: number, earlier: boolean, event: number): void;
}

/** What follows a driver's writes to one ring, and tells which chains they make available. */
export interface Publication {
  /** Guest-physical addresses that it wants to hear of: from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
  /** Takes in a write that touches them, and tells which chains it made available. */
  wrote(write: MemoryWrite, listener: PublicationListener, event: number): void;
}

/** A split ring: what counts is the available ring's index (VIRTIO 1.4 §2.7.13.3). */
export class SplitPublication implements Publication {
  readonly start: number;
  readonly end: number;
  readonly #size: number;
  readonly #bigEndian: boolean;
  #published: number;
  /** Nothing was seen of the index yet. */
  #fresh = true;

  /** `driver`: address of the available ring. `published`: its index as far as it is known. */
  constructor(driver: number, size: number, bigEndian: boolean, published = 0) {
    this.start = driver + SPLIT.availIdx;
    this.end = this.start + 2;
    this.#size = size;
    this.#bigEndian = bigEndian;
    this.#published = published;
  }

  wrote(write: MemoryWrite, listener: PublicationListener, event: number): void {
    const at = this.start - write.addr;
    const old = this.#index(at, write, false);
    const now = this.#index(at, write, true);
    // What a driver puts into a ring before it tells the device where that is shows here at last.
    if (this.#fresh && old !== this.#published) this.#advance(old, listener, true, event);
    this.#fresh = false;
    this.#advance(now, listener, false, event);
  }

  #advance(to: number, listener: PublicationListener, earlier: boolean, event: number): void {
    const count = distance16(this.#published, to);
    const from = this.#published;
    this.#published = to;
    // More than the ring has entries is no publication: the device gives up over it.
    if (count > this.#size) return;
    for (let i = 1; i <= count; i++) listener.available(wrap16(from + i), earlier, event);
  }

  /** The index before or after a write, of which it may have changed one byte only. */
  #index(at: number, write: MemoryWrite, after: boolean): number {
    const low = this.#byte(at, write, after, 0);
    const high = this.#byte(at + 1, write, after, 8);
    return this.#bigEndian ? (low << 8) | high : low | (high << 8);
  }

  /** Byte `i` of a write; where it has none, the byte that was known, `shift` bits up in memory's order. */
  #byte(i: number, write: MemoryWrite, after: boolean, shift: number): number {
    if (i >= 0 && i < write.size) return after ? write.after(i) : write.before(i);
    const known = this.#bigEndian ? swapBytes(this.#published, 2) : this.#published;
    return (known >>> shift) & 0xff;
  }
}

/** A packed ring: what counts are the flags of its descriptors (VIRTIO 1.4 §2.8.1). */
export class PackedPublication implements Publication {
  readonly start: number;
  readonly end: number;
  readonly #size: number;
  readonly #flags: Uint16Array;
  /** Place of the descriptor that is made available next. */
  #place: number;

  /** `desc`: address of the descriptor ring. `flagsOf`: what a descriptor's flags are known to be. */
  constructor(
    desc: number,
    size: number,
    place = FIRST_PLACE,
    flagsOf: (slot: number) => number = () => 0,
  ) {
    this.start = desc;
    this.end = desc + PACKED.descRing(size);
    this.#size = size;
    this.#flags = Uint16Array.from({ length: size }, (_, slot) => flagsOf(slot));
    this.#place = place;
  }

  wrote(write: MemoryWrite, listener: PublicationListener, event: number): void {
    const { addr, size } = write;
    const { descSize, descFlags } = PACKED;
    const first = Math.max(0, Math.floor((addr - this.start) / descSize));
    const last = Math.min(this.#size - 1, Math.floor((addr + size - 1 - this.start) / descSize));
    for (let slot = first; slot <= last; slot++)
      for (let byte = 0; byte < 2; byte++) {
        const at = this.start + descSize * slot + descFlags + byte - addr;
        if (at < 0 || at >= size) continue;
        const kept = (this.#flags[slot] as number) & (byte === 0 ? 0xff00 : 0xff);
        this.#flags[slot] = kept | (write.after(at) << (8 * byte));
      }
    for (let n = 0; n < this.#size && this.#next(); n++)
      listener.available(this.#place, false, event);
  }

  /** Goes on over one chain that is available. */
  #next(): boolean {
    const first = slotOfPlace(this.#place);
    if (!isAvailable(this.#flags[first] as number, this.#place)) return false;
    let count = 1;
    while (
      count < this.#size &&
      (this.#flags[(first + count - 1) % this.#size] as number) & VIRTQ_DESC_F_NEXT
    )
      count++;
    this.#place = placeAfter(this.#place, count, this.#size);
    return true;
  }
}
