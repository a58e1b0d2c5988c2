import type { LogLevel, Space } from '../journal/schema.ts';
import type { Platform } from '../spec/platform.ts';
import type { GuestMemory } from './guest-memory.ts';

/** Width of a bus access, in bytes. */
export type AccessSize = 1 | 2 | 4;

/** Address spaces that a guest instruction can reach. */
export type BusSpace = Exclude<Space, 'pciConfig'>;

/**
 * All that a guest can do to the machine: the only seam between `guest/` and the outside.
 * Two implementations: direct calls in one thread, and across threads through shared memory.
 */
export interface Hal {
  /** Guest RAM, journalled and paced. */
  readonly ram: GuestMemory;
  /** What the guest was told about the machine it is on. */
  readonly platform: Platform;
  /** Bus read (a "VM exit", unless there is RAM). Undecoded memory reads zero, undecoded ports read all ones. Unsigned result. */
  read(space: BusSpace, addr: number, size: AccessSize): number;
  /** Bus write (a "VM exit"). Undecoded addresses ignore it. */
  write(space: BusSpace, addr: number, size: AccessSize, value: number): void;
  /**
   * Interrupt inputs that are asserted now, one bit each: bit n of `word` (0 to 7) is input
   * 32 * word + n. What an input is, the machine says: a line of its interrupt controller, a vector
   * of messages, a class of interruptions. Unsigned.
   */
  interrupts(word: number): number;
  /**
   * Halts until one of `inputs` is asserted; returns the first of them that is.
   * Throws `GuestDeadlock` where nothing in the machine can ever assert one.
   */
  waitForInterrupt(inputs: readonly number[]): number;
  /**
   * The CPU takes what `input` has latched: a message, which is over then, or on s390 an
   * interruption, whose code the machine stores into the lowcore. A line stays as its devices drive it.
   */
  takeInterrupt(input: number): void;
  /**
   * A channel instruction, `op` of `CHANNEL_OP`, on the subchannel that the identification word
   * `schid` names, with its operand at guest-physical `address`. Returns the condition code, 0 to 3;
   * 3 (not operational) where the machine has no channel subsystem.
   */
  channel(op: number, schid: number, address: number): number;
  /**
   * DIAGNOSE 500: a call to the hypervisor with up to three arguments, whole numbers below 2^53.
   * Returns what it answers, signed; -38 (ENOSYS) where nothing answers.
   */
  hypercall(subcode: number, a: number, b: number, c: number): number;
  /** A line of output for the console. */
  log(level: LogLevel, text: string): void;
  /** The script reached `line` (1-based); blocks while the page grants no credit. */
  line(line: number): void;
}

/** Words of `Hal.interrupts`: 256 inputs. */
export const INTERRUPT_WORDS = 8;

/** Whether `input` is among the asserted ones that `hal` reports. */
export function isAsserted(hal: Pick<Hal, 'interrupts'>, input: number): boolean {
  return ((hal.interrupts(input >>> 5) >>> (input & 31)) & 1) === 1;
}

/** The first of `inputs` that is asserted, or undefined. */
export function firstAsserted(
  hal: Pick<Hal, 'interrupts'>,
  inputs: readonly number[],
): number | undefined {
  return inputs.find((input) => isAsserted(hal, input));
}

/** The vCPU waits for an interrupt and the machine has nothing left to do: the guest hangs for ever. */
export class GuestDeadlock extends Error {
  override readonly name = 'GuestDeadlock';
}

/** The guest touched an address that is not RAM through a RAM access. */
export class GuestMemoryFault extends Error {
  override readonly name = 'GuestMemoryFault';
}
