import type { VirtioDevice } from './virtio-device.ts';

/** What a transport does for the virtio device on its virtio-bus: the seam between the two. */
export interface VirtioTransport {
  /** Before the device's features are asked for: the transport adds its own. */
  prePlugged(device: VirtioDevice): void;
  /** The device is complete: the transport builds its registers. Throws RealizeError to refuse. */
  plugged(device: VirtioDevice): void;
  /** The device has left. */
  unplugged(): void;
  /**
   * Tells the driver that `isr` changed: by the given vector, or by the shared interrupt line.
   * `queue` is the queue it is about, or `NONE` for a configuration change.
   */
  interrupt(vector: number, queue: number): void;
}
