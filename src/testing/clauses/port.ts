import type { Machine } from '../../engine/machine/machine.ts';
import type { VirtioDevice } from '../../engine/virtio/virtio-device.ts';

/** Guest-physical addresses of a queue's three areas. */
export interface Areas {
  readonly desc: number;
  readonly driver: number;
  readonly device: number;
}

/** What a device has told its driver since the driver last looked. */
export interface Told {
  /** A used-buffer notification. */
  readonly used: boolean;
  /** A configuration change notification. */
  readonly config: boolean;
}

/** Ways to reach a device, as the suite calls them. */
export type PortName =
  | 'pci-modern'
  | 'pci-legacy'
  | 'mmio-v1'
  | 'mmio-v2'
  | 'ccw'
  | 'ccw-legacy'
  | 's390-virtio';

/**
 * A driver's bare hands on one virtio-blk device, whatever the transport: single steps that remember
 * and check nothing, so that a test can do what no driver would.
 */
export interface Port {
  readonly name: PortName;
  readonly machine: Machine;
  readonly device: VirtioDevice;
  /** Whether the interface is the one from before VIRTIO 1.0. */
  readonly legacy: boolean;
  /** Byte order of rings and requests. */
  readonly bigEndian: boolean;
  /** Where the device wants a queue's ring to be, if it is not the driver's choice. */
  ringAddress?(index: number): number;
  /** Whether a queue can be reset by itself on this transport. */
  readonly resetsQueues: boolean;
  status(): number;
  setStatus(value: number): void;
  /** Resets the device as a driver does. */
  reset(): void;
  /** Features that the device offers, 64 bits. */
  features(): bigint;
  accept(features: bigint): void;
  /** Bytes of the configuration space. */
  config(offset: number, length: number): Uint8Array;
  /** Writes a byte of it; absent where the interface has no way that the device would notice. */
  writeConfig?(offset: number, value: number): void;
  generation(): number | undefined;
  /** Most entries of a queue, 0 where there is none. */
  queueMax(index: number): number;
  setQueue(index: number, size: number, areas: Areas): void;
  /** Whether the device takes the queue for enabled; undefined where the transport does not tell. */
  queueEnabled(index: number): boolean | undefined;
  resetQueue(index: number): void;
  notify(index: number): void;
  /** Takes what the device has told. */
  told(): Told;
}
