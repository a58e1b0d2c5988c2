import type { PropertyTable } from '../qom/property.ts';
import type { ObjectInit, TypeRegistry } from '../qom/type.ts';
import { SysBusDevice } from './sysbus.ts';

/** A system bus device type as data: its place in the tree is true, its registers are not there. */
export interface SysBusType {
  readonly name: string;
  readonly parent: string;
  readonly properties?: PropertyTable;
  /** Adds what the device brings, which may depend on its property values: windows, regions, GPIO groups, children. */
  furnish(device: SysBusDevice): void;
}

/** A system bus device that is only there: `furnish` adds what it brings. */
export class PlatformSysBusDevice extends SysBusDevice {
  readonly #furnish: (device: SysBusDevice) => void;

  constructor(init: ObjectInit, furnish: (device: SysBusDevice) => void) {
    super(init);
    this.#furnish = furnish;
  }

  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    this.#furnish(this);
  }
}

/** Registers system bus types, none of which `-device` can make; a parent stands before its children. */
export function registerSysBusTypes(registry: TypeRegistry, types: readonly SysBusType[]): void {
  for (const type of types)
    registry.register({
      name: type.name,
      parent: type.parent,
      userCreatable: false,
      ...(type.properties && { properties: type.properties }),
      create: (init) => new PlatformSysBusDevice(init, (device) => type.furnish(device)),
    });
}
