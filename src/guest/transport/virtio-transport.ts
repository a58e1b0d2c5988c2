import { hex, isPowerOfTwo, OUT_OF_RANGE } from '../../base/bits.ts';
import type { Register } from '../../spec/registers.ts';
import { PACKED, SPLIT, STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import type { GuestContext } from '../context.ts';
import type { DmaAllocator } from '../dma.ts';
import type { AccessSize } from '../hal.ts';
import type { InterruptSource } from '../interrupts.ts';
import { BigEndianQueue } from '../virtqueue/big-endian-queue.ts';
import { PackedQueue } from '../virtqueue/packed-queue.ts';
import {
  DeviceError,
  type QueueOwner,
  type RingOptions,
  type SplitAreas,
  type VirtQueue,
} from '../virtqueue/queue.ts';
import { SplitQueue } from '../virtqueue/split-queue.ts';
import { FeatureSet } from './features.ts';
import { allocateLegacy } from './legacy-rings.ts';

/** Causes of an interrupt: bits of the ISR status (VIRTIO 1.4 §4.1.4.5). */
export const ISR = { QUEUE: 1, CONFIG: 2 } as const;
/** How often a register that must settle is read again. */
export const MOST_READS = 1000;
/** What big-endian queues cannot do; a driver that accepts it would be misunderstood. */
const BEYOND_BIG_ENDIAN = FeatureSet.of([
  VIRTIO_F.VIRTIO_F_INDIRECT_DESC,
  VIRTIO_F.VIRTIO_F_EVENT_IDX,
]);

/** How a queue is to be set up. */
export interface QueueOptions {
  /**
   * Entries, a power of two unless the queue is packed; the most that the device allows where left
   * out. Many a legacy device does not let the driver choose.
   */
  readonly size?: number;
}

/**
 * A virtio device as its driver reaches it: the same steps on every bus (VIRTIO 1.4 §3.1.1).
 * Each access is one that the device sees.
 */
export abstract class VirtioTransport implements InterruptSource, QueueOwner {
  /** Virtio device ID: 2 is a block device (VIRTIO 1.4 §5). */
  abstract readonly deviceId: number;
  /** Interrupt inputs that the device raises; none where it has no way to interrupt. */
  abstract readonly interruptInputs: readonly number[];
  /** @internal */
  protected readonly context: GuestContext;
  readonly #configListeners: (() => void)[] = [];
  #accepted = new FeatureSet(0, 0);

  /** @internal */
  constructor(context: GuestContext) {
    this.context = context;
  }

  /** The interrupt input that the device raises first of all, or -1 where it has none. */
  get interruptInput(): number {
    return this.interruptInputs[0] ?? -1;
  }

  /** @internal Whether the inputs latch what comes by them; lines do not. */
  get latched(): boolean {
    return false;
  }

  /** @internal Features that the driver has accepted. */
  protected get agreed(): FeatureSet {
    return this.#accepted;
  }

  /**
   * Whether this is the interface from before VIRTIO 1: without FEATURES_OK, and rings in one
   * piece (VIRTIO 1.4 §1.3.1).
   */
  get legacy(): boolean {
    return false;
  }

  /**
   * @internal Whether numbers in rings, requests and configuration are big-endian: a legacy device has
   * the byte order of the guest's CPUs (VIRTIO 1.4 §2.7.3, VIRTIO 1.4 §2.5.4).
   */
  protected get bigEndian(): boolean {
    return this.legacy && this.context.hal.platform.bigEndian === true;
  }

  /** Memory for a driver's buffers, which hold numbers in the device's byte order. */
  get dma(): DmaAllocator {
    return this.bigEndian ? this.context.dma.bigEndian : this.context.dma;
  }

  /** Device status field, as bits `ACKNOWLEDGE`, `DRIVER`, … (VIRTIO 1.4 §2.1). Read from the device each time. */
  abstract get status(): number;
  abstract set status(value: number);
  /** Count of queues that the device has. */
  abstract get queueCount(): number;
  /** Reads 1, 2 or 4 bytes of the device's own configuration (VIRTIO 1.4 §2.5). */
  abstract readConfig(offset: number, size: AccessSize): number;
  /** Writes 1, 2 or 4 bytes of the device's own configuration. */
  abstract writeConfig(offset: number, size: AccessSize, value: number): void;
  /** Changes whenever the configuration may have changed (VIRTIO 1.4 §2.5.1); 0 for ever on a legacy device. */
  abstract get configGeneration(): number;
  /**
   * Rings the doorbell of queue `index`, whatever the device says it needs. `next` goes along with
   * VIRTIO_F_NOTIFICATION_DATA (VIRTIO 1.4 §2.9).
   */
  abstract notify(index: number, next?: number): void;
  /** @internal Reads the cause of an interrupt that came by `input`, which lowers it. */
  abstract acknowledge(input: number): number;
  /** @internal Bits 0 to 31 (half 0) or 32 to 63 (half 1) of what the device offers. */
  protected abstract readFeatures(half: 0 | 1): number;
  /** @internal */
  protected abstract writeFeatures(half: 0 | 1, bits: number): void;
  /** @internal The most entries that queue `index` may have; 0 where it does not exist. Selects the queue. */
  protected abstract maxQueueSize(index: number): number;
  /** @internal Hands the rings of the selected queue to the device. */
  protected abstract enableQueue(index: number, size: number, areas: SplitAreas): void;

  /** Resets the device, and waits until it has: all queues and features are forgotten. */
  reset(): void {
    this.status = 0;
    this.#accepted = new FeatureSet(0, 0);
    for (let i = 0; i < MOST_READS; i++) if (this.status === 0) return;
    throw new DeviceError('the device does not finish its reset');
  }

  /** The features that the device offers (VIRTIO 1.4 §2.2). */
  deviceFeatures(): FeatureSet {
    return new FeatureSet(this.readFeatures(0), this.readFeatures(1), this.deviceId);
  }

  /**
   * Tells the device which features the driver accepts. They hold once `FEATURES_OK` is set and
   * has been read back.
   */
  acceptFeatures(features: FeatureSet | readonly number[]): FeatureSet {
    const set = features instanceof FeatureSet ? features : FeatureSet.of(features, this.deviceId);
    this.writeFeatures(0, set.lo);
    this.writeFeatures(1, set.hi);
    this.#accepted = set;
    return set;
  }

  /**
   * The whole negotiation: takes the wanted features that are offered, sets `FEATURES_OK` and
   * reads it back. Returns what was agreed on. Throws where the device refuses, or is no legacy device
   * and cannot do `VIRTIO_F_VERSION_1`.
   */
  negotiate(wanted: readonly number[]): FeatureSet {
    const offered = this.deviceFeatures();
    // A legacy device has neither the bit nor the step (VIRTIO 1.4 §3.1.2).
    if (this.legacy) return this.acceptFeatures(FeatureSet.of(wanted, this.deviceId).and(offered));
    if (!offered.has(VIRTIO_F.VIRTIO_F_VERSION_1))
      throw new DeviceError('the device does not offer VIRTIO_F_VERSION_1: it is a legacy device');
    const set = FeatureSet.of([...wanted, VIRTIO_F.VIRTIO_F_VERSION_1], this.deviceId);
    const accepted = this.acceptFeatures(set.and(offered));
    this.status |= STATUS.FEATURES_OK;
    if (!(this.status & STATUS.FEATURES_OK))
      throw new DeviceError(`the device refuses the features ${accepted}`);
    return accepted;
  }

  /**
   * Sets queue `index` up, in the ring format that was agreed on: allocates its rings, tells the
   * device where they are and enables it (VIRTIO 1.4 §4.1.5.1.3). Throws where the device has no
   * such queue or allows no such size.
   */
  queue(index: number, options: QueueOptions = {}): VirtQueue {
    const max = this.maxQueueSize(index);
    if (max === 0) throw new RangeError(`the device has no queue ${index}`);
    const packed = this.#accepted.has(VIRTIO_F.VIRTIO_F_RING_PACKED);
    const size = this.fixedQueueSizes ? max : (options.size ?? max);
    if (!(packed ? Number.isInteger(size) && size >= 1 : isPowerOfTwo(size)) || size > max)
      throw new RangeError(
        packed
          ? `queue size ${size} is not from 1 to ${max}`
          : `queue size ${size} is not a power of two up to ${max}`,
      );
    const { hal } = this.context;
    const areas = this.placeRings(index, size, packed);
    this.enableQueue(index, size, areas);
    if (this.bigEndian) {
      const beyond = this.#accepted.and(BEYOND_BIG_ENDIAN);
      if (beyond.bits.length > 0)
        throw new Error(`this guest’s big-endian queues cannot do ${beyond.names.join(', ')}`);
      return new BigEndianQueue(hal.ram, this, index, size, areas);
    }
    const Queue = packed ? PackedQueue : SplitQueue;
    return new Queue(hal.ram, this, index, size, areas, undefined, this.#ringOptions());
  }

  /** Calls `listener` whenever the device has said that its configuration changed (VIRTIO 1.4 §2.5). */
  onConfigChange(listener: () => void): void {
    this.#configListeners.push(listener);
  }

  /** Reads one field of the device's configuration whole, even one that takes two accesses. */
  config({ offset, width }: Pick<Register, 'offset' | 'width'>): number {
    if (width !== 8 && width !== 6) return this.readConfig(offset, width);
    // 64 bits are two fields of 32, six bytes are an array (VIRTIO 1.4 §4.1.3.1, VIRTIO 1.4 §4.2.2.2).
    const size = width === 8 ? 4 : 1;
    return this.stableConfigTo(offset + width, () => {
      const parts = Array.from({ length: width / size }, (_, i) =>
        this.readConfig(offset + size * i, size),
      );
      if (!this.bigEndian) parts.reverse();
      return parts.reduce((value, part) => Math.min(value * 256 ** size + part, OUT_OF_RANGE), 0);
    });
  }

  /**
   * What `read` makes of several accesses to the configuration, while it did not change in between:
   * by its generation (VIRTIO 1.4 §2.5.3), or on a legacy device by reading twice (VIRTIO 1.4 §2.5.4).
   */
  stableConfig<T>(read: () => T): T {
    let before: T | undefined;
    for (let i = 0; i < MOST_READS; i++) {
      const generation = this.configGeneration;
      const value = read();
      if (this.legacy ? i > 0 && value === before : this.configGeneration === generation)
        return value;
      before = value;
    }
    throw new DeviceError('the configuration changes without an end');
  }

  /** @internal As `stableConfig`, where nothing from byte `end` on is read. */
  protected stableConfigTo<T>(_end: number, read: () => T): T {
    return this.stableConfig(read);
  }

  /** Acknowledges an interrupt of the device that is pending, if any. Throws `DeviceError` where it gave up. */
  pollInterrupt(): void {
    if (this.interruptInputs.length > 0) this.#handle(this.context.interrupts.poll(this));
  }

  /** Sleeps until the device interrupts, and acknowledges it. Throws `DeviceError` where it gave up. */
  waitForInterrupt(): void {
    this.#handle(this.context.interrupts.wait(this));
  }

  #ringOptions(): RingOptions {
    const has = (bit: number) => this.#accepted.has(bit);
    return {
      eventIdx: has(VIRTIO_F.VIRTIO_F_EVENT_IDX),
      inOrder: has(VIRTIO_F.VIRTIO_F_IN_ORDER),
      ...(has(VIRTIO_F.VIRTIO_F_INDIRECT_DESC) && { tables: this.context.dma }),
    };
  }

  /** A device that met a driver's error says so with a configuration change (VIRTIO 1.4 §2.1.2). */
  #handle(cause: number): void {
    if (!(cause & ISR.CONFIG)) return;
    const { status } = this;
    if (status & STATUS.DEVICE_NEEDS_RESET)
      throw new DeviceError(`the device gave up: its status is ${hex(status)}, DEVICE_NEEDS_RESET`);
    for (const listener of this.#configListeners) listener();
  }

  /** @internal Memory for the rings of queue `index`, where the device expects them. */
  protected placeRings(_index: number, size: number, packed: boolean): SplitAreas {
    const { dma } = this.context;
    if (this.legacy) return allocateLegacy(dma, size);
    return {
      desc: dma.alloc(SPLIT.descTable(size)).addr,
      avail: dma.alloc(packed ? PACKED.eventSize : SPLIT.availRing(size)).addr,
      used: dma.alloc(packed ? PACKED.eventSize : SPLIT.usedRing(size)).addr,
    };
  }

  /** @internal Whether the device alone says how many entries a queue has. */
  protected get fixedQueueSizes(): boolean {
    return false;
  }
}
