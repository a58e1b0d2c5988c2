import type { DeviceType, LinkFacts } from '../../protocol/messages.ts';
import type {
  BackEndFacts,
  BusNode,
  DeviceNode,
  MachineTopology,
} from '../../protocol/topology.ts';

/** A bus and the device that carries it; the machine's root bus has none. */
export interface PlacedBus {
  readonly bus: BusNode;
  readonly owner: DeviceNode | undefined;
}

/** How a bus answers to a type: `other` means that QEMU's type check refuses it. */
export type Verdict = 'fits' | 'full' | 'other';

/** All buses of a machine, parents first. */
export function busesOf(topology: MachineTopology): PlacedBus[] {
  const walk = (bus: BusNode, owner: DeviceNode | undefined): PlacedBus[] => [
    { bus, owner },
    ...bus.children.flatMap((device) => device.buses.flatMap((below) => walk(below, device))),
  ];
  return walk(topology.root, undefined);
}

/** Buses on a device and below it, parents first. */
export function busesBelow(device: DeviceNode): BusNode[] {
  return device.buses.flatMap((bus) => [bus, ...bus.children.flatMap(busesBelow)]);
}

/** What QEMU's own type check and the bus's room say about a type. */
export function verdictOn(bus: BusNode, type: DeviceType): Verdict {
  if (type.bus === undefined || !bus.ancestors.includes(type.bus)) return 'other';
  return bus.full ? 'full' : 'fits';
}

/** `virtio-blk` of `virtio-blk-device`, `virtio-blk-pci`, `virtio-blk-ccw` and their variants. */
export function stemOf(type: string): string {
  return type.replace(/-(?:device|ccw|pci(?:-(?:non-)?transitional)?)$/, '');
}

/**
 * The type that is a transport for this bus with `type` already on its virtio-bus; undefined where
 * `type` is no device of a virtio-bus, or the bus takes no such transport.
 */
export function transportFor(
  type: DeviceType,
  bus: BusNode,
  types: readonly DeviceType[],
): DeviceType | undefined {
  if (type.bus !== 'virtio-bus') return undefined;
  const stem = stemOf(type.name);
  return types.find(
    ({ name, bus: wanted }) =>
      (name === `${stem}-pci` || name === `${stem}-ccw`) &&
      wanted !== undefined &&
      bus.ancestors.includes(wanted),
  );
}

/** Whether a bus takes a device as it is, or in the form that it has for that kind of bus. */
export function verdictOnMove(
  bus: BusNode,
  type: DeviceType,
  types: readonly DeviceType[],
): Verdict {
  const direct = verdictOn(bus, type);
  if (direct !== 'other') return direct;
  const stem = stemOf(type.name);
  const kin = types.filter(({ name }) => name !== type.name && stemOf(name) === stem);
  const verdicts = kin.map((one) => verdictOn(bus, one));
  return verdicts.find((verdict) => verdict !== 'other') ?? 'other';
}

/** Whether a back end is of a kind and type that a link takes. */
export function takes(link: LinkFacts, backEnd: Pick<BackEndFacts, 'kind' | 'type'>): boolean {
  if (!link.kinds.includes(backEnd.kind)) return false;
  if (backEnd.kind !== 'object' || link.type === undefined) return true;
  // QEMU names implementations after their interface: `rng-random` is an `rng-backend`.
  return backEnd.type === link.type || backEnd.type.startsWith(link.type.replace(/backend$/, ''));
}

/** Device types by name and by alias. */
export function typesByName(types: readonly DeviceType[]): ReadonlyMap<string, DeviceType> {
  return new Map(
    types.flatMap((type) => [
      ...type.aliases.map((alias) => [alias, type] as const),
      [type.name, type] as const,
    ]),
  );
}

/** A bus in words: `pci.0 on i440FX-pcihost`. */
export function busWords({ bus, owner }: PlacedBus): string {
  return owner ? `${bus.name} on ${deviceWords(owner)}` : bus.name;
}

/** A device in words: its id where it has one, else type and address. */
export function deviceWords(device: DeviceNode): string {
  if (device.id !== '') return device.id;
  return device.address === '' ? device.type : `${device.type} at ${device.address}`;
}
