import type { DeviceType } from '../../protocol/messages.ts';
import type { BackEndFacts, DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { devicesOf } from '../topology/graph.ts';
import {
  busesBelow,
  busesOf,
  busWords,
  deviceWords,
  type PlacedBus,
  takes,
  transportFor,
  typesByName,
  type Verdict,
  verdictOn,
  verdictOnMove,
} from './fits.ts';
import type { PickEntry, PickGroup } from './pick-entry.ts';

/** What a choice of `Connect to…` does. Paths are QOM paths. */
export type ChoiceAct =
  | { readonly kind: 'bus'; readonly bus: string }
  /** A new transport on that bus. */
  | { readonly kind: 'transport'; readonly bus: string }
  /** A device that needs no bus. */
  | { readonly kind: 'loose' }
  /** Sets a device's property to a back end; undefined takes the link away. */
  | {
      readonly kind: 'link';
      readonly device: string;
      readonly property: string;
      readonly backEnd: string | undefined;
    };

/** A line of `Connect to…`; its note says why it fits, or why QEMU will say no. */
export interface Choice extends PickEntry {
  readonly act: ChoiceAct;
}

type ChoiceGroup = PickGroup<Choice>;

const FITS = 'It fits here';
const TRANSPORT = 'With a new transport';
const FULL = 'No room left';
const REFUSED = 'QEMU refuses these, and says why';

/** Where a device of a type can be plugged; what lies at or below a node of `near` comes first. */
export function placesFor(
  type: DeviceType,
  topology: MachineTopology,
  types: readonly DeviceType[],
  near: ReadonlySet<string>,
): ChoiceGroup[] {
  const buses = byNearness(busesOf(topology), near);
  if (type.bus === undefined)
    return [
      {
        value: FITS,
        items: [
          {
            id: 'loose',
            label: 'The machine itself',
            note: 'it needs no bus',
            act: { kind: 'loose' },
          },
        ],
      },
      ...busGroups(buses, () => 'other', type),
    ];
  const transports = buses.flatMap((place): Choice[] => {
    const transport = transportFor(type, place.bus, types);
    if (!transport) return [];
    return [
      {
        id: `transport:${place.bus.path}`,
        label: busWords(place),
        note: place.bus.full ? `${transport.name}, but the bus is full` : `as ${transport.name}`,
        act: { kind: 'transport', bus: place.bus.path },
      },
    ];
  });
  const [first, ...rest] = busGroups(buses, (bus) => verdictOn(bus.bus, type), type);
  return withoutEmpty([
    ...(first ? [first] : []),
    { value: TRANSPORT, items: transports },
    ...rest,
  ]);
}

/** Where a device that is there can be moved to. */
export function movesFor(
  device: DeviceNode,
  topology: MachineTopology,
  types: readonly DeviceType[],
): ChoiceGroup[] {
  const type = typesByName(types).get(device.type);
  if (!type) return [];
  const below = new Set(busesBelow(device).map(({ path }) => path));
  const buses = busesOf(topology).filter(
    ({ bus }) => !below.has(bus.path) && !bus.children.some((child) => child.path === device.path),
  );
  return withoutEmpty(busGroups(buses, ({ bus }) => verdictOnMove(bus, type, types), type));
}

function busGroups(
  buses: readonly PlacedBus[],
  verdict: (place: PlacedBus) => Verdict,
  type: DeviceType,
): ChoiceGroup[] {
  const of = (wanted: Verdict, note: (place: PlacedBus) => string): Choice[] =>
    buses
      .filter((place) => verdict(place) === wanted)
      .map((place) => ({
        id: `bus:${place.bus.path}`,
        label: busWords(place),
        note: note(place),
        act: { kind: 'bus', bus: place.bus.path },
      }));
  const wants = type.bus === undefined ? 'it needs no bus' : `it needs a bus of type ${type.bus}`;
  return [
    { value: FITS, items: of('fits', ({ bus }) => bus.type) },
    { value: FULL, items: of('full', ({ bus }) => `${bus.type}, full`) },
    { value: REFUSED, items: of('other', ({ bus }) => `${bus.type}; ${wants}`) },
  ];
}

/** Back ends that a device's properties can name, and how to let go of those that they name. */
export function linksOf(
  device: DeviceNode,
  topology: MachineTopology,
  types: readonly DeviceType[],
): ChoiceGroup[] {
  const links = typesByName(types).get(device.type)?.links ?? [];
  return withoutEmpty(
    links.map(({ property, ...link }) => {
      const now = device.backends.find((one) => one.property === property)?.id;
      const fitting = topology.backEnds
        .filter((backEnd) => backEnd.id !== now && takes({ property, ...link }, backEnd))
        .map((backEnd): Choice => {
          const act = { kind: 'link', device: device.path, property, backEnd: backEnd.id } as const;
          return {
            id: `link:${property}:${backEnd.id}`,
            label: `${property} = ${backEnd.id}`,
            note: backEndWords(backEnd),
            act,
          };
        });
      const none: Choice[] =
        now === undefined || now === ''
          ? []
          : [
              {
                id: `link:${property}`,
                label: `${property} = nothing`,
                note: `it is ${now} now`,
                act: { kind: 'link', device: device.path, property, backEnd: undefined },
              },
            ];
      return { value: `Back end: ${property}`, items: [...fitting, ...none] };
    }),
  );
}

/** Properties of devices that can name a back end. `only`: path of the one device to look at. */
export function usersFor(
  backEnd: Pick<BackEndFacts, 'kind' | 'type' | 'id'>,
  topology: MachineTopology,
  types: readonly DeviceType[],
  only?: string,
): ChoiceGroup[] {
  const known = typesByName(types);
  const free: Choice[] = [];
  const taken: Choice[] = [];
  for (const device of devicesOf(topology)) {
    if (only !== undefined && device.path !== only) continue;
    // What a board brings along has no option that could name a back end.
    if (device.option === undefined && device.added === undefined) continue;
    for (const link of known.get(device.type)?.links ?? []) {
      if (!takes(link, backEnd)) continue;
      const now = device.backends.find(({ property }) => property === link.property)?.id;
      if (now === backEnd.id) continue;
      const choice: Choice = {
        id: `link:${device.path}:${link.property}`,
        label: `${deviceWords(device)}: ${link.property}`,
        note: now ? `instead of ${now}` : device.type,
        act: { kind: 'link', device: device.path, property: link.property, backEnd: backEnd.id },
      };
      (now ? taken : free).push(choice);
    }
  }
  return withoutEmpty([
    { value: 'Not connected yet', items: free },
    { value: 'In the place of another back end', items: taken },
  ]);
}

/** A back end in words: `drive, hello.img, 64 KiB`. */
export function backEndWords({ kind, type, summary }: Omit<BackEndFacts, 'id'>): string {
  return [kind === 'object' ? type : kind, summary].filter(Boolean).join(', ');
}

/** What lies at or below chosen nodes first, else in the machine's order. */
function byNearness(buses: readonly PlacedBus[], near: ReadonlySet<string>): PlacedBus[] {
  const isNear = ({ bus }: PlacedBus): boolean =>
    [...near].some((path) => bus.path === path || bus.path.startsWith(`${path}/`));
  return [...buses.filter(isNear), ...buses.filter((place) => !isNear(place))];
}

function withoutEmpty(groups: readonly ChoiceGroup[]): ChoiceGroup[] {
  return groups.filter(({ items }) => items.length > 0);
}
