import { distance16, wrap16 } from '../../base/bits.ts';
import { SPLIT, VIRTQ_DESC_F_NEXT, VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import type { ImageBuilder } from './guest-image.ts';
import type { QueueMoment } from './moment.ts';
import { FIRST_PLACE, PackedState } from './packed-state.ts';
import type { RingArea } from './ring-areas.ts';

/** Bytes of a descriptor that say which buffer it is: address and length. */
const DESC_BUFFER = 12;

const NO_COUNTS = {
  popped: 0,
  pushed: 0,
  notificationsSent: 0,
  notificationsSuppressed: 0,
  interruptsRaised: 0,
  interruptsSuppressed: 0,
};

/** A queue that nothing is known of yet. */
export function unknownQueue(dev: number, queue: number): QueueMoment {
  return {
    dev,
    queue,
    enabled: false,
    packed: false,
    inOrder: false,
    size: 0,
    desc: 0,
    driver: 0,
    device: 0,
    lastAvailIdx: 0,
    usedIdx: 0,
    inFlight: [],
    filling: new Set(),
    availStaged: 0,
    usedStaged: 0,
    ring: undefined,
    ...NO_COUNTS,
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One queue while events are folded into it: changes in place, and seals to a `QueueMoment`. */
export class QueueState {
  /** What is sealed; `inFlight` and `filling` are stale while their own forms below exist. */
  readonly #now: Mutable<QueueMoment>;
  /**
   * Heads in flight in order. A head that is there twice, as only a broken driver can make it, is
   * its number plus a multiple of 65536.
   */
  #inFlight: Set<number> | undefined;
  #filling: Set<number> | undefined;
  #packed: PackedState | undefined;

  constructor(from: QueueMoment) {
    this.#now = { ...from };
  }

  /** The queue as it is now. The state must not be used afterwards. */
  seal(): QueueMoment {
    if (this.#inFlight) this.#now.inFlight = Array.from(this.#inFlight, wrap16);
    if (this.#filling) this.#now.filling = this.#filling;
    if (this.#packed) this.#now.ring = this.#packed.seal();
    return this.#now;
  }

  get place(): QueueMoment {
    return this.#now;
  }

  configure(
    enabled: boolean,
    packed: boolean,
    inOrder: boolean,
    size: number,
    desc: number,
    driver: number,
    device: number,
    memory: ImageBuilder,
  ): void {
    // Where a packed ring wraps is part of what is known of it.
    const other = packed !== this.#now.packed || (packed && size !== this.#now.size);
    if (!enabled || other) this.disable();
    if (enabled && !this.#now.enabled) Object.assign(this.#now, NO_COUNTS);
    const fresh = enabled && !this.#now.enabled;
    Object.assign(this.#now, { enabled, packed, inOrder, size, desc, driver, device });
    if (!fresh || !packed || size > VIRTQ_MAX_SIZE) return;
    this.#now.lastAvailIdx = this.#now.usedIdx = FIRST_PLACE;
    // The driver may have filled the ring before it told the device where that is.
    this.#packed = new PackedState({ avail: FIRST_PLACE, used: FIRST_PLACE, chains: [] });
    this.#filling = new Set();
    this.#packed.observe(this.#now, this.#filling, memory);
  }

  /** The device forgot the queue; counts of what happened stay. */
  disable(): void {
    this.#inFlight = undefined;
    this.#filling = undefined;
    this.#packed = undefined;
    Object.assign(this.#now, {
      enabled: false,
      lastAvailIdx: 0,
      usedIdx: 0,
      inFlight: [],
      filling: new Set(),
      availStaged: 0,
      usedStaged: 0,
      ring: undefined,
    });
  }

  popped(head: number, availIdx: number): void {
    this.#now.popped++;
    this.#now.lastAvailIdx = wrap16(availIdx);
    this.#inFlight ??= keyed(this.#now.inFlight);
    addHead(this.#inFlight, head);
  }

  pushed(head: number, usedIdx: number): void {
    this.#now.pushed++;
    this.#now.usedIdx = wrap16(usedIdx);
    this.#inFlight ??= keyed(this.#now.inFlight);
    let key = head;
    while (this.#inFlight.has(key + 0x1_0000)) key += 0x1_0000;
    this.#inFlight.delete(key);
  }

  notified(sent: boolean): void {
    if (sent) this.#now.notificationsSent++;
    else this.#now.notificationsSuppressed++;
  }

  interrupted(sent: boolean): void {
    if (sent) this.#now.interruptsRaised++;
    else this.#now.interruptsSuppressed++;
  }

  /**
   * `size` bytes at `addr`, some of them in `area`, were written; `before` is what the index of
   * that ring was before.
   */
  wrote(area: RingArea, addr: number, size: number, before: number, memory: ImageBuilder): void {
    if (area.structure === 'desc') this.#wroteDescriptors(area, addr, size, memory);
    else if (area.packed) return;
    else if (area.structure === 'avail') this.#wroteAvailable(area, addr, size, before, memory);
    else this.#wroteUsed(area, addr, size, before, memory);
  }

  #wroteDescriptors(area: RingArea, addr: number, size: number, memory: ImageBuilder): void {
    this.#filling ??= new Set(this.#now.filling);
    const { first, last } = entries(area.start, SPLIT.descSize, area.size, addr, size);
    for (let i = first; i <= last; i++) {
      const at = area.start + SPLIT.descSize * i;
      if (addr >= at + DESC_BUFFER || addr + size <= at) continue;
      const empty = memory.u32(at) === 0 && memory.u32(at + 4) === 0 && memory.u32(at + 8) === 0;
      if (empty) this.#filling.delete(i);
      else this.#filling.add(i);
    }
    if (area.packed) this.#wrotePacked(this.#filling, memory);
  }

  /** Descriptors of a packed ring are published by their own flags. */
  #wrotePacked(filling: Set<number>, memory: ImageBuilder): void {
    const { ring } = this.#now;
    if (ring) this.#packed ??= new PackedState(ring);
    this.#packed?.observe(this.#now, filling, memory);
  }

  #wroteAvailable(
    area: RingArea,
    addr: number,
    size: number,
    before: number,
    memory: ImageBuilder,
  ): void {
    const start = area.start + SPLIT.availEntry(0);
    const { first, last } = entries(start, 2, area.size, addr, size);
    const count = distance16(before, memory.u16(area.start + SPLIT.availIdx));
    this.#now.availStaged = staged(this.#now.availStaged, area.size, before, first, last, count);
    for (let i = 0; i < Math.min(count, area.size); i++) {
      const slot = wrap16(before + i) % area.size;
      this.#published(memory.u16(area.start + SPLIT.availEntry(slot)), memory);
    }
  }

  #wroteUsed(
    area: RingArea,
    addr: number,
    size: number,
    before: number,
    memory: ImageBuilder,
  ): void {
    const start = area.start + SPLIT.usedEntry(0);
    const { first, last } = entries(start, 8, area.size, addr, size);
    const count = distance16(before, memory.u16(area.start + SPLIT.usedIdx));
    this.#now.usedStaged = staged(this.#now.usedStaged, area.size, before, first, last, count);
  }

  /** The chain from `head` is available now; a descriptor that leads back into it ends the walk. */
  #published(head: number, memory: ImageBuilder): void {
    const filling = this.#fillingIfAny();
    for (let i = head; filling?.delete(i); ) {
      const at = this.#now.desc + SPLIT.descSize * i;
      if (!(memory.u16(at + DESC_BUFFER) & VIRTQ_DESC_F_NEXT)) return;
      i = memory.u16(at + DESC_BUFFER + 2);
    }
  }

  #fillingIfAny(): Set<number> | undefined {
    if (!this.#filling && this.#now.filling.size > 0) this.#filling = new Set(this.#now.filling);
    return this.#filling;
  }
}

function addHead(keys: Set<number>, head: number): void {
  let key = head;
  while (keys.has(key)) key += 0x1_0000;
  keys.add(key);
}

function keyed(heads: readonly number[]): Set<number> {
  const keys = new Set<number>();
  for (const head of heads) addHead(keys, head);
  return keys;
}

/**
 * How many entries are written beyond a ring's index, which was `index` when there were `known` of
 * them, after the slots `first` to `last` were written and the index moved on by `moved`.
 */
function staged(
  known: number,
  size: number,
  index: number,
  first: number,
  last: number,
  moved: number,
): number {
  let count = known;
  for (let slot = first; slot <= last; slot++)
    if ((slot - (index % size) + size) % size === count) count++;
  return Math.max(0, count - moved);
}

/**
 * Which entries of `width` bytes from `start`, of which there are `count`, the `size` bytes at
 * `addr` touch; none where first > last.
 */
export function entries(
  start: number,
  width: number,
  count: number,
  addr: number,
  size: number,
): { readonly first: number; readonly last: number } {
  return {
    first: Math.max(0, Math.floor((addr - start) / width)),
    last: Math.min(count - 1, Math.floor((addr + size - 1 - start) / width)),
  };
}
