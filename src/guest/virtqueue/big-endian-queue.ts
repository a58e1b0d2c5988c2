import { hi32, lo32, swapBytes, TWO_32, wrap16 } from '../../base/bits.ts';
import { ACTOR, NONE } from '../../journal/schema.ts';
import {
  SPLIT,
  VIRTQ_AVAIL_F_NO_INTERRUPT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
  VIRTQ_USED_F_NO_NOTIFY,
} from '../../spec/virtio.ts';
import { DmaBuffer } from '../dma.ts';
import type { GuestMemory } from '../guest-memory.ts';
import type { Chain } from './chain.ts';
import {
  type Descriptor,
  DeviceError,
  NOTHING,
  type QueueOwner,
  type SplitAreas,
  VirtQueue,
} from './queue.ts';

/** What the driver remembers of a chain, by its head. */
interface ChainNote {
  /** Its descriptors, none where somebody else wrote them. */
  readonly descriptors: readonly number[];
  /** Bytes that the device may write. */
  readonly writable: number;
  offered: boolean;
}

/**
 * The driver's end of a split virtqueue whose numbers are big-endian: that of a legacy device of a
 * guest with such CPUs (VIRTIO 1.4 §2.7.3). Written for plainness; nothing in it is hot.
 */
export class BigEndianQueue extends VirtQueue {
  readonly #memory: GuestMemory;
  readonly #desc: DmaBuffer;
  readonly #avail: DmaBuffer;
  readonly #used: DmaBuffer;
  readonly #free: number[];
  readonly #chains = new Map<number, ChainNote>();
  /** Free-running indices: of the next available entry, and of the next used one to look at. */
  #availIdx = 0;
  #usedIdx = 0;

  /** @internal Takes over rings at `areas` in which nothing is in flight. */
  constructor(
    memory: GuestMemory,
    owner: QueueOwner,
    index: number,
    size: number,
    areas: SplitAreas,
  ) {
    super(owner, index, size, areas, undefined);
    this.#memory = memory;
    this.#desc = new DmaBuffer(memory, areas.desc, SPLIT.descTable(size), true);
    this.#avail = new DmaBuffer(memory, areas.avail, SPLIT.availRing(size), true);
    this.#used = new DmaBuffer(memory, areas.used, SPLIT.usedRing(size), true);
    this.#free = Array.from({ length: size }, (_, i) => i);
  }

  override get free(): number {
    return this.#free.length;
  }

  override get next(): number {
    return this.#availIdx % this.size;
  }

  override get inFlight(): number {
    return [...this.#chains.values()].filter(({ offered }) => offered).length;
  }

  override addChain({ addr, len, count, readableCount }: Chain): number {
    if (count > this.#free.length || count === 0) return NOTHING;
    const descriptors = this.#free.splice(0, count);
    let writable = 0;
    for (const [i, index] of descriptors.entries()) {
      const next = descriptors[i + 1];
      const flags = i < readableCount ? 0 : VIRTQ_DESC_F_WRITE;
      if (flags) writable += len[i]!;
      const linked = next === undefined ? flags : flags | VIRTQ_DESC_F_NEXT;
      this.#fill(index, { addr: addr[i]!, len: len[i]!, flags: linked, next: next ?? 0 });
    }
    const head = descriptors[0]!;
    this.#chains.set(head, { descriptors, writable, offered: false });
    return head;
  }

  override add1(addr: number, len: number, flags: number): number {
    const head = this.#free.shift();
    if (head === undefined) return NOTHING;
    this.#fill(head, { addr, len, flags });
    const writable = flags & VIRTQ_DESC_F_WRITE ? len : 0;
    this.#chains.set(head, { descriptors: [head], writable, offered: false });
    return head;
  }

  override offer(head: number): void {
    const chain = this.#chains.get(head);
    if (!chain || chain.offered) throw this.noChain(head);
    chain.offered = true;
    this.#avail.u16(SPLIT.availEntry(this.#availIdx % this.size), head);
    this.#availIdx = wrap16(this.#availIdx + 1);
  }

  override publish(head: number = NOTHING): void {
    if (head >= 0) this.offer(head);
    const { ram, journal, pace } = this.#memory;
    const at = ram.offsetOf(this.avail + SPLIT.availIdx, 2) / 2;
    const value = swapBytes(this.#availIdx, 2);
    if (journal.on) {
      pace.take();
      const where = this.avail + SPLIT.availIdx;
      journal.memWrite(ACTOR.driver, where, 2, ram.u16[at]!, 0, value, 0);
      journal.mark();
    }
    // The barrier before and after it that VIRTIO 1.4 §2.7.13.3.1 demands.
    Atomics.store(ram.u16, at, value);
  }

  override notify(): boolean {
    if (!(this.#load(this.used) & VIRTQ_USED_F_NO_NOTIFY)) {
      this.owner.notify(this.index, this.#availIdx);
      return true;
    }
    const { journal } = this.#memory;
    if (journal.on) journal.notification('driver', NONE, this.index, false, 'noNotify', this.desc);
    return false;
  }

  override popUsed(): number {
    const moved = wrap16(this.#load(this.used + SPLIT.usedIdx) - this.#usedIdx);
    if (moved === 0) return NOTHING;
    const { inFlight } = this;
    if (moved > inFlight)
      throw new DeviceError(
        `queue ${this.index}: the used index moved by ${moved}, but the device had ${inFlight} chains`,
      );
    const entry = SPLIT.usedEntry(this.#usedIdx % this.size);
    const head = this.#used.u32(entry);
    const length = this.#used.u32(entry + 4);
    const chain = this.#chains.get(head);
    if (!chain?.offered) throw this.returnedWrong(head);
    if (length > chain.writable) throw this.wroteTooMuch(head, length, chain.writable);
    this.#chains.delete(head);
    this.#free.unshift(...chain.descriptors);
    this.#usedIdx = wrap16(this.#usedIdx + 1);
    this.usedLength = length;
    return head;
  }

  override suppressInterrupts(suppress: boolean): void {
    this.quiet = suppress;
    this.#avail.u16(0, suppress ? VIRTQ_AVAIL_F_NO_INTERRUPT : 0);
  }

  override setDescriptor(index: number, descriptor: Descriptor): void {
    if (!(index >= 0 && index < this.size))
      throw new RangeError(
        `queue ${this.index} has no descriptor ${index}: its size is ${this.size}`,
      );
    const at = this.#free.indexOf(index);
    if (at >= 0) this.#free.splice(at, 1);
    if (!this.#chains.has(index))
      this.#chains.set(index, { descriptors: [], writable: TWO_32, offered: false });
    this.#fill(index, descriptor);
  }

  protected override forgetChains(): number[] {
    const heads = [...this.#chains].filter(([, { offered }]) => offered).map(([head]) => head);
    this.#chains.clear();
    this.#free.length = 0;
    return heads;
  }

  /** Tables are for those who negotiated them, which this queue never does. */
  protected override markIndirect(): void {}

  protected override tableTail(i: number, count: number, flags: number): number {
    return i + 1 < count ? flags | VIRTQ_DESC_F_NEXT | ((i + 1) << 16) : flags;
  }

  #fill(index: number, { addr, len, flags = 0, next = 0 }: Descriptor): void {
    const entry = this.#desc.part(SPLIT.descSize * index, SPLIT.descSize);
    entry.u32(0, hi32(addr)).u32(4, lo32(addr)).u32(8, len).u16(12, flags).u16(14, next);
  }

  /** A word that the device writes while the driver looks. */
  #load(addr: number): number {
    const { ram } = this.#memory;
    return swapBytes(Atomics.load(ram.u16, ram.offsetOf(addr, 2) / 2), 2);
  }
}
