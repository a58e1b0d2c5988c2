import type { JournalWriter } from '../../journal/writer.ts';
import type { AddressSpace } from '../../memory/address-space.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import type { TypeRegistry } from '../qom/type.ts';

/** What every device can reach: services of the machine that it is part of. */
export interface DeviceContext {
  readonly registry: TypeRegistry;
  readonly journal: JournalWriter;
  readonly ram: GuestRam;
  /** Bus addresses of the guest's memory and I/O instructions. */
  readonly memory: AddressSpace;
  readonly io: AddressSpace;
  /** Gives a device the number by which the journal calls it. */
  numberDevice(device: { readonly path: string }): number;
  /** How many buses of `type` the machine has made before: the N of `pci.N`. */
  numberBus(type: string): number;
  /** Prints a line as QEMU does on stderr: a device's complaint about its driver. */
  report(message: string): void;
  /** Whether the machine's one page for DMA outside RAM is taken. */
  readonly bounce: { busy: boolean };
  /** Drives platform interrupt input `line` (0 to 31). */
  setInterrupt(line: number, level: boolean): void;
}
