import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';

/** Bytes that a chain has for a request and a response, and where its data lies between and behind them. */
export interface RequestLayout {
  /** Readable bytes behind the request. */
  readonly out: number;
  /** Writable bytes behind the response. */
  readonly in: number;
  /** Where they begin, in the readable and in the writable part. */
  readonly outAt: number;
  readonly inAt: number;
  /** Bytes that are told to be written where the chain is returned: QEMU counts what it read, too. */
  readonly written: number;
}

/**
 * Where things lie in a chain that begins with a request and, in its writable part, a response of the
 * sizes given; undefined where it is too short. Without ANY_LAYOUT, which only a legacy driver can
 * accept, QEMU takes the whole first buffer for the request or response: data begins in the next one.
 */
export function layoutOf(
  element: VirtQueueElement,
  request: number,
  response: number,
  anyLayout: boolean,
): RequestLayout | undefined {
  const { readableLength, writableLength, readableCount, writableCount } = element;
  if (readableLength < request || writableLength < response) return undefined;
  const first = (count: number, at: number, size: number) =>
    anyLayout || count === 0 ? size : element.lengthOf(at);
  const outAt = first(readableCount, 0, request);
  const inAt = first(writableCount, readableCount, response);
  const outBytes = Math.max(0, readableLength - outAt);
  const inBytes = Math.max(0, writableLength - inAt);
  return { out: outBytes, in: inBytes, outAt, inAt, written: outBytes + inBytes + response };
}
