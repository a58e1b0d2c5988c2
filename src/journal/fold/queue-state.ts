import { distance16, wrap16 } from '../../base/bits.ts';
import { SPLIT, VIRTQ_DESC, VIRTQ_DESC_F_NEXT, VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import { RING_FORMAT } from '../schema.ts';
import { Arrivals, type ArrivalsBuilder } from './arrivals.ts';
import type { ImageBuilder } from './guest-image.ts';
import { IndexSet, type IndexSetBuilder } from './index-set.ts';
import type { QueueMoment } from './moment.ts';
import { FIRST_PLACE, FoldedRing, PackedState } from './packed-state.ts';
import type { QueuePlace, RingArea } from './ring-areas.ts';
import { u16In } from './ring-numbers.ts';
import { NODE_COST } from './sparse-array.ts';

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

type Count = keyof typeof NO_COUNTS;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** In `queueState`: an index as it was before the gap. */
const AS_BEFORE = 0xffff_ffff;

const itself = (head: number): number => head;

/** All of a queue's moment but what grows with its ring. */
type QueueFields = Omit<QueueMoment, 'inFlight' | 'filling' | 'ring'>;

/** A copy, which does not ask for what is made when it is asked for. */
function fieldsOf(queue: QueueFields): Mutable<QueueFields> {
  return {
    dev: queue.dev,
    queue: queue.queue,
    enabled: queue.enabled,
    packed: queue.packed,
    bigEndian: queue.bigEndian,
    inOrder: queue.inOrder,
    size: queue.size,
    desc: queue.desc,
    driver: queue.driver,
    device: queue.device,
    lastAvailIdx: queue.lastAvailIdx,
    usedIdx: queue.usedIdx,
    returnedAt: queue.returnedAt,
    availStaged: queue.availStaged,
    usedStaged: queue.usedStaged,
    popped: queue.popped,
    pushed: queue.pushed,
    notificationsSent: queue.notificationsSent,
    notificationsSuppressed: queue.notificationsSuppressed,
    interruptsRaised: queue.interruptsRaised,
    interruptsSuppressed: queue.interruptsSuppressed,
  };
}

/** A property of its own, so that a copy of the fields has it. */
const IN_FLIGHT: PropertyDescriptor & ThisType<FoldedQueue> = {
  enumerable: true,
  get() {
    return FoldedQueue.heads(this);
  },
};

/** A queue at a moment, whose parts can be changed without a copy of them all. */
export class FoldedQueue implements QueueMoment {
  declare readonly dev: number;
  declare readonly queue: number;
  declare readonly enabled: boolean;
  declare readonly packed: boolean;
  declare readonly bigEndian: boolean;
  declare readonly inOrder: boolean;
  declare readonly size: number;
  declare readonly desc: number;
  declare readonly driver: number;
  declare readonly device: number;
  declare readonly lastAvailIdx: number;
  declare readonly usedIdx: number;
  declare readonly returnedAt: number;
  declare readonly availStaged: number;
  declare readonly usedStaged: number;
  declare readonly popped: number;
  declare readonly pushed: number;
  declare readonly notificationsSent: number;
  declare readonly notificationsSuppressed: number;
  declare readonly interruptsRaised: number;
  declare readonly interruptsSuppressed: number;
  readonly filling: IndexSet;
  readonly ring: FoldedRing | undefined;
  declare readonly inFlight: readonly number[];
  readonly #taken: Arrivals<number>;
  #heads: readonly number[] | undefined;

  constructor(
    fields: QueueFields,
    taken: Arrivals<number>,
    filling: IndexSet,
    ring: FoldedRing | undefined,
  ) {
    Object.assign(this, fields);
    this.filling = filling;
    this.ring = ring;
    this.#taken = taken;
    Object.defineProperty(this, 'inFlight', IN_FLIGHT);
  }

  /** A queue's moment, however it was made, as it can be folded on. */
  static of(queue: QueueMoment): FoldedQueue {
    if (queue instanceof FoldedQueue) return queue;
    const { inFlight, filling, ring } = queue;
    return new FoldedQueue(
      fieldsOf(queue),
      Arrivals.of(inFlight, itself),
      IndexSet.of(filling),
      ring &&
        new FoldedRing(
          ring.avail,
          ring.used,
          Arrivals.of(ring.chains, ({ id }) => id),
        ),
    );
  }

  /** `inFlight`, as it is kept. */
  get taken(): Arrivals<number> {
    return this.#taken;
  }

  /** `inFlight`, made when it is first asked for. */
  static heads(queue: FoldedQueue): readonly number[] {
    queue.#heads ??= queue.#taken.toArray();
    return queue.#heads;
  }

  /** Estimate of the memory that this needs although the same queue at another moment is there, in bytes. */
  costBeside(other: FoldedQueue | undefined): number {
    const none = Arrivals.empty<number>();
    const nodes =
      this.taken.nodesNotIn(other?.taken ?? none) +
      this.filling.nodesNotIn(other?.filling ?? IndexSet.empty);
    return 256 + NODE_COST * nodes + (this.ring?.costBeside(other?.ring) ?? 0);
  }
}

/** A queue that nothing is known of yet. */
export function unknownQueue(dev: number, queue: number): FoldedQueue {
  const fields = {
    dev,
    queue,
    enabled: false,
    packed: false,
    bigEndian: false,
    inOrder: false,
    size: 0,
    desc: 0,
    driver: 0,
    device: 0,
    lastAvailIdx: 0,
    usedIdx: 0,
    returnedAt: 0,
    availStaged: 0,
    usedStaged: 0,
    ...NO_COUNTS,
  };
  return new FoldedQueue(fields, Arrivals.empty(), IndexSet.empty, undefined);
}

/** One queue while events are folded into it: changes in place, and seals to a `FoldedQueue`. */
export class QueueState {
  /** What is sealed, but for the parts below where they were changed. */
  readonly #now: Mutable<QueueFields>;
  #taken: Arrivals<number>;
  #filled: IndexSet;
  #ring: FoldedRing | undefined;
  /** Heads in flight, in order. */
  #inFlight: ArrivalsBuilder<number> | undefined;
  #filling: IndexSetBuilder | undefined;
  #packed: PackedState | undefined;

  constructor(queue: QueueMoment) {
    const from = FoldedQueue.of(queue);
    this.#now = fieldsOf(from);
    this.#taken = from.taken;
    this.#filled = from.filling;
    this.#ring = from.ring;
  }

  /** The queue as it is now. The state must not be used afterwards. */
  seal(): FoldedQueue {
    return new FoldedQueue(
      this.#now,
      this.#inFlight?.seal() ?? this.#taken,
      this.#filling?.seal() ?? this.#filled,
      this.#packed?.seal() ?? this.#ring,
    );
  }

  get place(): QueuePlace {
    return this.#now;
  }

  configure(
    enabled: boolean,
    format: number,
    inOrder: boolean,
    size: number,
    desc: number,
    driver: number,
    device: number,
    /** Undefined where it is not known now. */
    memory: ImageBuilder | undefined,
  ): void {
    const packed = format === RING_FORMAT.packed;
    const bigEndian = format === RING_FORMAT.bigEndian;
    // Where a packed ring wraps is part of what is known of it.
    const other = packed !== this.#now.packed || (packed && size !== this.#now.size);
    if (!enabled || other) this.disable();
    if (enabled && !this.#now.enabled) Object.assign(this.#now, NO_COUNTS);
    const fresh = enabled && !this.#now.enabled;
    Object.assign(this.#now, { enabled, packed, bigEndian, inOrder, size, desc, driver, device });
    if (!fresh || !packed || size > VIRTQ_MAX_SIZE) return;
    this.#now.lastAvailIdx = this.#now.usedIdx = FIRST_PLACE;
    // The driver may have filled the ring before it told the device where that is.
    this.#packed = new PackedState(FoldedRing.first);
    if (memory) this.#packed.observe(this.#now, this.#fillingNow(), memory);
  }

  /** The device forgot the queue; counts of what happened stay. */
  disable(): void {
    this.#inFlight = undefined;
    this.#filling = undefined;
    this.#packed = undefined;
    this.#taken = Arrivals.empty();
    this.#filled = IndexSet.empty;
    this.#ring = undefined;
    Object.assign(this.#now, {
      enabled: false,
      lastAvailIdx: 0,
      usedIdx: 0,
      returnedAt: 0,
      availStaged: 0,
      usedStaged: 0,
    });
  }

  popped(head: number, availIdx: number): void {
    this.#now.popped++;
    this.#now.lastAvailIdx = wrap16(availIdx);
    this.#inFlightNow().add(head);
  }

  pushed(head: number, usedIdx: number): void {
    this.#now.pushed++;
    this.#now.returnedAt = this.#now.usedIdx;
    this.#now.usedIdx = wrap16(usedIdx);
    this.#inFlightNow().take(head);
  }

  notified(sent: boolean): void {
    if (sent) this.#now.notificationsSent++;
    else this.#now.notificationsSuppressed++;
  }

  interrupted(sent: boolean): void {
    if (sent) this.#now.interruptsRaised++;
    else this.#now.interruptsSuppressed++;
  }

  /** So much more happened in a gap. */
  count(more: Partial<Readonly<Record<Count, number>>>): void {
    for (const name of Object.keys(more) as Count[]) this.#now[name] += more[name] ?? 0;
  }

  /**
   * Where the device stood at the end of a gap, as far as it moved. `flight`: as the payload of `queueState`.
   */
  moved(
    availIdx: number | undefined,
    usedIdx: number | undefined,
    flight: Uint32Array,
    memory: ImageBuilder,
  ): void {
    const first = this.#now.lastAvailIdx;
    const before = (index = AS_BEFORE, known: number): number =>
      index === AS_BEFORE ? known : index & 0xffff;
    if (usedIdx !== undefined) this.#now.returnedAt = before(flight[0], this.#now.usedIdx);
    this.#now.lastAvailIdx = availIdx ?? first;
    this.#now.usedIdx = usedIdx ?? this.#now.usedIdx;
    const inFlight = this.#inFlightNow();
    const taken = 2 + (flight[1] ?? 0);
    for (const head of flight.subarray(2, taken)) inFlight.take(head);
    const places = new Map<number, number>();
    for (let i = taken; i + 1 < flight.length; i += 2) {
      const head = flight[i] as number;
      inFlight.add(head);
      places.set(head, before(flight[i + 1], first));
    }
    const ring = this.#packed?.seal() ?? this.#ring;
    if (!this.#now.packed || !ring) return;
    this.#packed = PackedState.resumed(ring, this.#now, inFlight.seal().toArray(), places, memory);
  }

  /** A gap has ended, and memory is as it is now. What the driver had begun by then is not known. */
  resume(memory: ImageBuilder): void {
    this.#filling = undefined;
    this.#filled = IndexSet.empty;
    this.#now.availStaged = 0;
    this.#now.usedStaged = 0;
    if (this.#now.packed && this.#now.enabled) this.#wrotePacked(this.#fillingNow(), memory);
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
    const filling = this.#fillingNow();
    const { first, last } = entries(area.start, SPLIT.descSize, area.size, addr, size);
    for (let i = first; i <= last; i++) {
      const at = area.start + SPLIT.descSize * i;
      if (addr >= at + DESC_BUFFER || addr + size <= at) continue;
      const empty = memory.u32(at) === 0 && memory.u32(at + 4) === 0 && memory.u32(at + 8) === 0;
      if (empty) filling.delete(i);
      else filling.add(i);
    }
    if (area.packed) this.#wrotePacked(filling, memory);
  }

  /** Descriptors of a packed ring are published by their own flags. */
  #wrotePacked(filling: IndexSetBuilder, memory: ImageBuilder): void {
    if (this.#ring) this.#packed ??= new PackedState(this.#ring);
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
    const count = distance16(before, u16In(memory, area.start + SPLIT.availIdx, area.bigEndian));
    this.#now.availStaged = staged(this.#now.availStaged, area.size, before, first, last, count);
    for (let i = 0; i < Math.min(count, area.size); i++) {
      const slot = wrap16(before + i) % area.size;
      const head = u16In(memory, area.start + SPLIT.availEntry(slot), area.bigEndian);
      this.#published(head, memory);
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
    const count = distance16(before, u16In(memory, area.start + SPLIT.usedIdx, area.bigEndian));
    this.#now.usedStaged = staged(this.#now.usedStaged, area.size, before, first, last, count);
  }

  /** The chain from `head` is available now; a descriptor that leads back into it ends the walk. */
  #published(head: number, memory: ImageBuilder): void {
    if ((this.#filling ?? this.#filled).size === 0) return;
    const { desc, bigEndian } = this.#now;
    const filling = this.#fillingNow();
    for (let i = head; filling.delete(i); ) {
      const at = desc + SPLIT.descSize * i;
      if (!(u16In(memory, at + VIRTQ_DESC.flags, bigEndian) & VIRTQ_DESC_F_NEXT)) return;
      i = u16In(memory, at + VIRTQ_DESC.next, bigEndian);
    }
  }

  #inFlightNow(): ArrivalsBuilder<number> {
    this.#inFlight ??= this.#taken.builder(itself);
    return this.#inFlight;
  }

  #fillingNow(): IndexSetBuilder {
    this.#filling ??= this.#filled.builder();
    return this.#filling;
  }
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
