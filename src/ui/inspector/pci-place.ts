import type { Moment, RegisterMoment } from '../../journal/fold/moment.ts';
import { type PciPlace, pciConfigView } from '../../journal/pci-config-view.ts';
import type { BusNode, DeviceNode } from '../../protocol/topology.ts';
import { REGION_INDEX } from '../../spec/regions.ts';

const CONFIG_SPACES: ReadonlySet<number> = new Set([
  REGION_INDEX['pci-config'],
  REGION_INDEX['pci-ecam'],
]);

/** What the guest has seen of configuration space, of all functions: host bridges keep it. */
export function configAccesses(moment: Moment): RegisterMoment[] {
  const found: RegisterMoment[] = [];
  for (const { registers } of moment.devices.values())
    for (const register of registers.values())
      if (CONFIG_SPACES.has(register.region)) found.push(register);
  return found;
}

/**
 * Where a PCI function sits at a moment, by the way to it: what is behind a bridge has the number that the guest gave
 * to the bridge's bus. Undefined for other devices, and before the guest has.
 */
export function pciPlace(
  way: readonly Step[],
  accesses: readonly RegisterMoment[],
): PciPlace | undefined {
  let place: PciPlace | undefined;
  for (const { bus, device } of way) {
    if (!bus.ancestors.includes('PCI')) {
      place = undefined;
      continue;
    }
    const number = place === undefined ? 0 : secondaryBus(accesses, place);
    const [slot, fn] = device.address.split('.').map((digits) => Number.parseInt(digits, 16));
    if (number === undefined || slot === undefined || fn === undefined) return undefined;
    place = { bus: number, device: slot, function: fn };
  }
  return place;
}

function secondaryBus(accesses: readonly RegisterMoment[], bridge: PciPlace): number | undefined {
  const fields = pciConfigView(accesses, bridge)[0]?.fields ?? [];
  const number = fields.find(({ name }) => name === 'SecondaryBus')?.value;
  return number === 0 ? undefined : number;
}

/** A device, and the bus that it is on. */
export interface Step {
  readonly bus: BusNode;
  readonly device: DeviceNode;
}

/** Buses and devices from a bus down to the device with a path; undefined where it is not below. */
export function wayTo(bus: BusNode, path: string): Step[] | undefined {
  for (const device of bus.children) {
    if (device.path === path) return [{ bus, device }];
    for (const below of device.buses) {
      const rest = wayTo(below, path);
      if (rest) return [{ bus, device }, ...rest];
    }
  }
  return undefined;
}
