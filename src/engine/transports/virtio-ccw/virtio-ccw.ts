import { NONE } from '../../../journal/schema.ts';
import { VIRTIO_F } from '../../../spec/virtio.ts';
import {
  VIRTIO_CCW_CMD,
  VIRTIO_CCW_CU_TYPE,
  VIRTIO_CCW_MAX_QUEUES,
} from '../../../spec/virtio-ccw.ts';
import { CcwDevice } from '../../hw/css/ccw-device.ts';
import type { Ccw, DataStream } from '../../hw/css/data-stream.ts';
import type { Ending, Subchannel } from '../../hw/css/subchannel.ts';
import { addBus } from '../../qdev/bus.ts';
import { bit, u32 } from '../../qom/property.ts';
import { fieldsOf, type State, setFields } from '../../qom/state.ts';
import type { ObjectInit } from '../../qom/type.ts';
import type { VirtioTransport } from '../../virtio/transport.ts';
import type { VirtioBus } from '../../virtio/virtio-bus.ts';
import { featureMask, type VirtioDevice } from '../../virtio/virtio-device.ts';
import { carryOut } from './commands.ts';
import { Indicators } from './indicators.ts';

/** Latest revision of the transport that QEMU 7.2 offers (VIRTIO 1.4 §4.3.2.1). */
const LATEST_REVISION = 2;
/** Identifier of the channel path that all virtio devices share. */
const CHANNEL_PATH = 0;

/** What a snapshot keeps of indicators. */
const INDICATORS = ['classic', 'config', 'adapter'] as const;

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

/** A virtio device behind a subchannel (VIRTIO 1.4 §4.3). */
export class VirtioCcw extends CcwDevice<typeof CCW_PROPERTIES> implements VirtioTransport {
  readonly controlUnit = VIRTIO_CCW_CU_TYPE;
  readonly channelPath = CHANNEL_PATH;
  /** The device behind, made together with the transport. */
  readonly vdev: VirtioDevice;
  /** Revision that the driver chose, or undefined as long as it did not (VIRTIO 1.4 §4.3.2.1.1). */
  revision: number | undefined;
  /** Where the driver wants to be told; there once realized. */
  indicators!: Indicators;
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

  override get driven(): number {
    return this.vdev.dev;
  }

  get controlUnitModel(): number {
    return this.vdev.deviceId;
  }

  /** Whether the device cannot be driven at revision 0. */
  get modernOnly(): boolean {
    return this.#kind.modernOnly ?? false;
  }

  override realize(): void {
    const bus = addBus<VirtioBus>(this, 'virtio-ccw-bus', 'virtio-bus');
    bus.transport = this;
    this.claimSubchannel();
    this.indicators = new Indicators(this);
    if (this.modernOnly && this.props.max_revision === 0) this.#refuseRevision();
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
    if (queues > VIRTIO_CCW_MAX_QUEUES)
      this.fail(`The number of virtqueues ${queues} exceeds virtio limit ${VIRTIO_CCW_MAX_QUEUES}`);
    const routes = this.#adapterRoutes();
    if (queues > routes)
      this.fail(`The number of virtqueues ${queues} exceeds flic adapter route limit ${routes}`);
  }

  unplugged(): void {}

  /** A vector is the number of a queue, or `VIRTIO_CCW_MAX_QUEUES`; there is none before the driver set a queue up. */
  interrupt(vector: number, queue: number): void {
    if (vector < VIRTIO_CCW_MAX_QUEUES) this.indicators.tellQueue(vector);
    else if (vector === VIRTIO_CCW_MAX_QUEUES && queue === NONE) this.indicators.tellConfig();
  }

  command(ccw: Ccw, data: DataStream, subchannel: Subchannel): Ending {
    if (ccw.command !== VIRTIO_CCW_CMD.SET_VIRTIO_REV && this.revision === undefined) {
      // A driver that chooses no revision is a legacy driver (VIRTIO 1.4 §4.3.2.1.3).
      if (this.modernOnly) return 'reject';
      this.revision = 0;
    }
    return carryOut(this, ccw, data, subchannel);
  }

  /** Revisions do not last beyond that (VIRTIO 1.4 §4.3.2.1.1). */
  override subchannelDisabled(): void {
    this.revision = undefined;
  }

  override saveState(): State {
    const indicators = fieldsOf(this.indicators, INDICATORS);
    return { ...super.saveState(), revision: this.revision, indicators };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.revision = state.revision as number | undefined;
    setFields(this.indicators, INDICATORS, state.indicators as State);
  }

  override reset(): void {
    this.resetDevice('user');
    super.reset();
  }

  /** The device starts anew, and forgets where the driver wants to be told. */
  resetDevice(actor: 'driver' | 'user'): void {
    this.vdev.resetVirtio(actor);
    this.indicators.reset();
  }

  /** What the subsystem offers devices; there once realized. */
  get subsystem() {
    return this.css.subsystem;
  }

  #refuseRevision(): never {
    this.fail(`Invalid value of property max_rev (is ${this.props.max_revision} expected >= 1)`);
  }

  /** Queues whose interrupts the floating interrupt controller can route at once. */
  #adapterRoutes(): number {
    let top = this.parent;
    while (top?.parent) top = top.parent;
    const flic = top?.at('/machine/s390-flic-qemu');
    return Number(flic?.values.adapter_routes_max_batch ?? VIRTIO_CCW_MAX_QUEUES);
  }
}
