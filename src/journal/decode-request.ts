import { join64 } from '../base/bits.ts';
import { utf8Decode } from '../base/utf8.ts';
import {
  VIRTIO_BLK_HEADER,
  VIRTIO_BLK_REQ,
  VIRTIO_BLK_SECTOR,
  VIRTIO_BLK_SEGMENT,
  VIRTIO_BLK_T,
} from '../spec/blk.ts';
import { BLK_STATUS, BLK_TYPES, constantOf } from '../spec/constants.ts';
import { VIRTIO_ID } from '../spec/virtio.ts';
import type { GuestImage } from './fold/guest-image.ts';
import type { ChainPiece } from './fold/ring-view.ts';

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

/** What a chain names, in order; `QueueView.pieces` gives it. */
type Chain = readonly ChainPiece[];

/**
 * One side of a chain, readable or writable, as one run of bytes: descriptors may cut it anywhere
 * (VIRTIO 1.4 §2.7.4).
 */
class Side {
  readonly length: number;
  readonly #chain: Chain;
  readonly #memory: GuestImage;

  constructor(chain: Chain, writable: boolean, memory: GuestImage) {
    this.#chain = chain.filter((descriptor) => descriptor.writable === writable);
    this.#memory = memory;
    this.length = this.#chain.reduce((sum, { len }) => sum + len, 0);
  }

  /** Where `length` bytes from `offset` on lie; fewer where the side ends. */
  parts(offset: number, length: number): FieldPart[] {
    const parts: FieldPart[] = [];
    let start = 0;
    for (const { index, addr, len } of this.#chain) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + len);
      if (from < to)
        parts.push({ descriptor: index, addr: addr + from - start, length: to - from });
      start += len;
    }
    return parts;
  }

  /** The bytes there, at most 64. */
  bytes(parts: readonly FieldPart[]): number[] {
    const bytes: number[] = [];
    for (const { addr, length } of parts)
      bytes.push(...this.#memory.bytes(addr, Math.min(length, 64 - bytes.length)));
    return bytes;
  }

  /** A little-endian number at most 8 bytes wide, or undefined where the side is too short. */
  number(offset: number, width: number): number | undefined {
    const bytes = this.bytes(this.parts(offset, width));
    if (bytes.length < width) return undefined;
    const half = (at: number) =>
      [3, 2, 1, 0].reduce((sum, i) => sum * 256 + (bytes[at + i] ?? 0), 0);
    return join64(half(0), half(4));
  }
}

/** Reads a chain as a request of one kind of device. */
export type RequestDecoder = (readable: Side, writable: Side) => DecodedRequest;

/** Block request: header, data, status byte (VIRTIO 1.4 §5.2.6). */
const decodeBlk: RequestDecoder = (readable, writable) => {
  const { type: TYPE, sector: SECTOR, reserved: RESERVED } = VIRTIO_BLK_REQ;
  const type = readable.number(TYPE.offset, TYPE.width);
  const sector = readable.number(SECTOR.offset, SECTOR.width);
  const known = type === undefined ? undefined : constantOf(BLK_TYPES, type);
  const typeText = type === undefined ? 'missing' : (known?.name ?? `unknown type ${type}`);
  const number = (value: number | undefined) => (value === undefined ? 'missing' : String(value));
  const field = (
    side: Side,
    by: RequestField['by'],
    name: string,
    { offset, width, doc }: { offset: number; width: number; doc: string },
    value = number(side.number(offset, width)),
  ): RequestField => ({ name, value, doc, by, parts: side.parts(offset, width) });

  const fields = [
    field(readable, 'driver', 'type', TYPE, known ? `${known.name} (${known.value})` : typeText),
    field(readable, 'driver', 'reserved', RESERVED),
    field(readable, 'driver', 'sector', SECTOR),
  ];
  const out = readable.length - VIRTIO_BLK_HEADER;
  if (out > 0) {
    const ranges = type === VIRTIO_BLK_T.DISCARD || type === VIRTIO_BLK_T.WRITE_ZEROES;
    const parts = readable.parts(VIRTIO_BLK_HEADER, out);
    fields.push({
      name: 'data',
      value: ranges ? blkRange(readable) : `${out} bytes`,
      doc: ranges ? 'Ranges of sectors' : 'What to write',
      by: 'driver',
      parts,
    });
  }
  if (writable.length > 1) {
    const parts = writable.parts(0, writable.length - 1);
    const id = type === VIRTIO_BLK_T.GET_ID;
    fields.push({
      name: 'data',
      value: id ? JSON.stringify(cString(writable.bytes(parts))) : `${writable.length - 1} bytes`,
      doc: id ? 'Name of the device' : 'What was read',
      by: 'device',
      parts,
    });
  }
  const statusAt = { offset: writable.length - 1, width: 1, doc: 'How it went' };
  const status = writable.length > 0 ? writable.number(statusAt.offset, 1) : undefined;
  const named = status === undefined ? undefined : constantOf(BLK_STATUS, status);
  const statusText = named ? `${named.name} (${named.value})` : number(status);
  fields.push(field(writable, 'device', 'status', statusAt, statusText));

  const placed = type === VIRTIO_BLK_T.IN || type === VIRTIO_BLK_T.OUT;
  const title = placed ? `${typeText}, sector ${number(sector)}` : typeText;
  return { title, section: '5.2.6', fields };
};

function blkRange(readable: Side): string {
  const { sector, num_sectors } = VIRTIO_BLK_SEGMENT;
  const start = readable.number(VIRTIO_BLK_HEADER + sector.offset, sector.width);
  const count = readable.number(VIRTIO_BLK_HEADER + num_sectors.offset, num_sectors.width);
  if (start === undefined || count === undefined) return 'missing';
  return `${count} sectors of ${VIRTIO_BLK_SECTOR} bytes from ${start}`;
}

function cString(bytes: readonly number[]): string {
  const end = bytes.indexOf(0);
  return utf8Decode(end < 0 ? bytes : bytes.slice(0, end));
}

/** Entropy request: a buffer to fill (VIRTIO 1.4 §5.4.6). */
const decodeRng: RequestDecoder = (_readable, writable) => ({
  title: `${writable.length} random bytes`,
  section: '5.4.6',
  fields: [
    {
      name: 'data',
      value: `${writable.length} bytes`,
      doc: 'Random bytes',
      by: 'device',
      parts: writable.parts(0, writable.length),
    },
  ],
});

/**
 * How to read a chain, by virtio ID. A device that is not here has no request format that is known.
 */
export const REQUEST_DECODERS: Readonly<Record<number, RequestDecoder>> = {
  [VIRTIO_ID.BLOCK]: decodeBlk,
  [VIRTIO_ID.ENTROPY]: decodeRng,
};

/**
 * Reads a chain as a request of the device with this virtio ID; undefined where no format is known.
 * Never throws, whatever the chain says.
 */
export function decodeRequest(
  virtioId: number | undefined,
  chain: Chain,
  memory: GuestImage,
): DecodedRequest | undefined {
  const decoder = REQUEST_DECODERS[virtioId ?? 0];
  if (!decoder || chain.length === 0) return undefined;
  return decoder(new Side(chain, false, memory), new Side(chain, true, memory));
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
