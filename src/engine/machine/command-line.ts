import type { Arch, Board } from './boards/board.ts';
import type { JsonValue } from './json.ts';
import type { KeyvalTree } from './keyval.ts';
import type { ObjectRequest } from './objects.ts';
import type { Opts } from './opts.ts';
import type { Visited } from './qapi/visit.ts';
import type { Place } from './start-log.ts';

/** An option that makes something, and where it stands on the line (`-device virtio-rng-pci`). */
export interface Located extends Opts {
  readonly location: Place;
}

/** `-device`: JSON values keep their types. */
export interface DeviceOption extends Located {
  readonly json: Readonly<Record<string, JsonValue>> | undefined;
}

/** `-chardev`, or what a monitor makes itself. */
export interface ChardevOption extends Located {
  /** Whether whoever runs the machine is at its other end. */
  readonly served?: boolean;
}

/** `-blockdev`, read. */
export interface BlockdevOption {
  readonly location: Place;
  readonly options: Visited;
}

/** `-netdev` in one of the notations that are read at once. */
export interface NetdevOption {
  readonly location: Place;
  readonly options: Visited;
}

/** `-drive`, or one of its short forms. */
export interface DriveOption extends Located {
  /** Whether the machine brought it along: nobody minds if it is not used. */
  readonly isDefault?: boolean;
}

/** `-serial`, `-parallel`, `-debugcon`: a character back end by its short name. */
export interface PortOption {
  readonly location: Place;
  readonly text: string;
}

/** `-object`. */
export interface ObjectOption extends ObjectRequest {
  readonly location: Place;
}

/** `-global driver.property=value`. */
export interface GlobalOption {
  readonly location: Place;
  readonly driver: string;
  readonly property: string;
  readonly value: string;
}

/** A command line, read: what to build, in the order of the line. */
export interface CommandLine {
  readonly arch: Arch;
  readonly machine: Board;
  /** Properties of the machine type as they were given, nested where they are structures. */
  readonly machineTree: KeyvalTree;
  /** `-accel`, in the order in which they are tried. */
  readonly accels: readonly Located[];
  /** `-m size=` that is not 0. */
  readonly customRam: boolean;
  readonly memPath: string | undefined;
  /** False with `-nodefaults`. */
  readonly defaults: boolean;
  /** Default devices that are left out, since the line brings its own. */
  readonly without: ReadonlySet<DefaultDevice>;
  readonly nographic: boolean;
  /** True with `-S`: the guest waits for `cont`. */
  readonly paused: boolean;
  readonly snapshot: boolean;
  /** `-cpu`. */
  readonly cpuOption: string | undefined;
  readonly objects: readonly ObjectOption[];
  readonly chardevs: readonly ChardevOption[];
  readonly fsdevs: readonly Located[];
  readonly blockdevs: readonly BlockdevOption[];
  readonly drives: readonly DriveOption[];
  /** Those of `-netdev` that are not read as options are. */
  readonly modernNetdevs: readonly NetdevOption[];
  readonly netdevs: readonly Located[];
  readonly nics: readonly Located[];
  readonly nets: readonly Located[];
  readonly monitors: readonly Located[];
  readonly serials: readonly PortOption[];
  readonly parallels: readonly PortOption[];
  readonly debugcons: readonly PortOption[];
  readonly qtest: PortOption | undefined;
  readonly devices: readonly DeviceOption[];
  readonly globals: readonly GlobalOption[];
  /** `-vga`. */
  readonly vga: string | undefined;
  /** Number of the last option that set a property of the machine (`type`, `smp`, `kernel`), or `vga` or `cpu`. */
  readonly optionOf: ReadonlyMap<string, number>;
}

/** What a machine gets unless the line says otherwise. */
export type DefaultDevice =
  | 'serial'
  | 'parallel'
  | 'floppy'
  | 'cdrom'
  | 'vga'
  | 'net'
  | 'monitor'
  | 'sdcard';

/** Devices that stand for a default one. */
export const REPLACES: Readonly<Record<string, DefaultDevice>> = {
  'isa-serial': 'serial',
  'isa-parallel': 'parallel',
  'isa-fdc': 'floppy',
  floppy: 'floppy',
  'ide-cd': 'cdrom',
  'ide-hd': 'cdrom',
  'scsi-cd': 'cdrom',
  'scsi-hd': 'cdrom',
  VGA: 'vga',
  'isa-vga': 'vga',
  'cirrus-vga': 'vga',
  'isa-cirrus-vga': 'vga',
  'vmware-svga': 'vga',
  'qxl-vga': 'vga',
  'virtio-vga': 'vga',
  'ati-vga': 'vga',
  'vhost-user-vga': 'vga',
  'virtio-vga-gl': 'vga',
};
