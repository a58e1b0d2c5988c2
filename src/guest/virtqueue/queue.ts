import { smallInt, TWO_32 } from '../../base/bits.ts';
import { SPLIT, VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_WRITE } from '../../spec/virtio.ts';
import type { DmaAllocator, DmaBuffer, MemoryRange } from '../dma.ts';
import { Chain } from './chain.ts';

/** The device did what no device may do, or gave up: the queue cannot be used before a reset. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** What a queue needs of the transport that it belongs to. */
export interface QueueOwner {
  /**
   * Rings the doorbell of queue `index`. `next`: where the next available entry will be written, 15
   * bits of offset and one of wrap, for VIRTIO_F_NOTIFICATION_DATA (VIRTIO 1.4 §2.9).
   */
  notify(index: number, next?: number): void;
  /** Acknowledges an interrupt that is pending, if any. Throws `DeviceError` where the device gave up. */
  pollInterrupt(): void;
  /** Halts until the device interrupts, and acknowledges. Throws `DeviceError` where it gave up. */
  waitForInterrupt(): void;
  /** Takes queue `index` from the device (VIRTIO 1.4 §2.6.1). */
  resetQueue?(index: number): void;
}

/**
 * Guest-physical addresses of a virtqueue's three areas, by the split ring's names. A packed ring
 * has its event suppression structures in the two smaller ones.
 */
export interface SplitAreas {
  /** Descriptor table, or descriptor ring. */
  readonly desc: number;
  /** Available ring (driver area). */
  readonly avail: number;
  /** Used ring (device area). */
  readonly used: number;
}

/** What a queue does beyond the least, as negotiated. */
export interface RingOptions {
  /** VIRTIO_F_EVENT_IDX: each side says which event it wants to hear of next. */
  readonly eventIdx?: boolean;
  /** VIRTIO_F_IN_ORDER: the device returns chains in the order in which they were offered. */
  readonly inOrder?: boolean;
  /** VIRTIO_F_INDIRECT_DESC: where tables are allocated. */
  readonly tables?: DmaAllocator;
}

/** Memory that one request needs. */
export interface QueueBuffers {
  /** What the device reads, in order. */
  readonly readable?: readonly MemoryRange[];
  /** What the device writes, in order, after what it reads. */
  readonly writable?: readonly MemoryRange[];
  /**
   * Puts the descriptors into a table of their own, so that the ring needs but one of them
   * (VIRTIO 1.4 §2.7.5.3). The table is freed when the device has used the chain.
   */
  readonly indirect?: boolean;
}

/** The fields of a descriptor (VIRTIO 1.4 §2.7.5, VIRTIO 1.4 §2.8.13). */
export interface Descriptor {
  /** Guest-physical address. */
  readonly addr: number;
  /** Bytes. */
  readonly len: number;
  /** `VIRTQ_DESC_F_NEXT`, `VIRTQ_DESC_F_WRITE`; 0 where left out. */
  readonly flags?: number;
  /** Split ring: the descriptor that continues the chain, with NEXT. */
  readonly next?: number;
  /** Packed ring: the buffer's ID; the descriptor's own number where left out. */
  readonly id?: number;
}

/** A chain that the device has returned. */
export interface UsedBuffer {
  /** What `add` returned for the chain, or the head that was published. */
  readonly head: number;
  /** Bytes that the device wrote. */
  readonly length: number;
}

/** Answer of `add1`, `addChain` and `popUsed` where there is nothing to give. */
export const NOTHING = -1;

/** Marks of a chain in the shadows of a queue, above the count of its descriptors. */
export const CHAIN = {
  /** The device has it. */ OFFERED: 0x1_0000,
  /** Its descriptors were written one by one, by `setDescriptor`. */ BY_HAND: 0x2_0000,
  /** Its descriptors are in a table. */ INDIRECT: 0x4_0000,
} as const;

/**
 * The driver's end of a virtqueue, whatever its ring format. All that the driver must remember is
 * kept in shadows of its own: the device may write anything to the rings without confusing it.
 *
 * The steps of a request: `add` makes a chain of descriptors, `publish` makes it available, `notify`
 * rings the doorbell, `wait` (or `pop`) takes what the device has used.
 */
export abstract class VirtQueue {
  /** Number of the queue. */
  declare readonly index: number;
  /** Entries. */
  declare readonly size: number;
  /** Guest-physical address of the descriptor table, or of the descriptor ring. */
  declare readonly desc: number;
  /** Guest-physical address of the available ring, or of the driver's event suppression structure. */
  declare readonly avail: number;
  /** Guest-physical address of the used ring, or of the device's event suppression structure. */
  declare readonly used: number;
  /** Bytes that the device wrote into the chain that `popUsed` returned last. */
  usedLength = 0;
  /** @internal */
  protected readonly owner: QueueOwner;
  /** Whether the device was told that it need not interrupt. @internal */
  protected quiet = false;
  readonly #pool: DmaAllocator | undefined;
  /** Tables in use, by the head of their chain. */
  readonly #tables = new Map<number, DmaBuffer>();
  #scratch = new Chain(4);

  /** @internal */
  constructor(
    owner: QueueOwner,
    index: number,
    size: number,
    areas: SplitAreas,
    tables: DmaAllocator | undefined,
  ) {
    this.owner = owner;
    this.index = index;
    this.size = smallInt(size);
    this.desc = smallInt(areas.desc);
    this.avail = smallInt(areas.avail);
    this.used = smallInt(areas.used);
    this.#pool = tables;
  }

  /** Descriptors that are free. */
  abstract get free(): number;
  /**
   * Where the chain that is offered next goes: an entry of the available ring, or the descriptor of
   * a packed ring at which the device will look.
   */
  abstract get next(): number;
  /** Chains that the device owns: offered, and not taken back yet. */
  abstract get inFlight(): number;

  /**
   * Makes a chain with one descriptor for each piece of memory (VIRTIO 1.4 §2.7.13.1). Returns its
   * head: the number by which the device will return it. The device knows nothing of it before
   * `publish`. Throws where too few descriptors are free.
   */
  add(buffers: QueueBuffers): number {
    const { readable = [], writable = [], indirect = false } = buffers;
    const count = readable.length + writable.length;
    if (count === 0) throw new RangeError('a chain has at least one descriptor');
    if (count > this.#scratch.addr.length) this.#scratch = new Chain(count);
    const chain = this.#scratch.clear();
    for (const range of readable) chain.readable(range);
    for (const range of writable) chain.writable(range);
    const head = indirect ? this.#addTable(chain) : this.addChain(chain);
    if (head < 0)
      throw new Error(
        `queue ${this.index} is full: ${indirect ? 1 : count} descriptors wanted, ${this.free} of ${this.size} free`,
      );
    return head;
  }

  /** As `add`, for a chain that was put together before; -1 where too few descriptors are free. */
  abstract addChain(chain: Chain): number;

  /**
   * The fast way for a buffer of one piece: `flags` is 0 for a readable one, `VIRTQ_DESC_F_WRITE`
   * for a writable one. Returns the head, -1 where no descriptor is free.
   */
  abstract add1(addr: number, len: number, flags: number): number;

  /**
   * `add1` and `offer` in one, for drivers with many small requests. Returns the head, -1 where no
   * descriptor is free.
   */
  post1(addr: number, len: number, flags: number): number {
    const head = this.add1(addr, len, flags);
    if (head >= 0) this.offer(head);
    return head;
  }

  /**
   * Puts a chain behind those that were offered before it (VIRTIO 1.4 §2.7.13.2). The device does
   * not see it before `publish`. Throws where no chain begins there.
   */
  abstract offer(head: number): void;

  /**
   * Makes every chain that was offered available (VIRTIO 1.4 §2.7.13.3). With `head`, offers that
   * chain first.
   */
  abstract publish(head?: number): void;

  /**
   * Rings the doorbell, unless the device has said that it needs none
   * (VIRTIO 1.4 §2.7.13.4). Returns whether it rang.
   */
  abstract notify(): boolean;

  /**
   * Takes back the next chain that the device has used: its head, and its length in
   * `usedLength`; -1 where there is none (VIRTIO 1.4 §2.7.14). Throws `DeviceError` where the
   * device returned what it cannot.
   */
  abstract popUsed(): number;

  /** Takes back the next used chain, if there is one. */
  pop(): UsedBuffer | undefined {
    const head = this.popUsed();
    return head < 0 ? undefined : { head, length: this.usedLength };
  }

  /**
   * Takes back the next used chain; sleeps until the device interrupts where there is none yet.
   * Pending interrupts are acknowledged first, as an interrupt handler would.
   */
  wait(): UsedBuffer {
    const suppressed = this.quiet;
    this.owner.pollInterrupt();
    for (let used = this.pop(); ; used = this.pop()) {
      if (used) {
        if (suppressed && !this.quiet) this.suppressInterrupts(true);
        return used;
      }
      // A chain may have come back before the device saw that interrupts are wanted again:
      // without the second look, nobody would ever wake this driver (VIRTIO 1.4 §2.7.7.1).
      if (this.quiet) this.suppressInterrupts(false);
      else this.owner.waitForInterrupt();
    }
  }

  /** Tells the device that it need not (true) or shall (false) interrupt when it uses a chain. */
  abstract suppressInterrupts(suppress: boolean): void;

  /**
   * Writes descriptor `index` as it stands, right or wrong; it is yours from now on, `add` will
   * not use it. `publish` it when it is the head of a chain.
   */
  abstract setDescriptor(index: number, descriptor: Descriptor): void;

  /**
   * Takes the queue from the device (VIRTIO 1.4 §2.6.1) and returns the heads of the chains that
   * it had: their memory is the driver's again. This object is of no more use; the transport's
   * `queue` sets the queue up anew.
   */
  reset(): number[] {
    if (!this.owner.resetQueue) throw new Error('this transport cannot reset a single queue');
    this.owner.resetQueue(this.index);
    const heads = this.forgetChains();
    for (const table of this.#tables.values()) this.#pool?.free(table);
    this.#tables.clear();
    return heads;
  }

  /** @internal Leaves no chain and no free descriptor; returns the heads of those offered. */
  protected abstract forgetChains(): number[];

  /** @internal Marks a chain of one descriptor as one that refers to a table. */
  protected abstract markIndirect(head: number, writable: number): void;

  /** @internal Last word of entry `i` of a table of `count` descriptors. */
  protected abstract tableTail(i: number, count: number, flags: number): number;

  /** @internal The device has used the chain: its table is free again. */
  protected freeTable(head: number): void {
    const table = this.#tables.get(head);
    if (!table) return;
    this.#tables.delete(head);
    this.#pool?.free(table);
  }

  /** @internal */
  protected returnedWrong(head: number): DeviceError {
    return new DeviceError(
      `queue ${this.index}: the device returned descriptor ${head}, which is no chain that it was given`,
    );
  }

  /** @internal */
  protected wroteTooMuch(head: number, length: number, room: number): DeviceError {
    return new DeviceError(
      `queue ${this.index}: the device says it wrote ${length} bytes into the chain at ${head}, which has room for ${room}`,
    );
  }

  /** @internal */
  protected noChain(head: number): Error {
    return new Error(
      `no chain begins at descriptor ${head} of queue ${this.index}, or it is the device’s already`,
    );
  }

  #addTable({ addr, len, count, readableCount }: Chain): number {
    if (!this.#pool)
      throw new Error('VIRTIO_F_INDIRECT_DESC was not negotiated (VIRTIO 1.4 §2.7.5.3.1)');
    if (count > this.size)
      throw new RangeError(
        `a chain of ${count} descriptors is longer than the queue’s ${this.size}`,
      );
    if (this.free === 0) return NOTHING;
    const table = this.#pool.alloc(SPLIT.descTable(count), SPLIT.descAlign);
    const entry = new DataView(new ArrayBuffer(SPLIT.descSize));
    const bytes = new Uint8Array(entry.buffer);
    let writable = 0;
    for (let i = 0; i < count; i++) {
      const flags = i < readableCount ? 0 : VIRTQ_DESC_F_WRITE;
      if (flags) writable += len[i]!;
      entry.setUint32(0, addr[i]!, true);
      entry.setUint32(4, addr[i]! / TWO_32, true);
      entry.setUint32(8, len[i]!, true);
      entry.setUint32(12, this.tableTail(i, count, flags), true);
      table.write(bytes, SPLIT.descSize * i);
    }
    const head = this.add1(table.addr, table.length, VIRTQ_DESC_F_INDIRECT);
    this.markIndirect(head, writable < TWO_32 ? writable : TWO_32 - 1);
    this.#tables.set(head, table);
    return head;
  }
}
