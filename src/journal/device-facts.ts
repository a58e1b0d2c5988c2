import type { BackEndKind } from './topology.ts';

/** A device type that a person can plug. */
export interface DeviceType {
  readonly name: string;
  /** As `-device help` has it, or ''. */
  readonly description: string;
  /** Its heading in `-device help`, the first where it stands under several: `Storage devices`, … */
  readonly category: string;
  /** Type of bus that it plugs into; undefined where it needs none. */
  readonly bus: string | undefined;
  /** Other names that `-device` knows it by: `virtio-blk`. */
  readonly aliases: readonly string[];
  /** QEMU has it, and this program does not build it. */
  readonly unmodelled?: true;
  /** Properties that name a back end. */
  readonly links: readonly LinkFacts[];
}

/** A property that names a back end. */
export interface LinkFacts {
  readonly property: string;
  /** Kinds of back end that it takes. */
  readonly kinds: readonly BackEndKind[];
  /** Type that an object must have, where it takes one: `rng-backend`. */
  readonly type?: string;
}

/** A property of a device as it is now. */
export interface PropertyFacts {
  readonly name: string;
  /** QEMU's name of the type: `bool`, `uint32`, `str`, `OnOffAuto`, … */
  readonly type: string;
  readonly description: string;
  /** As it would be typed; undefined where QEMU has none, or none that can be typed. */
  readonly defaultValue: string | undefined;
  /** As it would be typed; '' where nothing is set. */
  readonly value: string;
  /** As `info qtree` prints it; undefined where it does not. */
  readonly printed: string | undefined;
  /** Whether a command line can set it. */
  readonly settable: boolean;
  /** Type that declares it: the device's own, an ancestor, or the device inside a transport. */
  readonly declaredBy: string;
  /** All values there are, where they can be listed: `on`, `off`, `auto`. */
  readonly choices?: readonly string[];
  readonly link?: LinkFacts;
}

/** A register as it is now. Offset and size in bytes. */
export interface RegisterFacts {
  /** `virtio-pci-common`, `virtio-mmio`, `pci-config`, `config`, … */
  readonly region: string;
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Hexadecimal, with all its digits: device configuration has 64-bit fields. */
  readonly value: string;
  readonly doc: string;
}

/** All about a device. */
export interface DeviceFacts {
  readonly path: string;
  readonly type: string;
  /** Path of the bus that it sits on, or undefined. */
  readonly bus: string | undefined;
  /** Those of the type itself and of the device inside it first, then their parents'; by name within each. */
  readonly properties: readonly PropertyFacts[];
  /** Those that can be read, by region; none where the device has none that this program models. */
  readonly registers: readonly RegisterFacts[];
}

/** A line of `info qtree`. */
export interface QtreeLine {
  /** Without line end. */
  readonly text: string;
  /** Path of the device or bus that it is about. */
  readonly path: string;
  /** Property that it shows, where it does. */
  readonly property?: string;
}
