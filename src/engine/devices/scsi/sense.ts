/** What is wrong with a command or a unit: sense key, additional sense code and its qualifier (SPC 3 §4.5). */
export interface Sense {
  readonly key: number;
  readonly asc: number;
  readonly ascq: number;
}

const sense = (key: number, asc: number, ascq: number): Sense => ({ key, asc, ascq });

/** Sense key of conditions that are told once, before anything else. */
export const UNIT_ATTENTION = 6;

/** The conditions that units tell of. */
export const SENSE = {
  noSense: sense(0, 0, 0),
  notReady: sense(2, 0x04, 0x03),
  noMedium: sense(2, 0x3a, 0),
  notReadyRemovalPrevented: sense(2, 0x53, 0x02),
  invalidParameterLength: sense(5, 0x1a, 0),
  invalidOpcode: sense(5, 0x20, 0),
  lbaOutOfRange: sense(5, 0x21, 0),
  invalidField: sense(5, 0x24, 0),
  unitNotSupported: sense(5, 0x25, 0),
  invalidParameter: sense(5, 0x26, 0),
  incompatibleFormat: sense(5, 0x30, 0),
  savingNotSupported: sense(5, 0x39, 0),
  removalPrevented: sense(5, 0x53, 0x02),
  mediumChanged: sense(UNIT_ATTENTION, 0x28, 0),
  reset: sense(UNIT_ATTENTION, 0x29, 0),
  capacityChanged: sense(UNIT_ATTENTION, 0x2a, 0x09),
  reportedLunsChanged: sense(UNIT_ATTENTION, 0x3f, 0x0e),
  writeProtected: sense(7, 0x27, 0),
  ioError: sense(0xb, 0, 0x06),
} as const;

/** The condition of `SENSE` with these numbers, which are compared by what they are. */
export function knownSense(saved: unknown): Sense | undefined {
  const { key, asc, ascq } = (saved ?? {}) as Partial<Sense>;
  return Object.values(SENSE).find(
    (known) => known.key === key && known.asc === asc && known.ascq === ascq,
  );
}

/** Bytes of sense data in fixed format. */
const FIXED_BYTES = 18;
/** Bytes of sense data in descriptor format. */
const DESCRIPTOR_BYTES = 8;

/** Sense data as a command returns it, in fixed format or with descriptors. */
export function senseBytes({ key, asc, ascq }: Sense, fixed = true): Uint8Array {
  if (!fixed) return Uint8Array.of(0x72, key, asc, ascq, ...new Uint8Array(DESCRIPTOR_BYTES - 4));
  const bytes = new Uint8Array(FIXED_BYTES);
  bytes[0] = 0x70;
  bytes[2] = key;
  bytes[7] = FIXED_BYTES - 8;
  bytes[12] = asc;
  bytes[13] = ascq;
  return bytes;
}

/** Rank of an attention: a lower one is not replaced by a higher. A reset tells more than what it undid. */
export function attentionRank({ asc, ascq }: Sense): number {
  if (asc === 0x29 && ascq === 0x04) return 1;
  if (asc === 0x3f && ascq === 0x01) return 2;
  if (asc === 0x29 && ascq <= 0x07 && ascq !== 0x05 && ascq !== 0x06) return ascq;
  if (asc === 0x2f && ascq === 0x01) return 8;
  return (asc << 8) | ascq;
}
