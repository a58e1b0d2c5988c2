/**
 * The machine as the page draws it: a snapshot of the qdev tree, made by the engine. It stands beside
 * the journal because the events' `dev` numbers mean nothing without it.
 */

/** A bus and the devices on it, in the order of `info qtree`. */
export interface BusNode {
  readonly kind: 'bus';
  /** Canonical QOM path. Unique key. */
  readonly path: string;
  /** `pci.0`, `virtio-bus`, … */
  readonly name: string;
  /** QOM type: `PCI`, `virtio-pci-bus`, … */
  readonly type: string;
  /** Type and its ancestors, nearest first: a device fits that asks for a bus of one of them. */
  readonly ancestors: readonly string[];
  /** Whether it has all the devices that it takes: QEMU passes it by when it looks for a bus. */
  readonly full: boolean;
  /** Whether devices may come and go while the machine runs. */
  readonly hotpluggable: boolean;
  readonly children: readonly DeviceNode[];
}

/** A device and the buses that it carries. */
export interface DeviceNode {
  readonly kind: 'device';
  /** Canonical QOM path. Unique key. */
  readonly path: string;
  readonly type: string;
  /** The user's id, or ''. */
  readonly id: string;
  /** Number that journal events call this device by. */
  readonly dev: number;
  /** Address on its bus as QEMU prints it (`02.0`), or ''. */
  readonly address: string;
  /** One-line facts, as `info qtree` prints them below the properties (PCI class, BARs, …). */
  readonly facts: readonly string[];
  /** Properties in QEMU's order: name and printed value. */
  readonly properties: readonly (readonly [name: string, value: string])[];
  /** Type and its ancestors, nearest first. */
  readonly ancestors: readonly string[];
  /** Declared as data: the platform device has no behaviour of its own. */
  readonly platform: boolean;
  /** Option of the command line that asked for it, counted from 0; absent for what the board brought along. */
  readonly option?: number;
  /** What `device_add` was given, in the notation of `-device`; present where it came while the machine ran. */
  readonly added?: string;
  /** The guest was asked to let go of it, and has not yet. */
  readonly leaving?: true;
  /** Back ends that its link properties name. */
  readonly backends: readonly BackendNode[];
  /** Present on virtio devices. */
  readonly virtio?: VirtioFacts;
  readonly buses: readonly BusNode[];
}

/** A back end that a device is linked to. */
export interface BackendNode {
  /** Property that links to it. */
  readonly property: string;
  /** With `id`, what `MachineTopology.backEnds` has it under, if somebody asked for it. */
  readonly kind: BackEndKind;
  /** An object that only the device knows has none: its path stands here. */
  readonly id: string;
  /** `raw`, `user`, `null`, `rng-builtin`, … */
  readonly type: string;
  /** One line: file, size, format. */
  readonly summary: string;
}

/** What a back end is made with: `-drive`, `-blockdev`, `-netdev`, … */
export type BackEndKind = 'drive' | 'blockdev' | 'netdev' | 'chardev' | 'fsdev' | 'object';

/** A back end that somebody asked for on the line or at the monitor, whether or not a device uses it. */
export interface BackEndFacts {
  readonly kind: BackEndKind;
  readonly id: string;
  /** `raw`, `user`, `null`, `rng-builtin`, … */
  readonly type: string;
  /** One line: file, size, format. */
  readonly summary: string;
  /** Option of the command line that asked for it, counted from 0; absent where the monitor did. */
  readonly option?: number;
}

/** A queue as the device made it. */
export interface QueueFacts {
  readonly name: string;
  readonly maxSize: number;
}

/** What a virtio device is to a driver. */
export interface VirtioFacts {
  /** VIRTIO 1.4 §5 */
  readonly deviceId: number;
  /** `virtio-blk`, … */
  readonly name: string;
  readonly queues: readonly QueueFacts[];
}

/** Everything the page needs to draw a machine. */
export interface MachineTopology {
  /** QOM type: `pc-i440fx-7.2-machine`. */
  readonly machineType: string;
  readonly ramBytes: number;
  /** `main-system-bus`. */
  readonly root: BusNode;
  /** By kind, each kind in the order in which they were made; none of the board's own. */
  readonly backEnds: readonly BackEndFacts[];
  /** Canonical paths by `dev` number. */
  readonly devices: readonly string[];
}

/** How a driver reaches a virtio device (VIRTIO 1.4 §4); the last is from before that. */
export type TransportKind = 'pci' | 'mmio' | 'ccw' | 's390-virtio';

const TRANSPORTS: Readonly<Record<string, TransportKind>> = {
  'virtio-pci-bus': 'pci',
  'virtio-mmio-bus': 'mmio',
  'virtio-ccw-bus': 'ccw',
  'virtio-s390-bus': 's390-virtio',
};

/** Transport of the virtio device on a bus, by the bus's type; undefined of other buses. */
export function transportOnBus(type: string): TransportKind | undefined {
  return TRANSPORTS[type];
}

/**
 * Type that a transport and the virtio device in it were before QEMU 1.3 parted them: the transport's,
 * or one a device (`virtio-blk-mmio`) where the transport takes any.
 */
export function typeBeforeVirtioBus(transport: string, device: string): string {
  if (transport !== 'virtio-mmio') return transport;
  return `${device.replace(/-device$/, '')}-mmio`;
}
