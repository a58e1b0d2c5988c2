import { NONE } from '../../../journal/schema.ts';
import {
  KVM_FEATURE_BYTES,
  KVM_PAGE_BYTES,
  KVM_QUEUE_MAX,
  KVM_RING_PAGES,
  VIRTIO_PARAM,
} from '../../../spec/kvm-virtio.ts';
import { SPLIT } from '../../../spec/virtio.ts';
import { addBus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import type { ObjectInit } from '../../qom/type.ts';
import type { VirtioTransport } from '../../virtio/transport.ts';
import type { VirtioBus } from '../../virtio/virtio-bus.ts';
import type { VirtioDevice } from '../../virtio/virtio-device.ts';
import type { QueueAddresses } from '../../virtio/virtqueue/virtqueue.ts';
import { Descriptor, descriptorBytes } from './descriptor.ts';
import type { S390VirtioBus } from './s390-virtio-bus.ts';

/** Features that fit in a descriptor. */
const FEATURE_MASK = 0xffff_ffffn;
/**
 * A virtio device on the bus of the s390-virtio machine: everything a driver sees of it is a
 * descriptor in guest memory. A driver calls by hypercalls, the device by external interruptions.
 */
export class VirtioS390 extends Device implements VirtioTransport {
  /** The device behind, made together with the transport. */
  readonly vdev: VirtioDevice;
  /** Where the driver finds the device; there once realized. */
  descriptor!: Descriptor;
  /** Guest-physical addresses of the rings, one a queue. */
  #rings: readonly number[] = [];

  constructor(init: ObjectInit, deviceType: string) {
    super(init);
    this.vdev = this.addChild(
      'virtio-backend',
      init.registry.create(deviceType, init.context) as VirtioDevice,
    );
    this.aliasProperties(this.vdev);
  }

  override realize(): void {
    const bus = addBus<VirtioBus>(this, 'virtio-s390-bus', 'virtio-bus');
    bus.transport = this;
    this.vdev.plugInto(bus);
    const { queues, configSize } = this.vdev;
    const parent = this.#home;
    const bytes = descriptorBytes(queues.length, configSize);
    const address = parent.placeDescriptor(this, bytes);
    this.descriptor = new Descriptor(parent.storage, address, queues.length);
    this.#rings = queues.map(({ vq }) => parent.placeRing(ringBytes(vq.maxSize)));
    this.#describe();
    if (this.hotplugged) this.#interrupt(VIRTIO_PARAM.DEV_ADD, BigInt(address), NONE);
  }

  get #home(): S390VirtioBus {
    return this.parentBus as S390VirtioBus;
  }

  prePlugged(): void {}

  plugged(vdev: VirtioDevice): void {
    const queues = vdev.queues.length;
    if (queues > KVM_QUEUE_MAX)
      this.fail(`The nubmer of virtqueues ${queues} exceeds s390 limit ${KVM_QUEUE_MAX}`);
    vdev.deviceFeatures &= FEATURE_MASK;
  }

  unplugged(): void {}

  /** Calls with the token that the driver gave the queue; for the configuration, with that of queue 0. */
  interrupt(vector: number, queue: number): void {
    const { vdev, descriptor } = this;
    if (queue !== NONE)
      this.#interrupt(VIRTIO_PARAM.VRING_INTERRUPT, descriptor.token(vector), queue);
    // A reset is no cause to call.
    else if (vdev.isr !== 0) {
      descriptor.setConfig(vdev.inDriverOrder(vdev.readConfig()));
      this.#interrupt(VIRTIO_PARAM.CONFIG_CHANGED, descriptor.token(0), NONE);
    }
  }

  #interrupt(parameter: number, token: bigint, queue: number): void {
    this.#home.interruptions.post({ parameter, token, dev: this.vdev.dev, queue });
  }

  override reset(): void {
    this.vdev.resetVirtio('user');
    this.#describe();
  }

  /** The driver says that it wrote the status, and before it the features: both are read from the descriptor. */
  statusWritten(): void {
    this.vdev.setStatus(this.descriptor.status);
    this.vdev.setDriverFeatures(BigInt(this.descriptor.driverFeatures));
  }

  /** The driver resets the device, which describes itself anew. */
  resetByDriver(): void {
    this.vdev.resetVirtio('driver');
    this.#describe();
  }

  /** The queue whose ring is at a guest-physical address, or -1. */
  queueAt(ring: number): number {
    return this.#rings.indexOf(ring);
  }

  #describe(): void {
    const { descriptor, vdev } = this;
    descriptor.setHead('type', vdev.deviceId);
    descriptor.setHead('num_vq', vdev.queues.length);
    descriptor.setHead('feature_len', KVM_FEATURE_BYTES);
    descriptor.setHead('config_len', vdev.configSize);
    descriptor.setHead('status', 0);
    vdev.queues.forEach((queue, index) => {
      const ring = this.#rings[index] ?? 0;
      const { maxSize } = queue.vq;
      const addresses = ringAddresses(ring, maxSize);
      descriptor.setQueue(index, ring, maxSize);
      this.#clearIndices(addresses, maxSize);
      vdev.enableQueue(index, addresses);
      queue.vector = index;
    });
    descriptor.setDeviceFeatures(Number(vdev.deviceFeatures));
    descriptor.setDriverFeatures(0);
    descriptor.setConfig(vdev.inDriverOrder(vdev.readConfig()));
  }

  /** A driver trusts the host to have indices at zero. */
  #clearIndices({ driver, device }: QueueAddresses, entries: number): void {
    const places = [
      ...[driver + SPLIT.availIdx, driver + SPLIT.usedEvent(entries)],
      ...[device + SPLIT.usedIdx, device + SPLIT.availEvent(entries)],
    ];
    for (const place of places) this.#home.storage.store(place, new Uint8Array(2));
  }
}

/** Parts of a ring of the old layout (VIRTIO 1.4 §2.7.2): the used ring begins on a page. */
function ringAddresses(desc: number, entries: number) {
  const driver = desc + 16 * entries;
  const used = Math.ceil((driver + 2 * (3 + entries)) / KVM_PAGE_BYTES) * KVM_PAGE_BYTES;
  return { desc, driver, device: used };
}

/** Whole pages that hold a ring, at least as many as QEMU 2.5 gave every ring. */
function ringBytes(entries: number): number {
  const end = ringAddresses(0, entries).device + 2 * 3 + 8 * entries;
  return Math.max(KVM_RING_PAGES, Math.ceil(end / KVM_PAGE_BYTES)) * KVM_PAGE_BYTES;
}
