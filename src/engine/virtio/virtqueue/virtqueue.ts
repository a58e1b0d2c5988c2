import type { VirtQueueElement } from './element.ts';

/** Guest-physical addresses of a queue's three areas. */
export interface QueueAddresses {
  readonly desc: number;
  /** Driver area: the available ring of a split queue. */
  readonly driver: number;
  /** Device area: the used ring of a split queue. */
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
   * of it before `flush`. For devices that return several chains at once (VIRTIO 1.4 §5.1.6.4).
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
  /** Asks the driver to notify, or not to bother. */
  setNotification(enabled: boolean): void;
  /** Interrupts the driver about what was pushed, unless it asked not to. */
  notify(): void;
}
