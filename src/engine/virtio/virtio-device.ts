import { NONE } from '../../journal/schema.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import { DEVICE_CONFIG } from '../../spec/regions.ts';
import { VIOLATION_INDEX, type ViolationCode } from '../../spec/violations.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { VIRTIO_MSI_NO_VECTOR } from '../../spec/virtio-pci.ts';
import { addBus, type Bus } from '../qdev/bus.ts';
import { Device } from '../qdev/device.ts';
import { fieldsOf, type State, setFields } from '../qom/state.ts';
import type { ObjectInit, TypeInfo } from '../qom/type.ts';
import {
  checkLateFeatures,
  checkNotificationData,
  checkQueueSize,
  checkStatus,
} from './driver-rules.ts';
import { FEATURE_PROPERTIES, HIDDEN_PROPERTIES, PROPERTIES } from './properties.ts';
import { ringFor } from './queue-format.ts';
import type { VirtioBus } from './virtio-bus.ts';
import type { QueueOwner } from './virtqueue/queue-owner.ts';
import { SplitQueue } from './virtqueue/split-queue.ts';
import type { DeviceRing, QueueAddresses, VirtQueue } from './virtqueue/virtqueue.ts';

/** Bits that only a legacy driver is shown: NOTIFY_ON_EMPTY, ANY_LAYOUT and the "bad feature" bit 30. */
export const LEGACY_FEATURES = (1n << 24n) | (1n << 27n) | (1n << 30n);

/** Masks of the features that there are, by number: devices ask at every request. */
const MASKS = Array.from({ length: 128 }, (_, bit) => 1n << BigInt(bit));

/** Bit mask of one feature. */
export function featureMask(bitNumber: number): bigint {
  return MASKS[bitNumber] ?? 1n << BigInt(bitNumber);
}

/** A queue with its name and what to do when the driver notifies it. */
export interface DeviceQueue {
  readonly name: string;
  /** The ring, in the format that the driver accepted: another object after each change of format. */
  vq: DeviceRing;
  readonly handler: (vq: VirtQueue) => void;
  /** Used-buffer interrupt vector; written by the driver. */
  vector: number;
  /** Alignment of a legacy queue's used ring, in bytes; written by the driver, and kept over resets. */
  align: number;
}

/** Entries of the largest queue that QEMU can have. */
const MAX_QUEUE_SIZE = 1024;
/** What a snapshot keeps of a device beside its queues. */
const KEPT = [
  'status',
  'driverFeatures',
  'isr',
  'generation',
  'configVector',
  'queueSel',
  'broken',
  'disabled',
  'started',
  'startOnKick',
] as const;
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
  /**
   * Configuration as a driver last read it, with what was written since: as in QEMU the device is
   * handed all of that when a driver writes any part of it. Outlives resets.
   */
  #configImage: Uint8Array | undefined;
  /** Configuration generation, modulo 256 (VIRTIO 1.4 §2.5). */
  generation = 0;
  /** Interrupt vector of configuration changes. */
  configVector: number = VIRTIO_MSI_NO_VECTOR;
  /** Queue that the transport's queue registers mean; selected by the driver. */
  queueSel = 0;
  /** Whether the device does no work: `broken` or `disabled`. A plain field, since queues look at it for every chain. */
  stopped = false;
  #broken = false;
  #disabled = false;
  /** `started` of `info virtio-status`: DRIVER_OK was set. */
  started = false;
  /** A driver without VERSION_1 has chosen features: its first notification starts the device, DRIVER_OK or not. */
  startOnKick = false;
  /** Name that the transport chose for the bus below, or undefined. */
  ownBusName: string | undefined;
  /** Offered bits that only a legacy driver is shown. */
  readonly legacyFeatures: bigint = LEGACY_FEATURES;
  readonly queues: DeviceQueue[] = [];
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

  get configImage(): Uint8Array {
    this.#configImage ??= new Uint8Array(this.configSize);
    return this.#configImage;
  }

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

  /** A driver error stopped the device until it is reset. */
  get broken(): boolean {
    return this.#broken;
  }

  set broken(broken: boolean) {
    this.#broken = broken;
    this.stopped = broken || this.#disabled;
  }

  /** The transport has stopped the device: PCI bus mastering was turned off. */
  get disabled(): boolean {
    return this.#disabled;
  }

  set disabled(disabled: boolean) {
    this.#disabled = disabled;
    this.stopped = disabled || this.#broken;
  }

  /**
   * Whether the driver's numbers in rings, requests and configuration are big-endian: it is a legacy driver,
   * or none yet, and the CPU is (VIRTIO 1.4 §2.2.3).
   */
  get bigEndian(): boolean {
    return this.context.bigEndian === true && !this.accepted(VIRTIO_F.VIRTIO_F_VERSION_1);
  }

  /**
   * A little-endian configuration space with its numbers in the driver's byte order, or the other way round
   * (VIRTIO 1.4 §2.5.3).
   */
  inDriverOrder(config: Uint8Array): Uint8Array {
    const bytes = config.slice(0, this.configSize);
    if (!this.bigEndian) return bytes;
    for (const { offset, width } of Object.values(DEVICE_CONFIG[this.deviceId] ?? {}))
      if ([2, 4, 8].includes(width) && offset + width <= bytes.length)
        bytes.subarray(offset, offset + width).reverse();
    return bytes;
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
    this.#negotiated();
    this.#journalFeatures('offered', this.deviceFeatures);
  }

  override unrealize(): void {
    this.bus.transport.unplugged();
  }

  /** Adds a queue of at most `size` entries; queues are numbered in order. */
  protected addQueue(name: string, size: number, handler: (vq: VirtQueue) => void): void {
    const vq = new SplitQueue(this, this.queues.length, size);
    this.queues.push({
      name,
      vq,
      handler,
      vector: VIRTIO_MSI_NO_VECTOR,
      align: LEGACY_ALIGN,
    });
  }

  /** The driver writes the status field; 0 resets (VIRTIO 1.4 §2.1, VIRTIO 1.4 §2.4). */
  setStatus(value: number): void {
    const old = this.status;
    if (value !== 0) checkStatus(this, value);
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

  /** The driver writes its feature set; ignored after FEATURES_OK (VIRTIO 1.4 §3.1.1). */
  setDriverFeatures(value: bigint): void {
    if (this.status & STATUS.FEATURES_OK) {
      checkLateFeatures(this, value);
      return;
    }
    const unknown = value & ~this.deviceFeatures;
    if (unknown !== 0n)
      this.violate(NONE, 'featureNotOffered', 0, Number(BigInt.asUintN(53, unknown)));
    const { bigEndian } = this;
    const rings = this.queues.map(({ vq }) => vq);
    this.driverFeatures = value & this.deviceFeatures;
    // QEMU takes a set with a bit that was not offered for a failure, which starts nothing.
    if (unknown === 0n && !this.started && !this.accepted(VIRTIO_F.VIRTIO_F_VERSION_1))
      this.startOnKick = true;
    this.#negotiated();
    this.#journalFeatures('accepted', this.driverFeatures);
    // A driver may set queues up before it chooses: those are others now.
    if (this.journal.on)
      for (const [i, { vq }] of this.queues.entries())
        if (vq.ready && (vq !== rings[i] || this.bigEndian !== bigEndian))
          this.journalQueue(vq, true);
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
    this.#negotiated();
    if (old !== 0 && this.journal.on) this.#journalFeatures('accepted', 0n);
  }

  /**
   * The driver changes a queue's size; a size the queue cannot have is ignored, as in QEMU. `most`: what
   * the transport told the driver that it may choose.
   */
  setQueueSize(index: number, size: number, most = this.queues[index]?.vq.maxSize ?? 0): void {
    const vq = this.queues[index]?.vq;
    if (!vq || size === 0) return;
    checkQueueSize(this, vq, size, most);
    if (size <= MAX_QUEUE_SIZE) vq.size = size;
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
    if (!this.accepted(VIRTIO_F.VIRTIO_F_RING_RESET))
      this.violate(index, 'queueResetNotNegotiated', index, 0);
    queue.vq.reset();
    queue.vector = VIRTIO_MSI_NO_VECTOR;
    if (this.journal.on) this.journalQueue(queue.vq, false);
  }

  /** A notification that is one word: the queue, and with NOTIFICATION_DATA where the driver is in it (VIRTIO 1.4 §2.9). */
  notifiedBy(word: number, size: number): void {
    if (!this.accepted(VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA)) this.notified(word);
    else this.notified(word & 0xffff, size === 4 ? word >>> 16 : undefined);
  }

  /**
   * An available-buffer notification from the driver (VIRTIO 1.4 §2.9). `data`: next_off, with next_wrap in
   * bit 15, where the transport's notification has room for it.
   */
  notified(index: number, data?: number): void {
    const queue = this.queues[index];
    if (!queue) {
      this.violate(NONE, 'notifyNoQueue', 0, index);
      return;
    }
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
    checkNotificationData(this, queue.vq, data);
    if (this.startOnKick) {
      this.startOnKick = false;
      this.started = true;
    }
    queue.handler(queue.vq);
  }

  /** The driver has started the device: what it made available before is looked at, notified or not. */
  startQueues(): void {
    for (const { vq, handler } of this.queues) if (vq.ready && !this.broken) handler(vq);
  }

  /** Used-buffer notification; suppression was decided by the queue. */
  interrupt(index: number): void {
    this.isr |= 1;
    // As in QEMU, a broken device notes the cause and says nothing.
    if (!this.broken)
      this.bus.transport.interrupt(this.queues[index]?.vector ?? VIRTIO_MSI_NO_VECTOR, index);
  }

  /** Tells the driver that the configuration changed (VIRTIO 1.4 §2.5). */
  notifyConfig(): void {
    if (!(this.status & STATUS.DRIVER_OK)) return;
    this.isr |= 3;
    this.generation = (this.generation + 1) & 0xff;
    if (this.journal.on) this.journal.configChange(this.dev, this.generation);
    if (!this.broken) this.bus.transport.interrupt(this.configVector, NONE);
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
    if (this.accepted(VIRTIO_F.VIRTIO_F_VERSION_1)) {
      const old = this.status;
      this.status |= STATUS.DEVICE_NEEDS_RESET;
      if (this.journal.on) this.journal.status(this.dev, old, this.status);
      this.notifyConfig();
    }
    this.broken = true;
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      ...fieldsOf(this as VirtioDevice, KEPT),
      configImage: this.#configImage,
      queues: this.queues.map(({ vq, vector, align }) => ({ vector, align, ring: vq.saveState() })),
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    setFields(this as VirtioDevice, KEPT, state);
    this.#configImage = state.configImage as Uint8Array | undefined;
    this.#negotiated();
    const saved = state.queues as { vector: number; align: number; ring: State }[];
    for (const [index, { vector, align, ring }] of saved.entries()) {
      const queue = this.queues[index] as DeviceQueue;
      Object.assign(queue, { vector, align });
      queue.vq.loadState(ring);
    }
  }

  /** Records how a queue is set up now. */
  journalQueue(vq: DeviceRing, enabled: boolean): void {
    const { desc, driver, device } = vq.addresses;
    const { dev, bigEndian } = this;
    const { index, packed, size } = vq;
    this.journal.queueConfig(dev, index, enabled, packed, size, desc, driver, device, bigEndian);
  }

  /** Gives the queues the format and the abilities that the driver accepted (VIRTIO 1.4 §2.6). */
  #negotiated(): void {
    for (const queue of this.queues) queue.vq = ringFor(this, queue.vq);
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
  hiddenProperties: HIDDEN_PROPERTIES,
};
