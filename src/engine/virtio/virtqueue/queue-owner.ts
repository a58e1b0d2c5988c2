import type { JournalWriter } from '../../../journal/writer.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';
import type { ViolationCode } from '../../../spec/violations.ts';

/** Bytes of the page that stands in for memory which is not there. */
export const BOUNCE_BYTES = 4096;

/** The most segments of a chain, as in QEMU. */
export const MAX_SEGMENTS = 1024;

/** Whether the machine's bounce page is taken by a chain that was popped and not pushed yet. */
export interface BouncePage {
  busy: boolean;
}

/** What a queue needs of the device that it belongs to. */
export interface QueueOwner {
  /** Number in journal events. */
  readonly dev: number;
  readonly journal: JournalWriter;
  readonly ram: GuestRam;
  /** The device does no work: it broke, or its transport has cut it off from memory. */
  readonly stopped: boolean;
  /** The machine's one page for descriptors that point outside RAM. */
  readonly bounce: BouncePage;
  /** Records a violation. With a `message`, which is what QEMU prints, the device stops until it is reset. */
  violate(queue: number, code: ViolationCode, index: number, value: number, message?: string): void;
  /** Delivers a used-buffer notification for the queue. */
  interrupt(queue: number): void;
}
