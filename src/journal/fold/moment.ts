import type { JournalEvent, LogLevel, Rule } from '../schema.ts';
import type { GuestImage } from './guest-image.ts';

/** One virtqueue as the device side last announced it. Addresses are guest-physical. */
export interface QueueMoment {
  readonly dev: number;
  readonly queue: number;
  readonly enabled: boolean;
  readonly size: number;
  readonly desc: number;
  readonly driver: number;
  readonly device: number;
  /** Free-running index of the next available entry that the device will look at. */
  readonly lastAvailIdx: number;
  /** Free-running index that the device will publish next. */
  readonly usedIdx: number;
  /** Heads that the device has popped and not pushed yet, in order. */
  readonly inFlight: readonly number[];
  readonly popped: number;
  readonly pushed: number;
  readonly notificationsSent: number;
  readonly notificationsSuppressed: number;
  readonly interruptsRaised: number;
  readonly interruptsSuppressed: number;
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
  /** Last value seen of each register, by `region` index and register offset: `REGIONS[region]`. */
  readonly registers: ReadonlyMap<string, { readonly region: number; readonly offset: number; readonly size: number; readonly value: number; readonly write: boolean; readonly event: number }>;
}

/** A line of the console. */
export interface ConsoleLine {
  readonly level: LogLevel;
  readonly text: string;
  /** Number of the event that printed it. */
  readonly event: number;
  /** Script line that was running, or 0. */
  readonly line: number;
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
  readonly last: JournalEvent | undefined;
  /** Script: line that runs (1-based, 0 before the first), and how the run stands. */
  readonly line: number;
  readonly script: 'idle' | 'running' | 'ended' | 'failed';
  readonly scriptError: { readonly message: string; readonly line: number } | undefined;
  /** The vCPU is halted and waits for one of these inputs (mask), or undefined. */
  readonly haltedOn: number | undefined;
  /** Asserted interrupt inputs. */
  readonly irqLevel: number;
  readonly devices: ReadonlyMap<number, DeviceMoment>;
  /** By `dev * 65536 + queue`. */
  readonly queues: ReadonlyMap<number, QueueMoment>;
  readonly console: readonly ConsoleLine[];
  readonly violations: readonly ViolationMoment[];
  /** Events that a full ring lost so far. */
  readonly dropped: number;
  /** Guest memory, as far as the journal saw it written. */
  readonly memory: GuestImage;
}

/** Key of a queue in `Moment.queues`. */
export function queueKey(dev: number, queue: number): number {
  return dev * 0x1_0000 + queue;
}

export type { Rule };
