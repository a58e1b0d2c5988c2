import {
  KVM_DEVICE_DESC,
  KVM_DEVICE_DESC_BYTES,
  KVM_FEATURE_BYTES,
  KVM_VQCONFIG,
  KVM_VQCONFIG_BYTES,
} from '../../../spec/kvm-virtio.ts';
import { type Storage, viewOf } from '../../hw/css/storage.ts';

/** Bytes of a descriptor. */
export function descriptorBytes(queues: number, configBytes: number): number {
  return KVM_DEVICE_DESC_BYTES + queues * KVM_VQCONFIG_BYTES + 2 * KVM_FEATURE_BYTES + configBytes;
}

/** A device descriptor as it stands in guest memory, which the guest may write at any time. */
export class Descriptor {
  /** Guest-physical address. */
  readonly address: number;
  readonly #queues: number;
  readonly #storage: Storage;

  constructor(storage: Storage, address: number, queues: number) {
    this.#storage = storage;
    this.address = address;
    this.#queues = queues;
  }

  /** Writes a one-byte field of the head. */
  setHead(field: keyof typeof KVM_DEVICE_DESC, value: number): void {
    this.#write(KVM_DEVICE_DESC[field].offset, Uint8Array.of(value));
  }

  /** The driver's status as it stands there now. */
  get status(): number {
    return this.#read(KVM_DEVICE_DESC.status.offset, 1).getUint8(0);
  }

  /** Writes where a queue's ring is and how many entries it has. */
  setQueue(index: number, ring: number, entries: number): void {
    const { address, num } = KVM_VQCONFIG;
    const bytes = new Uint8Array(address.width + num.width);
    viewOf(bytes).setBigUint64(0, BigInt(ring));
    viewOf(bytes).setUint16(num.offset - address.offset, entries);
    this.#write(queueAt(index) + address.offset, bytes);
  }

  /** What an interruption for a queue is to carry, as the driver wrote it. */
  token(index: number): bigint {
    const { offset, width } = KVM_VQCONFIG.token;
    return this.#read(queueAt(index) + offset, width).getBigUint64(0);
  }

  /** Writes the features that the device offers, 32 bits. */
  setDeviceFeatures(features: number): void {
    this.#write(this.#featuresAt, littleEndian(features));
  }

  /** The features that the driver has accepted, 32 bits. */
  get driverFeatures(): number {
    return this.#read(this.#featuresAt + KVM_FEATURE_BYTES, KVM_FEATURE_BYTES).getUint32(0, true);
  }

  setDriverFeatures(features: number): void {
    this.#write(this.#featuresAt + KVM_FEATURE_BYTES, littleEndian(features));
  }

  /** Writes the configuration space. */
  setConfig(config: Uint8Array): void {
    this.#write(this.#configAt, config);
  }

  get #featuresAt(): number {
    return queueAt(this.#queues);
  }

  get #configAt(): number {
    return this.#featuresAt + 2 * KVM_FEATURE_BYTES;
  }

  #read(offset: number, length: number): DataView {
    const bytes = new Uint8Array(length);
    this.#storage.fetch(this.address + offset, bytes);
    return viewOf(bytes);
  }

  #write(offset: number, bytes: Uint8Array): void {
    this.#storage.store(this.address + offset, bytes);
  }
}

function queueAt(index: number): number {
  return KVM_DEVICE_DESC_BYTES + index * KVM_VQCONFIG_BYTES;
}

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(KVM_FEATURE_BYTES);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
}
