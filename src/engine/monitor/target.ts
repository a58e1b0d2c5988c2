import type { AddressSpace } from '../../memory/address-space.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import type { BlockBackend } from '../backends/block.ts';
import type { Chardevs } from '../backends/chardev.ts';
import type { InputRouter } from '../backends/input.ts';
import type { Network } from '../backends/net.ts';
import type { BackEnds } from '../machine/back-ends.ts';
import type { Board } from '../machine/boards/board.ts';
import type { LoadedTypes } from '../machine/catalog/loaded-types.ts';
import type { DeviceRequest } from '../machine/device-add.ts';
import type { Tray } from '../machine/drives.ts';
import type { ObjectRequest } from '../machine/objects.ts';
import type { BootOrder } from '../qdev/boot-index.ts';
import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import type { QObject } from '../qom/object.ts';
import type { QmpAnswer } from './qmp/qmp.ts';

/** A drive as `info block` lists it. */
export interface ListedDrive {
  /** Undefined for a drive without medium. */
  readonly backend: BlockBackend | undefined;
  /** The back end, or an empty one: what uses the drive. */
  readonly tray: BlockBackend;
  readonly id: string;
}

/** What the monitor needs of a machine. */
export interface MonitorTarget {
  /** Root of the composition tree. */
  readonly root: QObject;
  readonly sysbus: Bus;
  /** Which types there are. */
  readonly types: LoadedTypes;
  readonly ram: GuestRam;
  /** Addresses as the CPUs see them. */
  readonly memory: AddressSpace;
  /** Every master's view of addresses. */
  readonly addressSpaces: Iterable<AddressSpace>;
  /** In the order in which they were realized. */
  readonly devices: readonly Device[];
  readonly backEnds: BackEnds;
  readonly network: Network;
  readonly input: InputRouter;
  readonly chardevs: Chardevs;
  readonly drives: {
    readonly list: readonly ListedDrive[];
    /** In the order in which they were made; without a name where a device keeps an empty one. */
    readonly trays: readonly Tray[];
    backends(): readonly BlockBackend[];
    nodes(): readonly { readonly name: string; readonly backend: BlockBackend }[];
  };
  /** What QEMU calls the run state: `prelaunch` until the first `cont` of a machine started with `-S`. */
  readonly runState: RunState;
  /** What the program was called by: `qemu-system-x86_64`. */
  readonly program: string;
  /** What kind of machine it is. */
  readonly type: Pick<Board, 'arch'>;
  /** How many CPUs it has. */
  readonly cpus: number;
  reset(): void;
  /** Lets the guest run; nothing where it runs already. */
  cont(): void;
  /** Stops the guest; nothing where it does not run. */
  stop(): void;
  /** Ends the program; false where the machine is no program of its own. */
  quit(): boolean;
  /** `device_add`. Throws ConfigError with QEMU's sentence. */
  addDevice(request: DeviceRequest): void;
  /** `device_del`: by id or path. Throws ConfigError with QEMU's sentence. */
  removeDevice(name: string): void;
  /** `object_add`. Throws ConfigError with QEMU's sentence. */
  addObject(request: ObjectRequest): void;
  /** `object_del`. Throws ConfigError with QEMU's sentence. */
  removeObject(id: string): void;
  /** Prints a line on stderr. */
  printError(line: string): void;
  /** Who has which place in the boot order. */
  readonly bootOrder: BootOrder;
  /** What a property names: a drive, or an object of `type`. Throws ConfigError where it is of another type. */
  resolve(property: string, id: string, type: string): unknown;
  /** One line of the human monitor. */
  monitor(line: string): string;
  /** One QMP request. */
  qmp(request: unknown): QmpAnswer;
}

/** Whether the guest runs, and why not. */
export type RunState = 'prelaunch' | 'running' | 'paused';

/** A command that cannot be carried out; the message is what the monitor prints. */
export class MonitorError extends Error {
  override readonly name: string = 'MonitorError';
}

/** A command line that cannot be read; the monitor points to its help behind the message, which may be empty. */
export class SyntaxComplaint extends MonitorError {
  override readonly name = 'SyntaxComplaint';
  /** Whether the message lacks its line end. */
  readonly unended: boolean;

  constructor(message: string, unended = false) {
    super(message);
    this.unended = unended;
  }
}
