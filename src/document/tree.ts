import type { BusNode, DeviceNode, MachineTopology } from '../protocol/topology.ts';
import type { MachineDocument } from './document.ts';
import { entryOf } from './entries.ts';

/** A device, and where it stands. */
export interface Place {
  readonly device: DeviceNode;
  /** The bus that it sits on. */
  readonly bus: BusNode;
  /** What carries that bus; undefined where nothing does. */
  readonly above: Place | undefined;
  /** Key of the option that it came from, if it came from one. */
  readonly key: number | undefined;
}

/** A bus, and what carries it. */
export interface BusPlace {
  readonly bus: BusNode;
  readonly carrier: Place | undefined;
}

/** A machine's devices and buses, in the order in which QEMU looks through them. */
export class Tree {
  readonly places: readonly Place[];
  readonly buses: readonly BusPlace[];

  /** `topology`: the machine that `doc` makes; its options are counted as the document has them. */
  constructor(doc: MachineDocument, topology: MachineTopology) {
    const places: Place[] = [];
    const buses: BusPlace[] = [];
    const byId = new Map<string, number>();
    for (const option of doc.options) {
      const id = option.name === 'device' ? entryOf(option, 'id') : undefined;
      if (id !== undefined) byId.set(id, option.key);
    }
    const visit = (bus: BusNode, carrier: Place | undefined): void => {
      buses.push({ bus, carrier });
      for (const device of bus.children) {
        const key = keyOf(doc, device, byId);
        const place = { device, bus, above: carrier, key };
        places.push(place);
        for (const below of device.buses) visit(below, place);
      }
    };
    visit(topology.root, undefined);
    this.places = places;
    this.buses = buses;
  }

  /** The device that an option made, the outermost where it made several. */
  placeOf(key: number): Place | undefined {
    return this.places.find((place) => place.key === key);
  }

  /** The bus at a path, as it is now. */
  busAt(path: string): BusPlace | undefined {
    return this.buses.find(({ bus }) => bus.path === path);
  }

  /** Keys of the options that made something on the buses of these devices, at any depth; theirs included. */
  withBelow(keys: readonly number[]): Set<number> {
    const found = new Set(keys);
    // What carries a device comes before it.
    const inside = new Set<Place>();
    for (const place of this.places) {
      const belongs =
        (place.above !== undefined && inside.has(place.above)) ||
        (place.key !== undefined && found.has(place.key));
      if (!belongs) continue;
      inside.add(place);
      if (place.key !== undefined) found.add(place.key);
    }
    return found;
  }
}

/** The nearest device with an option, from `place` outwards. */
export function maker(place: Place | undefined): Place | undefined {
  let at = place;
  while (at && at.key === undefined) at = at.above;
  return at;
}

function keyOf(
  doc: MachineDocument,
  device: DeviceNode,
  byId: ReadonlyMap<string, number>,
): number | undefined {
  const { id, option, added } = device;
  if (option === undefined && added === undefined) return undefined;
  // Devices that came or went while the machine ran moved the others' numbers, but never an id.
  const named = id === '' ? undefined : byId.get(id);
  if (named !== undefined) return named;
  if (option !== undefined) return doc.options[option]?.key;
  return doc.options.find(({ name, argument }) => name === 'device' && argument === added)?.key;
}
