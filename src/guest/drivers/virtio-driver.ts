import { STATUS } from '../../spec/virtio.ts';
import type { FeatureSet } from '../transport/features.ts';
import type { VirtioTransport } from '../transport/virtio-transport.ts';

/**
 * What all drivers have in common: the order in which a device is taken over
 * (VIRTIO 1.4 §3.1.1). A driver sets its queues up in `start` and calls `ready`.
 */
export abstract class VirtioDriver {
  /** The device as the driver reaches it. */
  readonly transport: VirtioTransport;
  /** The features that driver and device agreed on. */
  readonly features: FeatureSet;

  /** @internal `wanted`: features that the driver can use, by bit. Sets FAILED and throws where that fails. */
  constructor(transport: VirtioTransport, wanted: readonly number[]) {
    this.transport = transport;
    transport.reset();
    transport.status |= STATUS.ACKNOWLEDGE;
    transport.status |= STATUS.DRIVER;
    try {
      this.features = transport.negotiate(wanted);
    } catch (error) {
      transport.status |= STATUS.FAILED;
      throw error;
    }
  }

  /** The queues are set up: the device may work from now on. @internal */
  protected ready(): void {
    this.transport.status |= STATUS.DRIVER_OK;
  }
}
