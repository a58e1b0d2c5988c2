import { ACTOR } from '../../../journal/schema.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';
import {
  KVM_DEVICE_DESC,
  KVM_DEVICE_DESC_BYTES,
  KVM_FEATURE_BYTES,
  KVM_VQCONFIG,
  KVM_VQCONFIG_BYTES,
} from '../../../spec/kvm-virtio.ts';

/** Bytes of a descriptor. */
export function descriptorBytes(queues: number, configBytes: number): number {
  return KVM_DEVICE_DESC_BYTES + queues * KVM_VQCONFIG_BYTES + 2 * KVM_FEATURE_BYTES + configBytes;
}

/** A device descriptor as it stands in guest memory, which the guest may write at any time. */
export class Descriptor {
  /** Guest-physical address. */
  readonly address: number;
  readonly #queues: number;
  readonly #ram: GuestRam;
  readonly #journal: JournalWriter;

  constructor(ram: GuestRam, journal: JournalWriter, address: number, queues: number) {
    this.#ram = ram;
    this.#journal = journal;
    this.address = address;
    this.#queues = queues;
  }

  /** Writes a one-byte field of the head. */
  setHead(field: keyof typeof KVM_DEVICE_DESC, value: number): void {
    this.#write(KVM_DEVICE_DESC[field].offset, [value & 0xff]);
  }

  /** The driver's status as it stands there now. */
  get status(): number {
    return this.#read(KVM_DEVICE_DESC.status.offset, 1)[0] ?? 0;
  }

  /** Writes where a queue's ring is and how many entries it has. */
  setQueue(index: number, ring: number, entries: number): void {
    const at = KVM_DEVICE_DESC_BYTES + index * KVM_VQCONFIG_BYTES;
    this.#write(at + KVM_VQCONFIG.address.offset, bigEndian(ring, KVM_VQCONFIG.address.width));
    this.#write(at + KVM_VQCONFIG.num.offset, bigEndian(entries, KVM_VQCONFIG.num.width));
  }

  /** What an interrupt for a queue is to carry, as the driver wrote it. */
  token(index: number): bigint {
    const at = KVM_DEVICE_DESC_BYTES + index * KVM_VQCONFIG_BYTES + KVM_VQCONFIG.token.offset;
    return this.#read(at, KVM_VQCONFIG.token.width).reduce(
      (value, byte) => (value << 8n) | BigInt(byte),
      0n,
    );
  }

  /** Writes the features that the device offers, 32 bits. */
  setDeviceFeatures(features: number): void {
    this.#write(this.#featuresAt, littleEndian(features));
  }

  /** The features that the driver has accepted, 32 bits. */
  get driverFeatures(): number {
    const bytes = this.#read(this.#featuresAt + KVM_FEATURE_BYTES, KVM_FEATURE_BYTES);
    return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  }

  setDriverFeatures(features: number): void {
    this.#write(this.#featuresAt + KVM_FEATURE_BYTES, littleEndian(features));
  }

  /** Writes the configuration space. */
  setConfig(config: Uint8Array): void {
    this.#write(this.#featuresAt + 2 * KVM_FEATURE_BYTES, [...config]);
  }

  get #featuresAt(): number {
    return KVM_DEVICE_DESC_BYTES + this.#queues * KVM_VQCONFIG_BYTES;
  }

  #read(offset: number, size: number): number[] {
    const at = this.#ram.offsetOf(this.address + offset, size);
    return at < 0 ? new Array<number>(size).fill(0) : [...this.#ram.u8.subarray(at, at + size)];
  }

  #write(offset: number, bytes: readonly number[]): void {
    const ram = this.#ram;
    for (let i = 0; i < bytes.length; i++) {
      const address = this.address + offset + i;
      const at = ram.offsetOf(address, 1);
      const value = bytes[i] ?? 0;
      const old = ram.u8[at];
      if (old === undefined || old === value) continue;
      if (this.#journal.on) this.#journal.memWrite(ACTOR.device, address, 1, old, 0, value, 0);
      ram.u8[at] = value;
    }
  }
}

function bigEndian(value: number, width: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; bytes.length < width; rest = Math.floor(rest / 256))
    bytes.unshift(rest % 256);
  return bytes;
}

function littleEndian(value: number): number[] {
  return bigEndian(value, KVM_FEATURE_BYTES).reverse();
}
