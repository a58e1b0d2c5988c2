import type { LogLevel, Space } from '../journal/schema.ts';
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
  /** Bus read (a "VM exit"). Undecoded memory reads zero, undecoded ports read all ones. Unsigned result. */
  read(space: BusSpace, addr: number, size: AccessSize): number;
  /** Bus write (a "VM exit"). Undecoded addresses ignore it. */
  write(space: BusSpace, addr: number, size: AccessSize, value: number): void;
  /** Platform interrupt inputs that are asserted now, one bit each (bit n: input n, 0 to 31). */
  interrupts(): number;
  /**
   * Halts until an input of `mask` is asserted; returns the asserted ones of it.
   * Throws `GuestDeadlock` where nothing in the machine can ever raise one.
   */
  waitForInterrupt(mask: number): number;
  /** A line of output for the console. */
  log(level: LogLevel, text: string): void;
  /** The script reached `line` (1-based); blocks while the page grants no credit. */
  line(line: number): void;
}

/** The vCPU waits for an interrupt and the machine has nothing left to do: the guest hangs for ever. */
export class GuestDeadlock extends Error {
  override readonly name = 'GuestDeadlock';
}

/** The guest touched an address that is not RAM through a RAM access. */
export class GuestMemoryFault extends Error {
  override readonly name = 'GuestMemoryFault';
}
