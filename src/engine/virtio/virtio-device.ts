import { NONE } from '../../journal/schema.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import { VIOLATION_INDEX, type ViolationCode } from '../../spec/violations.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { VIRTIO_MSI_NO_VECTOR } from '../../spec/virtio-pci.ts';
import { addBus, type Bus } from '../qdev/bus.ts';
import { Device } from '../qdev/device.ts';
import { bit, bool } from '../qom/property.ts';
import type { ObjectInit, TypeInfo } from '../qom/type.ts';
import type { VirtioBus } from './virtio-bus.ts';
import { PackedQueue } from './virtqueue/packed-queue.ts';
import type { QueueOwner } from './virtqueue/queue-owner.ts';
import { SplitQueue } from './virtqueue/split-queue.ts';
import type { DeviceRing, QueueAddresses, VirtQueue } from './virtqueue/virtqueue.ts';

const PROPERTIES = {
  indirect_desc: bit(true),
  event_idx: bit(true),
  notify_on_empty: bit(true),
  any_layout: bit(true),
  iommu_platform: bit(false),
  packed: bit(false),
  queue_reset: bit(true),
  'use-started': bool(true),
  'use-disabled-flag': bool(true),
  'x-disable-legacy-check': bool(false),
} as const;

/** Properties that stand for a feature bit each. */
const FEATURE_PROPERTIES = {
  indirect_desc: VIRTIO_F.VIRTIO_F_INDIRECT_DESC,
  event_idx: VIRTIO_F.VIRTIO_F_EVENT_IDX,
  notify_on_empty: VIRTIO_F.VIRTIO_F_NOTIFY_ON_EMPTY,
  any_layout: VIRTIO_F.VIRTIO_F_ANY_LAYOUT,
  iommu_platform: VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM,
  packed: VIRTIO_F.VIRTIO_F_RING_PACKED,
  queue_reset: VIRTIO_F.VIRTIO_F_RING_RESET,
} as const;

/** Bits that only a legacy driver is shown: NOTIFY_ON_EMPTY, ANY_LAYOUT and the "bad feature" bit 30. */
export const LEGACY_FEATURES = (1n << 24n) | (1n << 27n) | (1n << 30n);

/** Bit mask of one feature. */
export function featureMask(bitNumber: number): bigint {
  return 1n << BigInt(bitNumber);
}

/** A queue with its name and what to do when the driver notifies it. */
export interface DeviceQueue {
  readonly name: string;
  /** The ring, in the format that the driver accepted: another object after each change of format. */
  vq: DeviceRing;
  readonly handler: (vq: VirtQueue) => void;
  /** Whether requests have no effect: the device is true in all but what it does with them. */
  readonly unprocessed: boolean;
  /** Used-buffer interrupt vector; written by the driver. */
  vector: number;
  /** Alignment of a legacy queue's used ring, in bytes; written by the driver, and kept over resets. */
  align: number;
}

/** Alignment of a legacy used ring where the driver does not choose (VIRTIO 1.4 §2.7.2). */
const LEGACY_ALIGN = 4096;

/**
 * A virtio device as it sits on a virtio-bus, whatever the transport: status, features, queues,
 * configuration space (VIRTIO 1.4 §2).
 */
export abstract class VirtioDevice<P = unknown>
  extends Device<P & typeof PROPERTIES>
  implements QueueOwner
{
  /** Device status field (VIRTIO 1.4 §2.1). Moves with the driver's writes; the device adds DEVICE_NEEDS_RESET. */
  status = 0;
  /** Features that the device offers; fixed once realized. */
  deviceFeatures = 0n;
  /** Features that the driver accepted; masked by what is offered. */
  driverFeatures = 0n;
  /** Why the driver was interrupted: bit 0 a queue, bit 1 the configuration. Cleared by the driver's read. */
  isr = 0;
  /** Configuration generation, modulo 256 (VIRTIO 1.4 §2.5). */
  generation = 0;
  /** Interrupt vector of configuration changes. */
  configVector: number = VIRTIO_MSI_NO_VECTOR;
  /** Queue that the transport's queue registers mean; selected by the driver. */
  queueSel = 0;
  /** A driver error stopped the device until it is reset. */
  broken = false;
  /** The transport has stopped the device: PCI bus mastering was turned off. */
  disabled = false;
  /** `started` of `info virtio-status`: DRIVER_OK was set. */
  started = false;
  /** A driver without VERSION_1 has chosen features: its first notification starts the device, DRIVER_OK or not. */
  startOnKick = false;
  /** Name that the transport chose for the bus below, or undefined. */
  ownBusName: string | undefined;
  readonly queues: DeviceQueue[] = [];
  /** Queues that were notified and have nobody to process their requests. */
  readonly #saidUnprocessed = new Set<number>();
  readonly ram: GuestRam;
  readonly journal: JournalWriter;

  constructor(init: ObjectInit) {
    super(init);
    this.ram = this.context.ram;
    this.journal = this.context.journal;
  }

  /** Device ID (VIRTIO 1.4 §5). */
  abstract readonly deviceId: number;
  /** QEMU's short name: `virtio-blk`. */
  abstract readonly deviceName: string;
  /** Bytes of device-specific configuration. */
  get configSize(): number {
    return 0;
  }

  /** Checks properties and adds queues. */
  protected abstract realizeDevice(): void;

  /** Adds the device type's own feature bits to what the common properties offer. */
  protected offerFeatures(features: bigint): bigint {
    return features;
  }

  /** Device-specific part of a reset. */
  protected resetDevice(): void {}

  /** The driver wrote its feature set. */
  protected driverChose(): void {}

  /** The driver's new status is about to take effect. */
  protected statusChanging(_status: number): void {}

  /** The configuration space as it is now, `configSize` bytes, little-endian. */
  readConfig(): Uint8Array {
    return new Uint8Array(0);
  }

  /** The driver changed the configuration space; `config` is the whole of it as written. */
  writeConfig(_config: Uint8Array): void {}

  get bus(): VirtioBus {
    return this.parentBus as VirtioBus;
  }

  /** The transport that made this device as its own part; undefined where the user plugged it in. */
  get maker(): Device | undefined {
    const { owner } = this.bus;
    return owner && this.parent === owner ? owner : undefined;
  }

  /** Makes the bus that the device's own devices sit on: a transport with an id lends its name. */
  protected addOwnBus<T extends Bus>(type: string): T {
    const { id = '' } = this.maker ?? {};
    if (id !== '') this.ownBusName = `${id}.0`;
    return addBus<T>(this, type, this.ownBusName);
  }

  /** Refuses to work in another thread where notifications do not get there by themselves. */
  protected requireIoeventfd(): void {
    if (this.bus.owner?.values.ioeventfd === false) this.fail('ioeventfd is required for iothread');
  }

  get bounce() {
    return this.context.bounce;
  }

  /** Whether the device does no work. */
  get stopped(): boolean {
    return this.broken || this.disabled;
  }

  /** Whether the driver accepted a feature. */
  accepted(feature: number): boolean {
    return (this.driverFeatures & featureMask(feature)) !== 0n;
  }

  override realize(): void {
    this.realizeDevice();
    const { transport } = this.bus;
    for (const [name, feature] of Object.entries(FEATURE_PROPERTIES))
      if (this.values[name]) this.deviceFeatures |= featureMask(feature);
    transport.prePlugged(this);
    this.deviceFeatures = this.offerFeatures(this.deviceFeatures);
    transport.plugged(this);
    this.#journalFeatures('offered', this.deviceFeatures);
  }

  override unrealize(): void {
    this.bus.transport.unplugged();
  }

  /** Adds a queue of at most `size` entries; queues are numbered in order. */
  protected addQueue(name: string, size: number, handler: (vq: VirtQueue) => void): void {
    const vq = new SplitQueue(this, this.queues.length, size);
    const unprocessed = handler === this.unprocessed;
    this.queues.push({
      name,
      vq,
      handler,
      unprocessed,
      vector: VIRTIO_MSI_NO_VECTOR,
      align: LEGACY_ALIGN,
    });
  }

  /** Handler of a queue whose requests are not processed yet: says so in the journal, once a queue. */
  protected readonly unprocessed = (vq: VirtQueue): void => {
    if (this.#saidUnprocessed.has(vq.index)) return;
    this.#saidUnprocessed.add(vq.index);
    const name = this.queues[vq.index]?.name ?? vq.index;
    this.context.note(
      `${this.path} (${this.deviceName}): requests of ${name} are not processed yet`,
    );
  };

  /** The driver writes the status field; 0 resets (VIRTIO 1.4 §2.1, VIRTIO 1.4 §2.4). */
  setStatus(value: number): void {
    const old = this.status;
    if ((old & ~value & 0x3f) !== 0 && value !== 0)
      this.violate(NONE, 'statusBitCleared', 0, old & ~value & 0x3f);
    if (
      this.accepted(VIRTIO_F.VIRTIO_F_VERSION_1) &&
      !(old & STATUS.FEATURES_OK) &&
      value & STATUS.FEATURES_OK
    ) {
      const platform = featureMask(VIRTIO_F.VIRTIO_F_ACCESS_PLATFORM);
      // The device may refuse a feature set: FEATURES_OK then stays clear (VIRTIO 1.4 §2.2.2).
      if (this.deviceFeatures & platform && !(this.driverFeatures & platform)) return;
    } else if (value & STATUS.FEATURES_OK && !(old & STATUS.FEATURES_OK)) {
      this.violate(NONE, 'version1NotAccepted', 0, 0);
    }
    this.started = (value & STATUS.DRIVER_OK) !== 0;
    if (this.started) this.startOnKick = false;
    this.statusChanging(value);
    this.status = value;
    if (this.journal.on && value !== old) this.journal.status(this.dev, old, value);
  }

  /** The driver writes its feature set; ignored after FEATURES_OK (VIRTIO 1.4 §2.2.1). */
  setDriverFeatures(value: bigint): void {
    if (this.status & STATUS.FEATURES_OK) return;
    const unknown = value & ~this.deviceFeatures;
    if (unknown !== 0n)
      this.violate(NONE, 'featureNotOffered', 0, Number(BigInt.asUintN(53, unknown)));
    this.driverFeatures = value & this.deviceFeatures;
    // QEMU takes a set with a bit that was not offered for a failure, which starts nothing.
    if (unknown === 0n && !this.started && !this.accepted(VIRTIO_F.VIRTIO_F_VERSION_1))
      this.startOnKick = true;
    this.#negotiated();
    this.#journalFeatures('accepted', this.driverFeatures);
    this.driverChose();
  }

  /** Reset by the driver or by the platform (VIRTIO 1.4 §2.4). */
  resetVirtio(actor: 'driver' | 'user'): void {
    const old = this.status;
    if (this.journal.on) this.journal.reset(actor, this.dev);
    this.setStatus(0);
    this.resetDevice();
    this.status = 0;
    this.started = false;
    this.startOnKick = false;
    this.broken = false;
    this.disabled = false;
    this.driverFeatures = 0n;
    this.#negotiated();
    this.queueSel = 0;
    this.isr = 0;
    this.configVector = VIRTIO_MSI_NO_VECTOR;
    this.bus.transport.interrupt(VIRTIO_MSI_NO_VECTOR, NONE);
    for (const queue of this.queues) {
      const { ready } = queue.vq;
      queue.vq.reset();
      queue.vector = VIRTIO_MSI_NO_VECTOR;
      if (ready && this.journal.on) this.journalQueue(queue.vq, false);
    }
    if (old !== 0 && this.journal.on) this.#journalFeatures('accepted', 0n);
  }

  /**
   * The driver changes a queue's size; a size the queue cannot have is ignored, as in QEMU. `most`: what
   * the transport told the driver that it may choose.
   */
  setQueueSize(index: number, size: number, most = this.queues[index]?.vq.maxSize ?? 0): void {
    const vq = this.queues[index]?.vq;
    if (!vq || size === 0 || size > 1024) {
      if (vq && size > most) this.violate(index, 'queueSizeTooLarge', index, size);
      return;
    }
    if (size > most) this.violate(index, 'queueSizeTooLarge', index, size);
    if ((size & (size - 1)) !== 0) this.violate(index, 'queueSizeNotPowerOfTwo', index, size);
    vq.size = size;
  }

  /** The driver enables a queue. */
  enableQueue(index: number, addresses: QueueAddresses): void {
    const vq = this.queues[index]?.vq;
    if (!vq) return;
    vq.enable(addresses);
    if (this.journal.on) this.journalQueue(vq, true);
  }

  /** The driver resets one queue (VIRTIO 1.4 §2.6.1). */
  resetQueue(index: number): void {
    const queue = this.queues[index];
    if (!queue) return;
    queue.vq.reset();
    queue.vector = VIRTIO_MSI_NO_VECTOR;
    if (this.journal.on) this.journalQueue(queue.vq, false);
  }

  /** An available-buffer notification from the driver (VIRTIO 1.4 §2.9). */
  notified(index: number): void {
    const queue = this.queues[index];
    if (!queue) return;
    const { journal } = this;
    if (journal.on)
      journal.notification(
        'driver',
        this.dev,
        index,
        true,
        queue.vq.ready ? 'always' : 'queueNotEnabled',
      );
    if (!queue.vq.ready || this.broken) return;
    if (!(this.status & STATUS.DRIVER_OK)) this.violate(index, 'notifyBeforeDriverOk', index, 0);
    if (this.startOnKick) {
      this.startOnKick = false;
      this.started = true;
    }
    queue.handler(queue.vq);
  }

  /** Used-buffer notification; suppression was decided by the queue. */
  interrupt(index: number): void {
    this.isr |= 1;
    this.bus.transport.interrupt(this.queues[index]?.vector ?? VIRTIO_MSI_NO_VECTOR, index);
  }

  /** Tells the driver that the configuration changed (VIRTIO 1.4 §2.5). */
  notifyConfig(): void {
    if (!(this.status & STATUS.DRIVER_OK)) return;
    this.isr |= 3;
    this.generation = (this.generation + 1) & 0xff;
    if (this.journal.on) this.journal.configChange(this.dev, this.generation);
    this.bus.transport.interrupt(this.configVector, NONE);
  }

  violate(
    queue: number,
    code: ViolationCode,
    index: number,
    value: number,
    message?: string,
  ): void {
    if (this.journal.on)
      this.journal.violation(this.dev, queue, VIOLATION_INDEX[code], index, value);
    if (message === undefined) return;
    this.context.report(message);
    this.broken = true;
    if (!this.accepted(VIRTIO_F.VIRTIO_F_VERSION_1)) return;
    const old = this.status;
    this.status |= STATUS.DEVICE_NEEDS_RESET;
    if (this.journal.on) this.journal.status(this.dev, old, this.status);
    this.notifyConfig();
  }

  /** Records how a queue is set up now. */
  journalQueue(vq: DeviceRing, enabled: boolean): void {
    const { desc, driver, device } = vq.addresses;
    this.journal.queueConfig(this.dev, vq.index, enabled, vq.packed, vq.size, desc, driver, device);
  }

  /** Tells the queues what the driver accepted: first of all their format (VIRTIO 1.4 §2.6). */
  #negotiated(): void {
    const packed = this.accepted(VIRTIO_F.VIRTIO_F_RING_PACKED);
    for (const queue of this.queues) {
      if (queue.vq.packed !== packed) queue.vq = this.#reshaped(queue.vq, packed);
      const { vq } = queue;
      vq.eventIdx = this.accepted(VIRTIO_F.VIRTIO_F_EVENT_IDX);
      vq.indirectDesc = this.accepted(VIRTIO_F.VIRTIO_F_INDIRECT_DESC);
      if (vq instanceof SplitQueue)
        vq.notifyOnEmpty = this.accepted(VIRTIO_F.VIRTIO_F_NOTIFY_ON_EMPTY);
    }
  }

  /** A queue of another format in the place of `old`, with what the driver had already set up. */
  #reshaped(old: DeviceRing, packed: boolean): DeviceRing {
    const { index, maxSize, size, addresses } = old;
    const vq = new (packed ? PackedQueue : SplitQueue)(this, index, maxSize);
    old.reset();
    vq.size = size;
    if (addresses.desc !== 0) vq.enable(addresses);
    return vq;
  }

  #journalFeatures(which: 'offered' | 'accepted', features: bigint): void {
    if (!this.journal.on) return;
    this.journal.features(
      this.dev,
      which,
      Number(features & 0xffff_ffffn),
      Number(features >> 32n),
    );
  }
}

/** The abstract root of virtio devices. */
export const VIRTIO_DEVICE_TYPE: TypeInfo = {
  name: 'virtio-device',
  parent: 'device',
  abstract: true,
  bus: 'virtio-bus',
  properties: PROPERTIES,
};
