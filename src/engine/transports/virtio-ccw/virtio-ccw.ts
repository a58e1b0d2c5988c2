import { VIRTIO_F } from '../../../spec/virtio.ts';
import { CcwDevice } from '../../hw/css/ccw-device.ts';
import { addBus } from '../../qdev/bus.ts';
import { bit, u32 } from '../../qom/property.ts';
import type { ObjectInit } from '../../qom/type.ts';
import type { VirtioTransport } from '../../virtio/transport.ts';
import type { VirtioBus } from '../../virtio/virtio-bus.ts';
import { featureMask, type VirtioDevice } from '../../virtio/virtio-device.ts';

/** Latest revision of the transport that QEMU 7.2 offers (VIRTIO 1.4 §4.3.2.1). */
const LATEST_REVISION = 2;
/** Most queues that any transport has. */
const MAX_QUEUES = 1024;

/** Properties that every device kind has; some have no `ioeventfd`. */
export const CCW_PROPERTIES = {
  ioeventfd: bit(true),
  max_revision: u32(LATEST_REVISION),
} as const;

/** What one concrete transport type adds. */
export interface VirtioCcwKind {
  /** Type of the virtio device: `virtio-blk-device`. */
  readonly deviceType: string;
  /** Whether the device came with VIRTIO 1, so that revision 0 cannot carry it. */
  readonly modernOnly?: boolean;
  /** Properties of the device that the transport has no name for. */
  readonly omits?: readonly string[];
}

/** A virtio device behind a subchannel (VIRTIO 1.4 §4.3). Its channel programs are not carried out. */
export class VirtioCcw extends CcwDevice<typeof CCW_PROPERTIES> implements VirtioTransport {
  /** The device behind, made together with the transport. */
  readonly vdev: VirtioDevice;
  readonly #kind: VirtioCcwKind;

  constructor(init: ObjectInit, kind: VirtioCcwKind) {
    super(init);
    this.#kind = kind;
    this.vdev = this.addChild(
      'virtio-backend',
      init.registry.create(kind.deviceType, init.context) as VirtioDevice,
    );
    this.aliasProperties(this.vdev, kind.omits);
  }

  override realize(): void {
    const bus = addBus<VirtioBus>(this, 'virtio-ccw-bus', 'virtio-bus');
    bus.transport = this;
    this.claimSubchannel();
    if (this.#kind.modernOnly && this.props.max_revision === 0) this.#refuseRevision();
    this.vdev.plugInto(bus);
  }

  prePlugged(vdev: VirtioDevice): void {
    if (this.props.max_revision >= 1)
      vdev.deviceFeatures |= featureMask(VIRTIO_F.VIRTIO_F_VERSION_1);
  }

  plugged(vdev: VirtioDevice): void {
    if (!(vdev.deviceFeatures & featureMask(VIRTIO_F.VIRTIO_F_VERSION_1)))
      this.values.max_revision = 0;
    const queues = vdev.queues.length;
    if (queues > MAX_QUEUES)
      this.fail(`The number of virtqueues ${queues} exceeds virtio limit ${MAX_QUEUES}`);
    const routes = this.#adapterRoutes();
    if (queues > routes)
      this.fail(`The number of virtqueues ${queues} exceeds flic adapter route limit ${routes}`);
  }

  unplugged(): void {}

  /** No guest can have set up indicators: nobody is there to be told. */
  interrupt(): void {}

  override reset(): void {
    this.vdev.resetVirtio('user');
  }

  #refuseRevision(): never {
    this.fail(`Invalid value of property max_rev (is ${this.props.max_revision} expected >= 1)`);
  }

  /** Queues whose interrupts the floating interrupt controller can route at once. */
  #adapterRoutes(): number {
    let top = this.parent;
    while (top?.parent) top = top.parent;
    const flic = top?.at('/machine/s390-flic-qemu');
    return Number(flic?.values.adapter_routes_max_batch ?? MAX_QUEUES);
  }
}
