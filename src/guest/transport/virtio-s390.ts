import { LOWCORE, S390_INPUT } from '../../spec/channel-io.ts';
import {
  KVM_DEVICE_DESC,
  KVM_DEVICE_DESC_BYTES,
  KVM_S390_VIRTIO,
  KVM_VQCONFIG,
  KVM_VQCONFIG_BYTES,
  VIRTIO_PARAM,
} from '../../spec/kvm-virtio.ts';
import type { GuestContext } from '../context.ts';
import { DmaBuffer } from '../dma.ts';
import type { AccessSize } from '../hal.ts';
import { DeviceError, type SplitAreas } from '../virtqueue/queue.ts';
import { legacyAreas } from './legacy-rings.ts';
import { ISR, VirtioTransport } from './virtio-transport.ts';

/** Bytes of low core that interruptions store into. */
const LOWCORE_BYTES = 0x1200;

/** A device descriptor in the page above RAM, as it stands there. */
export class DeviceDescriptor {
  /** Guest-physical address. */
  readonly addr: number;
  /** Virtio device ID; 0 ends the list. */
  readonly type: number;
  readonly queueCount: number;
  /** Bytes of each of the two feature sets, and of the configuration. */
  readonly featureBytes: number;
  readonly configBytes: number;

  constructor(context: GuestContext, addr: number) {
    const head = new DmaBuffer(context.hal.ram, addr, KVM_DEVICE_DESC_BYTES);
    this.addr = addr;
    this.type = head.u8(KVM_DEVICE_DESC.type.offset);
    this.queueCount = head.u8(KVM_DEVICE_DESC.num_vq.offset);
    this.featureBytes = head.u8(KVM_DEVICE_DESC.feature_len.offset);
    this.configBytes = head.u8(KVM_DEVICE_DESC.config_len.offset);
  }

  /** Offsets of the parts. */
  get features(): number {
    return KVM_DEVICE_DESC_BYTES + KVM_VQCONFIG_BYTES * this.queueCount;
  }

  get config(): number {
    return this.features + 2 * this.featureBytes;
  }

  /** Bytes in all. */
  get length(): number {
    return this.config + this.configBytes;
  }
}

/**
 * The transport of s390 guests before channel devices: a descriptor in memory that both sides read,
 * hypercalls one way and external interruptions the other. Its devices are legacy ones.
 */
export class VirtioS390 extends VirtioTransport {
  readonly deviceId: number;
  readonly interruptInputs = [S390_INPUT.external];
  readonly #descriptor: DeviceDescriptor;
  readonly #memory: DmaBuffer;
  readonly #lowcore: DmaBuffer;

  /** @internal */
  constructor(context: GuestContext, descriptor: DeviceDescriptor) {
    super(context);
    this.deviceId = descriptor.type;
    this.#descriptor = descriptor;
    this.#memory = new DmaBuffer(context.hal.ram, descriptor.addr, descriptor.length, true);
    this.#lowcore = new DmaBuffer(context.hal.ram, 0, LOWCORE_BYTES, true);
    context.interrupts.register(this, `descriptor ${descriptor.addr}`);
  }

  override get legacy(): boolean {
    return true;
  }

  /** @internal Interruptions are taken before anybody is asked. */
  override get latched(): boolean {
    return true;
  }

  override get status(): number {
    return this.#memory.u8(KVM_DEVICE_DESC.status.offset);
  }

  override set status(value: number) {
    if (value === 0) {
      this.#call('RESET', this.#descriptor.addr);
      return;
    }
    this.#memory.u8(KVM_DEVICE_DESC.status.offset, value);
    this.#call('SET_STATUS', this.#descriptor.addr);
  }

  override get queueCount(): number {
    return this.#descriptor.queueCount;
  }

  override get configGeneration(): number {
    return 0;
  }

  override readConfig(offset: number, size: AccessSize): number {
    const at = this.#configAt(offset, size);
    if (size === 1) return this.#memory.u8(at);
    return size === 2 ? this.#memory.u16(at) : this.#memory.u32(at);
  }

  override writeConfig(offset: number, size: AccessSize, value: number): void {
    const at = this.#configAt(offset, size);
    if (size === 1) this.#memory.u8(at, value);
    else if (size === 2) this.#memory.u16(at, value);
    else this.#memory.u32(at, value);
  }

  override notify(index: number): void {
    this.#call('NOTIFY', this.#ring(index));
  }

  /** @internal The token tells whose interruption it is: this driver gives each queue its ring's address. */
  override acknowledge(): number {
    const token = this.#lowcore.u64(LOWCORE.externalParameter64);
    const parameter = this.#lowcore.u32(LOWCORE.externalParameter);
    for (let index = 0; index < this.queueCount; index++)
      if (this.#ring(index) === token)
        return parameter === VIRTIO_PARAM.CONFIG_CHANGED ? ISR.CONFIG : ISR.QUEUE;
    return 0;
  }

  override toString(): string {
    return `s390-virtio, descriptor at 0x${this.#descriptor.addr.toString(16)}`;
  }

  /** Feature bytes are in the order of bits, whatever the CPU. */
  protected override readFeatures(half: 0 | 1): number {
    const { features, featureBytes } = this.#descriptor;
    let bits = 0;
    for (let i = 0; i < 4 && 4 * half + i < featureBytes; i++)
      bits |= this.#memory.u8(features + 4 * half + i) << (8 * i);
    return bits >>> 0;
  }

  protected override writeFeatures(half: 0 | 1, bits: number): void {
    const { features, featureBytes } = this.#descriptor;
    for (let i = 0; i < 4 && 4 * half + i < featureBytes; i++)
      this.#memory.u8(features + featureBytes + 4 * half + i, (bits >>> (8 * i)) & 0xff);
  }

  protected override maxQueueSize(index: number): number {
    if (index >= this.queueCount) return 0;
    return this.#memory.u16(queueAt(index) + KVM_VQCONFIG.num.offset);
  }

  protected override get fixedQueueSizes(): boolean {
    return true;
  }

  /** The host has chosen where the rings are, in the pages behind the descriptors. */
  protected override placeRings(index: number, size: number): SplitAreas {
    return legacyAreas(this.#ring(index), size);
  }

  protected override enableQueue(index: number, _size: number, areas: SplitAreas): void {
    this.#memory.u64(queueAt(index) + KVM_VQCONFIG.token.offset, areas.desc);
  }

  #ring(index: number): number {
    return this.#memory.u64(queueAt(index) + KVM_VQCONFIG.address.offset);
  }

  #configAt(offset: number, size: number): number {
    if (!(offset >= 0 && offset + size <= this.#descriptor.configBytes))
      throw new RangeError(`the device’s configuration has no ${size} bytes at ${offset}`);
    return this.#descriptor.config + offset;
  }

  #call(subcode: keyof typeof KVM_S390_VIRTIO, address: number): void {
    if (this.context.hal.hypercall(KVM_S390_VIRTIO[subcode], address, 0, 0) < 0)
      throw new DeviceError(`nobody takes ${subcode} of ${this}`);
  }
}

function queueAt(index: number): number {
  return KVM_DEVICE_DESC_BYTES + KVM_VQCONFIG_BYTES * index;
}
