import type { Bus } from './bus.ts';
import type { Device } from './device.ts';

/** Who decides about devices that plug into a bus: the bus's controller, or the firmware's helper for it. */
export interface HotplugHandler {
  /** Path of the object that it is; absent: the device that carries the bus. */
  readonly path?: string;
  /** Whether devices may come and go on this bus while the machine runs; absent: they may. */
  allows?(bus: Bus): boolean;
  /** Before a device is realized. Throws RealizeError to refuse. */
  prePlug?(device: Device): void;
  /** The device is realized. Called for devices of the command line too. */
  plug?(device: Device): void;
  /** Asks the guest to let go of the device; absent where no guest is asked. Throws ConfigError to refuse. */
  unplugRequest?(device: Device): void;
}
