import type { BackendOp } from '../../../journal/schema.ts';
import type { ScsiCommand } from './command.ts';
import { SENSE, type Sense } from './sense.ts';

/** Statuses of commands (SAM 5 §5.3.1). */
export const STATUS = { GOOD: 0, CHECK_CONDITION: 2 } as const;

/** How a command ended. */
export interface ScsiAnswer {
  readonly status: number;
  /** What is wrong, where something is. */
  readonly sense?: Sense;
  /** Bytes of the initiator's buffer that were not used; may be negative, as QEMU's are. */
  readonly residual: number;
}

/** The initiator's end of a command: its buffer, and the record of what the drive does. */
export interface ScsiTransfer {
  /** Bytes of the buffer. */
  readonly size: number;
  /** Copies bytes from the buffer's start; as many as there are. */
  fetch(into: Uint8Array): void;
  /** Copies bytes to the buffer's start; as many as fit. */
  store(bytes: Uint8Array): void;
  /** Has the drive do something; false where it failed. */
  atDrive(op: BackendOp, position: number, length: number, work: () => void): boolean;
}

/** A command that a unit has accepted; `run` carries it out. */
export interface ScsiTask {
  readonly command: ScsiCommand | undefined;
  run(transfer: ScsiTransfer): ScsiAnswer;
}

/** A command that ended well, having left `residual` bytes of the buffer unused. */
export function good(residual = 0): ScsiAnswer {
  return { status: STATUS.GOOD, residual };
}

/** A command that failed. */
export function failed(sense: Sense): ScsiAnswer {
  return { status: STATUS.CHECK_CONDITION, sense, residual: 0 };
}

/** Answers with `bytes`, cut or filled up with zeros to what the command asks for. */
export function answerWith(
  { transfer }: ScsiCommand,
  buffer: ScsiTransfer,
  bytes: Uint8Array,
): ScsiAnswer {
  const whole = new Uint8Array(transfer);
  whole.set(bytes.subarray(0, transfer));
  return sendBytes(buffer, whole);
}

/** Answers with `bytes` as they are. */
export function sendBytes(buffer: ScsiTransfer, bytes: Uint8Array): ScsiAnswer {
  if (bytes.length === 0) return good();
  buffer.store(bytes);
  return good(buffer.size - Math.min(bytes.length, buffer.size));
}

/** A command that fails whatever else holds. */
export function failing(sense: Sense | undefined, command?: ScsiCommand): ScsiTask {
  return {
    command,
    run: () => (sense ? failed(sense) : { status: STATUS.CHECK_CONDITION, residual: 0 }),
  };
}

/** A command whose operation code nobody knows. */
export const INVALID = failing(SENSE.invalidOpcode);
