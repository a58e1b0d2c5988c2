import type { Platform } from '../../spec/platform.ts';
import type { Moment } from '../fold/moment.ts';
import type { MachineTopology } from '../topology.ts';

/** What a stretch of guest memory is part of. */
export type LabelKind =
  /** The descriptor table of a split virtqueue (VIRTIO 1.4 §2.7.5), or a packed one's ring (VIRTIO 1.4 §2.8). */
  | 'descriptors'
  /** VIRTIO 1.4 §2.7.6 */
  | 'available'
  /** VIRTIO 1.4 §2.7.8 */
  | 'used'
  /** What a side of a packed virtqueue wants to hear of (VIRTIO 1.4 §2.8.14). */
  | 'suppression'
  /** An indirect descriptor table (VIRTIO 1.4 §2.7.5.3). */
  | 'table'
  /** Memory that a chain lends to the device. */
  | 'buffer'
  /** Where a channel device tells that something happened (VIRTIO 1.4 §4.3.2.6). */
  | 'indicators'
  /** The device descriptors of the s390-virtio machine. */
  | 'devicePage';

/** What some bytes of guest memory are: bytes from `start` to before `end`, at guest-physical addresses. */
export interface Label {
  readonly start: number;
  readonly end: number;
  readonly kind: LabelKind;
  /** What it is a part of, in the specification's words: `descriptor table`, `available ring`. */
  readonly structure: string;
  /** `desc[3].addr`, `ring[7].len`, `used_event`, `sector`; '' for bytes without a field of their own. */
  readonly field: string;
  /** What the bytes say, in words or numbers. */
  readonly value: string;
  readonly doc: string;
  /** Whose it is now: what the other side may not write. */
  readonly owner: 'driver' | 'device';
  /** Section of VIRTIO 1.4, or undefined where `document` defines it. */
  readonly section: string | undefined;
  readonly document?: string;
  /** Number of its device; undefined where it belongs to none. */
  readonly dev: number | undefined;
  readonly queue: number | undefined;
  /** Guest-physical address that the value points to. */
  readonly target?: number;
}

/** Numbers and bytes at guest-physical addresses; numbers are little-endian. */
export interface ReadableMemory {
  u8(addr: number): number;
  u16(addr: number): number;
  u32(addr: number): number;
}

/** What labels are made from. */
export interface LabelSource {
  readonly moment: Moment;
  readonly topology: MachineTopology | undefined;
  readonly platform: Platform | undefined;
  /** Indicators that drivers of channel devices have told (`indicatorsOf`). */
  readonly indicators?: readonly IndicatorArea[];
}

/** Indicators that a channel device sets when something happened. */
export interface IndicatorArea {
  readonly dev: number;
  readonly command: 'SET_IND' | 'SET_CONF_IND' | 'SET_IND_ADAPTER';
  /** `summary`: one byte for all queues of many devices. */
  readonly part: 'queues' | 'configuration' | 'summary';
  readonly addr: number;
  /** Bytes. */
  readonly length: number;
  /** Bit of the first queue. */
  readonly bit: number;
  /** Event that told of it. */
  readonly event: number;
}
