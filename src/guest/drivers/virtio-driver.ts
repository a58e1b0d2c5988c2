import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import type { FeatureSet } from '../transport/features.ts';
import type { VirtioTransport } from '../transport/virtio-transport.ts';

/** Features that a driver can use and does not ask for of its own accord. */
export interface DriverOptions {
  /** VIRTIO_F_RING_PACKED (VIRTIO 1.4 §2.8). */
  readonly packed?: boolean;
  /** VIRTIO_F_INDIRECT_DESC: requests go into tables of their own (VIRTIO 1.4 §2.7.5.3). */
  readonly indirect?: boolean;
  /** VIRTIO_F_EVENT_IDX (VIRTIO 1.4 §2.7.7). */
  readonly eventIdx?: boolean;
  /** VIRTIO_F_IN_ORDER (VIRTIO 1.4 §2.7.9). */
  readonly inOrder?: boolean;
  /** VIRTIO_F_NOTIFICATION_DATA (VIRTIO 1.4 §2.9). */
  readonly notificationData?: boolean;
  /** VIRTIO_F_RING_RESET (VIRTIO 1.4 §2.6.1). */
  readonly ringReset?: boolean;
  /** Other features, by bit. */
  readonly features?: readonly number[];
}

/** The feature that each option asks for. */
const OPTION_FEATURES = {
  packed: VIRTIO_F.VIRTIO_F_RING_PACKED,
  indirect: VIRTIO_F.VIRTIO_F_INDIRECT_DESC,
  eventIdx: VIRTIO_F.VIRTIO_F_EVENT_IDX,
  inOrder: VIRTIO_F.VIRTIO_F_IN_ORDER,
  notificationData: VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA,
  ringReset: VIRTIO_F.VIRTIO_F_RING_RESET,
} as const;

/**
 * What all drivers have in common: the order in which a device is taken over
 * (VIRTIO 1.4 §3.1.1). A driver sets its queues up in `start` and calls `ready`.
 */
export abstract class VirtioDriver {
  /** The device as the driver reaches it. */
  readonly transport: VirtioTransport;
  /** The features that driver and device agreed on. */
  readonly features: FeatureSet;

  /**
   * @internal `wanted`: features that the driver can use, by bit; `options` asks for more. Takes
   * those of them that the device offers. Sets FAILED and throws where that fails.
   */
  constructor(transport: VirtioTransport, wanted: readonly number[], options: DriverOptions = {}) {
    this.transport = transport;
    transport.reset();
    transport.status |= STATUS.ACKNOWLEDGE;
    transport.status |= STATUS.DRIVER;
    try {
      this.features = transport.negotiate([...wanted, ...featuresOf(options)]);
    } catch (error) {
      transport.status |= STATUS.FAILED;
      throw error;
    }
  }

  /** Whether requests go into tables of their own. @internal */
  protected get indirect(): boolean {
    return this.features.has(VIRTIO_F.VIRTIO_F_INDIRECT_DESC);
  }

  /** The queues are set up: the device may work from now on. @internal */
  protected ready(): void {
    this.transport.status |= STATUS.DRIVER_OK;
  }
}

function featuresOf({ features = [], ...options }: DriverOptions): number[] {
  const names = Object.keys(OPTION_FEATURES) as (keyof typeof OPTION_FEATURES)[];
  const asked = names.filter((name) => options[name]).map((name) => OPTION_FEATURES[name]);
  return [...asked, ...features];
}
