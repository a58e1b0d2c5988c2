import { bitsOf, featureBit } from '../../spec/constants.ts';

/** A feature bit that the device offers or the driver accepted. */
export interface FeatureBit {
  readonly bit: number;
  /** The specification's name; undefined where the device type's list has none. */
  readonly name: string | undefined;
  /** What it means in a few words, where it has a name. */
  readonly doc: string | undefined;
  readonly offered: boolean;
  readonly accepted: boolean;
}

/** Every bit that is offered or accepted, by number, with its name for the device type. */
export function featureBits(deviceId: number, offered: number, accepted: number): FeatureBit[] {
  const offers = new Set(bitsOf(offered));
  const accepts = new Set(bitsOf(accepted));
  return [...new Set([...offers, ...accepts])]
    .sort((a, b) => a - b)
    .map((bit) => {
      const known = featureBit(deviceId, bit);
      return {
        bit,
        name: known?.name,
        doc: known?.doc,
        offered: offers.has(bit),
        accepted: accepts.has(bit),
      };
    });
}
