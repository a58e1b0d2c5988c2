import type { JournalWriter } from '../../journal/writer.ts';
import type { AddressSpace } from '../../memory/address-space.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import type { MemoryRegion } from '../../memory/memory-region.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { Device } from './device.ts';
import type { HotplugHandler } from './hotplug.ts';

/** A NIC that stands in for another, its primary, which is kept back until the driver knows of such pairs. */
export interface Standby {
  /** Whether device `id` is kept back; `plug` adds it later. Throws ConfigError where there is a primary already. */
  keepsBack(id: string, plug: () => void): boolean;
  /** A driver knows of such pairs: the primary comes, now or as soon as there is one. */
  pair(): void;
}

/** What the board's CPUs do beyond loads and stores, where they do; the board puts it in. */
export interface CpuServices {
  /** The CPU takes the interruption that `input` stands for. */
  takeInterruption?(input: number): void;
  /**
   * A channel I/O instruction on the subchannel that `schid` names, with its operand at `address`: the
   * condition code, or the negative of a program interruption code.
   */
  channel?(op: number, schid: number, address: number): number;
  /** DIAGNOSE 500: what register 2 holds afterwards, signed. */
  hypercall?(subcode: number, a: number, b: number, c: number): number;
}

/** What every device can reach: services of the machine that it is part of. */
export interface DeviceContext {
  readonly registry: TypeRegistry;
  readonly journal: JournalWriter;
  readonly ram: GuestRam;
  /** Bus addresses of the guest's memory and I/O instructions. */
  readonly memory: AddressSpace;
  readonly io: AddressSpace;
  /** Every master's view of addresses, `memory` and `io` first, in the order of creation. */
  readonly addressSpaces: Set<AddressSpace>;
  /** The machine's RAM, for the board to show where its addresses are; undefined where it has none. */
  readonly ramRegion: MemoryRegion | undefined;
  /** Number of CPUs. */
  readonly cpus: number;
  /** Whether the guest's CPUs are big-endian, which legacy devices follow; absent: they are not. */
  readonly bigEndian?: boolean;
  /** Gives a device the number by which the journal calls it. */
  numberDevice(device: { readonly path: string }): number;
  /** How many buses of `type` the machine has made before: the N of `pci.N`. */
  numberBus(type: string): number;
  /** Whether the machine stands: a device that comes now is hot-plugged. */
  readonly started: boolean;
  /** Who decides about a device before its bus does: the machine, or undefined. */
  handlerOf(device: Device): HotplugHandler | undefined;
  /** Does `work` as soon as the machine stands: at once where it does. */
  whenStarted(work: () => void): void;
  /** Tells the management side that something happened. */
  emit(event: string, data?: Readonly<Record<string, unknown>>): void;
  /** Prints a line as QEMU does on stderr: a device's complaint about its driver. */
  report(message: string): void;
  /** Prints a line on stderr as it is, without the program's name. */
  printError(line: string): void;
  /** A remark of this program's, which QEMU would not make: only the journal has it. */
  note(message: string): void;
  /** Devices of which a machine has at most one, by kind: the balloon, the IOMMU. */
  readonly sole: Map<string, Device>;
  /** NICs that stand in for others, by the name that `failover_pair_id` means. */
  readonly standbys: Map<string, Standby>;
  /** Whether the machine's one page for DMA outside RAM is taken. */
  readonly bounce: { busy: boolean };
  /** What CPUs of the board do that those of others do not. */
  readonly cpu: CpuServices;
  /** Drives interrupt input `line` (0 to 255). */
  setInterrupt(line: number, level: boolean): void;
  /** Asserts `input` until the CPU takes it: a message came. */
  latchInterrupt(input: number): void;
}
