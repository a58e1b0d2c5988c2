import { VIRTIO_BLK_F } from '../../spec/blk.ts';
import { VIRTIO_F, VIRTIO_ID } from '../../spec/virtio.ts';

/** A feature bit that the device offers or the driver accepted. */
export interface FeatureBit {
  readonly bit: number;
  /** The specification's name; undefined where the device type's list has none. */
  readonly name: string | undefined;
  readonly offered: boolean;
  readonly accepted: boolean;
}

const BY_DEVICE: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  [VIRTIO_ID.BLOCK]: VIRTIO_BLK_F,
};

/** Bits that a number below 2^53 can hold. */
const BITS = 53;

/** Whether `bit` is set in a number below 2^53. */
const has = (value: number, bit: number): boolean => Math.floor(value / 2 ** bit) % 2 === 1;

/** Every bit that is offered or accepted, by number, with its name for the device type. */
export function featureBits(deviceId: number, offered: number, accepted: number): FeatureBit[] {
  const names = new Map<number, string>();
  for (const table of [BY_DEVICE[deviceId] ?? {}, VIRTIO_F])
    for (const [name, bit] of Object.entries(table)) names.set(bit, name);
  const out: FeatureBit[] = [];
  for (let bit = 0; bit < BITS; bit++)
    if (has(offered, bit) || has(accepted, bit))
      out.push({
        bit,
        name: names.get(bit),
        offered: has(offered, bit),
        accepted: has(accepted, bit),
      });
  return out;
}
