import type { GuestRam } from '../../memory/guest-ram.ts';
import type { BlockBackend } from '../backends/block.ts';
import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import type { QObject } from '../qom/object.ts';

/** A drive as `info block` lists it. */
export interface ListedDrive {
  /** Undefined for a drive without medium. */
  readonly backend: BlockBackend | undefined;
  readonly id: string;
}

/** What the monitor needs of a machine. */
export interface MonitorTarget {
  /** Root of the composition tree. */
  readonly root: QObject;
  readonly sysbus: Bus;
  readonly ram: GuestRam;
  /** In the order in which they were realized. */
  readonly devices: readonly Device[];
  readonly drives: {
    readonly list: readonly ListedDrive[];
    backends(): readonly BlockBackend[];
  };
  reset(): void;
}

/** A command that cannot be carried out; the message is what the monitor prints. */
export class MonitorError extends Error {
  override readonly name = 'MonitorError';
}
