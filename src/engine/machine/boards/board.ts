import { assert } from '../../../base/assert.ts';
import { type PlatformNode, registerPlatform } from '../../hw/platform.ts';
import type { Bus } from '../../qdev/bus.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import type { Device } from '../../qdev/device.ts';
import type { QObject } from '../../qom/object.ts';
import type { TypeRegistry } from '../../qom/type.ts';

/** Architectures as the programs are called: `qemu-system-ARCH`. */
export const ARCHES = ['x86_64', 'aarch64', 's390x', 'riscv64'] as const;
export type Arch = (typeof ARCHES)[number];

/** Properties of a machine type (`-M type,key=value`), and how their values read. */
export type BoardProperties = Readonly<Record<string, 'switch' | 'any'>>;

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
  /** Whether the architecture's program builds it where `-M` is not given. */
  readonly isDefault?: boolean;
  /** Bytes of RAM where `-m` does not say. */
  readonly ramBytes: number;
  /** Most RAM that fits, in bytes: RAM is one piece. */
  readonly maxRamBytes: number;
  /** Guest-physical address of RAM. */
  readonly ramBase: number;
  /** Id of the RAM's memory back end. */
  readonly ramId: string;
  /** Undefined where there is no CPU. */
  readonly cpu: BoardCpu | undefined;
  readonly properties: BoardProperties;
  /** Those of `properties` that `build` acts on; of the others the user is told that they do nothing. */
  readonly heeds?: readonly string[];
  /** Adds the types that only this board needs. Every board of an architecture registers into the same registry. */
  registerTypes(registry: TypeRegistry): void;
  /** Builds the board in QEMU's order of realization. Throws ConfigError. */
  build(site: BuildSite): void;
}

/** What a board is built from. */
export interface BuildSite {
  readonly context: DeviceContext;
  /** Root of the composition tree; `/machine` is there, with its containers. */
  readonly root: QObject;
  readonly machine: QObject;
  readonly unattached: QObject;
  readonly sysbus: Bus;
  /** CPU model, checked; '' where the board has no CPU. */
  readonly cpu: string;
  readonly cpuInfo: BoardCpu | undefined;
  /** Number of CPUs. */
  readonly cpus: number;
  /** Properties given with `-M`, last one wins. */
  readonly options: ReadonlyMap<string, string>;
  /** False with `-nodefaults`: QEMU's default NIC, VGA, disks and ports are left out. */
  readonly defaults: boolean;
}

/** Makes and realizes CPUs of the chosen model, each `/machine/unattached/device[N]`. */
export function addCpus(
  site: BuildSite,
  parts: {
    readonly regions?: readonly string[];
    /** Types of the CPU's own child devices, by name. */
    readonly children?: Readonly<Record<string, string>>;
  },
): void {
  const { context, unattached, cpuInfo } = site;
  assert(cpuInfo, 'a board without CPUs');
  const { registry } = context;
  const name = `${site.cpu}${cpuInfo.suffix}`;
  if (!registry.find(name))
    registerPlatform(registry, [
      { name, parent: cpuInfo.parent, ...(parts.regions && { regions: parts.regions }) },
    ]);
  for (let i = 0; i < site.cpus; i++) {
    const cpu = unattached.addChild('device[*]', registry.create(name, context) as Device);
    const children = Object.entries(parts.children ?? {}).map(([child, type]) =>
      cpu.addChild(child, registry.create(type, context) as Device),
    );
    cpu.plugInto(undefined);
    for (const child of children) child.plugInto(undefined);
  }
}

/** Makes and realizes platform devices, in order; a bus is found by its name, the newest of a name first. */
export function addNodes(
  site: BuildSite,
  nodes: readonly PlatformNode[],
  regions: Readonly<Record<string, readonly string[]>> = {},
): void {
  const buses = new Map<string, Bus>([[site.sysbus.busName, site.sysbus]]);
  for (const node of nodes) {
    const device = addNode(site, buses, node);
    device.addRegions(...(regions[node.type] ?? []));
  }
}

function addNode(site: BuildSite, buses: Map<string, Bus>, node: PlatformNode): Device {
  const device = site.context.registry.create(node.type, site.context) as Device;
  const owner = node.owner === undefined ? site.unattached : site.root.at(node.owner);
  assert(owner, `no ${node.owner}`);
  owner.addChild(node.name ?? 'device[*]', device);
  Object.assign(device.values, node.values);
  device.plugInto(node.bus === undefined ? undefined : buses.get(node.bus));
  for (const bus of device.childBuses) buses.set(bus.busName, bus);
  return device;
}
