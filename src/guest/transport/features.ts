import { DEVICE_FEATURE_NAMES } from '../../spec/feature-names.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';

const BITS = 64;

/** A set of feature bits, 0 to 63 (VIRTIO 1.4 §2.2). Never changes. */
export class FeatureSet {
  /** Bits 0 to 31. */
  readonly lo: number;
  /** Bits 32 to 63. */
  readonly hi: number;
  readonly #deviceId: number;

  /** @internal `deviceId` says what the bits below 24 are called. */
  constructor(lo: number, hi: number, deviceId = 0) {
    this.lo = lo >>> 0;
    this.hi = hi >>> 0;
    this.#deviceId = deviceId;
  }

  /** @internal The set of these bit numbers. Throws RangeError where one is not 0 to 63. */
  static of(bits: readonly number[], deviceId = 0): FeatureSet {
    let lo = 0;
    let hi = 0;
    for (const bit of bits) {
      if (!Number.isInteger(bit) || bit < 0 || bit >= BITS)
        throw new RangeError(`${bit} is not the number of a feature bit`);
      if (bit < 32) lo |= 1 << bit;
      else hi |= 1 << (bit - 32);
    }
    return new FeatureSet(lo, hi, deviceId);
  }

  /** Whether the set has feature `bit`. */
  has(bit: number): boolean {
    return bit < 32 ? ((this.lo >>> bit) & 1) === 1 : ((this.hi >>> (bit - 32)) & 1) === 1;
  }

  /** The features that are in both sets. */
  and(other: FeatureSet): FeatureSet {
    return new FeatureSet(this.lo & other.lo, this.hi & other.hi, this.#deviceId);
  }

  /** The features of this set that are not in `other`. */
  without(other: FeatureSet): FeatureSet {
    return new FeatureSet(this.lo & ~other.lo, this.hi & ~other.hi, this.#deviceId);
  }

  /** Bit numbers, ascending. */
  get bits(): number[] {
    return Array.from({ length: BITS }, (_, bit) => bit).filter((bit) => this.has(bit));
  }

  /** Names of the features, ascending by bit; `bit 40` where a bit has none. */
  get names(): string[] {
    const common = Object.entries(VIRTIO_F);
    const own = DEVICE_FEATURE_NAMES[this.#deviceId] ?? [];
    return this.bits.map(
      (bit) =>
        common.find(([, value]) => value === bit)?.[0] ??
        own.find((named) => named.bit === bit)?.name ??
        `bit ${bit}`,
    );
  }

  toString(): string {
    const halves = [this.hi, this.lo].map((half) => half.toString(16).padStart(8, '0'));
    const bits = `0x${halves.join('')}`;
    return this.lo === 0 && this.hi === 0 ? bits : `${bits} (${this.names.join(', ')})`;
  }
}
