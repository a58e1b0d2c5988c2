import { createGuestModule } from '../../guest/api/guest-module.ts';
import type { AccessSize, BusSpace } from '../../guest/hal.ts';
import { type JournalEvent, SPACES } from '../../journal/schema.ts';
import { REGIONS, type RegionName, registerName } from '../../spec/regions.ts';
import type { DirectHal } from '../../worker/direct-hal.ts';
import { DirectGuest } from '../direct-guest.ts';
import { type TransportName, transportLine } from '../transports.ts';

/** A register access of the driver, as the machine saw it. */
export interface Touch {
  readonly write: boolean;
  readonly space: BusSpace | 'pciConfig';
  readonly addr: number;
  readonly size: number;
  readonly value: number;
  readonly region: RegionName | undefined;
  /** Offset in the region. */
  readonly offset: number;
  /** Name of the register; empty where it has none. */
  readonly name: string;
}

/** A guest on a machine whose only device, `disk0`, is behind one transport; nothing is opened yet. */
export function openGuest(name: TransportName, more = '') {
  return guestOf(transportLine(name, more));
}

/** A guest on the machine of a command line. */
export function guestOf(commandLine: string) {
  const guest = new DirectGuest(commandLine);
  const { virtio, pci } = createGuestModule(guest.hal);
  const begun = guest.events().length;
  return {
    guest,
    hal: guest.hal,
    virtio,
    pci,
    /** Everything that happened since the guest started. */
    since: (): JournalEvent[] => guest.events().slice(begun),
    /** Everything that happens while `run` runs. */
    during(run: () => unknown): JournalEvent[] {
      const before = guest.events().length;
      run();
      return guest.events().slice(before);
    },
  };
}

/** The register accesses among `events`; those of a device's configuration are named as a disk's. */
export function touches(events: readonly JournalEvent[]): Touch[] {
  return events.flatMap((event) => {
    if (event.kind !== 'regRead' && event.kind !== 'regWrite') return [];
    const { addr, size, value, offset } = event;
    return [
      {
        write: event.kind === 'regWrite',
        space: SPACES[event.space] ?? 'memory',
        ...{ addr, size, value, offset },
        region: REGIONS[event.region]?.name,
        name: registerName(event.region, offset, 2) ?? '',
      },
    ];
  });
}

/** Register accesses in one line each: `QueueSel=0`, `QueueNumMax?`. */
export function touched(events: readonly JournalEvent[]): string[] {
  return touches(events).map(({ write, name, value }) =>
    write ? `${name}=${value.toString(16)}` : `${name}?`,
  );
}

/** Lets a test answer reads in the machine's place; `said` is what the machine answered. */
export function answerReads(
  hal: DirectHal,
  answer: (said: number, space: BusSpace, addr: number, size: AccessSize) => number,
): void {
  const read = hal.read.bind(hal);
  hal.read = (space, addr, size) => answer(read(space, addr, size), space, addr, size);
}

/** Lays bytes over memory-space registers, by address: reads show them, whatever the machine has there. */
export function layOver(hal: DirectHal, bytes: ReadonlyMap<number, number>): void {
  answerReads(hal, (said, space, addr, size) => {
    let value = said;
    for (let i = 0; space === 'memory' && i < size; i++) {
      const byte = bytes.get(addr + i);
      if (byte === undefined) continue;
      const unit = 256 ** i;
      value += (byte - (Math.floor(value / unit) % 256)) * unit;
    }
    return value;
  });
}
