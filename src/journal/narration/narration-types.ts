import { VIRTIO_F } from '../../spec/virtio.ts';
import type { Moment } from '../fold/moment.ts';
import type { RingStructure } from '../fold/ring-areas.ts';
import type { IndicatorArea } from '../labels/label.ts';
import { type EventKind, type JournalEvent, NONE } from '../schema.ts';
import type { TransportKind } from '../topology.ts';

/** Whose doing an event is, for its colour: never the only mark. */
export type Tone = 'driver' | 'device' | 'notification' | 'interrupt' | 'violation' | 'other';

/**
 * What an event is about, so that script, wire, ring cell and sentence can be lit together. What
 * does not apply is absent.
 */
export interface Target {
  /** Device number. */
  readonly dev?: number;
  readonly queue?: number;
  /** Ring structure, the part of it, and which entry where the part is `entries`. */
  readonly structure?: RingStructure;
  readonly part?: 'entries' | 'flags' | 'idx' | 'event';
  readonly index?: number;
  /** Guest-physical address, and bytes from there. */
  readonly addr?: number;
  readonly length?: number;
  /** Register: index into `REGIONS`, and bytes from the region's start. */
  readonly region?: number;
  readonly offset?: number;
  /** Line of the script, 1-based. */
  readonly line?: number;
}

/** One event in words. */
export interface Narration {
  /** A few words. */
  readonly title: string;
  /** A sentence or two of plain English. */
  readonly text: string;
  /** Section of VIRTIO 1.4 that it rests on, where there is one. */
  readonly section?: string;
  /** Title of that section. */
  readonly sectionTitle?: string;
  /** Another document and its section, where VIRTIO does not define it. */
  readonly document?: string;
  readonly tone: Tone;
  readonly at: Target;
}

/** What the page calls things, by the numbers in events. All may answer undefined. */
export interface Names {
  /** A device: its id, or its type and address. */
  device(dev: number): string | undefined;
  /** Virtio ID of a virtio device, or of the one behind a transport. */
  virtioId(dev: number): number | undefined;
  /** How a virtio device is reached. */
  transport?(dev: number): TransportKind | undefined;
  /** A queue, as its device calls it. */
  queue(dev: number, queue: number): string | undefined;
  /** Where devices behind channel I/O were told to set their indicators; absent on machines without. */
  indicators?(before: Moment): readonly IndicatorArea[];
  /** Whether interruptions store what they are about at fixed addresses, as those of s390 do. */
  readonly lowCore?: boolean;
}

/** What a sentence is made of: an event, all that was known before it, and names. */
interface TellingOf<Event> {
  readonly event: Event;
  readonly before: Moment;
  readonly names: Names;
}

/** What the sentence about an event of kind `K` is made of. */
export type Telling<K extends EventKind> = TellingOf<Extract<JournalEvent, { readonly kind: K }>>;

/** Turns an event of kind `K` into words. */
export type Teller<K extends EventKind> = (telling: Telling<K>) => Narration;

/** A device in a sentence. */
export function deviceName(names: Names, dev: number): string {
  if (dev === NONE) return 'no device';
  return names.device(dev) ?? `device ${dev}`;
}

/** A queue in a sentence: `queue 0 of disk0`. */
export function queueName(names: Names, dev: number, queue: number): string {
  return `queue ${queue} of ${deviceName(names, dev)}`;
}

/** Whether the driver of a device accepted a feature, by its bit. */
export function accepted(before: Moment, dev: number, bit: number): boolean {
  return Math.floor((before.devices.get(dev)?.accepted ?? 0) / 2 ** bit) % 2 === 1;
}

/** Whether used_event and avail_event mean anything (VIRTIO 1.4 §2.7.7). */
export function usesEventIdx(before: Moment, dev: number): boolean {
  return accepted(before, dev, VIRTIO_F.VIRTIO_F_EVENT_IDX);
}
