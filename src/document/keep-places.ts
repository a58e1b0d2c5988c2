import { nameBus } from './bus-names.ts';
import type { DocumentOption, MachineDocument } from './document.ts';
import { optionByKey, replaceOption } from './edits.ts';
import { entryOf, withEntry } from './entries.ts';
import { type Address, addressOf, withAddress } from './places.ts';
import { type BusPlace, maker, type Tree } from './tree.ts';

/**
 * Writes down where devices sit that an edit was not about, and that QEMU would now put elsewhere: it gives the
 * first free place, and the edit freed one or took it. `before` is the machine of the document before the
 * edit, `after` what `doc` makes. A device whose place was given to another goes where QEMU puts it. The same
 * document where nothing moved.
 */
export function keepPlaces(
  old: MachineDocument,
  before: Tree,
  doc: MachineDocument,
  after: Tree,
): MachineDocument {
  const seats = seatsOf(before);
  const buses = new Map(after.buses.map((place) => [busIdentity(place), place]));
  const there = seatsOf(after);
  const taken = new Set<string>();
  const strays: number[] = [];
  for (const [key, now] of there) {
    const seat = seats.get(key);
    const was = optionByKey(old, key);
    const is = optionByKey(doc, key);
    if (!is || (seat && `${seat.bus} ${seat.address}` === `${now.bus} ${now.address}`)) continue;
    const bound =
      !was || !seat ? now.address.some(([name]) => entryOf(is, name)) : meant(was, is, seat, now);
    if (bound) taken.add(`${now.bus} ${now.address}`);
    else if (was?.name === 'device' && is.name === 'device') strays.push(key);
  }
  for (const { key, device, bus, above } of after.places)
    if (key === undefined)
      taken.add(`${busIdentity({ bus, carrier: above })} ${addressOf(device, bus)}`);
  let next = doc;
  for (const key of strays) {
    const [seat, now] = [seats.get(key), there.get(key)];
    if (!seat || !now || taken.has(`${seat.bus} ${seat.address}`)) continue;
    if (seat.bus !== now.bus) {
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
