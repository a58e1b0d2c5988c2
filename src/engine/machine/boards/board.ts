import { assert } from '../../../base/assert.ts';
import { AddressSpace } from '../../../memory/address-space.ts';
import type { MemoryRegion } from '../../../memory/memory-region.ts';
import type { Arch } from '../../../options/programs.ts';
import type { Platform } from '../../../spec/platform.ts';
import { type PlatformNode, registerPlatform } from '../../hw/platform.ts';
import type { Bus } from '../../qdev/bus.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import type { Device } from '../../qdev/device.ts';
import type { HotplugHandler } from '../../qdev/hotplug.ts';
import type { QObject } from '../../qom/object.ts';
import type { TypeInfo, TypeRegistry } from '../../qom/type.ts';
import type { BackEnds } from '../back-ends.ts';
import type { DefaultDevice } from '../command-line.ts';
import type { FirmwareMachine } from '../firmware/firmware-machine.ts';

export { ARCHES, type Arch } from '../../../options/programs.ts';

/** Properties of a machine type (`-M type,key=value`), and how their values read: a list names all there are. */
export type BoardProperties = Readonly<Record<string, 'switch' | readonly string[]>>;

/** What a board does with drives and ports that nobody asked for. */
export interface BoardDefaults {
  /** Interface of a `-drive` that names none; `ide` where absent. */
  readonly driveInterface?: string;
  /** Units of one bus of that interface, where they are not the usual ones. */
  readonly unitsPerBus?: number;
  /** Places that an interface has, by its name; the board looks for drives there. */
  readonly places?: Readonly<Record<string, number>>;
  /** Whether it makes the display adapter that `-vga` names. */
  readonly vga?: boolean;
  /** Things of every machine's that this one has not. */
  readonly without?: readonly ('serial' | 'parallel' | 'floppy' | 'cdrom' | 'sdcard')[];
}

/** How the CPUs of a board may be arranged. */
export interface BoardSmp {
  /** Most CPUs; 1 where absent. */
  readonly most?: number;
  /** Whether sockets have dies, dies clusters. */
  readonly dies?: boolean;
  readonly clusters?: boolean;
}

/** The CPUs that a board takes. */
export interface BoardCpu {
  /** Model where `-cpu` does not say. */
  readonly model: string;
  /** A model's QOM type is its name and this. */
  readonly suffix: string;
  /** Type above the models' types. */
  readonly parent: string;
  /** Whether `-cpu` takes the name. */
  knows(model: string): boolean;
}

/** A machine type that can be built: what is soldered on before any option adds a device. */
export interface Board {
  /** QOM type. */
  readonly type: string;
  /** Its ancestors, nearest first, up to `machine`. */
  readonly ancestors: readonly string[];
  readonly arch: Arch;
  /** Names for `-M`, the canonical one first. */
  readonly names: readonly string[];
  /** Whether QEMU 7.2 has it no more: nothing of it shows unless it is built. */
  readonly retired?: boolean;
  /** Whether the architecture's program builds it where `-M` is not given. */
  readonly isDefault?: boolean;
  /** Bytes of RAM where `-m` does not say. */
  readonly ramBytes: number;
  /** Bytes of RAM that the board adds to what was asked for, behind it. */
  readonly extraRamBytes?: number;
  /** Most RAM that fits, in bytes: RAM is one piece. */
  readonly maxRamBytes: number;
  /** Guest-physical address of RAM. */
  readonly ramBase: number;
  /** Id of the RAM's memory back end. */
  readonly ramId: string;
  /** Undefined where there is no CPU. */
  readonly cpu: BoardCpu | undefined;
  /** Whether CPUs may come while the machine runs. */
  readonly hotpluggableCpus?: boolean;
  /** Whether `-numa node,mem=` is still understood. */
  readonly numaMemory?: boolean;
  /** Properties that the catalog does not have of the type. */
  readonly properties?: BoardProperties;
  readonly defaults?: BoardDefaults;
  readonly smp?: BoardSmp;
  /** Properties that `build` acts on; of the others the user is told that they do nothing. */
  readonly heeds?: readonly string[];
  /** Changes a type to what it is on this board; absent: types are as QEMU 7.2 has them. */
  readonly adaptType?: (info: TypeInfo) => TypeInfo;
  /** Devices of the system bus that a user may add. */
  readonly dynamicSysBus?: readonly string[];
  /** Adds the types that only this board needs. Every board of an architecture registers into the same registry. */
  registerTypes(registry: TypeRegistry): void;
  /** Who decides about devices that come and go without a bus: CPUs, memory. */
  handlerOf?(device: Device): HotplugHandler | undefined;
  /** Builds the board in QEMU's order of realization. Throws ConfigError. */
  build(site: BuildSite): void;
  /** Does what the board's firmware would do, when a machine that was started stopped first runs. */
  firmware?(machine: FirmwareMachine): void;
}

/** Who decides about a device, or undefined where the board has nothing to say. */
export type PlugRule = (device: Device) => HotplugHandler | undefined;

/**
 * What a board is built from.
 *
 * Addresses: `site.context.memory.root` is the region that the CPUs see, `site.context.io.root` the I/O
 * ports, `site.ram` the machine's RAM. A board places what it has in them, most often as data:
 * - a `PlatformType` lists `regions` with name, size and place (`io`, `memory`, `mmio` for a register
 *   window that `info qtree` prints, `within` for one inside another of its regions). Where the place
 *   follows from a property it is a function of the values. A region without a place is owned, and
 *   the board puts it somewhere;
 * - RAM is placed whole, `memory.root.addSubregion(base, ram)`, or through aliases that somebody owns:
 *   `addRegion(unattached, MemoryRegion.alias('ram-below-4g', ram, 0, size))`. RAM that a board leaves
 *   alone goes to its `ramBase`;
 * - a host bridge gives its root bus `memory` and `io`, the regions in which BARs decode;
 * - whatever masters the bus has an `AddressSpace` of its own in `context.addressSpaces`.
 */
export interface BuildSite {
  readonly context: DeviceContext;
  /** What guests will be told of the machine; the board adds what it has. */
  readonly platform: { -readonly [K in keyof Platform]: Platform[K] };
  /** Root of the composition tree; `/machine` is there, with its containers. */
  readonly root: QObject;
  readonly machine: QObject;
  readonly unattached: QObject;
  readonly sysbus: Bus;
  /** CPU model, checked; '' where the board has no CPU. */
  readonly cpu: string;
  readonly cpuInfo: BoardCpu | undefined;
  /** The machine's RAM, for the board to show where its addresses are; undefined where it has none. */
  readonly ram: MemoryRegion | undefined;
  /** Bytes of RAM, and how many there may be once memory devices came to their slots. */
  readonly ramBytes: number;
  readonly maxRamBytes: number;
  readonly ramSlots: number;
  /** For rules of the board's own about devices that come: each names who decides, or undefined. */
  readonly handlers: PlugRule[];
  /** Number of CPUs. */
  readonly cpus: number;
  /** Properties given with `-M`, last one wins. */
  readonly options: ReadonlyMap<string, string>;
  /** False with `-nodefaults`: QEMU's default NIC, VGA, disks and ports are left out. */
  readonly defaults: boolean;
  /** What devices of the board's are linked to: drives, NICs that it is asked for, ports' back ends. */
  readonly backEnds: BackEnds;
  /** Default devices that the line replaces by its own. */
  readonly without: ReadonlySet<DefaultDevice>;
  /** `-vga`. */
  readonly vga: string | undefined;
  /** Bytes of the firmware that the line names; undefined where the board has its own, or none. */
  readonly firmwareBytes: number | undefined;
  /** Number of the option that settled something of the machine: `vga`, `usb`. */
  readonly optionOf: ReadonlyMap<string, number>;
}

/** Makes and realizes CPUs of the chosen model, each `/machine/unattached/device[N]`. */
export function addCpus(
  site: BuildSite,
  parts: {
    readonly regions?: readonly string[];
    /** GPIO groups as `info qtree` would print them. */
    readonly gpios?: readonly string[];
    /** Types of the CPU's own child devices, by name. */
    readonly children?: Readonly<Record<string, string>>;
    /** Called for each CPU when it is realized. */
    realized?(cpu: Device, index: number): void;
  },
): void {
  const { context, unattached, cpuInfo } = site;
  assert(cpuInfo, 'a board without CPUs');
  const { registry } = context;
  const name = `${site.cpu}${cpuInfo.suffix}`;
  if (!registry.declares(name))
    registerPlatform(registry, [
      {
        name,
        parent: registry.find(name)?.parent?.name ?? cpuInfo.parent,
        ...(parts.regions && { regions: parts.regions }),
        ...(parts.gpios && { gpios: parts.gpios }),
      },
    ]);
  for (let i = 0; i < site.cpus; i++) {
    const cpu = unattached.addChild('device[*]', registry.create(name, context) as Device);
    const children = Object.entries(parts.children ?? {}).map(([child, type]) =>
      cpu.addChild(child, registry.create(type, context) as Device),
    );
    cpu.plugInto(undefined);
    for (const child of children) child.plugInto(undefined);
    context.addressSpaces.add(new AddressSpace(`cpu-memory-${i}`, context.memory.root));
    parts.realized?.(cpu, i);
  }
}

/**
 * Makes and realizes platform devices, in order; a bus is found by its name, the newest of a name first.
 * A function among them is called in its turn.
 */
export function addNodes(site: BuildSite, nodes: readonly (PlatformNode | (() => void))[]): void {
  const buses = new Map<string, Bus>([[site.sysbus.busName, site.sysbus]]);
  const newest = new Map<string, Device>();
  for (const node of nodes) {
    if (typeof node === 'function') {
      node();
      continue;
    }
    const { owner = '' } = node;
    const above = owner.startsWith('/') ? site.root.at(owner) : newest.get(owner);
    assert(above || owner === '', `no ${owner}`);
    newest.set(node.type, addNode(site, buses, node, above ?? site.unattached));
  }
}

function addNode(
  site: BuildSite,
  buses: Map<string, Bus>,
  node: PlatformNode,
  owner: QObject,
): Device {
  const device = site.context.registry.create(node.type, site.context) as Device;
  owner.addChild(node.name ?? 'device[*]', device);
  // Whether its slot holds more is for the board to say, not for -global.
  if ('multifunction' in device.values)
    device.values.multifunction = device.type.defaults.multifunction;
  Object.assign(device.values, node.values);
  device.plugInto(node.bus === undefined ? undefined : buses.get(node.bus));
  for (const bus of device.childBuses) buses.set(bus.busName, bus);
  return device;
}
