import {
  CHSC,
  CHSC_BYTES,
  CHSC_CMD,
  CHSC_FACILITY,
  CHSC_RESPONSE,
} from '../../../spec/channel-io.ts';
import { viewOf } from './storage.ts';

/** What a program has enabled of the channel subsystem. */
export interface Facilities {
  /** Subchannel sets other than 0 are there. */
  sets: boolean;
  /** So are images other than the default one. */
  images: boolean;
}

/** Operation of SDA, in the lower half of the parameter; format, and bits that must be zero. */
const SDA = {
  bytes: 0x0400,
  operation: 0xffff,
  format: 0x0f00_0000,
  reserved: 0xf0ff_0000,
} as const;
/** Format of SCSC, the image that is meant, and bits that must be zero. */
const SCSC = { format: 0x000f_0000, image: 0x0000_ff00, reserved: 0xdff0_00ff } as const;
/** Bytes of the answer of SCSC. */
const SCSC_BYTES = 4080;
/** General and CHSC characteristics that are not zero, by offset in the answer. */
const CHARACTERISTICS: readonly (readonly [offset: number, word: number])[] = [
  [0x08, 0x0300_0000],
  [0x0c, 0x0007_9000],
  [0x14, 0x0008_0000],
  [0x800, 0x4000_0000],
  [0x80c, 0x0004_0000],
];

/** Whether a command block is of a length that it can have. */
export function isCallLength(length: number): boolean {
  const most = CHSC_BYTES.page - CHSC_BYTES.response;
  return length >= CHSC_BYTES.command && length <= most && length % 8 === 0;
}

/** Carries out the command in a block, and gives the response. */
export function callSubsystem(block: DataView, facilities: Facilities): Uint8Array {
  switch (block.getUint16(CHSC.command.offset)) {
    case CHSC_CMD.SDA:
      return response(setDomain(block, facilities));
    case CHSC_CMD.SCSC:
      return storeCharacteristics(block);
    case CHSC_CMD.SEI:
      // Devices that come and go are not announced: a program finds them by scanning.
      return response(CHSC_RESPONSE.nothing);
    default:
      return response(CHSC_RESPONSE.notProvided);
  }
}

function setDomain(block: DataView, facilities: Facilities): number {
  const parameter = block.getUint32(CHSC.parameter.offset);
  if (block.getUint16(CHSC.length.offset) !== SDA.bytes || parameter & SDA.reserved)
    return CHSC_RESPONSE.invalid;
  if (parameter & SDA.format) return CHSC_RESPONSE.format;
  switch (parameter & SDA.operation) {
    case CHSC_FACILITY.images:
      facilities.images = true;
      return CHSC_RESPONSE.done;
    case CHSC_FACILITY.sets:
      facilities.sets = true;
      return CHSC_RESPONSE.done;
    default:
      return CHSC_RESPONSE.invalid;
  }
}

function storeCharacteristics(block: DataView): Uint8Array {
  const parameter = block.getUint32(CHSC.parameter.offset);
  if (block.getUint16(CHSC.length.offset) !== CHSC_BYTES.command)
    return response(CHSC_RESPONSE.invalid);
  if (parameter & SCSC.format) return response(CHSC_RESPONSE.format);
  const rest = block.getUint32(CHSC.parameter1.offset) | block.getUint32(CHSC.parameter2.offset);
  if (parameter & (SCSC.reserved | SCSC.image) || rest) return response(CHSC_RESPONSE.invalid);
  const answer = response(CHSC_RESPONSE.done, SCSC_BYTES);
  for (const [offset, word] of CHARACTERISTICS) viewOf(answer).setUint32(offset, word);
  return answer;
}

function response(code: number, length: number = CHSC_BYTES.response): Uint8Array {
  const bytes = new Uint8Array(length);
  viewOf(bytes).setUint16(0, length);
  viewOf(bytes).setUint16(2, code);
  return bytes;
}
