import type { AccessSize, BusSpace } from '../../guest/hal.ts';
import type { JournalWriter } from '../../journal/writer.ts';

/** What the channel needs of a machine: its bus as the guest reaches it, and its interrupt inputs. */
export interface BusTarget {
  read(space: BusSpace, addr: number, size: AccessSize): number;
  write(space: BusSpace, addr: number, size: AccessSize, value: number): void;
  /** Asserted platform interrupt inputs, one bit each. */
  readonly irqLevel: number;
  /** Called whenever `irqLevel` changed. */
  onInterrupt: () => void;
  /** Where the machine records. */
  readonly journal: JournalWriter;
}
