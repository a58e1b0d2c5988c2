import { nameBus } from './bus-names.ts';
import type { DocumentOption, MachineDocument } from './document.ts';
import { optionByKey, replaceOption } from './edits.ts';
import { entryOf, withEntry } from './entries.ts';
import { type Address, addressOf, withAddress } from './places.ts';
import { type BusPlace, maker, type Tree } from './tree.ts';

/**
 * Writes down where devices sit that an edit was not about, and that QEMU would now put elsewhere: it gives the
 * first free place, and the edit freed one or took it. `before` is the machine of the document before the
 * edit, `after` what `doc` makes. The same document where nothing moved.
 */
export function keepPlaces(
  old: MachineDocument,
  before: Tree,
  doc: MachineDocument,
  after: Tree,
): MachineDocument {
  const seats = seatsOf(before);
  const buses = new Map(after.buses.map((place) => [busIdentity(place), place]));
  let next = doc;
  for (const [key, now] of seatsOf(after)) {
    const seat = seats.get(key);
    const isElsewhere = seat !== undefined && seat.bus !== now.bus;
    if (!seat || (!isElsewhere && `${seat.address}` === `${now.address}`)) continue;
    const was = optionByKey(old, key);
    const is = optionByKey(doc, key);
    if (was?.name !== 'device' || is?.name !== 'device' || meant(was, is, seat, now)) continue;
    if (isElsewhere) {
      const home = buses.get(seat.bus);
      if (!home) continue;
      const named = nameBus(next, after, home.bus);
      next = replaceOption(named.doc, key, (one) => withEntry(one, 'bus', named.name));
    }
    next = replaceOption(next, key, (one) => withAddress(one, seat.address));
  }
  return next;
}

/** Where a device sits, in a way that outlives ids and numbers. */
interface Seat {
  readonly bus: string;
  /** Properties that put it there again. */
  readonly address: Address;
}

/** By the key of the option; the outermost device counts where one option made several. */
function seatsOf({ places }: Tree): ReadonlyMap<number, Seat> {
  const seats = new Map<number, Seat>();
  for (const { key, device, bus, above } of places)
    if (key !== undefined && !seats.has(key))
      seats.set(key, {
        bus: busIdentity({ bus, carrier: above }),
        address: addressOf(device, bus),
      });
  return seats;
}

/** Whether the edit itself put a device where it is. */
function meant(was: DocumentOption, is: DocumentOption, seat: Seat, now: Seat): boolean {
  const differs = (key: string): boolean => entryOf(was, key) !== entryOf(is, key);
  if (differs('driver') || seat.address.some(([key]) => differs(key))) return true;
  // Another name of the same bus is no other bus.
  return differs('bus') && seat.bus !== now.bus;
}

/** A bus by the option that made it, whatever lies between; those of the board by their names from the root on. */
function busIdentity({ bus, carrier }: BusPlace): string {
  const key = maker(carrier)?.key;
  if (carrier && key !== undefined) {
    const alike = carrier.device.buses.filter(({ type }) => type === bus.type);
    return `#${key} ${bus.type} ${alike.indexOf(bus)}`;
  }
  return carrier ? `${busIdentity({ bus: carrier.bus, carrier: carrier.above })}/${bus.name}` : '';
}
