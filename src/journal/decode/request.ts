import type { Moment, QueueMoment } from '../fold/moment.ts';
import type { Side } from './side.ts';

/** A stretch of guest memory inside one descriptor's buffer. */
export interface FieldPart {
  readonly descriptor: number;
  readonly addr: number;
  readonly length: number;
}

/** One field of a request, wherever the descriptors cut it. */
export interface RequestField {
  readonly name: string;
  /** What the bytes say now, in words or numbers. */
  readonly value: string;
  readonly doc: string;
  /** Who fills it in. */
  readonly by: 'driver' | 'device';
  /** Where it lies; empty where the chain is too short for it. */
  readonly parts: readonly FieldPart[];
}

/** A chain's bytes, read as the request that they are to the device. */
export interface DecodedRequest {
  /** In a few words: `IN, sector 1`. */
  readonly title: string;
  /** Section of VIRTIO 1.4 that defines the layout. */
  readonly section: string;
  readonly fields: readonly RequestField[];
}

/** What a format depends on besides the bytes. */
export interface RequestContext {
  /** The queue, as its device calls it: `receiveq1`; '' where that is not known. */
  readonly queue: string;
  /** Features that the driver accepted, as a number below 2^53. */
  readonly accepted: number;
  /** Whether numbers are big-endian, as those of a legacy driver on such a CPU. */
  readonly bigEndian: boolean;
}

/** What the requests of a queue depend on at a moment; `name`: the queue, as its device calls it. */
export function requestContext(
  { devices }: Pick<Moment, 'devices'>,
  { dev, bigEndian }: Pick<QueueMoment, 'dev' | 'bigEndian'>,
  name: string | undefined,
): RequestContext {
  return { queue: name ?? '', accepted: devices.get(dev)?.accepted ?? 0, bigEndian };
}

/** Reads a chain as a request of one kind of device. Undefined where such a queue has no format. */
export type RequestDecoder = (
  readable: Side,
  writable: Side,
  context: RequestContext,
) => DecodedRequest | undefined;

/** Whether the driver accepted the feature with this bit number, below 53. */
export function has({ accepted }: RequestContext, bit: number): boolean {
  return Math.floor(accepted / 2 ** bit) % 2 === 1;
}
