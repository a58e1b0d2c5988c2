import { VIRTIO_ID } from '../spec/virtio.ts';
import { decode9p } from './decode/9p.ts';
import { decodeBalloon } from './decode/balloon.ts';
import { decodeBlk } from './decode/blk.ts';
import { decodeConsole } from './decode/console.ts';
import { decodeCrypto } from './decode/crypto.ts';
import { decodeGpu } from './decode/gpu.ts';
import { decodeInput } from './decode/input.ts';
import { decodeIommu } from './decode/iommu.ts';
import { decodeMem, decodePmem } from './decode/mem.ts';
import { decodeNet } from './decode/net.ts';
import type {
  DecodedRequest,
  RequestContext,
  RequestDecoder,
  RequestField,
} from './decode/request.ts';
import { decodeRng } from './decode/rng.ts';
import { decodeScsi } from './decode/scsi.ts';
import { Side } from './decode/side.ts';
import type { GuestImage } from './fold/guest-image.ts';
import type { ChainPiece } from './fold/ring-view.ts';

export type { DecodedRequest, RequestContext, RequestField } from './decode/request.ts';
export { requestContext } from './decode/request.ts';

/**
 * How to read a chain, by virtio ID: one file a device. A device that is not here has no request format
 * that is known.
 */
export const REQUEST_DECODERS: Readonly<Record<number, RequestDecoder>> = {
  [VIRTIO_ID.NET]: decodeNet,
  [VIRTIO_ID.BLOCK]: decodeBlk,
  [VIRTIO_ID.CONSOLE]: decodeConsole,
  [VIRTIO_ID.ENTROPY]: decodeRng,
  [VIRTIO_ID.BALLOON]: decodeBalloon,
  [VIRTIO_ID.SCSI]: decodeScsi,
  [VIRTIO_ID['9P']]: decode9p,
  [VIRTIO_ID.GPU]: decodeGpu,
  [VIRTIO_ID.INPUT]: decodeInput,
  [VIRTIO_ID.CRYPTO]: decodeCrypto,
  [VIRTIO_ID.IOMMU]: decodeIommu,
  [VIRTIO_ID.MEM]: decodeMem,
  [VIRTIO_ID.PMEM]: decodePmem,
};

/** Devices whose requests are little-endian whoever drives them: messages of 9P, and what came with VIRTIO 1. */
const LITTLE_ENDIAN: ReadonlySet<number | undefined> = new Set([
  VIRTIO_ID['9P'],
  VIRTIO_ID.GPU,
  VIRTIO_ID.CRYPTO,
  VIRTIO_ID.IOMMU,
  VIRTIO_ID.MEM,
]);

/**
 * Reads a chain, as `QueueView.pieces` gives it, as a request of the device with this virtio ID;
 * undefined where no format is known. Never throws, whatever the chain says.
 */
export function decodeRequest(
  virtioId: number | undefined,
  chain: readonly ChainPiece[],
  memory: GuestImage,
  context: RequestContext,
): DecodedRequest | undefined {
  const decoder = REQUEST_DECODERS[virtioId ?? 0];
  if (!decoder || chain.length === 0) return undefined;
  const bigEndian = context.bigEndian && !LITTLE_ENDIAN.has(virtioId);
  const side = (writable: boolean) => new Side(chain, writable, memory, bigEndian);
  return decoder(side(false), side(true), context);
}

/** The field of a request that holds the byte at guest-physical `addr`. */
export function fieldAt(request: DecodedRequest, addr: number): RequestField | undefined {
  return request.fields.find(({ parts }) =>
    parts.some((part) => addr >= part.addr && addr < part.addr + part.length),
  );
}

/** The fields of a request that lie, at least in part, in a descriptor's buffer. */
export function fieldsIn(request: DecodedRequest, descriptor: number): readonly RequestField[] {
  return request.fields.filter(({ parts }) => parts.some((part) => part.descriptor === descriptor));
}
