import type { JournalEvent, LogLevel } from '../schema.ts';
import type { GuestImage } from './guest-image.ts';

/** One descriptor of a packed ring, as it was when it became available. */
export interface PackedDescriptor {
  /** Its place in the ring. */
  readonly slot: number;
  readonly addr: number;
  readonly len: number;
  readonly flags: number;
}

/**
 * A chain of a packed ring that the driver made available and the device has not used. Others may
 * be written over its descriptors meanwhile: the device has read them (VIRTIO 1.4 §2.8.12).
 */
export interface PackedChain {
  /** Buffer ID. */
  readonly id: number;
  readonly descriptors: readonly PackedDescriptor[];
}

/**
 * How far a packed ring is, as its descriptors tell. A place is the number of a descriptor, with the
 * wrap counter in bit 15.
 */
export interface PackedRing {
  /** Place of the descriptor that the driver makes available next. */
  readonly avail: number;
  /** Place of the descriptor that the device uses next. */
  readonly used: number;
  /** Chains that the device owns, in the order in which they became available. */
  readonly chains: readonly PackedChain[];
}

/** One virtqueue as the device side last announced it. Addresses are guest-physical. */
export interface QueueMoment {
  readonly dev: number;
  readonly queue: number;
  /** False before the driver has set the queue up, and again after a reset. */
  readonly enabled: boolean;
  /** Whether the areas hold a packed virtqueue (VIRTIO 1.4 §2.8) rather than a split one. */
  readonly packed: boolean;
  /**
   * Whether the numbers in the ring and in its requests are big-endian: the driver is a legacy one, and its CPU is
   * (VIRTIO 1.4 §2.7.3).
   */
  readonly bigEndian: boolean;
  /** Whether chains come back in order, several at once perhaps (VIRTIO 1.4 §2.7.9). */
  readonly inOrder: boolean;
  readonly size: number;
  readonly desc: number;
  readonly driver: number;
  readonly device: number;
  /**
   * Free-running index of the next available entry that the device will look at; of a packed queue,
   * the place of the descriptor.
   */
  readonly lastAvailIdx: number;
  /** Free-running index that the device will publish next; of a packed queue, a place. */
  readonly usedIdx: number;
  /** Index, or place, at which the device returned a chain last: what `usedIdx` was before. */
  readonly returnedAt: number;
  /** Heads, or buffer IDs, that the device has popped and not pushed yet, in order. */
  readonly inFlight: readonly number[];
  /** Descriptors that the driver has written and not made available yet. */
  readonly filling: ReadonlySet<number>;
  /** Available entries that the driver has written beyond the index that it published. */
  readonly availStaged: number;
  /** Used entries that the device has written beyond the index that it published. */
  readonly usedStaged: number;
  /** The ring of a packed queue that is set up. */
  readonly ring: PackedRing | undefined;
  /** Counts since the queue was set up last: of chains, notifications and interrupts. */
  readonly popped: number;
  readonly pushed: number;
  readonly notificationsSent: number;
  readonly notificationsSuppressed: number;
  readonly interruptsRaised: number;
  readonly interruptsSuppressed: number;
}

/** Last value seen of one register, by whichever access. */
export interface RegisterMoment {
  /** Index into `REGIONS`. */
  readonly region: number;
  /** Bytes from the start of the region. */
  readonly offset: number;
  /** Bytes of the access. */
  readonly size: number;
  readonly value: number;
  /** Whether the guest wrote it, rather than read it. */
  readonly write: boolean;
  /** Number of the event. */
  readonly event: number;
}

/** One device as the journal tells it. */
export interface DeviceMoment {
  readonly dev: number;
  /** Device status field. */
  readonly status: number;
  /** Feature bits as numbers below 2^53 (bits 0 to 52). */
  readonly offered: number;
  readonly accepted: number;
  readonly generation: number;
  /**
   * Last value seen of each register since the last reset, by `registerKey`. What the guest reaches
   * through a host bridge's CONFIG_DATA is kept with the host bridge, as region `pci-config` at
   * offset bus << 16 | device << 11 | function << 8 | register.
   */
  readonly registers: ReadonlyMap<string, RegisterMoment>;
}

/** A line of the console. */
export interface ConsoleLine {
  readonly level: LogLevel;
  readonly text: string;
  /** Number of the event that printed it. */
  readonly event: number;
  /** Script line that was running, or 0. */
  readonly line: number;
  /**
   * Which run of a script printed it, from 1; 0 before the first. Where it changes, a separator
   * belongs.
   */
  readonly run: number;
}

/** A violation, with the place in the script that caused it. */
export interface ViolationMoment {
  readonly event: number;
  readonly dev: number;
  readonly queue: number;
  /** Index into `VIOLATIONS`. */
  readonly code: number;
  readonly index: number;
  readonly value: number;
  readonly line: number;
}

/**
 * Everything that the page shows, after the first `at` events: a pure fold over the journal.
 * Immutable: each fold step makes a new one that shares what did not change.
 */
export interface Moment {
  /** Count of events folded. The newest one is event `at - 1`. */
  readonly at: number;
  /** The newest event; undefined at the start and where it is forgotten. */
  readonly last: JournalEvent | undefined;
  /** Script: line that runs (1-based, 0 before the first), and how the run stands. */
  readonly line: number;
  readonly script: 'idle' | 'running' | 'ended' | 'failed';
  readonly scriptError: { readonly message: string; readonly line: number } | undefined;
  /** Count of script runs begun. */
  readonly run: number;
  /** Guest actions so far, each of which took a credit: see `isAction`. */
  readonly actions: number;
  /** Count of devices that came or went: which version of the topology holds. */
  readonly plugs: number;
  /** The vCPU is halted and waits for one of these interrupt inputs, or undefined. */
  readonly haltedOn: readonly number[] | undefined;
  /** Asserted interrupt inputs, ascending. */
  readonly asserted: readonly number[];
  readonly devices: ReadonlyMap<number, DeviceMoment>;
  /** By `queueKey`. */
  readonly queues: ReadonlyMap<number, QueueMoment>;
  /** The newest lines, at most `CONSOLE_LINES`. */
  readonly console: readonly ConsoleLine[];
  /** The newest violations, at most `VIOLATION_COUNT`. */
  readonly violations: readonly ViolationMoment[];
  /** Events that a full ring lost so far. */
  readonly dropped: number;
  /** Events that gaps left out so far; and whether a gap is open, so that memory and queues are as they were before it. */
  readonly unrecorded: number;
  readonly inGap: boolean;
  /** Guest memory, as far as the journal saw it written. */
  readonly memory: GuestImage;
}

/** Interrupt inputs of a machine. */
export const PINS = 256;
/** Lines that `Moment.console` holds at most; older ones are in the journal only. */
export const CONSOLE_LINES = 10_000;
/** Violations that `Moment.violations` holds at most; older ones are in the journal only. */
export const VIOLATION_COUNT = 1_000;

/** Key of a queue in `Moment.queues`. */
export function queueKey(dev: number, queue: number): number {
  return dev * 0x1_0000 + queue;
}

/**
 * Key of a register in `DeviceMoment.registers`: `region` indexes `REGIONS`, `offset` counts from
 * its start.
 */
export function registerKey(region: number, offset: number): string {
  return `${region}:${offset}`;
}
