import type { State } from '../../qom/state.ts';
import type { VirtQueueElement } from './element.ts';

/** Guest-physical addresses of a queue's three areas. */
export interface QueueAddresses {
  readonly desc: number;
  /** Driver area: a split queue's available ring, a packed queue's driver event suppression. */
  readonly driver: number;
  /** Device area: a split queue's used ring, a packed queue's device event suppression. */
  readonly device: number;
}

/** The device side of one virtqueue, whatever its ring format. */
export interface VirtQueue {
  readonly index: number;
  /** Entries in use; the driver may have made it smaller. */
  readonly size: number;
  /** The next chain that the driver made available, or undefined. A broken chain stops the device. */
  pop(): VirtQueueElement | undefined;
  /** Returns a chain of which the device wrote `length` bytes. */
  push(element: VirtQueueElement, length: number): void;
  /**
   * Prepares the return of a chain, `offset` places behind the next one; the driver sees nothing
   * of it before `flush`. For devices that return several chains at once (VIRTIO 1.4 §5.1.9.4).
   */
  fill(element: VirtQueueElement, length: number, offset: number): void;
  /** Returns the `count` chains that were filled, all at once. */
  flush(count: number): void;
  /** Takes a chain back that the device will never return: it is no request. */
  discard(element: VirtQueueElement): void;
  /** Puts the chain that was popped last back, so that the next `pop` takes it again. */
  unpop(element: VirtQueueElement): void;
  /** Whether the driver is asked to notify. */
  readonly notification: boolean;
  /** Whether nothing is available. */
  isEmpty(): boolean;
  /**
   * Bytes that the device may write in all available chains, which stay available; counting ends once there are
   * `most`. A chain that cannot be followed stops the device, and there are none.
   */
  availableBytes(most: number): number;
  /** Asks the driver to notify, or not to bother. */
  setNotification(enabled: boolean): void;
  /** Interrupts the driver about what was pushed, unless it asked not to. */
  notify(): void;
  /** What a snapshot keeps of a chain that was popped and not returned. */
  saveElement(element: VirtQueueElement): State;
  /** That chain again, once the queue itself has been loaded. */
  loadElement(state: State): VirtQueueElement;
}

/** What transports and monitor see of a queue: how the driver set it up, and where the device is in it. */
export interface DeviceRing extends VirtQueue {
  readonly packed: boolean;
  /** Entries that the device offers; what `size` is after a reset. */
  readonly maxSize: number;
  size: number;
  /** The driver enabled the queue and its areas lie in RAM. */
  readonly ready: boolean;
  readonly addresses: QueueAddresses;
  /** Where the device looks next, and what it last saw of the driver's progress. */
  readonly lastAvailIdx: number;
  readonly shadowAvailIdx: number;
  /** Where the device returns the next chain. */
  readonly usedIdx: number;
  /** What was popped and not returned: chains of a split ring, descriptors of a packed one. */
  readonly inUse: number;
  /** `usedIdx` when the driver was last told, and whether there was such a moment. */
  readonly signalledUsed: number;
  readonly signalledUsedValid: boolean;
  /** Negotiated: the driver may ask for a notification at one place (VIRTIO 1.4 §2.7.7, VIRTIO 1.4 §2.8.10). */
  eventIdx: boolean;
  /** Negotiated: chains may lie in tables of their own. */
  indirectDesc: boolean;
  /**
   * Where the driver makes the next chain available, as a notification with data says it: a split ring's
   * available index, a packed ring's place with the wrap counter in bit 15 (VIRTIO 1.4 §2.9).
   */
  nextAvailable(): number;
  /** Takes the queue into use with its areas where the driver put them. */
  enable(addresses: QueueAddresses): void;
  /** Back to the state after power-on. */
  reset(): void;
  /** What a snapshot keeps of it, but for what was negotiated. */
  saveState(): State;
  /** Puts back what a ring of the same format has saved; nothing is said about where the driver put it. */
  loadState(state: State): void;
}
