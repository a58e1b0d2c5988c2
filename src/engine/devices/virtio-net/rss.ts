import { isPowerOfTwo } from '../../../base/bits.ts';

/** Bytes of a key, and entries of an indirection table, that the device has room for. */
export const RSS_KEY_BYTES = 40;
export const RSS_TABLE_ENTRIES = 128;
/** Bytes of hash types, table mask and the queue of what cannot be classified. */
const HEAD = 8;
/** Bytes of the transmit queue count and the key's length behind the table. */
const TAIL = 3;

/** What the device and its driver have agreed on. */
export interface RssLimits {
  /** The driver accepted MQ or RSS. */
  readonly multiqueue: boolean;
  /** The driver accepted RSS. */
  readonly steering: boolean;
  /** The driver accepted HASH_REPORT. */
  readonly hashReport: boolean;
  readonly maxPairs: number;
  readonly activePairs: number;
}

/**
 * Reads MQ_RSS_CONFIG (`steer`) or MQ_HASH_CONFIG: queue pairs that it asks for, or 0 where it is
 * refused (VIRTIO 1.4 §5.1.9.5.7.1). No back end here has more than one queue, so nothing is steered.
 */
export function rssPairs(
  limits: RssLimits,
  view: DataView,
  steer: boolean,
  littleEndian: boolean,
): number {
  if (!(steer ? limits.steering : limits.hashReport) || view.byteLength < HEAD) return 0;
  const hashTypes = view.getUint32(0, littleEndian);
  const entries = steer ? view.getUint16(4, littleEndian) + 1 : 1;
  if (!isPowerOfTwo(entries) || entries > RSS_TABLE_ENTRIES) return 0;
  if (steer && view.getUint16(6, littleEndian) >= limits.maxPairs) return 0;
  const tail = HEAD + entries * 2;
  if (view.byteLength < tail + TAIL) return 0;
  const pairs = steer ? view.getUint16(tail, littleEndian) : limits.activePairs;
  const keyBytes = view.getUint8(tail + 2);
  if (pairs > limits.maxPairs || keyBytes > RSS_KEY_BYTES) return 0;
  if (keyBytes === 0) return hashTypes === 0 ? pairs : 0;
  return view.byteLength < tail + TAIL + keyBytes ? 0 : pairs;
}
