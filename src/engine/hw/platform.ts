import { assert } from '../../base/assert.ts';
import type { MemoryRegion } from '../../memory/memory-region.ts';
import { PCI_CONFIG } from '../../spec/pci.ts';
import { addBus, type Bus } from '../qdev/bus.ts';
import { Device } from '../qdev/device.ts';
import type { PropertyTable } from '../qom/property.ts';
import type { ObjectInit, TypeInfo, TypeRegistry } from '../qom/type.ts';
import { type Bar, PciDevice, type PciIds } from './pci/pci-device.ts';
import { furnishRegions, type PlatformRegion } from './platform-regions.ts';
import { PlatformSysBusDevice } from './sysbus-platform.ts';

/** A bus that a platform device carries. */
interface PlatformBus {
  readonly type: string;
  /** Absent where its name is made of its type and a number. */
  readonly name?: string;
}

/** Configuration space of a platform PCI function. */
export interface PlatformPci extends PciIds {
  /** INTx pin, 1 for A; absent where it has none. */
  readonly pin?: number;
  /** Bits that are always set in the status register. */
  readonly status?: number;
  /** Bytes behind the header that are not zero after a reset, by offset. */
  readonly config?: Readonly<Record<number, readonly number[]>>;
  /** BARs by index: what they are, and the name of the region that they place. */
  readonly bars?: Readonly<Record<number, Omit<Bar, 'region'> & { readonly region: string }>>;
}

/** A platform device type as data: its place in the tree is true, its registers are not there. */
export interface PlatformType {
  readonly name: string;
  readonly parent: string;
  readonly abstract?: boolean;
  /** Whether `-device` can make one. */
  readonly userCreatable?: boolean;
  /** Type of the bus that it needs; inherited. */
  readonly bus?: string;
  readonly properties?: PropertyTable;
  /** GPIO groups as `info qtree` prints them, in its order. */
  readonly gpios?: readonly string[];
  /** Memory regions that it owns, in the order in which they are made; mere names decode nowhere. */
  readonly regions?: readonly (string | PlatformRegion)[];
  readonly buses?: readonly PlatformBus[];
  readonly pci?: PlatformPci;
}

/** One platform device of a machine; its type may be one with behaviour. */
export interface PlatformNode {
  readonly type: string;
  /** Name of the bus it sits on; absent for a device without one. */
  readonly bus?: string;
  /**
   * Its owner, a path or the type of which it is the newest, and its name there; absent:
   * `/machine/unattached/device[N]`.
   */
  readonly owner?: string;
  readonly name?: string;
  /** Property values that differ from the type's defaults. */
  readonly values?: Readonly<Record<string, unknown>>;
}

function furnish(device: Device, type: PlatformType): ReadonlyMap<string, MemoryRegion> {
  device.gpios.push(...(type.gpios ?? []));
  const regions = furnishRegions(device, type.regions ?? []);
  for (const bus of type.buses ?? []) addBus<Bus>(device, bus.type, bus.name);
  return regions;
}

/** A platform device that sits on any bus but System and PCI. */
class PlatformDevice extends Device {
  readonly #type: PlatformType;

  constructor(init: ObjectInit, type: PlatformType) {
    super(init);
    this.#type = type;
  }

  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    furnish(this, this.#type);
  }
}

class PlatformPciDevice extends PciDevice {
  protected readonly ids: PlatformPci;
  readonly #type: PlatformType;

  constructor(init: ObjectInit, type: PlatformType, pci: PlatformPci) {
    super(init);
    this.#type = type;
    this.ids = pci;
  }

  override get platform(): boolean {
    return true;
  }

  protected override realizePci(): void {
    fillConfig(this, this.ids);
    const regions = furnish(this, this.#type);
    for (const [index, bar] of Object.entries(this.ids.bars ?? {})) {
      const region = regions.get(bar.region);
      assert(region, `BAR ${index} of ${this.type.name} places ${bar.region}`);
      this.addBar(Number(index), { ...bar, region });
    }
  }

  override reset(): void {
    super.reset();
    fillConfig(this, this.ids);
  }
}

/** Puts the bytes that a platform function shows after a reset into its configuration space. */
function fillConfig(device: PciDevice, pci: Omit<PlatformPci, keyof PciIds>): void {
  const { config } = device;
  if (pci.status !== undefined) config.put(PCI_CONFIG.Status.offset, 2, pci.status);
  if (pci.pin !== undefined) config.put(PCI_CONFIG.InterruptPin.offset, 1, pci.pin);
  for (const [offset, bytes] of Object.entries(pci.config ?? {}))
    config.bytes.set(bytes, Number(offset));
}

/** Registers platform types; a parent stands before its children. */
export function registerPlatform(registry: TypeRegistry, types: readonly PlatformType[]): void {
  for (const type of types) registry.register(typeInfo(type));
}

function typeInfo(type: PlatformType): TypeInfo {
  const { name, parent, abstract, bus, properties, pci } = type;
  const shared = {
    name,
    parent,
    userCreatable: type.userCreatable ?? false,
    ...(abstract === undefined ? {} : { abstract }),
    ...(bus === undefined ? {} : { bus }),
    ...(properties === undefined ? {} : { properties }),
  };
  if (abstract) return shared;
  if (pci) return { ...shared, create: (init) => new PlatformPciDevice(init, type, pci) };
  return {
    ...shared,
    create: (init) =>
      init.type.isA('sys-bus-device')
        ? new PlatformSysBusDevice(init, (device) => furnish(device, type))
        : new PlatformDevice(init, type),
  };
}
