import type { AccessSize, BusSpace } from '../../guest/hal.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';

/** What the channel needs of a machine: its bus as the guest reaches it, and its interrupt inputs. */
export interface BusTarget {
  read(space: BusSpace, addr: number, size: AccessSize): number;
  write(space: BusSpace, addr: number, size: AccessSize, value: number): void;
  /** Asserted interrupt inputs, one bit each: bit n of `word` (0 to 7) is input 32 * word + n. Unsigned. */
  interruptWord(word: number): number;
  /** The CPU takes what an input has latched. */
  takeInterrupt(input: number): void;
  /** A channel instruction; returns its condition code. */
  channel(op: number, schid: number, address: number): number;
  /** DIAGNOSE 500; returns what the guest finds in its register, signed. */
  hypercall(subcode: number, a: number, b: number, c: number): number;
  /** Called whenever an interrupt input changed. */
  onInterrupt: () => void;
  readonly ram: GuestRam;
  /** Where the machine records. */
  readonly journal: JournalWriter;
}
