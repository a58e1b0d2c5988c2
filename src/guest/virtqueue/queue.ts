import type { MemoryRange } from '../dma.ts';

/** The device did what no device may do, or gave up: the queue cannot be used before a reset. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

/** What a queue needs of the transport that it belongs to. */
export interface QueueOwner {
  /** Rings the doorbell of queue `index`. */
  notify(index: number): void;
  /** Acknowledges an interrupt that is pending, if any. Throws `DeviceError` where the device gave up. */
  pollInterrupt(): void;
  /** Halts until the device interrupts, and acknowledges. Throws `DeviceError` where it gave up. */
  waitForInterrupt(): void;
}

/** Guest-physical addresses of a split virtqueue's three areas. */
export interface SplitAreas {
  /** Descriptor table. */
  readonly desc: number;
  /** Available ring (driver area). */
  readonly avail: number;
  /** Used ring (device area). */
  readonly used: number;
}

/** Memory that one request needs. */
export interface QueueBuffers {
  /** What the device reads, in order. */
  readonly readable?: readonly MemoryRange[];
  /** What the device writes, in order, after what it reads. */
  readonly writable?: readonly MemoryRange[];
}

/** The fields of a descriptor (VIRTIO 1.4 §2.7.5). */
export interface Descriptor {
  /** Guest-physical address. */
  readonly addr: number;
  /** Bytes. */
  readonly len: number;
  /** `VIRTQ_DESC_F_NEXT`, `VIRTQ_DESC_F_WRITE`; 0 where left out. */
  readonly flags?: number;
  /** The descriptor that continues the chain, with NEXT. */
  readonly next?: number;
}

/** A chain that the device has returned. */
export interface UsedBuffer {
  /** Descriptor at the head of the chain. */
  readonly head: number;
  /** Bytes that the device wrote. */
  readonly length: number;
}
