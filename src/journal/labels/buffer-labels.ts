import { hex } from '../../base/bits.ts';
import type { RequestContext } from '../decode/request.ts';
import { type DecodedRequest, decodeRequest } from '../decode-request.ts';
import type { GuestImage } from '../fold/guest-image.ts';
import type { RingNumbers } from '../fold/ring-numbers.ts';
import type { ChainPiece } from '../fold/ring-view.ts';
import { bytesText } from '../narration/words.ts';
import type { Chain } from './chains.ts';
import type { Label } from './label.ts';
import { descriptorLabels } from './ring-labels.ts';

/** What labels of one queue's chains rest on. */
export interface ChainContext {
  readonly dev: number;
  readonly queue: number;
  readonly packed: boolean;
  readonly numbers: RingNumbers;
  readonly memory: GuestImage;
  readonly virtioId: number | undefined;
  readonly request: RequestContext;
}

const STATES: Readonly<Record<Chain['state'], string>> = {
  'in the making': 'not available yet',
  waiting: 'waits for the device',
  taken: 'the device has it',
  returned: 'came back',
};

/** The entries of a chain's indirect tables that lie, at least in part, in the `length` bytes from `addr`. */
export function tableLabels(
  chain: Chain,
  context: ChainContext,
  addr: number,
  length: number,
): Label[] {
  const { dev, queue, packed, numbers } = context;
  const labels: Label[] = [];
  for (const table of chain.tables) {
    const first = Math.max(0, Math.floor((addr - table.addr) / 16));
    const last = Math.min(table.size - 1, Math.floor((addr + length - 1 - table.addr) / 16));
    for (let i = first; i <= last; i++)
      labels.push(
        ...descriptorLabels(numbers, table.addr + 16 * i, i, packed, {
          name: `table[${i}]`,
          kind: 'table',
          structure: `indirect table of descriptor ${table.from}`,
          owner: ownerOf(chain),
          ...{ dev, queue },
        }),
      );
  }
  return labels.filter(({ start, end }) => addr < end && addr + length > start);
}

/** What a chain's buffers hold, as far as they lie in the `length` bytes from `addr`: the fields of its request. */
export function bufferLabels(
  chain: Chain,
  context: ChainContext,
  addr: number,
  length: number,
): Label[] {
  const inRange = (start: number, bytes: number) => addr < start + bytes && addr + length > start;
  const pieces = chain.pieces.filter((piece) => inRange(piece.addr, piece.len));
  if (pieces.length === 0) return [];
  const request = decodeRequest(context.virtioId, chain.pieces, context.memory, context.request);
  const labels: Label[] = [];
  for (const field of request?.fields ?? [])
    for (const part of field.parts)
      if (inRange(part.addr, part.length))
        labels.push({
          start: part.addr,
          end: part.addr + part.length,
          kind: 'buffer',
          structure: bufferName(part.descriptor, chain, request),
          field: field.name,
          value: field.value,
          doc: `${field.doc}, by the ${field.by}`,
          owner: ownerOf(chain),
          section: request?.section,
          dev: context.dev,
          queue: context.queue,
        });
  for (const piece of pieces) labels.push(wholeBuffer(piece, chain, context, request));
  return labels;
}

/** A whole piece of a chain: what is left of it where no field of the request lies. */
function wholeBuffer(
  { index, addr, len, writable }: ChainPiece,
  chain: Chain,
  { dev, queue, packed }: ChainContext,
  request: DecodedRequest | undefined,
): Label {
  return {
    start: addr,
    end: addr + len,
    kind: 'buffer',
    structure: bufferName(index, chain, request),
    field: '',
    value: bytesText(len),
    doc: `Chain ${chain.head}, ${STATES[chain.state]}; for the device to ${writable ? 'write' : 'read'}, at ${hex(addr, 8)}`,
    owner: ownerOf(chain),
    section: packed ? '2.8.4' : '2.7.5',
    ...{ dev, queue },
  };
}

function bufferName(index: number, { state }: Chain, request: DecodedRequest | undefined): string {
  const of = request ? `, ${request.title}` : '';
  return `buffer of descriptor ${index}${of}${state === 'returned' ? ', came back' : ''}`;
}

/** VIRTIO 1.4 §2.7.13, VIRTIO 1.4 §2.7.14 */
function ownerOf({ state }: Chain): Label['owner'] {
  return state === 'taken' || state === 'waiting' ? 'device' : 'driver';
}
